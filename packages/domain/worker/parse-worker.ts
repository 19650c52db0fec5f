import { parentPort } from 'node:worker_threads';
import { parseCommands } from '../src/commands/parse-commands.ts';
import type { Answer, Job } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('parse-worker runs in a worker thread only.');

// The first comment should not pay for compiling the parser: its time is limited.
const sample = '# A\n\n- [x] *b* **c** `d` [e](f) <b>g</b> https://example.org ![h](i)\n\n| a | b |\n|--|--|\n| $sol:1$ | c |\n\n> q\n\n```\nf\n```\n\n';
parseCommands(sample.repeat(60), new Map([['sol', 9]]));

port.on('message', ({ text, denoms }: Job) => {
  const answer: Answer = { findings: parseCommands(text, denoms) };
  port.postMessage(answer);
});
port.postMessage('ready');
