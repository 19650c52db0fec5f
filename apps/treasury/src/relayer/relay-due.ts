import type { Relaying } from './context.ts';
import { intentColumns, type IntentRow } from './intent-row.ts';
import { judgeIntent, type Verdict } from './judge-intent.ts';
import { lookAgainAt } from './look-at-payees.ts';
import { pursueSent } from './pursue-sent.ts';
import { finalFacts, newestFacts } from './read-facts.ts';
import { signBundle, type Doable } from './sign-bundle.ts';
import { tooSmall } from './too-small.ts';

const mostPerRound = 60;
const mostTogether = 4;
// The later the oftener it was tried, up to a quarter of an hour: what has to wait is mostly for people to change.
const claim = `
  update relayer_intent i set attempts = attempts + 1, next_at = $1::timestamptz + least(2 ^ least(attempts, 10), 900) * interval '1 second'
  where id in (select id from relayer_intent where state = 'waiting' and next_at <= $1 order by next_at, id limit ${String(mostPerRound)} for update skip locked)
  returning ${intentColumns}`;
const finish = "update relayer_intent set state = $2, problem = $3 where id = $1 and state = 'waiting'";
const soonMs = 1_000;
const soon = "update relayer_intent set next_at = $2, attempts = 0 where id = $1 and state = 'waiting'";
const wait = "update relayer_intent set problem = $2 where id = $1 and state = 'waiting'";

/**
 * Pursues what was signed, and takes every intent that is due one step on: to the transaction that makes it true, or to its
 * end. What an intent needs is judged by the chain each time, so that a crash anywhere, or another process, changes nothing:
 * an award names the account's sequence, and everything else can happen once only. Answers how many are on their way.
 */
export async function relayDue(context: Relaying, { everyMs }: { everyMs: number }): Promise<{ pending: number }> {
  await pursueSent(context, { everyMs });
  const { rows } = await context.pool.query<IntentRow>(claim, [context.now()]);
  if (rows.length > 0 && (await advance(context, rows)) > 0) await pursueSent(context, { everyMs });
  const { rows: [open] } = await context.pool.query<{ count: number }>("select count(*)::int from relayer_intent where state = 'alive'");
  return { pending: open?.count ?? 0 };
}

/** Answers how many transactions were signed. */
async function advance(context: Relaying, intents: readonly IntentRow[]): Promise<number> {
  const { pool } = context;
  const facts = await newestFacts(context, intents);
  const verdicts = intents.map((intent, index) => ({ intent, verdict: judged(intent, facts[index]) }));
  await end(context, verdicts.filter(({ verdict }) => verdict.kind === 'done' || verdict.kind === 'never').map(({ intent }) => intent));
  for (const { intent, verdict } of verdicts) {
    if (verdict.kind === 'later') await pool.query(wait, [intent.id, verdict.problem]);
    // It has to be there when what it waits for is over.
    if (verdict.kind === 'later' && intent.waits) await pool.query(soon, [intent.id, new Date(context.now().getTime() + soonMs)]);
  }

  const doable: Doable[] = [];
  for (const [index, { intent, verdict }] of verdicts.entries()) {
    if (verdict.kind !== 'do') continue;
    const because = await tooSmall(context, intent, facts[index]?.deposit, verdict);
    if (because === undefined) doable.push({ intent, ...verdict });
    else await pool.query(wait, [intent.id, because]);
  }
  let signed = 0;
  for (const bundle of bundles(doable)) if (await signBundle(context, bundle)) signed++;
  return signed;
}

const judged = (intent: IntentRow, facts: Parameters<typeof judgeIntent>[1] | undefined): Verdict => (facts === undefined ? { kind: 'later', problem: 'The chain was not read.' } : judgeIntent(intent, facts));

/** What has ended by the newest state has ended when finalized state says the same. */
async function end(context: Relaying, intents: readonly IntentRow[]): Promise<void> {
  if (intents.length === 0) return;
  const { pool, log, now } = context;
  const facts = await finalFacts(context, intents);
  for (const [index, intent] of intents.entries()) {
    const verdict = judged(intent, facts[index]);
    if (verdict.kind === 'done') await pool.query(finish, [intent.id, 'done', null]);
    else if (verdict.kind === 'never') await pool.query(finish, [intent.id, 'failed', verdict.problem]);
    // On its way to being final.
    else await pool.query(soon, [intent.id, new Date(now().getTime() + soonMs)]);
    // Whose wallet it was is not what was known of them.
    const payee = verdict.kind === 'never' && intent.share !== null ? facts[index]?.deposit?.award?.shares[intent.share]?.githubId : undefined;
    if (payee !== undefined) await lookAgainAt(context, payee);
    if (verdict.kind === 'done' || verdict.kind === 'never') log.info({ intent: intent.id, action: intent.action, deposit: intent.deposit, verdict }, 'intent has ended');
  }
}

/** Up to four together, of one decision or one kind. No token account is opened twice. */
function bundles(doable: readonly Doable[]): Doable[][] {
  const made: Doable[][] = [];
  for (const alike of Map.groupBy(doable, ({ intent }) => `${intent.action}:${intent.decision ?? ''}`).values()) {
    let open: Doable[] = [];
    for (const one of alike) {
      if (open.length === mostTogether || open.some(({ opens }) => opens !== undefined && opens.wallet === one.opens?.wallet)) {
        made.push(open);
        open = [];
      }
      open.push(one);
    }
    if (open.length > 0) made.push(open);
  }
  return made;
}
