import type { ClientBase } from 'pg';
import { formatAmount, parseGitHubId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { BountyKey } from '../offers/bounty-lock.ts';
import type { Treasury } from '../treasury.ts';

const insert = `
  insert into history (repository_id, issue_id, event_id, kind, at, data) values ($1, $2, $3, $4, $5, $6) on conflict (event_id) do nothing`;

/** Remembers an event in the transaction that sends it: the outbox forgets it once it is published. */
export async function remember(db: ClientBase, { repositoryId, issueId }: BountyKey, { id, kind, at, data }: { id: string; kind: string; at: Date; data: object }): Promise<void> {
  await db.query(insert, [repositoryId, issueId, id, kind, at, JSON.stringify(data)]);
}

const most = 500;
const ofBounty = `
  select * from (
    select h.place, h.event_id, h.kind, h.at, h.data, o.decimals, o.offered_by
    from places_of($1, $2) join history h using (repository_id, issue_id) left join offer o on o.id = h.data ->> 'offerId'
    order by h.place desc limit ${String(most)}
  ) newest order by place`;

interface Row {
  readonly event_id: string;
  readonly kind: string;
  readonly at: Date;
  readonly data: Partial<Record<'offerId' | 'denom' | 'amount' | 'deposit' | 'funder' | 'signature' | 'githubId', string>>;
  readonly decimals: number | null;
  readonly offered_by: string | null;
}

/** What happened to a bounty, oldest first; of more than 500 events, which anybody can make, the newest. REQUEST_INVALID. */
export async function getHistory({ pool }: Pick<Treasury, 'pool'>, { repositoryId, issueId }: BountyKey): Promise<MessageInitShape<typeof treasury.GetHistoryResponseSchema>> {
  if (parseGitHubId(repositoryId) === undefined || parseGitHubId(issueId) === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'repositoryId and issueId are no numeric ids' });
  const { rows } = await pool.query<Row>(ofBounty, [repositoryId, issueId]);
  return { entries: rows.map(({ event_id: eventId, kind, at, data, decimals, offered_by: offeredBy }) => {
    const { offerId = '', deposit = '', signature = '', denom = '', amount = '0', githubId, funder } = data;
    return {
      kind, at: at.toISOString(), eventId, offerId, deposit, signature, money: { denom, amount }, text: decimals === null ? '' : formatAmount(BigInt(amount), decimals),
      by: githubId ?? funder ?? offeredBy ?? '',
    };
  }) };
}
