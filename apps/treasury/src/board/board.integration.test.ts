import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '@doubloon/postgres';
import { treasury as contract } from '@doubloon/rpc';
import { openAuthority, type Authority } from '../../testing/authority.ts';
import { fundedOffer, offered, offerRequest, openHome, openLocalChain, openTreasury, patient, repositoryId, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';
import { tell } from '../offers/bounty-lock.ts';
import { chartTheRest } from './chart-bounty.ts';

const { OfferState } = contract;
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

  test('stays so when an offer is opened on what somebody had read before', async () => {
    const request = offerRequest();
    await offered(treasury, request);
    // Until anybody says how new it is, the last word counts.
    await offered(treasury, { ...offerRequest(), issue: { ...request.issue, title: 'renamed' } });
    expect((await treasury.web.getBounty(request.issue)).issue).toMatchObject({ title: 'renamed' });
    await keep(issueOf(request, { title: 'new', url: 'https://github.example/grace/engine/issues/7' }), 20);
    await offered(treasury, { ...offerRequest(), issue: { ...request.issue, title: 'old' } });
    expect((await treasury.web.getBounty(request.issue)).issue).toMatchObject({ title: 'new', url: 'https://github.example/grace/engine/issues/7' });
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
    const { offerId, issueId, deposit, funder } = await fundedOffer(local, treasury);
    const to = moved(offerRequest());
    await keep(to, 5, { repositoryId, issueId });

    for (const key of [to, { repositoryId, issueId }]) {
      const bounty = await treasury.web.getBounty(key);
      expect(bounty.deposits).toMatchObject([{ address: deposit, offerId }]);
      expect(bounty.offers).toMatchObject([{ id: offerId, issue: { repositoryId, issueId } }]);
      expect(bounty).toMatchObject({ totals: [{ fundedText: '0.5' }], issue: { repositoryId: to.repositoryId, repository: 'grace/compiler', number: 3 }, state: 'open' });
    }
    expect((await treasury.app.splitPreview({ ...to, shares: [{ githubId: ada, bps: 10_000 }] })).deposits).toMatchObject([{ deposit, problem: '' }]);

    // The number of the page is that of where it is now, and so are the ids that are sent with it.
    await treasury.web.buildAward({ deposit, wallet: funder.address, shares: [{ githubId: ada, bps: 10_000 }], actorId: '9919', issueNumber: 3 });
    expect(authority.asked.at(-1)).toMatchObject({ repositoryId: to.repositoryId, issueId: to.issueId, issueNumber: 3, stakes: [{ deposit, repositoryId, funderAwarded: true }] });

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
    const edited = await offered(treasury, offerRequest({ issueId: request.issue.issueId, amount: '600000000' }));
    const to = moved(request);
    await keep(to, 1, request.issue);
    const { offerId } = await offered(treasury, { ...offerRequest({ amount: '700000000' }), issue: { ...request.issue, repositoryId: to.repositoryId, issueId: to.issueId } });
    // A text that is edited after the move: what it asks for now stands in the place of what it asked for there.
    const { offer } = await treasury.app.withdrawOffer({ offerId: edited.offerId, replacedBy: offerId, reason: 'edited' });
    expect(offer).toMatchObject({ state: OfferState.REPLACED });
    expect((await treasury.web.getBounty(request.issue)).totals).toMatchObject([{ offeredText: '1.2' }]);
    // A word that comes late is taken under the ids that it names, and counts where the issue is.
    await offered(treasury, { ...offerRequest({ amount: '800000000' }), issue: request.issue });
    expect((await treasury.web.listBounties({ repositoryId: to.repositoryId })).bounties).toMatchObject([{ totals: [{ offeredText: '2' }] }]);
    await chartTheRest({ pool: home.database.pool });
    expect((await home.database.pool.query('select from bounty where changed_at is null')).rowCount).toBe(0);
  });
});

describe('the board', () => {
  /** Offers on a repository of their own, oldest first; answers the repository and the ids of the issues. */
  async function offers(...money: { denom?: string; amount?: string }[]): Promise<{ repository: string; issues: ReturnType<typeof issueOf>[] }> {
    const repository = aRepository();
    const issues: ReturnType<typeof issueOf>[] = [];
    for (const one of money) {
      const request = offerRequest(one);
      request.issue = { ...request.issue, repositoryId: repository, repository: `board/r${repository}` };
      await offered(treasury, request);
      issues.push(issueOf(request));
    }
    return { repository, issues };
  }
  const list = (filter: object) => treasury.web.listBounties(filter);
  const idsOf = async (filter: object) => (await list(filter)).bounties.map(({ issue }) => issue?.issueId);
  const draw = () => chartTheRest({ pool: home.database.pool });

  test('shows what is offered and in escrow, per denom and in all, the last change first', async () => {
    const { repository, issues: [first, second] } = await offers({ amount: '500000000' }, { denom: 'usdc', amount: '12500000' });
    const { bounties, totals, cluster } = await list({ repositoryId: repository });
    expect(bounties).toMatchObject([
      { issue: { issueId: second?.issueId }, state: 'open', totals: [{ denom: 'usdc', offeredText: '12.5', fundedText: '0' }], deadline: '', funders: 0 },
      { issue: { issueId: first?.issueId }, state: 'open', totals: [{ denom: 'sol', offeredText: '0.5' }] },
    ]);
    expect(totals).toMatchObject([{ denom: 'sol', offered: '500000000' }, { denom: 'usdc', offered: '12500000' }]);
    expect(cluster?.name).toBe('localnet');
    // Something happens to the older one: it is the newest then.
    await treasury.app.withdrawOffer({ offerId: (await treasury.web.getBounty(first ?? { repositoryId: '1', issueId: '1' })).offers[0]?.id ?? '', reason: 'edited' });
    await offered(treasury, { ...offerRequest({ amount: '600000000' }), issue: first ?? offerRequest().issue });
    expect(await idsOf({ repositoryId: repository })).toEqual([first?.issueId, second?.issueId]);
  });

  test('counts money in escrow, with the deadline that comes first and its funders; and paid money when it is paid', async () => {
    const { issueId, deposit } = await fundedOffer(local, treasury);
    const one = async () => (await list({ repositoryId, limit: 100 })).bounties.find(({ issue }) => issue?.issueId === issueId);
    expect(await one()).toMatchObject({ state: 'open', funders: 1, totals: [{ fundedText: '0.5', offeredText: '0' }] });
    expect(Date.parse((await one())?.deadline ?? '')).toBeGreaterThan(Date.now() + 80 * 86_400_000);

    // As if it had been paid before there was a board.
    const { pool } = home.database;
    await pool.query("update deposit set state = 'paid', awarded_by = '{relayer}', awarded_at = now(), final_at = now(), gone = true where address = $1", [deposit]);
    await pool.query("insert into award_share values ($1, 0, 1, 7000, 350000000, 'paid'), ($1, 1, 2, 3000, 150000000, 'refunded')", [deposit]);
    await pool.query("update offer set state = 'paid' where id = (select offer_id from deposit where address = $1)", [deposit]);
    await pool.query('update bounty set changed_at = null, standing = null where issue_id = $1', [issueId]);
    expect(await one()).toBeUndefined();
    await draw();
    expect(await one()).toMatchObject({ state: 'paid', deadline: '', totals: [{ fundedText: '0', paidText: '0.35' }] });
  });

  test('is filtered by denom, state, language, label, repository and number, all at once', async () => {
    const { repository, issues: [sol, usdc] } = await offers({}, { denom: 'usdc', amount: '1000000' });
    if (sol === undefined || usdc === undefined) throw new Error('no offers');
    await keep({ ...sol, labels: ['bug', 'good first issue'], language: 'Rust', number: 8 }, 1);
    await keep({ ...usdc, labels: ['bug'], language: 'Go' }, 1);
    const all = { repositoryId: repository };
    for (const [filter, found] of [
      [{ denom: 'sol' }, [sol]], [{ denom: 'usdc' }, [usdc]], [{ denom: 'eth' }, []], [{ state: 'open' }, [usdc, sol]], [{ state: 'paid' }, []],
      [{ language: 'Rust' }, [sol]], [{ label: 'bug' }, [usdc, sol]], [{ label: 'good first issue', denom: 'usdc' }, []], [{ repository: `BOARD/R${repository}` }, [usdc, sol]],
      [{ number: 8 }, [sol]], [{ label: "bug' or true --" }, []],
    ] as const) expect(await idsOf({ ...all, ...filter }), JSON.stringify(filter)).toEqual(found.map(({ issueId }) => issueId));
    expect((await list({ ...all, denom: 'usdc' })).totals).toMatchObject([{ denom: 'usdc', offeredText: '1' }]);
    for (const wrong of [{ state: 'gone' }, { cursor: 'x' }, { cursor: "1.2.3'" }, { cursor: '9999999999999999.1.1' }, { limit: 101 }, { repositoryId: 'x' }, { label: 'a\0' }]) await expect(list(wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect.poll(async () => (await list({})).languages, patient).toEqual(expect.arrayContaining(['Rust', 'Go']));
    expect(await list({})).toMatchObject({ labels: expect.arrayContaining(['bug', 'good first issue']) as string[], denoms: ['sol', 'usdc'] });
  });

  test('goes on from a page where that ended, whatever changes meanwhile', async () => {
    const { repository, issues } = await offers({}, {}, {}, {}, {});
    const newest = issues.map(({ issueId }) => issueId).reverse();
    const first = await list({ repositoryId: repository, limit: 2 });
    expect(first.bounties.map(({ issue }) => issue?.issueId)).toEqual(newest.slice(0, 2));
    // One that was seen changes, and so is first: nothing is shown twice and nothing else is left out.
    await offered(treasury, { ...offerRequest({ amount: '900000000' }), issue: issues.at(-2) ?? offerRequest().issue });
    const second = await list({ repositoryId: repository, limit: 2, cursor: first.nextCursor });
    expect(second.bounties.map(({ issue }) => issue?.issueId)).toEqual(newest.slice(2, 4));
    const third = await list({ repositoryId: repository, limit: 2, cursor: second.nextCursor });
    expect([third.bounties.map(({ issue }) => issue?.issueId), third.nextCursor]).toEqual([newest.slice(4), '']);
  });

  test('does not show what nobody can earn or see: offers taken back, deleted issues, offers on closed ones, mints that are not taken', async () => {
    const { repository, issues } = await offers({}, {}, {}, {}, {});
    const [withdrawn, deleted, closed, foreign, shown] = issues;
    if (withdrawn === undefined || deleted === undefined || closed === undefined || foreign === undefined) throw new Error('no offers');
    const { offers: [offer] } = await treasury.web.getBounty(withdrawn);
    await treasury.app.withdrawOffer({ offerId: offer?.id ?? '', reason: 'cancelled' });
    await keep({ ...deleted, state: 'deleted' }, 1);
    await keep({ ...closed, state: 'closed', stateReason: 'not_planned' }, 1);
    const { pool } = home.database;
    await pool.query("update offer set mint = 'another' where issue_id = $1", [foreign.issueId]);
    await pool.query('update bounty set changed_at = null where issue_id = $1', [foreign.issueId]);
    await draw();
    expect(await idsOf({ repositoryId: repository })).toEqual([shown?.issueId]);
    // Its page stays: whoever has money there finds it.
    expect((await treasury.web.getBounty(deleted)).offers).toHaveLength(1);
    await keep({ ...closed, state: 'open', stateReason: 'reopened' }, 2);
    expect(await idsOf({ repositoryId: repository })).toContain(closed.issueId);
  });
});

describe('the history of a bounty', () => {
  test('is there after its events were published, oldest first, with what each was about', async () => {
    const { offerId, issueId, deposit, funder } = await fundedOffer(local, treasury);
    await expect.poll(async () => (await home.database.pool.query('select from outbox')).rowCount, patient).toBe(0);
    const { entries } = await treasury.web.getHistory({ repositoryId, issueId });
    expect(entries).toMatchObject([
      { kind: 'offered', offerId, text: '0.5', money: { denom: 'sol', amount: '500000000' }, by: ada, deposit: '', signature: '' },
      { kind: 'submitted', deposit, by: funder.address }, { kind: 'funded', deposit, by: funder.address, eventId: `${deposit}:funded` },
    ]);
    expect(entries[1]?.signature).toBe(entries[2]?.signature);
    expect(entries.map(({ eventId }) => eventId)).toEqual((await home.events(issueId)).map(({ id }) => id));
    expect([...entries].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))).toEqual(entries);
  });

  test('holds nothing that did not happen: what is rolled back leaves no trace', async () => {
    const { issueId } = await offered(treasury);
    const key = { repositoryId, issueId };
    const data = { offerId: 'a'.repeat(32), denom: 'sol', amount: '1' };
    await expect(inTransaction(home.database.pool, async (db) => {
      await tell(db, key, 'withdrawn', { id: 'never', time: new Date(), data });
      throw new Error('no');
    })).rejects.toThrow('no');
    expect((await treasury.web.getHistory(key)).entries.map(({ kind }) => kind)).toEqual(['offered']);
  });

  test('is refused for what are no ids', async () => {
    await expect(treasury.web.getHistory({ repositoryId: 'a', issueId: '1' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
