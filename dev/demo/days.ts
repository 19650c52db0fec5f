import { createInterface } from 'node:readline';
import type { Stack } from '../stack/stack.ts';

const secondsPerDay = 86_400;

/** Reads numbers of days from the terminal, and lets them pass on the local chain. Nobody else's clock moves. */
export function letDaysPass({ chain, localnet }: Stack, say: (line: string) => void): void {
  const pass = async (line: string): Promise<void> => {
    if (!/^[1-9]\d{0,3}$/.test(line)) return say('A whole number of days, from 1 to 9999.');
    await localnet.timeTravel(Number(line) * secondsPerDay);
    say(`On the chain it is now ${new Date(Number(await chain.time()) * 1000).toISOString()}.`);
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    pass(line.trim()).catch((error: unknown) => { say(`The clock did not move: ${error instanceof Error ? error.message : String(error)}`); });
  });
}
