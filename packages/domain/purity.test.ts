import { ESLint } from 'eslint';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// Of two settings of one lint rule the later one counts alone, so that a rule can be written down and hold nothing.
const root = join(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: root });

async function refusals(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  return (result?.messages ?? []).flatMap(({ ruleId }) => (ruleId?.startsWith('no-restricted') === true ? [ruleId] : []));
}

test.each([
  ['packages/domain/src/amount.ts', "import '@doubloon/postgres';"],
  ['packages/domain/src/amount.ts', "import 'node:fs';"],
  ['packages/domain/src/amount.ts', "import '../worker/bounded.ts';"],
  ['packages/errors/src/failures.ts', "import 'zod';"],
  ['packages/postgres/src/pool.ts', "import '../../../apps/cli/src/parse.ts';"],
  ['apps/cli/src/parse.ts', "import '@doubloon/treasury';"],
])('%s may not say %s', async (file, code) => {
  expect(await refusals(file, code)).toEqual(['no-restricted-imports']);
}, 60_000);

test('the domain reads neither the clock nor a random source', async () => {
  expect(await refusals('packages/domain/src/amount.ts', 'export const at = [Date.now(), Math.random()];')).toEqual(['no-restricted-properties', 'no-restricted-properties']);
}, 60_000);
