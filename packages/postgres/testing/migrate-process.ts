import { migrate } from '../src/index.ts';
import { say, settings } from './say.ts';

const { url = '', folder = '' } = settings();
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
say(`version ${await migrate({ url, folder, log })}`);
