import { parse, postprocess, preprocess } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { mayHaveCommands, parseCommands } from '../src/commands/parse-commands.ts';

// Prints one line of JSON: processor time of the comment parser beside micromark with the same extensions, to events.
const denoms = new Map([['sol', 9], ['usdc', 6]]);
const body = 'I would love this, since **many** people use it on [their machines](https://example.org/a) and `npm test` fails there. See https://example.org/issues/12; it costs $5 of time each day.\n\n- one item of *text*\n- another `item`\n\n> a quote of somebody\n\n';
const texts = { short: `I would love this. $usdc:50$\n\n${body}`, long: `$usdc:50$ please.\n\n${body.repeat(40)}`, 'offers everywhere': `${body.trim()} $usdc:1$\n\n`.repeat(40) };

/** Microseconds of processor time per call, after a warm-up. */
function cost(work: () => unknown, times: number): number {
  for (let warm = 0; warm < times / 4; warm++) work();
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const parsed = Object.entries(texts).map(([name, text]) => {
  const times = Math.ceil(2_000_000 / text.length);
  const ours = cost(() => parseCommands(text, denoms), times);
  const baseline = cost(() => postprocess(parse({ extensions: [gfm(), math({ singleDollarTextMath: false })] }).document().write(preprocess()(text, undefined, true))), times);
  return { name, characters: text.length, microseconds: round(ours), micromark: round(baseline), ratio: round(ours / baseline) };
});
const plain = body.repeat(200);
const scan = cost(() => mayHaveCommands(plain, denoms), 3_000);
console.log(JSON.stringify({ benchmark: 'comment parser', parsed, withoutCandidate: { characters: plain.length, microseconds: round(scan), gigacharactersPerSecond: round(plain.length / scan / 1000) } }));
