import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeWallet, compileTransaction, disableKeys, linkIdentity, localProgram, parseTransaction, scheduleKeys, signedBy, signTransaction, terms, unlinkIdentity, type Signer } from '@doubloon/escrow';
import { answerOf, doStep, identityOf, IdentityState, keyFile, LinkStep, newKey, openHome, openTogether, patient, signedFor, signIn, startIdentity, SubmissionState, typesOf, type Home, type Key, type Running, type Surroundings } from '../../testing/instance.ts';

const open = new AsyncDisposableStack();
let around: Surroundings;
let home: Home;
let running: Running;
beforeAll(async () => { ({ around, home, running } = await openTogether(open)); });
afterAll(() => open.disposeAsync());

let users = 0;
/** Somebody of their own, with a linked wallet that was told of. */
async function linked(of: { home: Home; running: Running } = { home, running }) {
  const login = `user-${String(++users)}`;
  around.github.addUser(login);
  const { session, githubId } = await signIn(of.running, around, login, `198.51.100.${String(users)}`);
  const wallet = await around.wallet();
  await doStep(of.running, { step: LinkStep.LINK, session }, wallet);
  // What changes again before it was seen twice is told of once, as it is then.
  await expect.poll(() => typesOf(of.home, githubId), patient).toEqual(['linked']);
  return { login, session, githubId, wallet };
}

const impossible = (problem: RegExp) => expect.objectContaining({ code: 'LINK_STEP_IMPOSSIBLE', facts: expect.objectContaining({ problem: expect.stringMatching(problem) as unknown }) as unknown });
const build = (step: (typeof LinkStep)[keyof typeof LinkStep], who: { session?: string; githubId?: string }, wallet: Signer) => running.web.buildLink({ step, ...who, wallet: wallet.address, address: '198.51.100.200' });
const attested = async (githubId: string, { operating }: Home = home) => ({ program: localProgram, operator: operating.address, githubId, attestor: operating.attestor.address, expiry: (await around.chain.time()) + 300n });

describe('a change', () => {
  test('waits for its cool-down with payouts, then is the link; and is told of', async () => {
    const { session, githubId, wallet } = await linked();
    const next = await around.wallet();
    const signature = await doStep(running, { step: LinkStep.CHANGE, session }, next);
    const changing = await identityOf(running, githubId);
    expect(changing).toMatchObject({ state: IdentityState.CHANGING, wallet: wallet.address, pendingWallet: next.address });
    expect(Date.parse(changing.pendingFrom) - Date.parse(changing.pendingSince)).toBe(259_200_000);
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'changing']);
    expect((await home.events(githubId))[1]).toMatchObject({ data: { wallet: wallet.address, pendingWallet: next.address, pendingFrom: changing.pendingFrom, contested: false } });
    await expect(build(LinkStep.CHANGE, { session }, await around.wallet())).rejects.toEqual(impossible(/a change is under way already/));

    await around.localnet.timeTravel(Number(terms.coolDownSeconds) + 60);
    await expect.poll(async () => identityOf(running, githubId), patient).toMatchObject({ state: IdentityState.LINKED, wallet: next.address, pendingWallet: '', proof: signature });
  }, 120_000);

  test('that the old wallet objects to stays contested until both sign, which counts at once', async () => {
    const { session, githubId, wallet } = await linked();
    const next = await around.wallet();
    await expect(build(LinkStep.CANCEL_CHANGE, { githubId }, wallet)).rejects.toEqual(impossible(/no change is under way/));
    await expect(build(LinkStep.SETTLE_CHANGE, { githubId }, wallet)).rejects.toEqual(impossible(/no change is under way/));
    await doStep(running, { step: LinkStep.CHANGE, session }, next);
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'changing']);
    await expect(build(LinkStep.CANCEL_CHANGE, { githubId }, next)).rejects.toEqual(impossible(/only the wallet that was linked before/));
    await doStep(running, { step: LinkStep.CANCEL_CHANGE, githubId }, wallet);
    expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.CONTESTED, wallet: wallet.address });
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'changing', 'changing']);
    expect((await home.events(githubId))[2]).toMatchObject({ data: { contested: true } });
    await expect(build(LinkStep.CANCEL_CHANGE, { githubId }, wallet)).rejects.toEqual(impossible(/objected already/));
    await expect(build(LinkStep.SETTLE_CHANGE, { githubId }, await around.wallet())).rejects.toEqual(impossible(/neither of the two/));

    const { terms: shown } = await build(LinkStep.SETTLE_CHANGE, { githubId }, next);
    expect(shown).toMatchObject({ wallet: wallet.address, otherWallet: next.address, attestor: '', expiresAt: '' });
    const half = await signedFor(running, { step: LinkStep.SETTLE_CHANGE, githubId }, wallet);
    await expect(running.web.submitLink({ step: LinkStep.SETTLE_CHANGE, githubId, transaction: half, address: '198.51.100.200' })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'signature-wrong' } });
    const signature = await doStep(running, { step: LinkStep.SETTLE_CHANGE, githubId }, wallet, next);
    expect(await identityOf(running, githubId)).toMatchObject({ wallet: next.address, pendingWallet: '', proof: signature });
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'changing', 'changing', 'linked']);
  }, 120_000);
});

test('unlinking takes the wallet alone, no session; afterwards the user links again', async () => {
  const { session, githubId, wallet } = await linked();
  const other = await around.wallet();
  await expect(build(LinkStep.UNLINK, { githubId }, other)).rejects.toEqual(impossible(/only that one can end it/));
  await doStep(running, { step: LinkStep.UNLINK, githubId }, wallet);
  expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.UNLINKED, wallet: '', paysFrom: '' });
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'unlinked']);
  await expect(build(LinkStep.UNLINK, { githubId }, wallet)).rejects.toEqual(impossible(/no wallet is linked any more/));
  await doStep(running, { step: LinkStep.LINK, session }, other);
  expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.COOLING, wallet: other.address });
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'unlinked', 'linked']);
}, 120_000);

test('what is told of a link names no transaction that proves another wallet', async () => {
  const { githubId, wallet } = await linked();
  await doStep(running, { step: LinkStep.UNLINK, githubId }, wallet);
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'unlinked']);
  const other = await around.wallet();
  await around.send([linkIdentity({ ...(await attested(githubId)), payer: other.address, wallet: other.address })], other, home.operating.attestor);
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'unlinked', 'linked']);
  const { data } = (await home.events(githubId))[2] ?? {};
  expect(data).toMatchObject({ wallet: other.address });
  expect(data).not.toHaveProperty('signature');
}, 120_000);

test('a step that is impossible is told so in words, before anybody signs', async () => {
  const { session, githubId, wallet } = await linked();
  await expect(build(LinkStep.LINK, { session }, wallet)).rejects.toEqual(impossible(/this wallet is linked already/));
  await expect(build(LinkStep.LINK, { session }, await around.wallet())).rejects.toEqual(impossible(/a wallet is linked already/));
  await expect(build(LinkStep.CHANGE, { session }, wallet)).rejects.toEqual(impossible(/is the one that is linked/));
  await expect(build(LinkStep.CHANGE, { githubId }, wallet)).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
  await expect(build(LinkStep.UNSPECIFIED, { session }, wallet)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(build(LinkStep.UNLINK, { githubId: '424242' }, wallet)).rejects.toEqual(impossible(/no wallet was ever linked/));
  for (const odd of ['', 'x', '11111111111111111111111111111111', home.operating.address]) {
    await expect(running.web.buildLink({ step: LinkStep.CHANGE, session, wallet: odd, address: '198.51.100.200' })).rejects.toMatchObject({ code: 'WALLET_INVALID' });
  }
  await expect(build(LinkStep.CHANGE, { session }, newKey())).rejects.toMatchObject({ code: 'BALANCE_TOO_SMALL' });
}, 120_000);

describe('the store', () => {
  test('has what was linked without this service, and tells of it', async () => {
    const [wallet, githubId] = [await around.wallet(), String(around.github.addUser(`user-${String(++users)}`).id)];
    await around.send([linkIdentity({ ...(await attested(githubId)), payer: wallet.address, wallet: wallet.address })], wallet, home.operating.attestor);
    expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.COOLING, wallet: wallet.address, proof: '' });
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked']);
    await around.send([unlinkIdentity({ program: localProgram, operator: home.operating.address, githubId, wallet: wallet.address })], wallet);
    await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'unlinked']);
  }, 120_000);

  const rowsIn = async ({ database }: Home) => (await database.pool.query('select github_id, account, state, wallet, pending_wallet, sequence from identity order by github_id')).rows;

  test('is built again from the chain after it was dropped, with the same rows and the same events', async () => {
    const first = await openHome(around);
    const service = await startIdentity(first);
    const one = await linked({ home: first, running: service });
    const two = await linked({ home: first, running: service });
    await doStep(service, { step: LinkStep.CHANGE, session: two.session }, await around.wallet());
    await expect.poll(async () => [await typesOf(first, one.githubId), await typesOf(first, two.githubId)], patient).toEqual([['linked'], ['linked', 'changing']]);
    await service.stop();

    const again = await openHome(around, { operating: first.operating });
    await startIdentity(again);
    await expect.poll(() => rowsIn(again), patient).toEqual(await rowsIn(first));
    await expect.poll(async () => [await typesOf(again, one.githubId), await typesOf(again, two.githubId)], patient).toEqual([['linked'], ['changing']]);
    const told = async (of: Home, githubId: string) => (await of.events(githubId)).map(({ id, sequence }) => ({ id, sequence }));
    // Whoever reads has seen these ids before, and drops them.
    expect(await told(first, one.githubId)).toEqual(await told(again, one.githubId));
    expect((await told(first, two.githubId)).slice(1)).toEqual(await told(again, two.githubId));
  }, 120_000);

  test('that was restored from an old backup catches up, and tells of nothing that was not', async () => {
    const own = await openHome(around);
    const service = await startIdentity(own);
    const { githubId, session, wallet } = await linked({ home: own, running: service });
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked']);
    const { rows: [backup] } = await own.database.pool.query<Record<string, unknown>>('select * from identity');
    await doStep(service, { step: LinkStep.UNLINK, githubId }, wallet);
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked', 'unlinked']);
    await service.stop();
    // As the backup was: the link is there, its end is not, nor is what was submitted since.
    await own.database.pool.query('update identity set state = $1, sequence = $2, slot = $3', [backup?.['state'], backup?.['sequence'], backup?.['slot']]);
    await own.database.pool.query("delete from link_submission where step = 'unlink'");

    const restored = await startIdentity(own);
    expect(await identityOf(restored, githubId)).toMatchObject({ state: IdentityState.UNLINKED, wallet: '' });
    await expect.poll(async () => (await rowsIn(own))[0] as unknown, patient).toMatchObject({ state: 'unlinked' });
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked', 'unlinked', 'unlinked']);
    expect(new Set((await own.events(githubId)).map(({ id }) => id)).size).toBe(2);
    await expect(restored.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '198.51.100.201' })).resolves.toMatchObject({ terms: { wallet: wallet.address } });
  }, 120_000);

  test('that says other than the chain changes no answer, is corrected where it is behind, and is shown to a person where it is ahead', async () => {
    const own = await openHome(around);
    const service = await startIdentity(own);
    const { githubId, wallet } = await linked({ home: own, running: service });
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked']);
    const thief = newKey().address;
    await own.database.pool.query('update identity set wallet = $1', [thief]);
    expect(await identityOf(service, githubId)).toMatchObject({ wallet: wallet.address });
    await expect.poll(async () => (await rowsIn(own))[0] as unknown, patient).toMatchObject({ wallet: wallet.address });
    await own.database.pool.query('update identity set wallet = $1, sequence = sequence + 5', [thief]);
    await expect.poll(() => service.metrics.getSingleMetricAsString('doubloon_identities_disputed'), patient).toMatch(/^doubloon_identities_disputed\b.* 1$/m);
    expect(await identityOf(service, githubId)).toMatchObject({ wallet: wallet.address });
    await own.database.pool.query("insert into identity (github_id, account, state, wallet, sequence, slot, seen_at) values (4242, 'nowhere', 'linked', $1, 1, 1, now())", [thief]);
    await expect.poll(() => service.metrics.getSingleMetricAsString('doubloon_identities_disputed'), patient).toMatch(/^doubloon_identities_disputed\b.* 2$/m);
    expect(await identityOf(service, '4242')).toMatchObject({ state: IdentityState.ABSENT, wallet: '' });
    expect(await typesOf(own, githubId)).toEqual(['linked']);
  }, 120_000);
});

describe('the attestor', () => {
  test('that is disabled within the cool-down ends what it vouched for, which is told of, and nobody links until a next one is there', async () => {
    const own = await openHome(around);
    const service = await startIdentity(own);
    const { githubId, session } = await linked({ home: own, running: service });
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked']);
    const { operating: { admin, address: operator } } = own;
    await around.send([disableKeys({ program: localProgram, operator, admin: admin.address, keys: ['attestor'] })], admin);
    await expect.poll(async () => identityOf(service, githubId), patient).toMatchObject({ state: IdentityState.UNLINKED, wallet: '' });
    await expect.poll(() => typesOf(own, githubId), patient).toEqual(['linked', 'unlinked']);
    const wallet = await around.wallet();
    await expect(service.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '198.51.100.202' })).rejects.toEqual(impossible(/has stopped its attestor/));
  }, 120_000);

  test('that follows by schedule takes over without a restart when its key is configured', async () => {
    const own = await openHome(around);
    const next: Key = newKey();
    const { operating: { admin, attestor, address: operator } } = own;
    await around.send([scheduleKeys({ program: localProgram, operator, admin: admin.address, attestor: next.address })], admin);
    const service = await startIdentity(own, { env: { IDENTITY_NEXT_ATTESTOR_KEY_FILE: keyFile(next) } });
    const login = `user-${String(++users)}`;
    around.github.addUser(login);
    const { session } = await signIn(service, around, login, '198.51.100.203');
    const wallet = await around.wallet();
    const built = () => service.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '198.51.100.203' });
    expect((await built()).terms?.attestor).toBe(attestor.address);
    await around.localnet.timeTravel(Number(terms.keyActivationSeconds) + 60);
    await expect.poll(async () => (await built()).terms?.attestor, patient).toBe(next.address);
    await doStep(service, { step: LinkStep.LINK, session }, wallet);
  }, 120_000);

  test('does not sign once what it was to say is over by the chain’s clock, however ours stands', async () => {
    const own = await openHome(around);
    const service = await startIdentity(own);
    const login = `user-${String(++users)}`;
    around.github.addUser(login);
    const { session, githubId } = await signIn(service, around, login, '198.51.100.204');
    const wallet = await around.wallet();
    const { terms: said } = await service.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '198.51.100.204' });
    await around.localnet.timeTravel(3_600);
    const link = linkIdentity({ ...(await attested(githubId, own)), payer: wallet.address, wallet: wallet.address, expiry: BigInt(Date.parse(said?.expiresAt ?? '') / 1_000) });
    // With a blockhash of now, as wallets put one in: what is too old is what the attestor was to say.
    const { blockhash } = await around.chain.latestBlockhash();
    const transaction = signTransaction(compileTransaction({ payer: wallet.address, blockhash, instructions: [link] }), [wallet]);
    await expect(service.web.submitLink({ step: LinkStep.LINK, session, transaction, address: '198.51.100.204' })).rejects.toMatchObject({ code: 'LINK_STEP_IMPOSSIBLE' });
    expect((await own.database.pool.query('select from link_submission where github_id = $1', [githubId])).rowCount).toBe(0);
  }, 120_000);

  test('does not sign either what was recorded in time and is over when its turn comes', async () => {
    const own = await openHome(around);
    // What is recorded is not due before the test says so.
    await own.database.pool.query("create function later() returns trigger language plpgsql as $$ begin new.next_at = 'infinity'; return new; end $$");
    await own.database.pool.query('create trigger later before insert on link_submission for each row execute function later()');
    const service = await startIdentity(own);
    const login = `user-${String(++users)}`;
    around.github.addUser(login);
    const { session, githubId } = await signIn(service, around, login, '198.51.100.206');
    const wallet = await around.wallet();
    const transaction = await signedFor(service, { step: LinkStep.LINK, session }, wallet);
    await service.web.submitLink({ step: LinkStep.LINK, session, transaction, address: '198.51.100.206' });
    await around.localnet.timeTravel(600);
    await own.database.pool.query('update link_submission set next_at = now()');
    await expect.poll(async () => (await identityOf(service, githubId)).submission, patient).toMatchObject({ state: SubmissionState.EXPIRED, problem: 'The time in which the attestor could vouch for it is over.' });
    const { rows: [row] } = await own.database.pool.query<{ attested_at: Date | null; transaction: Buffer }>('select attested_at, transaction from link_submission');
    expect(row?.attested_at).toBe(null);
    expect(signedBy(parseTransaction(row?.transaction ?? new Uint8Array()))).toEqual([wallet.address]);
    expect(await identityOf(service, githubId)).toMatchObject({ state: IdentityState.ABSENT, wallet: '' });
  }, 120_000);
});

test('a change that was made elsewhere by a stolen attestor is told of, and the old wallet objects without any session', async () => {
  const { githubId, wallet } = await linked();
  const thief = await around.wallet();
  await around.send([changeWallet({ ...(await attested(githubId)), wallet: thief.address })], thief, home.operating.attestor);
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked', 'changing']);
  await doStep(running, { step: LinkStep.CANCEL_CHANGE, githubId }, wallet);
  expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.CONTESTED, wallet: wallet.address, pendingWallet: thief.address });
}, 120_000);

test('a session ends when it is asked to, and its link step with it', async () => {
  const login = `user-${String(++users)}`;
  around.github.addUser(login);
  const begun = await running.web.beginSession({ returnTo: '/link', address: '198.51.100.205' });
  const { session } = await running.web.completeOAuth({ session: begun.session, ...answerOf(around.github.authorize({ user: login, url: begun.authorizeUrl })), address: '198.51.100.205' });
  await running.web.endSession({ session });
  await expect(build(LinkStep.LINK, { session }, await around.wallet())).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
}, 60_000);

/** Somebody who signed in from two browsers, and has signed to link a wallet. */
async function aboutToLink() {
  const login = `user-${String(++users)}`;
  around.github.addUser(login);
  const { session, githubId } = await signIn(running, around, login, `198.51.100.${String(users)}`);
  const { session: elsewhere } = await signIn(running, around, login, `198.51.100.${String(users)}`);
  const wallet = await around.wallet();
  const transaction = await signedFor(running, { step: LinkStep.LINK, session }, wallet);
  const submit = () => running.web.submitLink({ step: LinkStep.LINK, session, transaction, address: `198.51.100.${String(users)}` });
  const recorded = async () => (await home.database.pool.query('select from link_submission where github_id = $1', [githubId])).rowCount;
  return { login, session, elsewhere, githubId, wallet, submit, recorded };
}

test('the sessions of an account that was deleted or suspended end when it asks for anything, and nobody vouches for it', async () => {
  const asking = {
    link: ({ session, wallet }) => build(LinkStep.LINK, { session }, wallet),
    change: ({ session, wallet }) => build(LinkStep.CHANGE, { session }, wallet),
    submit: ({ submit }) => submit(),
  } satisfies Record<string, (who: Awaited<ReturnType<typeof aboutToLink>>) => Promise<unknown>>;
  for (const end of ['deleteAccount', 'suspend'] as const) {
    for (const ask of Object.values(asking)) {
      const who = await aboutToLink();
      around.github[end](who.login);
      await expect(ask(who)).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
      for (const session of [who.session, who.elsewhere]) await expect(running.web.getSession({ session })).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
      expect(await who.recorded()).toBe(0);
    }
  }
}, 120_000);

test('nobody is vouched for while GitHub can’t be asked whether their account is still there, and nobody is signed out for it', async () => {
  const { session, wallet, submit, recorded, githubId } = await aboutToLink();
  const away = () => { around.github.faults.api({ path: new RegExp(`^/user/${githubId}$`) }, { kind: 'unavailable' }); };
  away();
  await expect(build(LinkStep.LINK, { session }, wallet)).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  away();
  await expect(submit()).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  expect(around.github.faults.left()).toBe(0);
  expect(await recorded()).toBe(0);
  await doStep(running, { step: LinkStep.LINK, session }, wallet);
}, 120_000);
