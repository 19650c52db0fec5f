import { decodeOperator } from '@doubloon/escrow';
import { openEventLog, type EventLog } from '@doubloon/events';
import { openPool } from '@doubloon/postgres';
import type { Pool } from 'pg';
import type { Stack, StackOptions } from '../../stack/stack.ts';
import { followEvents, type Told } from '../reading/told.ts';
import { Written } from '../reading/written.ts';
import { watching, type Watch } from './watch.ts';

/** A repository of the stack; its name may change while histories are played. */
export interface Repository {
  name: string;
}

/** A wish of a text as the App knows it, with the offer it became at the treasury. */
export interface KnownWish {
  readonly denom: string;
  /** Base units that the text says. */
  readonly wished: bigint;
  /** Which of the equal wishes of the text. */
  readonly nth: number;
  readonly isInText: boolean;
  /** The App has done all that follows from the text. */
  readonly isSettled: boolean;
  /** Its amount is less than was wished where an earlier wording is in escrow already; none where all of it is, or it was refused. */
  readonly offer: { readonly id: string; readonly amount: bigint; readonly state: string } | undefined;
}

export interface KnownFate {
  readonly isFinal: boolean;
  readonly hasFailed: boolean;
}

export interface KnownDeposit {
  readonly state: string;
  /** How often its account had changed. */
  readonly sequence: bigint;
}

/** Everything that histories are played on, and looked at from. */
export interface Stage extends AsyncDisposable {
  readonly stack: Stack;
  readonly repositories: readonly Repository[];
  readonly treasury: Pool;
  readonly app: Pool;
  readonly identity: Pool;
  readonly log: EventLog;
  /** What the event log told of bounties, as far as it was read. */
  readonly told: Told;
  /** What GitHub told of comments of the App. */
  readonly written: Written;
  /** Wishes of a comment, by its id. */
  readonly wishes: Watch<string, readonly KnownWish[]>;
  /** What the chain says of a signature. */
  readonly fates: Watch<string, KnownFate>;
  /** A deposit as the treasury saw it last. */
  readonly deposits: Watch<string, KnownDeposit>;
  /** The chain's block height. */
  readonly height: Watch<'now', bigint>;
  /** A number that nobody on this stage had before. */
  next(): number;
}

/** `owner/name` of a repository, and its `.github/doubloon.yml`. */
export interface RepositoryOfHistories {
  readonly name: string;
  readonly rules?: string;
}

/** What a stack has to be started with for histories to be played on it: visitors of the website are told apart by what they say. */
export const stackFor = (repositories: readonly RepositoryOfHistories[]) => ({
  env: {
    web: { WEB_ADDRESS_HEADER: 'x-visitor' },
    // The relayer works for all histories at once, and not for a day.
    treasury: { TREASURY_RELAYER_BUDGET: '1000000000000000', TREASURY_RELAYER_ACCOUNTS: '10000' },
  },
  limits: { createsPerMinute: 100_000, createsPerHour: 1_000_000, perHour: 1_000_000 },
  repositories: repositories.map(({ name: fullName, rules }) => {
    const [owner = '', name = ''] = fullName.split('/');
    return { owner, name, files: { 'README.md': `# ${name}\n`, ...(rules === undefined ? {} : { '.github/doubloon.yml': rules }) } };
  }),
} satisfies Partial<StackOptions>);

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const everyMs = 100;
const createsEveryMs = 1_000;
const relayerLamports = 1_000_000_000_000n;

/** On a stack that was started for these repositories, in the order in which histories name them. */
export async function openStage(stack: Stack, repositories: readonly RepositoryOfHistories[]): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const { databaseUrls, eventLogUrl, chain, operator, localnet } = stack;
  const pool = (url: string): Pool => {
    const it = opening.adopt(openPool({ url, name: 'histories', max: 3 }), (open) => open.end());
    return it.on('error', () => undefined);
  };
  const [treasury, app, identity] = [pool(databaseUrls.treasury), pool(databaseUrls['github-app']), pool(databaseUrls.identity)];
  const log = opening.use(await openEventLog(eventLogUrl, { clientId: 'histories', log: quiet, topics: ['bounty', 'identity'] }));
  const told = opening.use(await followEvents(log));
  const { relayer } = decodeOperator((await chain.account(operator, 'confirmed'))?.data ?? new Uint8Array());
  if (relayer !== undefined) await localnet.faucet.grant(relayer, { lamports: relayerLamports });
  // What the App may create in an hour is for one project, and here are hundreds.
  const unhurried = setInterval(() => { app.query("update installation set created_at = '{}' where created_at <> '{}'").catch(() => undefined); }, createsEveryMs);
  opening.defer(() => { clearInterval(unhurried); });
  let count = 0;

  const open = opening.move();
  return {
    stack,
    repositories: repositories.map(({ name }) => ({ name })),
    treasury,
    app,
    identity,
    log,
    told,
    written: new Written(),
    wishes: watching(everyMs, (sources) => readWishes(app, treasury, sources)),
    fates: watching(everyMs, async (signatures) => {
      const statuses = await chain.signatureStatuses(signatures);
      return new Map(signatures.flatMap((signature, place) => {
        const status = statuses[place];
        return status === undefined ? [] : [[signature, { isFinal: status.commitment === 'finalized', hasFailed: status.error !== undefined }] as const];
      }));
    }),
    deposits: watching(everyMs, async (addresses) => {
      const { rows } = await treasury.query<{ address: string; state: string; sequence: string }>('select address, state, sequence from deposit where address = any ($1)', [addresses]);
      return new Map(rows.map(({ address, state, sequence }) => [address, { state, sequence: BigInt(sequence) }]));
    }),
    height: watching(everyMs, async () => new Map([['now' as const, await chain.blockHeight('finalized')]])),
    next: () => count++,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function readWishes(app: Pool, treasury: Pool, sources: readonly string[]): Promise<ReadonlyMap<string, readonly KnownWish[]>> {
  const { rows } = await app.query<{ source: string; denom: string; wished: string; nth: number; isInText: boolean; isSettled: boolean; id: string | null }>(`
    select o.source_id as source, o.denom, o.amount as wished, o.nth, o.ordinal is not null as "isInText", o.offer_id as id,
      not exists (select from intent i where i.repository_id = s.repository_id and i.issue_id = s.issue_id and i.done_at is null) as "isSettled"
    from offer o join source s on s.kind = o.source_kind and s.id = o.source_id
    where o.source_kind = 'issue-comment' and o.source_id = any ($1)`, [sources]);
  const { rows: offers } = await treasury.query<{ id: string; amount: string; state: string }>('select id, amount, state from offer where id = any ($1)', [rows.flatMap(({ id }) => (id === null ? [] : [id]))]);
  const byId = new Map(offers.map(({ amount, ...offer }) => [offer.id, { ...offer, amount: BigInt(amount) }]));
  const known = rows.map(({ id, wished, ...wish }) => ({ ...wish, wished: BigInt(wished), offer: byId.get(id ?? '') }));
  return Map.groupBy(known, ({ source }) => source);
}
