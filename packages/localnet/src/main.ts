#!/usr/bin/env node
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { isDoubloonError } from '@doubloon/errors';
import { startLocalnet } from './localnet.ts';

const usage = 'usage: doubloon-localnet [--slot-ms N] [--faucet-port N] [--origin URL]...';

function readOptions() {
  const { values } = parseArgs({ options: { 'slot-ms': { type: 'string', default: '50' }, 'faucet-port': { type: 'string', default: '0' }, origin: { type: 'string', multiple: true, default: [] } } });
  const whole = (text: string, least: number, most: number) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) throw new TypeError(`${text} is not a whole number from ${least} to ${most}`);
    return value;
  };
  return { slotMs: whole(values['slot-ms'], 10, 60_000), faucetPort: whole(values['faucet-port'], 0, 65_535), faucetOrigins: values.origin };
}

let options;
try {
  options = readOptions();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(2);
}
const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
try {
  const localnet = await startLocalnet(options);
  const { rpcUrl, wsUrl, genesisHash, program, mints, faucet } = localnet;
  console.log(JSON.stringify({ rpcUrl, wsUrl, genesisHash, program, mints, faucetUrl: faucet.url }));
  await stopped;
  await localnet.close();
} catch (error) {
  console.error(isDoubloonError(error) ? error.message : error);
  process.exit(1);
}
process.exit(0);   // the native module keeps threads of its own
