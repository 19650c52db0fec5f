import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseCallers } from '@doubloon/rpc';
import { secrets } from '../../apps/cli/src/setup/secrets.ts';
import { readCompose } from './compose-file.ts';

function makeSecrets() {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-secrets-test-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const make = async (): Promise<string> => {
    const lines: string[] = [];
    expect(await secrets(['--folder', folder], (line) => { lines.push(line); })).toBe(0);
    return lines.join('\n');
  };
  const read = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8');
  return { folder, make, read, names: () => readdirSync(join(folder, 'secrets')) };
}

test('it makes every secret of the Compose file but those that GitHub and the chain have a part in, and names those', async () => {
  const { make, names } = makeSecrets();
  const said = await make();
  const theirs = ['github-app-private-key', 'github-app-client-secret', 'attestor-key', 'relayer-key', 'solana-rpc-url'];
  expect(new Set([...names(), ...theirs])).toEqual(new Set(Object.keys(readCompose().secrets)));
  for (const name of theirs) expect(said).toMatch(new RegExp(`still missing.*/${name}$`, 'm'));
});

test('only the user of the containers can read them', async () => {
  const { folder, make, names } = makeSecrets();
  await make();
  const user = /^DOUBLOON_USER=(\d+):(\d+)$/m.exec(readFileSync(join(folder, '.env'), 'utf8'));
  for (const path of ['secrets', ...names().map((name) => `secrets/${name}`)]) {
    const { mode, uid } = statSync(join(folder, path));
    expect(mode & 0o777, path).toBe(path === 'secrets' ? 0o700 : 0o600);
    expect(String(uid), path).toBe(user?.[1]);
  }
  expect(user?.[1]).not.toBe('0');
});

test('a second run changes nothing, and neither a file nor a setting that was there is written over', async () => {
  const { folder, make, read, names } = makeSecrets();
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/github-app-webhook-secret'), 'mine');
  writeFileSync(join(folder, '.env'), 'WEB_PORT=1\nDOUBLOON_USER=7:7\n');
  await make();
  const first = names().map(read);
  expect(await make()).not.toMatch(/^(made|told)/m);
  expect(names().map(read)).toEqual(first);
  expect(read('github-app-webhook-secret')).toBe('mine');
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('WEB_PORT=1\nDOUBLOON_USER=7:7\n');
});

test('no two installations share a secret', async () => {
  const [one, other] = [makeSecrets(), makeSecrets()];
  await one.make();
  await other.make();
  for (const name of one.names()) expect(one.read(name), name).not.toBe(other.read(name));
});

test('each service knows the tokens its callers show, and a token made anew is told to be unknown to it', async () => {
  const { folder, make, read } = makeSecrets();
  await make();
  for (const [callee, callers] of [['treasury', ['web', 'github-app']], ['identity', ['web', 'github-app', 'treasury']]] as const) {
    const known = parseCallers(read(`${callee}-callers`));
    for (const caller of callers) expect(known.get(caller), caller).toEqual([createHash('sha256').update(read(`${caller}-${callee}-token`)).digest()]);
  }
  rmSync(join(folder, 'secrets/web-treasury-token'));
  expect(await make()).toContain('secrets/treasury-callers does not know the token of web');
});
