import tseslint from 'typescript-eslint';

const inside = (files, regex, message) => ({
  files,
  ignores: ['**/*.test.ts', '**/testing/**'],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
});

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/build/**', '**/target/**', '**/.svelte-kit/**', '**/gen/**', '**/*.js', '**/*.mjs'] },
  ...tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-console': ['error'],
    },
  },
  // Dependencies point one way: apps -> packages -> domain -> errors. Of two rules for one file only the last counts: the wider one comes first.
  inside(['packages/*/src/**/*.ts'], '/apps/|^@doubloon/(github-app|treasury|web|identity)', 'Packages never import an app.'),
  inside(['packages/errors/src/**/*.ts'], '^(?!\\./)', 'errors imports nothing.'),
  inside(['packages/domain/src/**/*.ts'], '^(?!\\.|@doubloon/errors$|micromark|(?:zod|yaml)$)|^node:|/apps/|/worker/', 'The domain is pure: no I/O, no clock, no random source. Put this in an adapter package.'),
  inside(['apps/*/src/**/*.ts'], '\\.\\./\\.\\./\\.\\./apps/|^@doubloon/(github-app|treasury|web|identity|dev|localnet|github-standin)', 'Apps talk by RPC or by events, and never import another app or a stand-in.'),
  {
    files: ['packages/domain/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', 'process', 'fetch', 'crypto', 'performance', 'setTimeout', 'setInterval', 'setImmediate'], 'no-restricted-properties': ['error', { object: 'Date', property: 'now' }, { object: 'Math', property: 'random' }] },
  },
  { files: ['dev/**/*.ts', 'apps/cli/**/*.ts', '**/*.bench.ts', 'packages/localnet/src/main.ts', 'packages/github-standin/src/main.ts'], rules: { 'no-console': 'off' } },
);
