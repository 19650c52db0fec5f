import { getBounty, getStanding, loginsOf, standingsOf } from '../../../deciding/get-bounty.ts';
import { NoPreview, previewSplit } from '../../../deciding/preview-split.ts';
import { readRows, readSplit } from '../../../deciding/read-split.ts';
import { readBounty } from '../../../request.ts';
import { personOf } from '../../../sessions/person-of.ts';
import { burnerAllowed } from '../../../wallets/burner-allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, cookies, locals: { app } }) => {
  const { treasury, identity, config, log } = app;
  const ids = readBounty(params.bounty);
  const bounty = await getBounty(treasury, ids);
  const rows = readRows(url.searchParams);
  const split = readSplit(rows);
  // Somebody who asks for one more line has not finished.
  const wanted = split.kind === 'split' && !url.searchParams.has('more') ? split : undefined;
  const standing = standingsOf(bounty.deposits, (address) => getStanding(treasury, address));
  const [person, preview, standings, logins] = await Promise.all([
    // Whoever can’t be asked who they are now can still decide with a wallet.
    personOf(identity, cookies).catch((err: unknown) => { log.warn({ err }, 'a session could not be read'); return undefined; }),
    wanted && previewSplit(app, ids, wanted.shares, wanted.comment).catch((error: unknown) => { if (error instanceof NoPreview) return error.message; throw error; }),
    standing,
    standing.then((all) => loginsOf(identity, all.flatMap(({ deposit: { award } }) => award?.shares.map(({ githubId }) => githubId) ?? []))),
  ]);
  const burner = burnerAllowed(bounty.genesisHash, config.devWallet);
  return {
    bounty, rows, person, standings, logins,
    problem: typeof preview === 'string' ? preview : split.kind === 'problem' && !url.searchParams.has('more') ? split.problem : undefined,
    preview: typeof preview === 'string' ? undefined : preview,
    here: `${url.pathname}${url.search}`,
    burner, faucet: burner && config.faucetUrl !== undefined,
  };
};
