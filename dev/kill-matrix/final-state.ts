import { addressBytes, decodeDeposit, depositLayout, localProgram } from '@doubloon/escrow';
import { openEventLog, type EventLog } from '@doubloon/events';
import { measureQueues, openPool } from '@doubloon/postgres';
import type { Pool } from 'pg';
import type { Stack } from '../stack/stack.ts';
import type { Place } from './history.ts';
import type { Final } from './oracle.ts';

const repository = 'analytical-engines/difference';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What the matrix reads beside what the stack itself offers. */
export interface Eyes extends AsyncDisposable {
  readonly treasury: Pool;
  readonly app: Pool;
  readonly log: EventLog;
}

export async function openEyes({ databaseUrls, eventLogUrl }: Stack): Promise<Eyes> {
  await using opening = new AsyncDisposableStack();
  const pool = (url: string) => opening.adopt(openPool({ url, name: 'kill-matrix', max: 3 }), (it) => it.end());
  const [treasury, app] = [pool(databaseUrls.treasury), pool(databaseUrls['github-app'])];
  const log = opening.use(await openEventLog(eventLogUrl, { clientId: 'kill-matrix', log: quiet, topics: ['bounty'] }));
  const open = opening.move();
  return { treasury, app, log, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** What still has to be done somewhere, by name. */
export async function unhandled({ treasury, app, log }: Eyes): Promise<Readonly<Record<string, number>>> {
  const [ofTreasury, ofApp, { rows: [own] }, { rows: [sent] }, ends, positions] = await Promise.all([
    measureQueues(treasury),
    measureQueues(app),
    app.query<{ intents: number; issues: number }>(`
      select (select count(*)::int from intent where done_at is null) as intents,
        (select count(*)::int from living_comment where due_at < now() + interval '1 minute') as issues`),
    treasury.query<{ waiting: number }>(`
      select count(*)::int as waiting from submission
      where state in ('recorded', 'sent', 'confirmed') or (state = 'finalized' and not exists (select from deposit where deposit.address = submission.deposit))`),
    log.ends('bounty'),
    log.positions('bounty', 'github-app'),
  ]);
  const behind = ends.map(({ offset }, partition) => Number(offset) - Number(positions[partition]?.offset ?? 0));
  return {
    'the inbox': ofApp.inboxWaiting, 'the outbox': ofTreasury.outboxWaiting, intents: own?.intents ?? 0, issues: own?.issues ?? 0,
    'the signed transactions': sent?.waiting ?? 0, 'the event log': behind.reduce((sum, one) => sum + one, 0),
  };
}

/** Reads everything about one issue. `sources` are the comments whose reactions are looked at. */
export async function readFinal(stack: Stack, eyes: Eyes, place: Place, sources: readonly string[]): Promise<Final> {
  const { treasury, app, log } = eyes;
  const key = [place.repositoryId, place.issueId];
  const waiting = await unhandled(eyes);
  const ofIssue = 'select id from offer where repository_id = $1 and issue_id = $2';
  const [{ rows: offers }, { rows: deposits }, { rows: submissions }, ofTreasury, ofApp] = await Promise.all([
    treasury.query<{ source: string; lamports: string; state: string }>('select source_id as source, amount as lamports, state from offer where repository_id = $1 and issue_id = $2 order by place', key),
    treasury.query<{ address: string; signature: string | null; lamports: string }>(`select address, signature, amount as lamports from deposit where state = 'held' and offer_id in (${ofIssue})`, key),
    treasury.query<{ signature: string; state: string }>(`select signature, state from submission where offer_id in (${ofIssue})`, key),
    measureQueues(treasury),
    measureQueues(app),
  ]);
  return {
    living: await livingComments(stack, place),
    reactions: Object.fromEntries(await Promise.all(sources.map(async (source) => [source, await reactionsTo(stack, source)] as const))),
    offers: offers.map(({ lamports, ...rest }) => ({ ...rest, lamports: BigInt(lamports) })),
    deposits: deposits.map(({ lamports, ...rest }) => ({ ...rest, lamports: BigInt(lamports) })),
    submissions,
    accounts: await accountsOf(stack, place),
    events: await eventsOf(log, place),
    unhandled: waiting,
    dead: { 'the inbox': ofApp.inboxDead, 'the outbox': ofTreasury.outboxDead + ofApp.outboxDead, 'the event log': (await log.ends('bounty.dead')).reduce((sum, { offset }) => sum + Number(offset), 0) },
  };
}

async function ask<T>({ github }: Stack, path: string): Promise<T | undefined> {
  const reply = await fetch(`${github.apiUrl}/repos/${repository}${path}`, { headers: { authorization: `Bearer ${github.tokens['linus'] ?? ''}`, 'user-agent': 'kill-matrix' } });
  if (reply.status === 404) return undefined;
  if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to ${path}`);
  return (await reply.json()) as T;
}

async function livingComments(stack: Stack, { number }: Place): Promise<string[]> {
  const comments = await ask<{ body: string; user: { type: string } }[]>(stack, `/issues/${String(number)}/comments?per_page=100`);
  return (comments ?? []).filter(({ user }) => user.type === 'Bot').map(({ body }) => body);
}

/** None for a comment that is gone. */
async function reactionsTo(stack: Stack, source: string): Promise<string[] | undefined> {
  const reactions = await ask<{ content: string; user: { type: string } }[]>(stack, `/issues/comments/${source}/reactions`);
  return reactions?.filter(({ user }) => user.type === 'Bot').map(({ content }) => content);
}

async function accountsOf({ chain, operator }: Stack, { repositoryId, issueId }: Place): Promise<{ address: string; lamports: bigint }[]> {
  const filters = { dataSize: depositLayout.size, memcmp: [{ offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) }] };
  const found = await chain.programAccounts(localProgram, filters, 'finalized');
  return found
    .map(({ address, account }) => ({ address, deposit: decodeDeposit(account.data) }))
    .filter(({ deposit }) => deposit.repositoryId === repositoryId && deposit.issueId === issueId)
    .map(({ address, deposit }) => ({ address, lamports: deposit.amount }));
}

async function eventsOf(log: EventLog, { repositoryId, issueId }: Place): Promise<Final['events']> {
  const events: { id: string; type: string; sequence: bigint; partition: number }[] = [];
  for await (const { key, value, partition } of log.replay('bounty')) {
    if (key !== `${repositoryId}/${issueId}`) continue;
    const { id, type, sequence } = JSON.parse(value) as { id: string; type: string; sequence: string };
    events.push({ id, type: /^dev\.doubloon\.bounty\.(.+)\.v1$/.exec(type)?.[1] ?? type, sequence: BigInt(sequence), partition });
  }
  return events;
}
