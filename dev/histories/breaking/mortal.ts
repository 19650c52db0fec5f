import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../stack/app.ts';
import type { Card } from './break.ts';

/** An app of the stack that dies and comes back. */
export interface Mortal {
  readonly app: App;
  /**
   * SIGKILL now; then it is started armed with each card in turn and dies there, or by SIGKILL after `withinMs`, which becomes
   * little time once `over`. Resolves when it runs again, unarmed.
   */
  die(cards: readonly Card[], withinMs: number, over: AbortSignal): Promise<void>;
  /** Runs, unarmed and ready, in the end, whatever it was. */
  rest(): Promise<void>;
  /** Is started anew, with its settings as they are now. */
  renew(): Promise<void>;
}

export interface Mortality {
  /** Settings it starts with from now on. */
  env(): Readonly<Record<string, string>>;
  /** It is dead: of a card, or of none. It is started again when this resolves. */
  onDeath(card: Card | undefined): Promise<void>;
  /** It ended while nobody killed it. */
  onEnd(how: number | NodeJS.Signals): void;
}

/** What it needs may be away when it starts; whoever runs it starts it again. */
const starts = { most: 60, pauseMs: 250 };
/** How long a process may come by its failpoint when nobody acts any longer: what was done before is still being dealt with. */
const graceMs = 1_000;

export function openMortal(app: App, { env, onDeath, onEnd }: Mortality): Mortal {
  // Of the process that was started last.
  let life = lived();
  let isArmed = false;

  function lived(): { isOver: boolean; isKilled: boolean } {
    const mine = { isOver: false, isKilled: false };
    void app.exited().then((how) => {
      mine.isOver = true;
      if (!mine.isKilled && how !== 'SIGKILL') onEnd(how);
    });
    return mine;
  }

  async function kill(): Promise<void> {
    life.isKilled = true;
    await app.kill();
  }

  /** Whether it is ready; false when it died of its card before that. */
  async function start(card: Card | undefined): Promise<boolean> {
    for (let nth = 1; ; nth++) {
      const failure = await app.start({ ...env(), ...(card === undefined ? {} : { NODE_ENV: 'test', DOUBLOON_FAILPOINT: `${card.name}:${String(card.nth)}` }) }).then(() => undefined, (error: unknown) => error);
      isArmed = card !== undefined;
      if (failure === undefined) {
        life = lived();
        return true;
      }
      life = { isOver: true, isKilled: true };
      if (card !== undefined && (await app.exited()) === 'SIGKILL') return false;
      if (nth === starts.most) throw failure;
      await sleep(starts.pauseMs);
    }
  }

  async function armed(card: Card, withinMs: number, over: AbortSignal): Promise<void> {
    const isReady = await start(card);
    const isDeadByItself = !isReady || (await Promise.race([app.exited().then(() => true), enough(withinMs, over).then(() => false)]));
    if (!isDeadByItself) await kill();
    await onDeath(isDeadByItself ? card : undefined);
  }

  async function renew(): Promise<void> {
    await kill();
    await start(undefined);
  }

  return {
    app,
    async die(cards, withinMs, over) {
      await kill();
      await onDeath(undefined);
      for (const card of cards) await armed(card, withinMs, over);
      await start(undefined);
    },
    async rest() { if (life.isOver || isArmed) await renew(); },
    renew,
  };
}

/** Resolves after so long, or some time after `over`. */
async function enough(withinMs: number, over: AbortSignal): Promise<void> {
  await sleep(withinMs - graceMs, undefined, { signal: over }).catch(() => undefined);
  await sleep(graceMs);
}
