import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { parseCommands } from '@doubloon/domain';
import { UsageProblem } from './usage-problem.ts';

const example = 'for example --denoms sol:9,usdc:6';

/**
 * `doubloon parse`: reads one comment from standard input and prints what it asks for, as one JSON array. The same parser
 * answers here and in the bot. Answers the exit code 0; throws `UsageProblem` for flags or input that can't be used.
 */
export async function parse(args: readonly string[], print: (line: string) => void, input: NodeJS.ReadableStream = process.stdin): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { denoms: { type: 'string' } } });
  if (values.denoms === undefined) throw new UsageProblem(`Say which denoms are known and how many decimals each has, ${example}.`);
  const denoms = readDenoms(values.denoms);
  print(JSON.stringify(parseCommands(asText(await buffer(input)), denoms)));
  return 0;
}

function readDenoms(text: string): ReadonlyMap<string, number> {
  const denoms = new Map<string, number>();
  for (const pair of text.split(',')) {
    const [, name, decimals] = /^([a-z][a-z0-9]{1,11}):([0-9]{1,2})$/.exec(pair) ?? [];
    if (name === undefined || Number(decimals) > 18) throw new UsageProblem(`"${pair}" in --denoms is not a denom (2 to 12 lower-case letters and digits), a colon and its decimals (0 to 18), ${example}.`);
    if (denoms.has(name)) throw new UsageProblem(`${name} stands twice in --denoms.`);
    denoms.set(name, Number(decimals));
  }
  return denoms;
}

// A byte order mark stays, since offsets count it. Wrong bytes would shift offsets silently: they are refused.
function asText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UsageProblem('The input is not UTF-8 text.', { cause });
  }
}
