import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '@doubloon/postgres';
import { treasury } from '@doubloon/rpc';
import { createLogger } from '@doubloon/service';
import { offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../../testing/instance.ts';
import { lockBounty, tell } from './bounty-lock.ts';
import { expireOffers } from './offer-expiry.ts';

const { OfferState } = treasury;
const day = 86_400_000;

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

describe('an offer is opened', () => {
  test('once for one place in a text, however often and at once it is asked for', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const answers = await Promise.all(Array.from({ length: 8 }, () => clients.app.openOffer(request)));
    expect(new Set(answers.map(({ offer }) => offer?.id)).size).toBe(1);
    expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
    expect(answers[0]?.fundUrl).toMatch(/^http:\/\/pages\.example\/fund\/[0-9a-f]{32}$/);
    await expect.poll(() => typesOf(home, request.issue.issueId), patient).toEqual(['offered']);
  });

  test('apart for the second of two equal lines, another amount, and another comment, in their order', async () => {
    const clients = await startTreasury(await openHome(local));
    const request = offerRequest();
    const { issueId } = request.issue;
    const requests = [request, { ...request, source: { ...request.source, nth: 1 } }, { ...request, money: { denom: 'sol', amount: '600000000' } }, { ...request, source: { ...request.source, id: '99' } }];
    const ids: (string | undefined)[] = [];
    for (const one of requests) ids.push((await clients.app.openOffer(one)).offer?.id);
    expect(new Set(ids).size).toBe(4);
    const bounty = await clients.app.getBounty({ repositoryId, issueId });
    expect(bounty.offers.map(({ id }) => id)).toEqual(ids);
    expect(bounty.totals).toMatchObject([{ denom: 'sol', funded: '0', offered: '2100000000', offeredText: '2.1' }]);
  });

  test('with the display facts as they were last seen, and ids above 2^53 to the last digit', async () => {
    const clients = await startTreasury(await openHome(local));
    const request = offerRequest({ issueId: '9007199254740993', amount: '18446744073709551615' });
    const { offer } = await clients.app.openOffer({ ...request, source: { ...request.source, id: '18446744073709551615' } });
    await clients.app.openOffer({ ...offerRequest({ issueId: '9007199254740993' }), issue: { ...request.issue, repository: 'ada/renamed', title: '<b>it</b> \u202e' } });
    const { offer: shown } = await clients.web.getOffer({ offerId: offer?.id ?? '' });
    expect(shown).toMatchObject({ source: { id: '18446744073709551615' }, issue: { issueId: '9007199254740993', repository: 'ada/renamed', title: '<b>it</b> \u202e' }, money: { amount: '18446744073709551615' }, text: '18446744073.709551615' });
  });

  test('never for a request that says what can’t be', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const { source, issue } = request;
    const wrong = {
      'a source of another kind': { source: { ...source, kind: 'gist' } },
      'an id with a leading zero': { source: { ...source, id: '007' } },
      'an id above u64': { issue: { ...issue, issueId: '18446744073709551616' } },
      'an id of SQL': { issue: { ...issue, issueId: '1; drop table offer' } },
      'a link that runs': { issue: { ...issue, url: 'javascript:alert(1)' } },
      'an amount of zero': { money: { denom: 'sol', amount: '0' } },
      'an amount in decimals': { money: { denom: 'sol', amount: '1.5' } },
      'a negative amount': { money: { denom: 'sol', amount: '-500000000' } },
      'an amount in other digits': { money: { denom: 'sol', amount: '５００００００００' } },
      'a title with U+0000': { issue: { ...issue, title: 'It does\0 not divide' } },
      'a login with U+0000': { offeredBy: { githubId: '583231', login: 'ada\0' } },
      'a link with U+0000': { issue: { ...issue, url: `${issue.url}\0` } },
      'a repository with U+0000': { issue: { ...issue, repository: 'ada/en\0gine' } },
      'no source at all': { source: undefined },
    };
    for (const [name, change] of Object.entries(wrong)) await expect(clients.app.openOffer({ ...request, ...change }), name).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await home.database.pool.query('select from offer')).rowCount).toBe(0);
  });
});

describe('an offer that nobody funded', () => {
  test('is withdrawn once, and can’t be funded any more', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients);
    const transaction = await signedFor(clients, offerId, await local.wallet());
    for (const _ of [1, 2]) expect(await clients.app.withdrawOffer({ offerId, reason: 'deleted' })).toMatchObject({ pending: false, offer: { state: OfferState.WITHDRAWN } });
    await expect(clients.web.submitFunding({ offerId, transaction })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'withdrawn' } });
    await expect(clients.web.buildFunding({ offerId, wallet: (await local.wallet()).address })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'withdrawn' } });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'withdrawn']);
  });

  test('is replaced by an edit, points on, and is opened again under its id when the edit is taken back', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const { offerId, issueId } = await offered(clients, request);
    const { offerId: other } = await offered(clients, { ...request, money: { denom: 'sol', amount: '600000000' } });
    expect(await clients.app.withdrawOffer({ offerId, replacedBy: other, reason: 'edited' })).toMatchObject({ offer: { state: OfferState.REPLACED, replacedBy: other } });
    expect(await clients.app.openOffer(request)).toMatchObject({ opened: true, offer: { id: offerId, state: OfferState.OFFERED, replacedBy: '' } });
    expect(await clients.app.openOffer(request)).toMatchObject({ opened: false });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'offered', 'replaced', 'offered']);
    expect(new Set((await home.events(issueId)).map(({ id }) => id)).size).toBe(4);
  });

  test('stays withdrawn when its author took it back, whatever looks at its text again', async () => {
    const clients = await startTreasury(await openHome(local));
    const request = offerRequest();
    const { offerId } = await offered(clients, request);
    await clients.app.withdrawOffer({ offerId, reason: 'cancelled' });
    expect(await clients.app.openOffer(request)).toMatchObject({ opened: false, offer: { id: offerId, state: OfferState.WITHDRAWN } });
  });

  test('expires after 14 days, not before, and stays so', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const request = offerRequest();
    const { offerId, issueId } = await offered(clients, request);
    const at = (ms: number) => expireOffers({ pool: home.database.pool, log: createLogger({ name: 'test', level: 'silent' }), now: () => new Date(Date.now() + ms) });
    await at(14 * day - 60_000);
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
    await Promise.all([at(14 * day), at(14 * day)]);
    expect(await stateOf(clients, offerId)).toBe(OfferState.EXPIRED);
    expect(await clients.app.openOffer(request)).toMatchObject({ opened: false, offer: { state: OfferState.EXPIRED } });
    await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'offer-expired']);
  });

  test('is withdrawn with a reason we know, and replaced by another offer that is there', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients);
    await expect(clients.app.withdrawOffer({ offerId, reason: 'bored' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(clients.app.withdrawOffer({ offerId, replacedBy: offerId, reason: 'edited' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(clients.app.withdrawOffer({ offerId, replacedBy: 'f'.repeat(32), reason: 'edited' })).rejects.toMatchObject({ code: 'OFFER_ABSENT' });
    const { offerId: elsewhere } = await offered(clients);
    await expect(clients.app.withdrawOffer({ offerId, replacedBy: elsewhere, reason: 'edited' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
  });
});

test('a flood of offers ends somewhere, and hides neither money nor the newest; the totals count them all', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { offerId, issueId } = await offered(clients);
  const wallet = await local.wallet();
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await home.database.pool.query(`
    insert into offer (id, source_kind, source_id, nth, source_url, repository_id, issue_id, offered_by, offered_by_login, denom, decimals, amount, nonce, offered_at, expires_at)
    select lpad(to_hex(n), 32, '0'), source_kind, source_id, n, source_url, repository_id, issue_id, offered_by, offered_by_login, denom, decimals, amount, n, offered_at, expires_at
    from offer, generate_series(1, 600) n where id = $1`, [offerId]);
  const { offer: newest } = await clients.app.openOffer(offerRequest({ issueId }));
  const { offers, totals } = await clients.app.getBounty({ repositoryId, issueId });
  expect(offers).toHaveLength(500);
  expect([offers[0]?.id, offers.at(-1)?.id]).toEqual([offerId, newest?.id]);
  expect(totals).toMatchObject([{ fundedText: '0.5', offeredText: '300.5' }]);

  // Money that came first and is next to nothing hides nobody's that came later and is more.
  const { pool } = home.database;
  await pool.query("update offer set amount = 890880, state = 'funded' where id <> $1 and id <> $2", [offerId, newest?.id]);
  await pool.query(`
    insert into deposit (address, created_slot, offer_id, funder, amount, deadline, with_relayer, slot, seen_at, stands_until)
    select 'dust of ' || o.id, d.created_slot, o.id, d.funder, o.amount, d.deadline, true, d.slot, d.seen_at - interval '1 hour', d.stands_until from deposit d, offer o where o.amount = 890880`);
  await pool.query('alter table offer alter column place set generated by default');
  await pool.query('update offer set place = place - 1000 where amount = 890880');
  const flooded = await clients.app.getBounty({ repositoryId, issueId });
  expect(flooded.deposits).toHaveLength(500);
  expect(flooded.deposits.find((one) => one.offerId === offerId)).toMatchObject({ text: '0.5' });
  expect(flooded.offers.map(({ id }) => id)).toContain(offerId);
});

test('events of one issue are published in the order of their sequence, also when a transaction that began first ends last', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { issueId } = await offered(clients);
  const bounty = { repositoryId, issueId };
  const data = { denom: 'sol', amount: '5' };
  const say = (offerId: string) => inTransaction(home.database.pool, async (db) => {
    await lockBounty(db, bounty);
    await tell(db, bounty, 'withdrawn', { id: offerId, time: new Date(), data: { ...data, offerId } });
  });
  const ids = Array.from({ length: 20 }, () => randomBytes(16).toString('hex'));
  await Promise.all(ids.map(say));
  await expect.poll(async () => (await home.events(issueId)).length, patient).toBe(21);
  const sequences = (await home.events(issueId)).map(({ sequence }) => BigInt(sequence));
  expect(sequences).toEqual(Array.from({ length: 21 }, (_, index) => BigInt(index + 1)));
});
