import { parseArgs } from 'node:util';
import { keepInput } from './corpus.ts';
import { hunt } from './hunt.ts';
import { judge } from './judge.ts';
import { smaller } from './smaller.ts';
import { targets } from './targets.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seconds: { type: 'string', default: '10' }, seed: { type: 'string' }, keep: { type: 'boolean', default: false } } });
const chosen = positionals.length === 0 ? targets : targets.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0) throw new Error(`there is no such target; there are ${targets.map(({ name }) => name).join(', ')}`);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

// What is thrown where nobody waits for it ends the process: then the input is all there is to go by.
let inHand: { target: (typeof targets)[number]; bytes: Uint8Array } | undefined;
process.on('uncaughtException', (error) => {
  console.error(error, inHand && `kept as ${keepInput(inHand.target, inHand.bytes)}`);
  process.exit(1);
});

for (const target of chosen) {
  const end = performance.now() + Number(values.seconds) * 1_000;
  const { tried, fresh, fault } = await hunt(target, { seed, isOver: () => performance.now() > end, inHand: (bytes) => { inHand = { target, bytes }; } });
  if (values.keep) for (const bytes of fresh) keepInput(target, bytes);
  console.log(`${target.name}: ${String(tried)} inputs, ${String(fresh.length)} new outcomes, seed ${String(seed)}${fault === undefined ? '' : ', and a fault'}`);
  if (fault === undefined) continue;
  const kind = fault.what.split('\n', 1)[0];
  const givenUp = performance.now() + 20_000;
  const small = await smaller(fault.bytes, async (bytes) => {
    if (performance.now() > givenUp) return false;
    const verdict = await judge(target, bytes);
    return 'fault' in verdict && verdict.fault.split('\n', 1)[0] === kind;
  });
  console.error(`${fault.what}\nkept as ${keepInput(target, small)}; the tests replay it from now on`);
  process.exitCode = 1;
}
process.exit();
