import { parse, postprocess, preprocess } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { mayHaveCommands, parseCommands } from '@doubloon/domain';
import type { Figure, Measure } from './benchmark.ts';
import { compared, inTurns, median } from './rounds.ts';

const denoms = new Map([['sol', 9], ['usdc', 6]]);
const body = 'I would love this, since **many** people use it on [their machines](https://example.org/a) and `npm test` fails there. See https://example.org/issues/12; it costs $5 of time each day.\n\n- one item of *text*\n- another `item`\n\n> a quote of somebody\n\n';
const texts = { 'short comment': `I would love this. $usdc:50$\n\n${body}`, 'long comment': `$usdc:50$ please.\n\n${body.repeat(40)}`, 'offers everywhere': `${body.trim()} $usdc:1$\n\n`.repeat(40) };
const rounds = 15;
const charactersARound = 400_000;

/** Microseconds of processor time per call. */
function cost(work: () => unknown, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

/** Processor time of the comment parser beside micromark with the same extensions, to events. */
export const measure: Measure = async () => {
  const figures: Figure[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const times = Math.ceil(charactersARound / text.length);
    const extensions = [gfm(), math({ singleDollarTextMath: false })];
    const { ours, baseline } = await inTurns({
      ours: () => cost(() => parseCommands(text, denoms), times),
      baseline: () => cost(() => postprocess(parse({ extensions }).document().write(preprocess()(text, undefined, true))), times),
    }, { rounds, warmUp: 3 });
    figures.push(compared(`${name}, ${String(text.length)} characters`, 'µs', ours, baseline));
  }
  const plain = body.repeat(200);
  const bytes = Buffer.byteLength(plain);
  const { ours } = await inTurns({ ours: () => bytes / cost(() => mayHaveCommands(plain, denoms), 300) / 1000 }, { rounds, warmUp: 3 });
  figures.push({ name: 'comment without a candidate', unit: 'GB/s', ours: median(ours), n: rounds });
  return {
    aim: "at most 1.5 times micromark's time; comments without a candidate in the order of 1 GB/s",
    baseline: 'micromark with the same extensions, to events',
    conditions: `Processor time, ${String(rounds)} rounds of about ${charactersARound.toLocaleString('en-US')} characters each.`,
    figures,
  };
};
