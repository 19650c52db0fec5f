import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inTransaction, migrate, migrationsFolder, openPool } from '@doubloon/postgres';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import { silent } from '@doubloon/postgres/testing';
import { treasury } from '@doubloon/rpc';
import { newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, startTreasury, stateOf } from '../testing/instance.ts';
import { lockBounty } from './offers/bounty-lock.ts';

const { OfferState } = treasury;
const unavailable = { code: 'SERVICE_UNAVAILABLE', facts: { service: 'treasury' } };

test('while its database is away every method that needs it is SERVICE_UNAVAILABLE, also for a call in the middle of its work, and afterwards all is well', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'doubloon-outage-'));
  await chmod(parent, 0o711);
  onTestFinished(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  await using first = await startEmbeddedPostgres({ dataDir });
  const url = await first.createDatabase('treasury');
  await migrate({ url, folder: migrationsFolder('treasury'), log: silent });
  await using local = await openLocalChain();
  const clients = await startTreasury(await openHome(local, { DATABASE_URL: url }));
  const { offerId, issueId } = await offered(clients);

  const pool = openPool({ url, name: 'test' });
  onTestFinished(() => pool.end());
  const request = offerRequest({ issueId });
  const locked = Promise.withResolvers<undefined>();
  const holder = inTransaction(pool, async (db) => {
    await lockBounty(db, { repositoryId, issueId });
    locked.resolve(undefined);
    await db.query('select pg_sleep(60)');
  }).catch((error: unknown) => error);
  await locked.promise;
  const caught = expect(clients.app.openOffer(request)).rejects.toMatchObject(unavailable);
  await expect.poll(async () => (await pool.query("select from pg_locks where locktype = 'advisory' and not granted")).rowCount, patient).toBe(1);
  await first[Symbol.asyncDispose]();
  await caught;
  await holder;

  const { app, web } = clients;
  const wallet = newSigner().address;
  const calls: Record<string, () => Promise<unknown>> = {
    openOffer: () => app.openOffer(request), getOffer: () => web.getOffer({ offerId }), withdrawOffer: () => app.withdrawOffer({ offerId, reason: 'edited' }),
    buildFunding: () => web.buildFunding({ offerId, wallet }), submitFunding: () => web.submitFunding({ offerId, transaction: new Uint8Array(200) }), getBounty: () => app.getBounty({ repositoryId, issueId }),
  };
  for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toMatchObject(unavailable);
  await expect(web.quote({ denom: 'sol', text: '0.5' })).resolves.toMatchObject({ text: '0.5' });

  await using _second = await startEmbeddedPostgres({ dataDir, port: first.port });
  expect(await app.openOffer(request)).toMatchObject({ opened: true });
  expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
}, 120_000);
