import { request } from 'node:http';
import type { Stack } from '../stack/stack.ts';
import { openIssue, letExpire, offer, play, type Place, type Playing } from './history.ts';
import { judge, type Act } from './oracle.ts';
import type { Kill, Run } from './plan.ts';
import { readFinal, unhandled, type Eyes } from './final-state.ts';
import { seeded, shuffled } from '../histories/seeded.ts';

/** What came of a run: what is wrong, in sentences. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Begins a problem that outlived the law's absence. */
export const stillBroken = 'also with the law in force again';

/** Where a timer is what is missing, waiting in vain is what shows it. Otherwise as long as a very busy machine needs. */
const patienceMs = { withTimers: 90_000, without: 15_000 };
/** What is wrong while nothing moves for so long stays wrong. */
const restMs = { lawful: 15_000, lawless: 3_000 };
const lookEveryMs = 150;

/**
 * Plays a history while apps die at their failpoints and are started again, with what GitHub was acknowledged coming twice more
 * in another order meanwhile; posts all of its deliveries twice more at the end, and asks the oracle before and after that.
 * Leaves the apps running as they were.
 */
export async function runOne(stack: Stack, eyes: Eyes, run: Run, seed: number, title: string): Promise<Outcome> {
  // Two streams, because acts and deliveries have no order among each other.
  const [random, order] = [seeded(seed), seeded(seed + 1)];
  const began = performance.now();
  const patience = run.lawOff === 'level' ? patienceMs.without : patienceMs.withTimers;
  const rest = run.lawOff === undefined ? restMs.lawful : restMs.lawless;
  const playing: Playing = { stack, treasury: eyes.treasury, patienceMs: patience, random, acts: [], signatures: [] };
  const problems: string[] = [];
  const deaths = new Set<string>();
  const over = new AbortController();
  const place = await openIssue(stack, title);
  const note = (found: readonly string[]) => { problems.push(...found); };
  try {
    const already = await prepare(playing, place, run);
    const restarts = await arm(stack, run, {
      over: over.signal,
      async onDeath(kill) {
        deaths.add(kill.name);
        note(await lostAtDeath(stack, eyes, playing));
      },
      onFailure(problem) { note([problem]); },
      // It may die again under them.
      onReturn: ({ app }) => { if (app === 'github-app') postAgain(deliveriesOf(stack, place).filter(isAcknowledged), order).catch(() => undefined); },
    });
    await play(playing, place, run.ending, already);
    note(await untilRight(stack, eyes, place, playing.acts, patience, rest));
    note(judgeWritten(stack, place));
    note(run.kills.filter(({ name }) => !deaths.has(name)).map(({ name, nth }) => `${name}:${String(nth)} was never reached`));
    if (problems.length === 0) {
      await Promise.all(restarts());
      await postAgain(deliveriesOf(stack, place), order);
      const after = await untilRight(stack, eyes, place, playing.acts, patience, rest);
      note([...after, ...judgeWritten(stack, place)].map((problem) => `after all deliveries came again: ${problem}`));
    }
  } catch (error) {
    note([error instanceof Error ? error.message : String(error)]);
  }
  over.abort();
  if (problems.length > 0) await calm(stack, run);
  // What only a look on a timer finds is found once there is one again: nothing but that was missing.
  if (run.lawOff === 'level') note((await untilRight(stack, eyes, place, playing.acts, patienceMs.withTimers)).map((problem) => `${stillBroken}: ${problem}`));
  return { problems, seconds: (performance.now() - began) / 1000 };
}

/** Does what has to be there before the apps start; answers the first comment when it was made then. */
async function prepare(playing: Playing, place: Place, { before }: Run): Promise<string | undefined> {
  if (before === undefined) return undefined;
  if (before === 'offer-out-of-time') {
    await letExpire(playing, await offer(playing, place, 'linus', 300_000_000n));
    return undefined;
  }
  await playing.stack.app('github-app').kill();
  const source = await offer(playing, place, 'ada', 400_000_000n);
  await playing.stack.github.delivered();
  return source;
}

interface Watching {
  /** Who ends after that was not killed by a failpoint. */
  readonly over: AbortSignal;
  onDeath(kill: Kill): Promise<void>;
  onReturn(kill: Kill): void;
  onFailure(problem: string): void;
}

/**
 * Starts the apps armed. Each that dies is started again, armed for its next failpoint or for none; `onDeath` is told
 * before that and `onReturn` after. Answers what to await for all that are to die.
 */
async function arm(stack: Stack, { kills, lawOff }: Run, { over, onDeath, onReturn, onFailure }: Watching): Promise<() => Promise<void>[]> {
  const lawless: Readonly<Record<string, string>> = lawOff === undefined ? {} : { NODE_ENV: 'test', DOUBLOON_LAW_OFF: lawOff };
  const apps = lawOff === undefined ? [...new Set(kills.map(({ app }) => app))] : (['treasury', 'github-app'] as const);
  const deaths = await Promise.all(apps.map(async (name) => {
    const app = stack.app(name);
    /** Resolves to what is wrong when it did not start: one that is armed may die before it is ready. */
    const start = ({ name: at, nth }: Kill): Promise<unknown> => app.start({ ...lawless, NODE_ENV: 'test', DOUBLOON_FAILPOINT: `${at}:${String(nth)}` }).then(() => undefined, (error: unknown) => error);
    const [one, ...rest] = kills.filter((kill) => kill.app === name);
    await app.kill();
    if (one === undefined) return app.start(lawless);
    let failure = await start(one);
    const dying = (async () => {
      for (const [nth, kill] of [one, ...rest].entries()) {
        const how = await app.exited();
        if (over.aborted) return;
        if (how !== 'SIGKILL') throw failure instanceof Error ? failure : new Error(`${name} ended with ${String(how)}`);
        await onDeath(kill);
        const next = rest[nth];
        failure = next === undefined ? await app.start(lawless) : await start(next);
        onReturn(kill);
      }
    })();
    dying.catch((error: unknown) => { onFailure(error instanceof Error ? error.message : String(error)); });
    return { dying };
  }));
  return () => deaths.flatMap((death) => (death === undefined ? [] : [death.dying]));
}

/** What the laws forbid to be so when a process dies, whatever is mended afterwards. */
async function lostAtDeath({ github, chain }: Stack, { app, treasury }: Eyes, { signatures }: Playing): Promise<string[]> {
  const acknowledged = github.deliveries.filter(isAcknowledged).map(({ guid }) => guid);
  const { rows: lost } = await app.query<{ guid: string }>('select guid from unnest($1::text[]) as acknowledged (guid) where not exists (select from inbox where key = guid)', [acknowledged]);
  // What was sent is on the chain two slots later, if it ever is.
  const after = (await chain.slot('processed')) + 2n;
  while (signatures.length > 0 && (await chain.slot('processed')) < after) await new Promise((resolve) => setTimeout(resolve, 20));
  const { rows: written } = await treasury.query<{ signature: string }>('select signature from submission where signature = any ($1)', [signatures]);
  const statuses = await chain.signatureStatuses(signatures);
  const unwritten = signatures.filter((signature, place) => statuses[place] !== undefined && !written.some((row) => row.signature === signature));
  return [
    ...lost.map(({ guid }) => `delivery ${guid} was acknowledged to GitHub and not stored`),
    ...unwritten.map((signature) => `transaction ${signature} is on the chain and nowhere written down`),
  ];
}

/** Waits until nothing moves and the oracle is content; resolves to what it says when that takes too long, or nothing moved for `rest` ms. */
export async function untilRight(stack: Stack, eyes: Eyes, place: Place, acts: readonly Act[], withinMs: number, rest: number = restMs.lawful): Promise<string[]> {
  const sources = acts.filter(({ kind }) => kind === 'offer').map(({ source }) => source);
  const end = Date.now() + withinMs;
  let moved = Date.now();
  for (;;) {
    const isAtRest = Object.values(await unhandled(eyes)).every((count) => count === 0);
    if (!isAtRest) moved = Date.now();
    const isOver = Date.now() > end || Date.now() > moved + rest;
    if (isOver || isAtRest) {
      const problems = judge(acts, await readFinal(stack, eyes, place, sources));
      if (isOver || problems.length === 0) return problems;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

type Deliveries = Stack['github']['deliveries'];

const isAcknowledged = ({ outcome }: Deliveries[number]): boolean => outcome?.statusCode === 202;

const deliveriesOf = ({ github }: Stack, { number }: Place): Deliveries =>
  github.deliveries.filter(({ request: { payload } }) => (JSON.parse(payload) as { issue?: { number: number } }).issue?.number === number);

/** What is wrong with how many comments of the App there ever were on the issue, by what GitHub told: a second one is seen by people before it is removed. */
function judgeWritten(stack: Stack, place: Place): string[] {
  const told = deliveriesOf(stack, place).filter(({ event, action, request: { payload } }) => event === 'issue_comment' && action === 'created' && (JSON.parse(payload) as { sender: { type: string } }).sender.type === 'Bot');
  const written = new Set(told.map(({ guid }) => guid)).size;
  return written === 1 ? [] : [`the App wrote ${String(written)} living comments`];
}

/** Posts each twice more, in any order, as GitHub signed it. Rejects when one is not acknowledged. */
async function postAgain(deliveries: Deliveries, random: () => number): Promise<void> {
  for (const { url = '', guid, request: { headers, payload } } of shuffled([...deliveries, ...deliveries], random)) {
    const status = await post(url, headers, payload);
    if (status !== 202) throw new Error(`delivery ${guid} was answered ${String(status)} when it came again`);
  }
}

const post = (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> => new Promise((resolve, reject) => {
  const outgoing = request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent: false }, (answer) => {
    answer.resume().on('end', () => { resolve(answer.statusCode ?? 0); });
  });
  outgoing.on('error', reject).end(body);
});

/** After a run that failed: the apps as they are without it. */
async function calm(stack: Stack, { kills, lawOff }: Run): Promise<void> {
  const names = lawOff === undefined ? kills.map(({ app }) => app) : (['treasury', 'github-app'] as const);
  for (const name of new Set(names)) {
    await stack.app(name).kill();
    await stack.app(name).start();
  }
}
