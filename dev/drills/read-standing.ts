import { createHash } from 'node:crypto';
import { addressBytes, decodeOperator, depositLayout, keyInForce, localProgram } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';
import { asking, repository } from './site.ts';
import type { Standing } from './standing.ts';

const offers = `
  select b.number || ' ' || o.source_kind || '/' || o.source_id || '#' || o.nth || ' ' || o.amount || ' ' || o.denom || ' ' || o.state || ' ' || o.id as line
  from offer o join bounty b using (repository_id, issue_id) where o.state not in ('withdrawn', 'replaced', 'expired')`;
const deposits = `
  select d.address || ' of ' || d.offer_id || ' by ' || d.funder || ' ' || d.amount || ' ' || d.state || ' ' || d.sequence || ' until ' || extract(epoch from d.deadline)::bigint
    || coalesce(' awarded by ' || array_to_string(d.awarded_by, '+') || ' final at ' || extract(epoch from d.final_at)::bigint, '')
    || coalesce((select string_agg(' ' || s.github_id || '=' || s.amount || coalesce(':' || s.settled, ''), '' order by s.place) from award_share s where s.deposit = d.address), '') as line
  from deposit d`;
const identities = "select github_id || ' ' || state || ' ' || wallet as line from identity";
const living = "select i.number || ' living ' || l.comment_id as line from living_comment l join issue i on i.repository_id = l.repository_id and i.id = l.issue_id where l.comment_id is not null";

const linesOf = (url: string, query: string): Promise<string[]> => asking(url, async (pool) => (await pool.query<{ line: string }>(query)).rows.map(({ line }) => line));

/** Where everything stands now, by the apps' databases, GitHub and the chain. */
export async function readStanding(stack: Stack): Promise<Standing> {
  const { treasury, identity, 'github-app': app } = stack.databaseUrls;
  const [offered, held, linked, ours, written, chain] = await Promise.all([linesOf(treasury, offers), linesOf(treasury, deposits), linesOf(identity, identities), linesOf(app, living), commentsOf(stack), accountsOf(stack)]);
  return { offers: offered, deposits: held, identities: linked, comments: [...ours, ...written], chain };
}

/** Every comment of a bot, in the whole repository. */
async function commentsOf({ github }: Stack): Promise<string[]> {
  const ask = async <T>(path: string): Promise<T> => {
    const reply = await fetch(`${github.apiUrl}/repos/${repository}${path}`, { headers: { authorization: `Bearer ${github.tokens['linus'] ?? ''}`, 'user-agent': 'drills' } });
    if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to ${path}`);
    return (await reply.json()) as T;
  };
  const issues = await ask<{ number: number; comments: number }[]>('/issues?state=all&per_page=100');
  const found = await Promise.all(issues.filter(({ comments }) => comments > 0).map(async ({ number }) => (await ask<{ id: number; user: { type: string } }[]>(`/issues/${String(number)}/comments?per_page=100`)).map((one) => ({ ...one, number }))));
  return found.flat().filter(({ user }) => user.type === 'Bot').map(({ number, id }) => `${String(number)} of ours ${String(id)}`);
}

async function accountsOf({ chain, operator }: Stack): Promise<string[]> {
  const account = await chain.account(operator, 'finalized');
  const relayer = account && keyInForce(decodeOperator(account.data), 'relayer', await chain.time());
  const [held, has] = await Promise.all([
    chain.programAccounts(localProgram, { dataSize: depositLayout.size, memcmp: [{ offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) }] }, 'finalized'),
    relayer === undefined ? undefined : chain.account(relayer, 'finalized'),
  ]);
  const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 16);
  return [...held.map(({ address, account: { lamports, data } }) => `${address} ${String(lamports)} ${sha256(data)}`), `relayer ${relayer ?? 'none'} ${String(has?.lamports ?? 0n)}`];
}

const waitingIn = `select (select count(*) from inbox where done_at is null and dead_at is null)::int + (select count(*) from outbox)::int as waiting`;
const waitingInApp = `
  select (select count(*) from intent where done_at is null and work->>'kind' <> 'candidates')::int + (select count(*) from living_comment where due_at <= now() + interval '3 seconds')::int
    + (select count(*) from missed_delivery where given_up_at is null)::int as waiting`;
const waitingInTreasury = `
  select (select count(*) from submission where state in ('recorded', 'sent', 'confirmed'))::int + (select count(*) from relayer_transaction where state in ('recorded', 'sent', 'confirmed'))::int
    + (select count(*) from relayer_intent where state = 'alive')::int as waiting`;

/** How much is under way in the apps. */
export async function underWay({ databaseUrls: { treasury, identity, 'github-app': app } }: Stack): Promise<number> {
  const counts = await Promise.all(([[treasury, waitingIn], [app, waitingIn], [identity, waitingIn], [app, waitingInApp], [treasury, waitingInTreasury]] as const).map(([url, query]) =>
    asking(url, async (pool) => (await pool.query<{ waiting: number }>(query)).rows[0]?.waiting ?? 0)));
  return counts.reduce((sum, one) => sum + one, 0);
}

