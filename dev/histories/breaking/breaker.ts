import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../stack/app.ts';
import type { AppName } from '../../stack/stack.ts';
import type { Round } from '../operation.ts';
import type { Stage } from '../play/stage.ts';
import { deliverAgain } from './again.ts';
import { kindOf, type Break, type Plan } from './break.ts';
import { breakFor, subjectOf } from './inject.ts';
import { openLosses } from './losses.ts';
import { openMortal, type Mortal } from './mortal.ts';
import { openTurns } from './turns.ts';

/** What a breaker breaks: a stack that was started with `takeable` and `faultyNode`, and its databases as seen from outside. */
export type Breakable = Pick<Stage, 'stack' | 'app' | 'treasury' | 'identity'>;

/** Breaks things on a stack while histories are played on it. Disposing it leaves everything whole, with all laws in force. */
export interface Breaker extends AsyncDisposable {
  /**
   * Breaks what is planned for the round. When `signal` aborts, because nobody acts any longer, what lasts is healed and nothing
   * else begins but the kills that are left, while what was done is still being dealt with. Resolves when all that died run again.
   */
  during(round: Round, signal: AbortSignal): Promise<void>;
  /** Heals everything, starts what is down, unarmed, and resolves when all apps are ready and no webhook is on its way. GitHub's clock stays where it is. */
  calm(): Promise<void>;
  /** How often each kind really happened. */
  breaks(): Readonly<Record<string, number>>;
  /** Processes that were killed, at failpoints and at any moment. */
  kills(): number;
  /** At which one died, by name, each once. */
  failpoints(): readonly string[];
}

const readyWithinMs = 90_000;
const askEveryMs = 50;

/** `onProblem` is told in sentences of what must not be, whatever is mended later. With `lawOff` in the plan, resolves when all apps run without it. */
export async function openBreaker(stage: Breakable, plan: Plan, onProblem: (says: string) => void): Promise<Breaker> {
  const { stack } = stage;
  const counts = new Map<string, number>();
  const died = new Set<string>();
  const scripted: { readonly kind: string; readonly met: () => number }[] = [];
  const count = (kind: string, by = 1): void => { if (by > 0) counts.set(kind, (counts.get(kind) ?? 0) + by); };
  const inTurn = openTurns();
  const losses = openLosses(stage);
  const first = stack.github.deliveries.at(-1);
  const look = () => inTurn('losses', async () => { for (const loss of await losses.look()) onProblem(`lost: ${loss}`); });

  let { lawOff } = plan;
  const open = (name: AppName): Mortal => openMortal(stack.app(name), {
    env: (): Readonly<Record<string, string>> => (lawOff === undefined ? {} : { NODE_ENV: 'test', DOUBLOON_LAW_OFF: lawOff }),
    async onDeath(card) {
      count(card === undefined ? `${name} killed at any moment` : `${name} killed at a failpoint`);
      if (card !== undefined) died.add(card.name);
      await look();
    },
    onEnd(how) { onProblem(`wrong: ${name} ended by itself with ${String(how)}`); },
  });
  const mortals = new Map(stack.apps.map((name) => [name, open(name)]));
  const everybody = (what: (mortal: Mortal) => Promise<void>): Promise<unknown> => Promise.all([...mortals.values()].map(what));

  async function happen(one: Break, over: AbortSignal): Promise<void> {
    switch (one.what) {
      case 'kills': {
        const mortal = mortals.get(one.app);
        await inTurn(`death of ${one.app}`, async () => mortal?.die(one.cards, one.withinMs, over));
        return;
      }
      case 'hook': {
        const { event, action, times, fault } = one;
        scripted.push({ kind: kindOf(one), met: stack.github.faults.hook({ event, times, ...(action === undefined ? {} : { action }) }, fault) });
        return;
      }
      case 'api': {
        const { method, path, times, fault } = one;
        scripted.push({ kind: kindOf(one), met: stack.github.faults.api({ path: new RegExp(path), times, ...(method === undefined ? {} : { method }) }, fault) });
        return;
      }
      case 'again': {
        const { deliveries } = stack.github;
        await deliverAgain(deliveries.slice(first === undefined ? 0 : deliveries.lastIndexOf(first) + 1), plan.seed, over);
        count(kindOf(one));
        return;
      }
      default:
        await inTurn(subjectOf(one), async () => {
          if (over.aborted) return;
          count(kindOf(one));
          await breakFor(stack, one, over);
          if (one.what === 'restart') await look();
        });
    }
  }

  function clearScript(): void {
    for (const { kind, met } of scripted.splice(0)) count(kind, met());
    const { faults } = stack.github;
    const { skewMs } = faults;
    faults.clear();
    faults.skew(skewMs);
  }

  const calm = async (): Promise<void> => {
    clearScript();
    await stack.node?.heal();
    await Promise.all(Object.values(stack.neighbours).flat().map((proxy) => proxy.heal()));
    await everybody(async (mortal) => {
      await mortal.rest();
      await untilReady(mortal.app);
    });
    // Those too that come late: what is said in one round is heard in it.
    await stack.github.delivered();
    await look();
  };

  if (lawOff !== undefined) await everybody((mortal) => mortal.renew());
  return {
    async during(round, signal) {
      await Promise.all(plan.breaks.filter((one) => one.round === round).map(async (one) => {
        await sleep(one.atMs, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted || one.what === 'kills') await happen(one, signal);
      }));
    },
    calm,
    breaks: () => Object.fromEntries(counts),
    kills: () => [...counts].reduce((sum, [kind, times]) => sum + (kind.includes(' killed at ') ? times : 0), 0),
    failpoints: () => [...died],
    async [Symbol.asyncDispose]() {
      await calm();
      if (lawOff === undefined) return;
      lawOff = undefined;
      await everybody((mortal) => mortal.renew());
    },
  };
}

async function untilReady({ name, internalUrl }: App): Promise<void> {
  const end = Date.now() + readyWithinMs;
  for (;;) {
    const status = await fetch(`${internalUrl}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(async (reply) => { await reply.arrayBuffer(); return reply.status; }, () => 0);
    if (status === 200) return;
    if (Date.now() > end) throw new Error(`${name} was not ready again after everything was healed`);
    await sleep(askEveryMs);
  }
}
