import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { targets } from '../images/targets.ts';
import { root } from '../stack/root.ts';
import { readCompose } from './compose-file.ts';
import { ofKind } from './manifests.ts';

const text = readFileSync(join(root, 'docs/running.md'), 'utf8');
const pods = [...ofKind('Deployment').values(), ...ofKind('Job').values()].flatMap(({ spec }) => spec.template?.spec ?? []);
const sorted = (words: Iterable<string>): readonly string[] => [...new Set(words)].sort();

test('the secrets it tells to create are those the manifests mount, with the keys they read', () => {
  const told = new Map([...text.matchAll(/create secret generic (\S+)((?: --from-file=\S+)+)/g)].map(([, name = '', keys = '']) => [name, sorted([...keys.matchAll(/--from-file=(\S+)/g)].map(([, key = '']) => key))]));
  const read = new Map<string, string[]>();
  for (const { volumes, containers } of pods) {
    const name = volumes.find(({ secret }) => secret !== undefined)?.secret?.secretName ?? '';
    read.set(name, [...(read.get(name) ?? []), ...(containers[0]?.env ?? []).flatMap(({ value = '' }) => /^\/run\/secrets\/doubloon\/(.+)$/.exec(value)?.[1] ?? [])]);
  }
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries([...read].map(([name, keys]) => [name, sorted(keys)])));
});

test('the settings it tells to write are those the manifests and the Compose file take', () => {
  const asked = pods.flatMap(({ containers }) => containers[0]?.env ?? []).flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef.key ?? []);
  const [, told = ''] = /`settings\.env` holds ([^.]*)\./.exec(text) ?? [];
  expect(sorted([...told.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))).toEqual(sorted(asked));
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const [, env = ''] = /`\.env` then holds this.*:\n\n {3}```\n([^`]*)```/.exec(text) ?? [];
  const names = [...env.matchAll(/^ *(\w+)=/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(compose, name).toContain(`\${${name}:-`);
});

test('the files, verbs and targets it names are there', () => {
  for (const [, path = ''] of text.matchAll(/(?:^|[ (`])((?:compose|dev|k8s|\.github)\/[\w./-]*\w)/gm)) expect(existsSync(join(root, path)), path).toBe(true);
  const justfile = readFileSync(join(root, 'justfile'), 'utf8');
  for (const [, verb = ''] of text.matchAll(/just ([a-z-]+)/g)) expect(justfile, verb).toMatch(new RegExp(`^${verb}( .*)?:`, 'm'));
  expect([...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, target]) => target)).toEqual(Object.keys(targets));
});

test('the memory it names is that of the Compose file', () => {
  const limit = (service: string): number => Number.parseInt(readCompose().services[service]?.deploy?.resources.limits.memory.replace('1G', '1024M') ?? '0', 10);
  expect(text).toContain(`| PostgreSQL | ${String(limit('postgres'))} MB |`);
  expect(text).toContain(`MB) | ${limit('kafka').toLocaleString('en-US')} MB |`);
  expect(text).toContain(`| treasury, github-app, identity, web | ${['treasury', 'github-app', 'identity', 'web'].map(limit).join(', ')} MB |`);
});
