import { askServices } from '../../setup/ask-services.ts';
import type { PageServerLoad } from './$types';

/** What whoever runs this instance does next. It holds nothing secret, and changes nothing. */
export const load: PageServerLoad = async ({ locals: { app } }) => ({ origin: app.config.origin, services: await askServices(app) });
