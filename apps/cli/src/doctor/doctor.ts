import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { UsageProblem } from '../usage-problem.ts';
import { examine } from './examine.ts';
import { readCompose, readFolder } from './read-instance.ts';
import { exitCode, render } from './render.ts';

/**
 * `doubloon doctor`: looks at a whole installation, from its settings to its money on chain, and says of each thing whether
 * it is well, and else what to do. It changes nothing. Answers the exit code: 0 unless something failed. Throws `UsageProblem`.
 */
export async function doctor(args: readonly string[], print: (line: string) => void, input: NodeJS.ReadableStream = process.stdin): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { settings: { type: 'string' }, compose: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
  if ((values.settings === undefined) !== values.compose) throw new UsageProblem('Say where the settings are: in a folder, or those of Compose on standard input.');
  const apps = values.settings === undefined ? readCompose(await text(input)) : await readFolder(values.settings);
  const findings = await examine({ apps, now: () => new Date() });
  for (const line of values.json ? [JSON.stringify(findings)] : render(findings)) print(line);
  return exitCode(findings);
}
