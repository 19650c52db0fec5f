import type { PoolClient } from 'pg';
import type { Address, Identity, Operator } from '@doubloon/escrow';
import { readFinal, secondLook, type FinalState } from '@doubloon/escrow/chain';
import { identityEvent, toRecord, type CloudEvent } from '@doubloon/events';
import { failpoint } from '@doubloon/failpoints';
import { enqueue, inTransaction } from '@doubloon/postgres';
import { currentTraceparent } from '@doubloon/service';
import type { IdentityContext } from '../context.ts';
import { identitiesOf, identityIn, instant, operatorIn } from './account.ts';
import { proofOf } from './proof.ts';
import { linkStanding, type LinkStanding } from './standing.ts';

export type WatchingContext = Pick<IdentityContext, 'pool' | 'chain' | 'cluster' | 'program' | 'operator' | 'now' | 'log'>;

/** What is told of an identity: time alone changes nothing of it. */
type Told = 'linked' | 'changing' | 'contested' | 'unlinked';

interface Read {
  readonly address: Address;
  readonly identity: Identity;
  readonly standing: LinkStanding;
  readonly told: Told;
  readonly sequence: bigint;
}

interface Row { readonly github_id: string; readonly state: Told; readonly wallet: string; readonly pending_wallet: string | null; readonly sequence: string }

/** What the scan found. */
export interface Scan {
  /** Seen once, and to be believed at the next look. */
  readonly pending: number;
  /** Identities that our rows say more of than the chain does: for a person to look at. */
  readonly disputed: number;
}

/** What was seen once in a state that may not be final yet, by user: what it was, and the newest slot that was shown then. Lost with the process, it costs one more look. */
export type Doubts = Map<string, { readonly sequence: bigint; readonly slot: bigint }>;

const known = 'select github_id, state, wallet, pending_wallet, sequence from identity';
const lockRow = 'select sequence, state from identity where github_id = $1 for update';
const insert = `
  insert into identity (github_id, account, state, wallet, pending_wallet, sequence, slot, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (github_id) do nothing`;
const update = 'update identity set account = $2, state = $3, wallet = $4, pending_wallet = $5, sequence = $6, slot = $7, seen_at = $8 where github_id = $1';

/**
 * Compares all identities of our operator on the chain with our rows, and keeps and tells of what is new, whoever made it. The list says where
 * to look: what is believed is read again by its address, in a later state that was final after all that the first look may have shown.
 */
export async function scanIdentities(context: WatchingContext, doubts: Doubts): Promise<Scan> {
  const { pool, chain, program, operator, log } = context;
  const rows = new Map((await pool.query<Row>(known)).rows.map((row) => [row.github_id, row]));
  const listed = await chain.programAccounts(program, identitiesOf(operator), 'finalized');
  const first = await readFinal(context, [operator]);
  const operatorNow = operatorIn(first.accounts[0], context);
  const suspects = listed.flatMap(({ address, account }) => {
    const identity = identityIn(account, context);
    const read = identity && readOf(address, identity, operatorNow, first.time);
    return read !== undefined && isNews(read, rows.get(read.identity.githubId)) ? [address] : [];
  });

  const here = new Set(listed.map(({ account }) => identityIn(account, context)?.githubId));
  const lost = [...rows.keys()].filter((githubId) => !here.has(githubId));
  if (lost.length > 0) log.error({ githubIds: lost.slice(0, 20), count: lost.length }, 'identities are in our database that the chain does not have');
  if (suspects.length === 0) return { pending: 0, disputed: lost.length };

  const state = await readFinal(context, [operator, ...suspects], first.slot);
  let [pending, disputed] = [0, lost.length];
  const operatorThen = operatorIn(state.accounts[0], context);
  for (const [index, address] of suspects.entries()) {
    const identity = identityIn(state.accounts[index + 1], context);
    if (identity === undefined) continue;
    const read = readOf(address, identity, operatorThen, state.time);
    const row = rows.get(identity.githubId);
    if (row !== undefined && BigInt(row.sequence) > read.sequence) {
      disputed++;
      log.error({ githubId: identity.githubId, ours: row.sequence, chains: String(read.sequence) }, 'our database knows more of an identity than the chain does');
    } else if (isBelieved(doubts, read, state)) {
      await record(context, read, state);
      doubts.delete(identity.githubId);
    } else {
      pending++;
    }
  }
  return { pending, disputed };
}

/** Time alone makes no news; the counters of account and attestor grow with everything else. */
function readOf(address: Address, identity: Identity, operator: Operator, time: bigint): Read {
  const standing = linkStanding(identity, operator, time);
  const told = standing.state === 'unlinked' || standing.state === 'absent' ? 'unlinked' : standing.state === 'contested' || standing.state === 'changing' ? standing.state : 'linked';
  return { address, identity, standing, told, sequence: identity.sequence + operator.attestorEpoch };
}

/** A disabled attestor changes nothing of links that had settled. */
const isNews = (read: Read, row: Row | undefined): boolean =>
  row === undefined || BigInt(row.sequence) > read.sequence || row.state !== read.told || row.wallet !== walletOf(read) || row.pending_wallet !== (read.standing.pending?.wallet ?? null);

const walletOf = ({ standing, identity }: Read): Address => standing.wallet ?? identity.wallet;

function isBelieved(doubts: Doubts, { identity: { githubId }, sequence }: Read, { slot, reached }: FinalState): boolean {
  const before = doubts.get(githubId);
  const look = secondLook(before?.sequence === sequence ? before.slot : undefined, { slot, reached });
  if (!look.believed && look.remember !== undefined) doubts.set(githubId, { sequence, slot: look.remember });
  return look.believed;
}

/** Row and event in one transaction, once for each change however often, and by how many, it is seen. */
async function record({ pool, now, log }: WatchingContext, read: Read, { slot }: FinalState): Promise<void> {
  const { address, identity: { githubId }, standing, told, sequence } = read;
  failpoint('identity-read');
  const isTold = await inTransaction(pool, async (db) => {
    const values = [githubId, address, told, walletOf(read), standing.pending?.wallet ?? null, sequence, slot, now()];
    // Not looked up first: a row that is not there yet keeps no other instance from telling of it too.
    if ((await db.query(insert, values)).rowCount === 0) {
      const { rows: [row] } = await db.query<{ sequence: string; state: Told }>(lockRow, [githubId]);
      if (row === undefined || BigInt(row.sequence) > sequence) return false;
      await db.query(update, values);
      if (BigInt(row.sequence) === sequence && row.state === told) return false;
    }
    await tell(db, read, now());
    return true;
  });
  failpoint('identity-kept');
  if (isTold) log.info({ githubId, state: told, slot: String(slot) }, 'identity seen');
}

async function tell(db: PoolClient, read: Read, time: Date): Promise<void> {
  const { address: account, identity: { githubId }, standing: { linkedAt, paysFrom, pending }, told, sequence } = read;
  const name = told === 'contested' ? 'changing' : told;
  // Made from what it tells of, and from nothing that only this database knows: built anew from the chain it tells the same.
  const facts = { id: `identity.${told}:${githubId}:${String(sequence)}`, subject: githubId, time, sequence, traceparent: currentTraceparent() };
  const wallet = walletOf(read);
  const event = name === 'linked' ? identityEvent('linked', { ...facts, data: { account, wallet, linkedAt: instant(linkedAt ?? 0n).toISOString(), paysFrom: instant(paysFrom ?? 0n).toISOString(), ...(await proof(db, githubId, wallet)) } })
    : name === 'changing' ? identityEvent('changing', { ...facts, data: { account, wallet, contested: told === 'contested', ...(pending && { pendingWallet: pending.wallet, pendingFrom: instant(pending.from).toISOString() }) } })
    : identityEvent('unlinked', { ...facts, data: { account, wallet } });
  const { key, value, headers } = toRecord(event as CloudEvent);
  await enqueue(db, { id: facts.id, topic: 'identity', key, value: JSON.parse(value) as unknown, ...(headers === undefined ? {} : { headers }) });
}

async function proof(db: PoolClient, githubId: string, wallet: Address): Promise<{ signature?: string }> {
  const signature = await proofOf(db, githubId, wallet);
  return signature === undefined ? {} : { signature };
}
