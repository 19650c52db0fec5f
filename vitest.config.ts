import { configDefaults, defineConfig } from 'vitest/config';

const left = [...configDefaults.exclude, '**/build/**', '**/target/**', '**/.svelte-kit/**'];

// Three kinds of tests, told apart by file name: pure beside its file, integration on real parts, and the whole stack in `tests/`.
// They run one kind after the other. Those on real parts mostly wait for them (of a core they take a quarter), so there are more at once than two
// cores would bear.
// What is waited for comes late on a busy machine, not never, so that only what never comes is a failure.
const kind = (name: string, groupOrder: number, include: string, exclude: readonly string[], testTimeout: number) => ({
  test: { name, include: [include], exclude: [...left, ...exclude], testTimeout, hookTimeout: 180_000, expect: { poll: { timeout: 30_000 } }, sequence: { groupOrder }, maxWorkers: name === 'integration' ? 3 : 2 },
});

export default defineConfig({
  test: {
    projects: [
      kind('unit', 0, '{packages,apps,dev}/**/*.test.ts', ['**/*.integration.test.ts'], 10_000),
      kind('integration', 1, '{packages,apps,dev}/**/*.integration.test.ts', [], 60_000),
      kind('stack', 2, 'tests/**/*.test.ts', [], 180_000),
    ],
  },
});
