import { parseTransaction } from '@doubloon/escrow';
import type { Final } from '../final.ts';
import type { Denom } from '../operation.ts';
import { keyOf, type Place } from '../play/place.ts';
import type { Stage } from '../play/stage.ts';

type Rows = Pick<Final, 'offers' | 'deposits' | 'submissions' | 'relayed' | 'decisions'>;

const ofIssues = "(repository_id, issue_id) in (select * from unnest($1::numeric[], $2::numeric[]))";

/** What the treasury's database says of each issue, by its key. */
export async function treasuryOf({ treasury, stack: { chain } }: Stage, places: readonly Place[]): Promise<ReadonlyMap<string, Rows>> {
  const issues = [places.map(({ repositoryId }) => repositoryId), places.map(({ issueId }) => issueId)];
  const ask = async <R extends { readonly key: string }>(query: string): Promise<Map<string, Omit<R, 'key'>[]>> => {
    const { rows } = await treasury.query<R>(query, issues);
    return new Map([...Map.groupBy(rows, ({ key }) => key)].map(([key, group]) => [key, group.map(({ key: _, ...rest }) => rest)]));
  };
  const key = "repository_id || '/' || issue_id as key";
  const [offers, deposits, funding, steps, decisions, transactions] = await Promise.all([
    ask<{ key: string; id: string; source: string; denom: Denom; amount: string; state: string }>(`select ${key}, id, source_id as source, denom, amount, state from offer where ${ofIssues} order by place`),
    ask<{ key: string; address: string; offer: string; denom: Denom; amount: string; state: string; signature: string | null }>(
      `select ${key}, d.address, o.id as offer, o.denom, d.amount, d.state, d.signature from deposit d join offer o on o.id = d.offer_id where ${ofIssues} order by o.place, d.created_slot, d.address`),
    ask<{ key: string; signature: string; state: string }>(`select ${key}, s.signature, s.state from submission s join offer o on o.id = s.offer_id where ${ofIssues} order by s.place`),
    ask<{ key: string; signature: string; state: string }>(
      `select ${key}, t.signature, t.state from deposit_step s join relayer_transaction t using (signature) join deposit d on d.address = s.deposit join offer o on o.id = d.offer_id where ${ofIssues} order by t.built_at`),
    ask<{ key: string; source: string; kind: string; deposits: Record<string, string> }>(
      `select ${key}, source_id as source, action as kind, (select coalesce(json_object_agg(i.deposit, i.state), '{}') from relayer_intent i where i.decision = decision.id) as deposits from decision where ${ofIssues} order by id`),
    treasury.query<{ signature: string; state: string; transaction: Buffer }>('select signature, state, transaction from relayer_transaction where signature not in (select signature from deposit_step) order by built_at'),
  ]);
  const byDeposit = new Map([...deposits].flatMap(([of, rows]) => rows.map(({ address }) => [address, of] as const)));
  const relayed = Map.groupBy(transactions.rows.flatMap(({ transaction, ...row }) => keysIn(transaction, byDeposit).map((of) => ({ of, ...row }))), ({ of }) => of);
  const statuses = await statusesOf(chain, [...relayed.values()].flat().map(({ signature }) => signature));

  return new Map(places.map((place) => {
    const of = keyOf(place);
    return [of, {
      offers: (offers.get(of) ?? []).map(({ amount, ...offer }) => ({ ...offer, amount: BigInt(amount) })),
      deposits: (deposits.get(of) ?? []).map(({ amount, signature, ...deposit }) => ({ ...deposit, amount: BigInt(amount), signature: signature ?? undefined })),
      submissions: [...(funding.get(of) ?? []), ...(steps.get(of) ?? [])],
      relayed: (relayed.get(of) ?? []).map(({ signature, state }) => ({ signature, state, hasLanded: statuses.get(signature) === true })),
      decisions: decisions.get(of) ?? [],
    }];
  }));
}

/** The issues whose deposits a transaction names. */
const keysIn = (transaction: Uint8Array, byDeposit: ReadonlyMap<string, string>): string[] =>
  [...new Set(parseTransaction(transaction).accounts.flatMap(({ address }) => byDeposit.get(address ?? '') ?? []))];

/** Which of them landed and did what they say. */
async function statusesOf(chain: Stage['stack']['chain'], signatures: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const statuses = await chain.signatureStatuses(signatures, { searchHistory: true });
  return new Map(signatures.map((signature, place) => [signature, statuses[place] !== undefined && statuses[place].error === undefined]));
}
