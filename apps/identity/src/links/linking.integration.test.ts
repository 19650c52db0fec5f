import { afterAll, beforeAll, expect, test } from 'vitest';
import { doStep, identityOf, IdentityState, LinkStep, openHome, openSurroundings, patient, signIn, startIdentity, typesOf, type Surroundings } from '../../testing/instance.ts';

let around: Surroundings;
beforeAll(async () => { around = await openSurroundings(); }, 60_000);
afterAll(() => around[Symbol.asyncDispose]());

test('from a sign-in at GitHub to a wallet that is linked in finalized state, and to the event that tells of it', async () => {
  const home = await openHome(around);
  const running = await startIdentity(home);
  const { session, githubId } = await signIn(running, around);
  expect((await running.web.getSession({ session })).person).toMatchObject({ githubId, login: 'ada' });
  expect(await identityOf(running, githubId)).toMatchObject({ state: IdentityState.ABSENT, wallet: '', person: { githubId, login: 'ada' } });

  const wallet = await around.wallet();
  const built = await running.web.buildLink({ step: LinkStep.LINK, session, wallet: wallet.address, address: '192.0.2.1' });
  expect(built.terms).toMatchObject({ step: LinkStep.LINK, person: { githubId, login: 'ada' }, wallet: wallet.address, otherWallet: '', operator: home.operating.address, attestor: home.operating.attestor.address, coolDownSeconds: 259_200 });
  expect(BigInt(built.terms?.rent ?? 0)).toBeGreaterThan(1_000_000n);
  const signature = await doStep(running, { step: LinkStep.LINK, session }, wallet);

  const linked = await identityOf(running, githubId);
  expect(linked).toMatchObject({ state: IdentityState.COOLING, wallet: wallet.address, account: built.terms?.account, proof: signature, pendingWallet: '' });
  expect(Date.parse(linked.paysFrom) - Date.parse(linked.linkedAt)).toBe(259_200_000);
  await expect.poll(() => typesOf(home, githubId), patient).toEqual(['linked']);
  const [event] = await home.events(githubId);
  expect(event).toMatchObject({ subject: githubId, source: '/doubloon/identity', data: { account: built.terms?.account, wallet: wallet.address, linkedAt: linked.linkedAt, paysFrom: linked.paysFrom, signature } });
  around.github.assertConforms();
}, 90_000);
