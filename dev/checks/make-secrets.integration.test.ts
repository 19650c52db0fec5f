import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseCallers } from '@doubloon/rpc';
import { root } from '../stack/root.ts';
import { readCompose } from './compose-file.ts';

function makeSecrets() {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-secrets-test-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const make = (): string => execFileSync('sh', [join(root, 'compose/make-secrets.sh'), folder], { encoding: 'utf8' });
  const read = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');
  return { folder, make, read, names: () => readdirSync(join(folder, 'secrets')) };
}

test('it makes every secret of the Compose file but the two that come from the operator, and names those', () => {
  const { make, names } = makeSecrets();
  const said = make();
  const theirs = ['github-app-private-key', 'solana-rpc-url'];
  expect(new Set([...names(), ...theirs])).toEqual(new Set(Object.keys(readCompose().secrets)));
  for (const name of theirs) expect(said).toMatch(new RegExp(`still missing.*/${name}\\n`));
});

test('only the user of the containers can read them', () => {
  const { folder, make, names } = makeSecrets();
  make();
  const user = /^DOUBLOON_USER=(\d+):(\d+)$/m.exec(readFileSync(join(folder, '.env'), 'utf8'));
  for (const path of ['secrets', ...names().map((name) => `secrets/${name}`)]) {
    const { mode, uid } = statSync(join(folder, path));
    expect(mode & 0o777, path).toBe(path === 'secrets' ? 0o700 : 0o600);
    expect(String(uid), path).toBe(user?.[1]);
  }
  expect(user?.[1]).not.toBe('0');
});

test('a second run changes nothing, and neither a file nor a setting that was there is written over', () => {
  const { folder, make, read, names } = makeSecrets();
  execFileSync('mkdir', [join(folder, 'secrets')]);
  writeFileSync(join(folder, 'secrets/github-app-webhook-secret'), 'mine');
  writeFileSync(join(folder, '.env'), 'WEB_PORT=1\nDOUBLOON_USER=7:7\n');
  make();
  const first = names().map(read);
  expect(make()).not.toContain('made');
  expect(names().map(read)).toEqual(first);
  expect(read('github-app-webhook-secret')).toBe('mine');
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('WEB_PORT=1\nDOUBLOON_USER=7:7\n');
});

test('no two installations share a secret', () => {
  const [one, other] = [makeSecrets(), makeSecrets()];
  one.make();
  other.make();
  for (const name of one.names()) expect(one.read(name), name).not.toBe(other.read(name));
});

test('the treasury knows the tokens its callers show, and a token made anew is told to be unknown to it', () => {
  const { folder, make, read } = makeSecrets();
  make();
  const callers = parseCallers(read('treasury-callers'));
  for (const caller of ['web', 'github-app']) expect(callers.get(caller)).toEqual(createHash('sha256').update(read(`${caller}-treasury-token`)).digest());
  expect(parseCallers(read('identity-callers')).has('web')).toBe(true);
  rmSync(join(folder, 'secrets/web-treasury-token'));
  expect(make()).toContain('secrets/treasury-callers does not know this token');
});
