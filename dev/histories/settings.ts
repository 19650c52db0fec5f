import { parseArgs } from 'node:util';

const usage = `usage: just histories [N]            plays N histories (500); exits 1 when anything was lost, doubled, wrong or stuck
       --seed NUMBER                 of the first history, and of what breaks; a new one unless told
       --kafka                       with a real broker for the event log
       --laws                        each of the four laws off in turn; exits 1 when the oracle does not see one of them
       --keep FILE                   notes every batch there, and goes on where the file ends
       --report                      writes docs/reliability.md from the files in test-results/histories
       --batch NUMBER                this batch alone, for a seed; with --history SEED one history of it,
                                     with --without 3,5 those operations left out, with --breaks 0,4 only those things broken
       --verbose                     what the apps say`;

/** A part of a batch; what is left out is all of it. */
export interface Part {
  /** Seed of the only history. */
  readonly history?: number | undefined;
  /** Places of operations that are left out. */
  readonly without?: readonly number[] | undefined;
  /** Places of those things that break. */
  readonly breaks?: readonly number[] | undefined;
}

export interface Settings {
  readonly histories: number;
  readonly seed: number | undefined;
  readonly isKafka: boolean;
  readonly keep: string | undefined;
  readonly what: 'play' | 'laws' | 'report';
  readonly only: (Part & { readonly batch: number }) | undefined;
  readonly isVerbose: boolean;
}

const number = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : NaN);
const list = (text: string | undefined): number[] | undefined => text?.split(',').filter((one) => one !== '').map(number);

/** Reads the command line; a string says how to use it. */
export function readSettings(args: readonly string[]): Settings | string {
  try {
    const { values, positionals: [count = '500', ...more] } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: 'string' }, kafka: { type: 'boolean', default: false }, laws: { type: 'boolean', default: false }, keep: { type: 'string' }, report: { type: 'boolean', default: false },
        batch: { type: 'string' }, history: { type: 'string' }, without: { type: 'string' }, breaks: { type: 'string' }, verbose: { type: 'boolean', default: false },
      },
    });
    const [seed, batch, history] = [values.seed, values.batch, values.history].map((text) => (text === undefined ? undefined : number(text)));
    const part: Part = { history, without: list(values.without), breaks: list(values.breaks) };
    const isPart = Object.values(part).some((one) => one !== undefined);
    const isWrong = [number(count), seed, batch, history, ...(part.without ?? []), ...(part.breaks ?? [])].some((one) => Number.isNaN(one)) || more.length > 0 || (isPart && batch === undefined) || (batch !== undefined && seed === undefined);
    if (isWrong) return usage;
    return {
      histories: number(count), seed, isKafka: values.kafka, keep: values.keep, what: values.report ? 'report' : values.laws ? 'laws' : 'play',
      only: batch === undefined ? undefined : { batch, ...part }, isVerbose: values.verbose,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${usage}`;
  }
}
