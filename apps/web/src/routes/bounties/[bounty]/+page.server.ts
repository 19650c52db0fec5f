import { error, redirect } from '@sveltejs/kit';
import { getBountyPage } from '../../../board/bounty-page.ts';
import type { PageServerLoad } from './$types';

const ids = /^([1-9]\d{0,19})-([1-9]\d{0,19})$/;

export const load: PageServerLoad = async ({ params, locals: { app } }) => {
  const [, repositoryId, issueId] = ids.exec(params.bounty) ?? [];
  const page = repositoryId === undefined || issueId === undefined ? undefined : await getBountyPage(app.treasury, { repositoryId, issueId });
  if (page === undefined) error(404, { message: 'There is no such bounty.', code: 'PAGE_ABSENT' });
  // The issue was transferred since.
  if (page.id !== params.bounty) redirect(307, `/bounties/${page.id}`);
  return { ...page, origin: app.config.origin };
};
