import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAuthority, type Authority } from '../../testing/authority.ts';
import { fundedOffer, offered, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';

const ada = '583231';
const closing: (() => Promise<void>)[] = [];

let local: LocalChain;
let authority: Authority;
let home: Home;
let treasury: RunningTreasury;
beforeAll(async () => {
  local = await openLocalChain();
  authority = await openAuthority((close) => { closing.push(close); });
  home = await openHome(local, { ...authority.env, TREASURY_RELAYER_KEY_FILE: local.relayerKeyFile }, (close) => { closing.push(close); });
  treasury = await openTreasury(home);
});
afterAll(async () => {
  await treasury.stop();
  for (const close of closing.reverse()) await close();
  await local[Symbol.asyncDispose]();
});

let elsewhere = 900_000_000;
/** Ids of a repository that nobody else in this file uses. */
const aRepository = () => String(elsewhere++);
const seen = (second: number) => new Date(Date.UTC(2027, 0, 1, 0, 0, second)).toISOString();
const issueOf = (request: ReturnType<typeof offerRequest>, more: object = {}) => ({ ...request.issue, isPullRequest: false, state: 'open', stateReason: '', labels: [] as string[], language: '', ...more });
const keep = (issue: ReturnType<typeof issueOf>, second: number, from?: { repositoryId: string; issueId: string }) =>
  treasury.app.keepIssue({ issue, seenAt: seen(second), movedFromRepositoryId: from?.repositoryId ?? '', movedFromIssueId: from?.issueId ?? '' });

describe('what is known of an issue', () => {
  test('is what was seen last, whatever order it is told in', async () => {
    const request = offerRequest();
    const { issueId } = await offered(treasury, request);
    await keep(issueOf(request, { title: 'new', labels: ['help wanted'], language: 'Rust', state: 'closed', stateReason: 'completed', isPullRequest: true }), 20);
    await keep(issueOf(request, { title: 'old', labels: ['bug'] }), 10);
    const { issue } = await treasury.web.getBounty({ repositoryId, issueId });
    expect(issue).toMatchObject({ title: 'new', labels: ['help wanted'], language: 'Rust', state: 'closed', stateReason: 'completed', isPullRequest: true, repositoryId, issueId });
  });

  test('is kept of no issue that nobody offered anything for', async () => {
    const request = offerRequest();
    await keep(issueOf(request), 1);
    expect((await home.database.pool.query('select from bounty where issue_id = $1', [request.issue.issueId])).rowCount).toBe(0);
    expect(await treasury.web.getBounty({ repositoryId, issueId: request.issue.issueId })).toMatchObject({ offers: [], totals: [], state: '' });
  });

  test('is refused when it can’t be so', async () => {
    const request = offerRequest();
    await offered(treasury, request);
    const wrong = {
      'an id of SQL': { issueId: '1; drop table bounty' }, 'a state of its own': { state: 'gone' }, 'a label with U+0000': { labels: ['a\0b'] },
      'more labels than GitHub has': { labels: Array.from({ length: 101 }, String) }, 'a link that runs': { url: 'javascript:alert(1)' },
    };
    for (const [name, more] of Object.entries(wrong)) await expect(keep(issueOf(request, more), 1), name).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(treasury.app.keepIssue({ issue: issueOf(request), seenAt: 'yesterday' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(keep(issueOf(request), 1, request.issue), 'a move to where it is').rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(keep(issueOf(request), 1, { repositoryId: '7', issueId: '' }), 'half an id').rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(treasury.web.keepIssue({ issue: issueOf(request), seenAt: seen(1) }), 'the pages').rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('an issue that was transferred', () => {
  const moved = (request: ReturnType<typeof offerRequest>, more: object = {}) => issueOf(offerRequest(), { repositoryId: aRepository(), repository: 'grace/compiler', number: 3, title: request.issue.title, ...more });

  test('has its money under both ids: it is split, awarded and told of as before', async () => {
    const { offerId, issueId, deposit } = await fundedOffer(local, treasury);
    const to = moved(offerRequest());
    await keep(to, 5, { repositoryId, issueId });

    for (const key of [to, { repositoryId, issueId }]) {
      const bounty = await treasury.web.getBounty(key);
      expect(bounty.deposits).toMatchObject([{ address: deposit, offerId }]);
      expect(bounty.offers).toMatchObject([{ id: offerId, issue: { repositoryId, issueId } }]);
      expect(bounty).toMatchObject({ totals: [{ fundedText: '0.5' }], issue: { repositoryId: to.repositoryId, repository: 'grace/compiler', number: 3 }, state: 'open' });
    }
    expect((await treasury.app.splitPreview({ ...to, shares: [{ githubId: ada, bps: 10_000 }] })).deposits).toMatchObject([{ deposit, problem: '' }]);

    const source = { repositoryId: to.repositoryId, issueId: to.issueId, issueNumber: 3, sourceKind: 'issue-comment', sourceId: '4242' };
    const { decision } = await treasury.app.award({ source, shares: [{ githubId: ada, bps: 10_000 }] });
    expect(decision).toMatchObject({ intents: [{ deposit }] });
    // Whoever says whether that is allowed hears where the money was promised.
    expect(authority.asked.at(-1)).toMatchObject({ repositoryId: to.repositoryId, stakes: [{ deposit, repositoryId }] });
    await expect.poll(async () => (await home.events(issueId)).at(-1), patient).toMatchObject({ type: 'dev.doubloon.bounty.awarded.v1', subject: `${repositoryId}/${issueId}` });
    for (const key of [to, { repositoryId, issueId }]) {
      expect(await treasury.web.getBounty(key)).toMatchObject({ state: 'awarded', decisions: [{ sourceId: '4242' }] });
      expect((await treasury.web.getHistory(key)).entries.map(({ kind }) => kind)).toEqual(['offered', 'submitted', 'funded', 'awarded']);
    }
    expect((await treasury.web.listBounties({ repositoryId: to.repositoryId })).bounties).toMatchObject([{ state: 'awarded', issue: { issueId: to.issueId } }]);
    expect((await treasury.web.listBounties({ repositoryId, limit: 100 })).bounties.map((one) => one.issue?.issueId)).not.toContain(issueId);
  });

  test.each([[['a', 'b', 'c'], 'in order'], [['c', 'b'], 'the last first']] as const)('again is one with all that it was, told %s', async (_order, name) => {
    const request = offerRequest();
    const { offerId, issueId } = await offered(treasury, request);
    const [first, second] = [moved(request), moved(request)];
    const moves = [() => keep(first, 1, { repositoryId, issueId }), () => keep(second, 2, first)];
    for (const move of name === 'in order' ? moves : moves.reverse()) await move();
    for (const key of [{ repositoryId, issueId }, first, second]) expect((await treasury.web.getBounty(key)).offers).toMatchObject([{ id: offerId }]);
    expect((await treasury.web.getBounty({ repositoryId, issueId })).issue).toMatchObject({ issueId: second.issueId });
    expect((await treasury.web.listBounties({ repositoryId: second.repositoryId })).bounties).toHaveLength(1);
    expect((await treasury.web.listBounties({ repositoryId: first.repositoryId })).bounties).toEqual([]);
  });

  test('and back stands where it was', async () => {
    const request = offerRequest({ issueId: String(700_000_000 + elsewhere) });
    request.issue.repositoryId = aRepository();
    const { offerId } = await offered(treasury, request);
    const away = moved(request);
    await keep(away, 1, request.issue);
    await keep(issueOf(request), 2, away);
    // Told again, late: it changes nothing.
    await keep(away, 1, request.issue);
    for (const key of [request.issue, away]) expect(await treasury.web.getBounty(key)).toMatchObject({ offers: [{ id: offerId }], issue: { issueId: request.issue.issueId } });
    expect((await treasury.web.listBounties({ repositoryId: request.issue.repositoryId })).bounties).toHaveLength(1);
    expect((await treasury.web.listBounties({ repositoryId: away.repositoryId })).bounties).toEqual([]);
  });

  test('is not one with an issue of elsewhere that is said to have become it, too', async () => {
    const [request, stranger] = [offerRequest(), offerRequest()];
    await offered(treasury, request);
    await offered(treasury, stranger);
    const to = moved(request);
    await keep(to, 1, request.issue);
    await expect(keep(to, 2, stranger.issue)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await treasury.web.getBounty(stranger.issue)).offers).toHaveLength(1);
    expect((await treasury.web.getBounty(to)).offers).toHaveLength(1);
  });

  test('takes what is offered under its new ids beside what was before', async () => {
    const request = offerRequest();
    await offered(treasury, request);
    const to = moved(request);
    await keep(to, 1, request.issue);
    await offered(treasury, { ...offerRequest({ amount: '700000000' }), issue: { ...request.issue, repositoryId: to.repositoryId, issueId: to.issueId } });
    expect((await treasury.web.getBounty(request.issue)).totals).toMatchObject([{ offeredText: '1.2' }]);
    expect((await treasury.web.listBounties({ repositoryId: to.repositoryId })).bounties).toMatchObject([{ totals: [{ offeredText: '1.2' }] }]);
  });
});
