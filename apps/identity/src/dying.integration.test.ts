import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { decodeIdentity, decodeOperator, parseAddress, type Signer } from '@doubloon/escrow';
import { failpoints, type FailpointName } from '@doubloon/failpoints';
import { isDoubloonError } from '@doubloon/errors';
import type { IdentityClient } from '@doubloon/rpc';
import { startProcess, type ServiceProcess } from '@doubloon/service/testing';
import { clientOf, identityOf, IdentityState, LinkStep, openHome, openSurroundings, patient, signedFor, signIn, startIdentity, SubmissionState, typesOf, type AtEnd, type Home, type Surroundings } from '../testing/instance.ts';

const names = (Object.keys(failpoints) as FailpointName[]).filter((name) => failpoints[name].app === 'identity');

let around: Surroundings;
// A blockhash has to live until a process that was killed is followed by another, also where all that runs at once is slow.
beforeAll(async () => { around = await openSurroundings({ slotMs: 100 }); }, 60_000);
afterAll(() => around[Symbol.asyncDispose]());

// Where it dies before it has taken the signed bytes, they go to the other one.
const early: readonly FailpointName[] = ['sign-in-taken', 'person-known', 'link-checked'];

interface Instance { readonly web: IdentityClient }

/** A process of its own, which is killed where it passes the failpoint. */
async function startDying(home: Home, name: FailpointName, atEnd: AtEnd): Promise<Instance & { readonly ended: ServiceProcess['ended'] }> {
  const process = startProcess(join(import.meta.dirname, 'main.ts'), { ...home.env, NODE_ENV: 'test', LOG_LEVEL: 'info', DOUBLOON_FAILPOINT: name }, { atEnd });
  return { ended: process.ended, web: clientOf(String((await process.logged('listening'))['url']), home) };
}

/** It is there and answers, and does by itself nothing at all: whatever is done after a link was submitted, the other instance does. */
const idle = { IDENTITY_SEND_EVERY: '1h', IDENTITY_SCAN_EVERY: '1h', SOLANA_WS_URL: 'ws://127.0.0.1:1' };

/** What a person does whose first instance went away: goes on at the second. */
async function either<T>(instances: readonly Instance[], act: (web: IdentityClient) => Promise<T>): Promise<T> {
  for (const { web } of instances) {
    try {
      return await act(web);
    } catch (error) {
      if (!isDoubloonError(error, 'SERVICE_UNAVAILABLE')) throw error;
    }
  }
  throw new Error('no instance is left');
}

async function link(instances: readonly Instance[], user: string, wallet: Signer): Promise<{ githubId: string; transaction: Uint8Array; session: string }> {
  const { session, githubId } = await either(instances, (web) => signIn({ web }, around, user));
  const transaction = await either(instances, (web) => signedFor({ web }, { step: LinkStep.LINK, session }, wallet));
  await either(instances, (web) => web.submitLink({ step: LinkStep.LINK, session, transaction, address: '192.0.2.1' }));
  return { githubId, transaction, session };
}

describe('two instances behind one database, one of which dies', () => {
  test.concurrent.for(names)('at %s: one identity, one signature of the attestor, one event, nothing left open', { timeout: 240_000 }, async (name, { expect, onTestFinished: atEnd }) => {
    const home = await openHome(around, { atEnd });
    const [dying, other] = await Promise.all([startDying(home, name, atEnd), startIdentity(home, { atEnd, ...(early.includes(name) ? {} : { env: idle }) })]);
    const user = `dies-at-${name}`;
    around.github.addUser(user);
    const wallet = await around.wallet();
    const { githubId, transaction, session } = await link([dying, other], user, wallet);
    await expect(dying.ended).resolves.toBe('SIGKILL');

    const after = await startIdentity(home, { atEnd });
    await expect.poll(async () => (await identityOf(after, githubId)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
    const { account, ...found } = await identityOf(other, githubId);
    expect(found).toMatchObject({ state: IdentityState.COOLING, wallet: wallet.address });
    const onChain = await around.chain.account(parseAddress(account), 'finalized');
    expect(decodeIdentity(onChain?.data ?? new Uint8Array())).toMatchObject({ sequence: 1n, wallet: wallet.address });
    await expect.poll(async () => (await typesOf(home, githubId)).length, patient).toBeGreaterThan(0);
    expect(new Set((await home.events(githubId)).map(({ id }) => id))).toEqual(new Set([`identity.linked:${githubId}:2`]));

    // The first counter of the attestor is 1, as is that of the account: their sum is where the event stands.
    expect(decodeOperator((await around.chain.account(home.operating.address, 'finalized'))?.data ?? new Uint8Array()).attestorEpoch).toBe(1n);
    // The same bytes again, at each instance: the same answer, and nobody signs anew.
    for (const { web } of [other, after]) expect((await web.submitLink({ step: LinkStep.LINK, session, transaction, address: '192.0.2.1' })).submission?.state).toBe(SubmissionState.FINALIZED);
    const { rows } = await home.database.pool.query('select state, attested_at is not null as attested from link_submission where github_id = $1', [githubId]);
    expect(rows).toEqual([{ state: 'finalized', attested: true }]);
    const { rows: people } = await home.database.pool.query('select count(*)::int as sessions from session where github_id = $1', [githubId]);
    expect(people).toEqual([{ sessions: 1 }]);
    await expect.poll(async () => (await home.database.pool.query('select from outbox')).rowCount, patient).toBe(0);
  });
});

test.concurrent('two instances that both do everything sign and send one transaction once, and tell of it once', async ({ expect, onTestFinished: atEnd }) => {
  const home = await openHome(around, { atEnd });
  // What one of them writes about an identity is under way for long enough that the other begins with the same.
  await home.database.pool.query("create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(1); return new; end'");
  await home.database.pool.query('create trigger linger before insert on identity for each row execute function linger()');
  const both = await Promise.all([startIdentity(home, { atEnd }), startIdentity(home, { atEnd })]);
  around.github.addUser('both');
  const wallet = await around.wallet();
  const { githubId, session, transaction } = await link(both, 'both', wallet);
  await Promise.all(both.map(({ web }) => web.submitLink({ step: LinkStep.LINK, session, transaction, address: '192.0.2.1' })));
  const [first] = both;
  await expect.poll(async () => (await identityOf(first, githubId)).submission?.state, patient).toBe(SubmissionState.FINALIZED);
  const untold = async () => (await home.database.pool.query('select from outbox')).rowCount;
  await expect.poll(() => typesOf(home, githubId), patient).not.toEqual([]);
  await expect.poll(untold, patient).toBe(0);
  // Whatever an instance had begun by then is over once it is stopped.
  await Promise.all(both.map(({ stop }) => stop()));
  expect(await untold()).toBe(0);
  expect(await typesOf(home, githubId)).toEqual(['linked']);
  expect((await home.database.pool.query('select from link_submission')).rowCount).toBe(1);
}, 240_000);
