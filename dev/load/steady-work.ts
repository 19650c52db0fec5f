import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { signerFromSeed, signTransaction, type Signer } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';

const repository = 'analytical-engines/difference';
const issues = 20;
/** Of so many things that happen, one is of each of these kinds; all others are edits. */
const every = { newIssue: 12, removed: 15, funded: 40 };
const patienceMs = 60_000;

export interface SteadyWork extends AsyncDisposable {
  /** What was done so far, and what did not come to what it should within a minute. */
  readonly done: Readonly<Record<'edited' | 'opened' | 'removed' | 'funded', number>>;
  readonly problems: readonly string[];
}

/**
 * Lets people do about the same again and again, `everyMs` apart: they edit what they offer on the same issues, sometimes open
 * another, take a comment away, or put money in escrow.
 */
export async function startSteadyWork(stack: Stack, everyMs: number): Promise<SteadyWork> {
  const { github } = stack;
  const stop = new AbortController();
  const done = { edited: 0, opened: 0, removed: 0, funded: 0 };
  const problems: string[] = [];
  const treasury = new pg.Pool({ connectionString: stack.databaseUrls.treasury, application_name: 'load', max: 1 });
  const wallet = signerFromSeed(randomBytes(32));
  await stack.localnet.faucet.airdrop(wallet.address, 500_000_000_000n);

  const wish = (beat: number): string => `For whoever does it: $sol:0.0${String(1 + (beat % 9))}$`;
  const open = (beat: number): number => {
    const { number } = github.openIssue('ada', repository, { title: `Piece of work ${String(beat)}` });
    return github.comment('ada', repository, number, wish(beat)).id;
  };
  const comments = Array.from({ length: issues }, (_, nth) => open(nth));
  /** Comments on issues of their own, which nobody edits. */
  const others: number[] = [];

  const beats = async (): Promise<void> => {
    for (let beat = 1; !stop.signal.aborted; beat++) {
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      const comment = comments[beat % issues] ?? 0;
      if (beat % every.funded === 0) {
        const other = others.shift();
        if (other !== undefined) underWay.add(fund(stack, treasury, wallet, other).then(() => { done.funded++; }, (error: unknown) => { problems.push(`comment ${String(other)} was not funded: ${String(error)}`); }));
      } else if (beat % every.removed === 0 && others.length > 4) {
        github.deleteComment('ada', repository, others.pop() ?? 0);
        done.removed++;
      } else if (beat % every.newIssue === 0) {
        others.push(open(beat));
        done.opened++;
      } else {
        github.editComment('ada', repository, comment, wish(Math.floor(beat / issues) + beat));
        done.edited++;
      }
    }
  };
  const underWay = new Set<Promise<void>>();
  const working = beats();
  return {
    done,
    problems,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
      await Promise.all(underWay);
      await treasury.end();
    },
  };
}

/** Puts in escrow what a comment offers, and waits until the treasury has seen it there. */
async function fund({ treasury }: Stack, db: pg.Pool, wallet: Signer, comment: number): Promise<void> {
  const asked = async (): Promise<{ id: string; state: string } | undefined> =>
    (await db.query<{ id: string; state: string }>('select id, state from offer where source_id = $1', [comment])).rows[0];
  const offer = await until(asked, (found) => found?.state === 'offered');
  const { transaction } = await treasury.buildFunding({ offerId: offer.id, wallet: wallet.address });
  await treasury.submitFunding({ offerId: offer.id, transaction: signTransaction(transaction, [wallet]) });
  await until(asked, (found) => found?.state === 'funded');
}

async function until<T>(ask: () => Promise<T | undefined>, isGood: (found: T | undefined) => boolean): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(500)) {
    const found = await ask();
    if (found !== undefined && isGood(found)) return found;
  }
  throw new Error(`not within ${String(patienceMs)} ms`);
}
