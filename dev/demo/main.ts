// `npm run demo`: everything on this machine, the main job once as a story with evidence, then up for people.
import { parseArgs } from 'node:util';
import { untilTerminated } from '@doubloon/service';
import { startStack } from '../stack/stack.ts';
import { claimPort } from '../stack/ports.ts';
import { serveClockPage } from './clock-page.ts';
import { runDoubloon } from './doubloon.ts';
import { tellStory } from './story.ts';

const ports = { web: 4100, github: 4200 };
const clockPort = 4300;

const { values } = parseArgs({
  options: { once: { type: 'boolean', default: false }, kafka: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } },
});

const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
const say = (line: string) => { console.log(line); };
const lines: string[] = [];
const onLine = (line: string) => {
  if (values.verbose) say(line);
  else if (lines.push(line) > 200) lines.shift();
};

const terminated = untilTerminated();
try {
  await using stack = await startStack({ kafka: values.kafka, ...(values.once ? {} : { ports }), progress: (line) => { say(`[${seconds()} s] ${line}`); }, onLine });
  say(`[${seconds()} s] Everything is up.\n`);
  const story = tellStory(stack, say);
  await Promise.race([story, terminated.then((signal) => { throw new Error(`ended by ${signal}`); })]);
  stack.github.assertConforms();
  const checked = await runDoubloon(['doctor', '--settings', stack.settingsFolder]);
  if (!checked.includes('checks are fine.\n')) throw new Error(`the doctor has something to say:\n${checked}`);
  say(`The doctor looks at all of it: npx doubloon doctor --settings ${stack.settingsFolder}\n    ${checked.trim().split('\n').at(-1) ?? ''}`);
  say(`\n[${seconds()} s] That was the whole way from a comment to the wallet of who earned it, and back to who paid.`);
  if (!values.once) {
    await using clock = await serveClockPage(stack, await claimPort(clockPort, 'the page of the clock'));
    say(`
Try it by hand:
  GitHub      ${stack.github.url}   choose who you are, open an issue, and comment $sol:0.5$ or $usdc:50$
  Doubloon    ${stack.webUrl}   follow the link in the bot's answer, connect the burner wallet, get local money, sign
  Award       ${stack.github.url}   as linus, who maintains it, comment /award @grace; grace links a wallet at ${stack.webUrl}/link
  Chain       ${stack.localnet.rpcUrl}${values.kafka ? `\n  Events      ${stack.eventLogUrl}   topic bounty` : ''}
  Clock       ${clock.url}   a button lets 72 hours pass on the chain: an award becomes final, a link counts, and winners are paid
  By anybody  npx doubloon payout --deposit ADDRESS --rpc ${stack.localnet.rpcUrl} --keypair FILE, or refund 3 days after its deadline
  Check it    npx doubloon doctor --settings ${stack.settingsFolder}

Ctrl-C stops everything.`);
    await terminated;
    say('\nStopping …');
  }
} catch (error) {
  if (!values.verbose) for (const line of lines.slice(-40)) console.error(line);
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
say('Nothing is left running.');
process.exit();
