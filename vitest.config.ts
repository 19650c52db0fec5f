import { defineConfig } from 'vitest/config';

const kind = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: 60_000 },
});

// Three kinds of tests, told apart by file name: pure beside its file, integration on real parts, and the whole stack in `tests/`.
export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/build/**', '**/target/**', '**/.svelte-kit/**'],
    projects: [
      { ...kind('unit', ['{packages,apps,dev}/**/*.test.ts'], 10_000), test: { ...kind('unit', ['{packages,apps,dev}/**/*.test.ts'], 10_000).test, exclude: ['**/*.integration.test.ts', '**/node_modules/**', '**/build/**', '**/target/**'] } },
      kind('integration', ['{packages,apps,dev}/**/*.integration.test.ts'], 60_000),
      kind('stack', ['tests/**/*.test.ts'], 180_000),
    ],
  },
});
