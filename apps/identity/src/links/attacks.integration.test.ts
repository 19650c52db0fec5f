import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changeWallet, compileTransaction, encodeBase58, linkIdentity, localProgram, memo, parseTransaction, setComputeUnitLimit, signTransaction, signedBy, systemProgram, unlinkIdentity, type Instruction, type Signer,
} from '@doubloon/escrow';
import { answerOf, doStep, endingWith, identityOf, IdentityState, LinkStep, newKey, openHome, openTogether, patient, signedFor, signIn, startIdentity, SubmissionState, type Home, type Running, type Surroundings } from '../../testing/instance.ts';
import { accountOf } from './account.ts';

const open = new AsyncDisposableStack();
let around: Surroundings;
let home: Home;
let running: Running;
beforeAll(async () => { ({ around, home, running } = await openTogether(open)); });
afterAll(() => open.disposeAsync());

let users = 0;
let addresses = 0;
/** Somebody of their own, signed in, with a wallet, from an address of their own. */
async function somebody() {
  const login = `user-${String(++users)}`;
  const { id } = around.github.addUser(login);
  const address = `198.51.100.${String(++addresses)}`;
  const { session, githubId } = await signIn(running, around, login, address);
  expect(githubId).toBe(String(id));
  return { login, session, githubId, wallet: await around.wallet(), address };
}
type Somebody = Awaited<ReturnType<typeof somebody>>;

const build = ({ session, address }: Somebody, wallet: Signer, step = LinkStep.LINK) => running.web.buildLink({ step, session, wallet: wallet.address, address });
const submit = ({ session, address }: Somebody, transaction: Uint8Array, step = LinkStep.LINK) => running.web.submitLink({ step, session, transaction, address });
const refusedFor = (reason: string) => expect.objectContaining({ code: 'TRANSACTION_REFUSED', facts: expect.objectContaining({ reason }) as unknown });
const rowsOf = async ({ githubId }: Somebody) => (await home.database.pool.query<{ transaction: Buffer; state: string; attested_at: Date | null; message_hash: Buffer; problem: string | null }>('select * from link_submission where github_id = $1 order by place', [githubId])).rows;

/** The same transaction, as a wallet gives it back that has edited it. */
function edited(transaction: Uint8Array, signers: readonly Signer[], edit: (instructions: readonly Instruction[]) => readonly Instruction[], payer?: Signer): Uint8Array {
  const { instructions, payer: own, blockhash } = parseTransaction(transaction);
  const plain = instructions.map(({ program, accounts, data }) => ({ program, data, accounts: accounts.map(({ address, signer, writable }) => ({ address: address ?? systemProgram, signer, writable })) }));
  return signTransaction(compileTransaction({ payer: payer?.address ?? own, blockhash, instructions: edit(plain) }), signers);
}
const ours = ({ program }: Instruction) => program === localProgram;
const instead = (other: Instruction) => (instructions: readonly Instruction[]) => instructions.map((one) => (ours(one) ? other : one));

describe('a wallet that edits what it signs', () => {
  const transfer = (from: string, to: string): Instruction => ({
    program: systemProgram, data: Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
    accounts: [{ address: from as Signer['address'], signer: true, writable: true }, { address: to as Signer['address'], signer: false, writable: true }],
  });
  const advanceNonce = (authority: Signer): Instruction => ({
    program: systemProgram, data: Uint8Array.of(4, 0, 0, 0),
    accounts: [{ address: newKey().address, signer: false, writable: true }, { address: newKey().address, signer: false, writable: false }, { address: authority.address, signer: true, writable: false }],
  });

  test('so that another instruction uses the attestor, in front of ours or behind it, is refused, and nothing is signed', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    const attestor = home.operating.attestor.address;
    const vouching = [
      transfer(attestor, me.wallet.address),
      { ...memo('by the attestor'), accounts: [{ address: attestor, signer: true, writable: false }] },
      unlinkIdentity({ program: newKey().address, operator: home.operating.address, githubId: me.githubId, wallet: attestor }),
    ];
    for (const one of vouching) {
      await expect(submit(me, edited(transaction, [me.wallet], (all) => [one, ...all]))).rejects.toEqual(refusedFor('attestor-elsewhere'));
      await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, one]))).rejects.toEqual(refusedFor('attestor-elsewhere'));
    }
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);

  test('so that the attestor pays for it is refused', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    await expect(submit(me, edited(transaction, [me.wallet], (all) => all, home.operating.attestor))).rejects.toEqual(refusedFor('attestor-pays'));
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);

  test('so that it lives for ever, by a durable nonce, is refused', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    await expect(submit(me, edited(transaction, [me.wallet], (all) => [advanceNonce(me.wallet), ...all]))).rejects.toEqual(refusedFor('durable-nonce'));
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);

  test('so that it links another user, holds for longer, or goes to another wallet is refused', async () => {
    const [me, other] = [await somebody(), await somebody()];
    const { transaction, terms } = await build(me, me.wallet);
    const expiry = BigInt(Date.parse(terms?.expiresAt ?? '') / 1000);
    const said = { program: localProgram, operator: home.operating.address, githubId: me.githubId, payer: me.wallet.address, attestor: home.operating.attestor.address, wallet: me.wallet.address, expiry };
    const lies = [{ ...said, githubId: other.githubId }, { ...said, expiry: expiry + 1n }, { ...said, expiry: expiry + 86_400n }, { ...said, operator: newKey().address }];
    for (const lie of lies) await expect(submit(me, edited(transaction, [me.wallet], instead(linkIdentity(lie))))).rejects.toEqual(refusedFor('terms-changed'));
    const thief = newKey();
    await expect(submit(me, edited(transaction, [me.wallet, thief], instead(linkIdentity({ ...said, wallet: thief.address }))))).rejects.toEqual(refusedFor('terms-changed'));
    await expect(submit(me, edited(transaction, [me.wallet], instead(changeWallet(said))))).rejects.toEqual(refusedFor('terms-changed'));
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);

  test('so that our instruction stands in it twice, not at all, or a program takes part that nobody knows is refused', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, ...all.filter(ours)]))).rejects.toEqual(refusedFor('call-repeated'));
    await expect(submit(me, edited(transaction, [me.wallet], (all) => all.filter((one) => !ours(one))))).rejects.toEqual(refusedFor('call-missing'));
    await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, transfer(me.wallet.address, newKey().address)]))).rejects.toEqual(refusedFor('program-unknown'));
    await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, { program: newKey().address, accounts: [{ address: localProgram, signer: false, writable: false }], data: new Uint8Array() }]))).rejects.toEqual(refusedFor('call-hidden'));
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);

  test('only by its guards, that is the compute budget and a memo, is taken', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    const guarded = edited(transaction, [me.wallet], (all) => [setComputeUnitLimit(190_000), ...all.slice(1), memo('guarded')]);
    await submit(me, guarded);
    await expect.poll(async () => (await identityOf(running, me.githubId)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
    expect(await identityOf(running, me.githubId)).toMatchObject({ state: IdentityState.COOLING, wallet: me.wallet.address });
  }, 90_000);

  test('and leaves its own signature out, or gives one of something else, is refused', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    await expect(submit(me, transaction)).rejects.toEqual(refusedFor('signature-wrong'));
    const other = edited(transaction, [me.wallet], (all) => [...all, memo('another')]);
    const mixed = Uint8Array.from(transaction);
    mixed.set(other.subarray(1, 65), 1);
    await expect(submit(me, mixed)).rejects.toEqual(refusedFor('signature-wrong'));
    for (const rubbish of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(1300).fill(7)]) await expect(submit(me, rubbish)).rejects.toEqual(refusedFor('unreadable'));
    expect(await rowsOf(me)).toEqual([]);
  }, 60_000);
});

describe('somebody else', () => {
  test('can’t submit what was built for another user, nor sign with another wallet than it was built for', async () => {
    const [me, thief] = [await somebody(), await somebody()];
    const signed = await signedFor(running, { step: LinkStep.LINK, session: me.session }, me.wallet);
    await expect(submit(thief, signed)).rejects.toEqual(refusedFor('other-wallet'));
    const { transaction } = await build(thief, me.wallet);
    await expect(submit(thief, transaction)).rejects.toEqual(refusedFor('signature-wrong'));
    await expect(running.web.submitLink({ step: LinkStep.LINK, session: 'x'.repeat(43), transaction: signed, address: me.address })).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
    expect([...(await rowsOf(me)), ...(await rowsOf(thief))]).toEqual([]);
  }, 60_000);

  test('can’t link their wallet to a user by naming the user: the user is the one of the session', async () => {
    const [me, victim] = [await somebody(), await somebody()];
    const { transaction, terms } = await running.web.buildLink({ step: LinkStep.LINK, session: me.session, githubId: victim.githubId, wallet: me.wallet.address, address: me.address });
    expect(terms?.person?.githubId).toBe(me.githubId);
    await running.web.submitLink({ step: LinkStep.LINK, session: me.session, githubId: victim.githubId, transaction: signTransaction(transaction, [me.wallet]), address: me.address });
    await expect.poll(async () => (await identityOf(running, me.githubId)).wallet, patient).toBe(me.wallet.address);
    expect(await identityOf(running, victim.githubId)).toMatchObject({ state: IdentityState.ABSENT, wallet: '' });
  }, 90_000);

  test('who took a login over has nothing of who had it before', async () => {
    const me = await somebody();
    await doStep(running, { step: LinkStep.LINK, session: me.session }, me.wallet);
    around.github.rename(me.login, `${me.login}-moved`);
    const { id } = around.github.addUser(me.login);
    expect((await running.web.getIdentity({ login: me.login })).identity).toMatchObject({ state: IdentityState.ABSENT, person: { githubId: String(id) }, wallet: '' });
    expect((await running.web.getIdentity({ login: `${me.login}-moved` })).identity).toMatchObject({ state: IdentityState.COOLING, wallet: me.wallet.address, person: { githubId: me.githubId } });
    const begun = await running.web.beginSession({ returnTo: '/link', address: me.address });
    const taken = await running.web.completeOAuth({ session: begun.session, ...answerOf(around.github.authorize({ user: me.login, url: begun.authorizeUrl })), address: me.address });
    await expect(running.web.buildLink({ step: LinkStep.UNLINK, githubId: taken.person?.githubId ?? '', wallet: me.wallet.address, address: me.address })).rejects.toMatchObject({ code: 'LINK_STEP_IMPOSSIBLE' });
  }, 90_000);

  test.each(['acme-corp', 'no-such-user-at-all', 'not a login', '../user', 'x'.repeat(200)])('who is none on GitHub (%j) has no identity', async (login) => {
    if (login === 'acme-corp') around.github.addOrganization(login);
    await expect(running.web.getIdentity({ login })).rejects.toMatchObject({ code: 'GITHUB_USER_ABSENT' });
  }, 60_000);

  test.each(['0', '-1', '007', '1e3', '18446744073709551616', 'ada', '1'.repeat(30)])('the id %j is nobody’s', async (githubId) => {
    await expect(running.web.getIdentity({ githubId })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(running.web.buildLink({ step: LinkStep.UNLINK, githubId, wallet: newKey().address, address: '198.51.100.250' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  }, 60_000);
});

describe('the attestor', () => {
  test('asked twice with the same bytes signs once, and answers the same', async () => {
    const me = await somebody();
    const signed = await signedFor(running, { step: LinkStep.LINK, session: me.session }, me.wallet);
    const answers = await Promise.all([1, 2, 3].map(() => submit(me, signed)));
    expect(new Set(answers.map(({ submission }) => submission?.signature)).size).toBe(1);
    await expect.poll(async () => (await submit(me, signed)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
    const rows = await rowsOf(me);
    expect(rows).toHaveLength(1);
    expect(signedBy(parseTransaction(rows[0]?.transaction ?? new Uint8Array()))).toEqual(expect.arrayContaining([me.wallet.address, home.operating.attestor.address]));
  }, 90_000);

  test('vouches for one transaction of a user at a time: another is refused while that one may land', async () => {
    const me = await somebody();
    const other = await around.wallet();
    const [first, second] = [await signedFor(running, { step: LinkStep.LINK, session: me.session }, me.wallet), await signedFor(running, { step: LinkStep.LINK, session: me.session }, other)];
    const outcomes = await Promise.allSettled([submit(me, first), submit(me, second)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ code: 'LINK_STEP_IMPOSSIBLE' });
    await expect.poll(async () => (await identityOf(running, me.githubId)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
    expect(await rowsOf(me)).toHaveLength(1);
  }, 90_000);

  test('never signs what was recorded by no submission, nor bytes that are not those that were recorded', async () => {
    const me = await somebody();
    const signed = await signedFor(running, { step: LinkStep.LINK, session: me.session }, me.wallet);
    const swapped = edited(signed, [me.wallet], (all) => [...all, memo('swapped')]);
    await running.stop();
    const { message } = parseTransaction(signed);
    const { rows: [built] } = await home.database.pool.query<{ expiry: string }>('select expiry from link_build where github_id = $1', [me.githubId]);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(message)));
    await home.database.pool.query(
      "insert into link_submission (message_hash, signature, step, github_id, wallet, attestor, expiry, transaction, next_at, submitted_at) values ($1, $2, 'link', $3, $4, $5, $6, $7, now(), now())",
      [hash, encodeBase58(swapped.subarray(1, 65)), me.githubId, me.wallet.address, home.operating.attestor.address, built?.expiry, swapped]);
    running = await startIdentity(home, { atEnd: endingWith(open) });
    await expect.poll(async () => (await rowsOf(me))[0]?.state, patient).toBe('failed');
    expect(await rowsOf(me)).toMatchObject([{ attested_at: null, problem: 'What was recorded is not what was handed out to be signed.' }]);
    expect(signedBy(parseTransaction((await rowsOf(me))[0]?.transaction ?? new Uint8Array()))).toEqual([me.wallet.address]);
  }, 90_000);

  test('whose key is not ours signs nothing, says so to people, and in its readiness', async () => {
    const foreign = await openHome(around, { operating: { ...home.operating, attestor: newKey() } });
    const other = await startIdentity(foreign);
    await expect.poll(() => other.health.ready(), patient).toMatchObject({ ok: true, dependencies: expect.objectContaining({ attestor: expect.objectContaining({ reason: 'another key is in force' }) as unknown }) as unknown });
    const { session } = await signIn(other, around, 'maggie');
    const wallet = await around.wallet();
    await expect(other.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '198.51.100.9' })).rejects.toMatchObject({ code: 'LINK_STEP_IMPOSSIBLE', message: 'This can\'t be done now: the attestor of this site was changed, and the new one is not here yet.' });
    expect(await other.metrics.getSingleMetricAsString('doubloon_attestor_in_force')).toMatch(/^doubloon_attestor_in_force\b.* 0$/m);
  }, 90_000);

  test('is asked for no more than ten times at once by a user', async () => {
    const me = await somebody();
    const { transaction } = await build(me, me.wallet);
    for (let nth = 0; nth < 10; nth++) await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, ...all.filter(ours), memo(String(nth))]))).rejects.toEqual(refusedFor('call-repeated'));
    await expect(submit(me, edited(transaction, [me.wallet], (all) => [...all, ...all.filter(ours), memo('10')]))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  }, 60_000);
});

test('the account that a page shows is the one that is written to', async () => {
  const me = await somebody();
  const { terms, transaction } = await build(me, me.wallet);
  const account = accountOf({ program: localProgram, operator: home.operating.address }, me.githubId);
  expect(terms?.account).toBe(account);
  expect(parseTransaction(transaction).accounts.some(({ address, writable }) => address === account && writable)).toBe(true);
}, 60_000);
