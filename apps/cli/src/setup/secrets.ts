import { createHash, randomBytes } from 'node:crypto';
import { lchownSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { newServiceToken } from '@doubloon/rpc';
import { openFolder, type Folder } from './folder.ts';

const databases = ['treasury', 'github-app', 'identity'] as const;

/** Who calls which service: each pair has a token of its own. */
const callersOf: Readonly<Record<string, readonly string[]>> = { treasury: ['web', 'github-app'], identity: ['web', 'github-app', 'treasury'] };

/** In a container whose user is not told, as whom the images run. */
const imageUser = 65_532;

const random = (): string => randomBytes(32).toString('hex');
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Makes what docker-compose.yml mounts from `secrets/`, as far as it can be made of random numbers, and tells of each.
 * What exists is left as it is. The containers run as whoever made them: `.env` says so.
 */
export function makeSecrets(folder: Folder, print: (line: string) => void): void {
  const make = (name: string, content: () => string): void => {
    if (!folder.has(`secrets/${name}`) && folder.make(`secrets/${name}`, content())) print(`made secrets/${name}`);
  };
  make('postgres-password', random);
  for (const app of databases) {
    const name = app.replace('-', '_');
    make(`${app}-database`, () => `postgres://${name}:${random()}@postgres:5432/${name}`);
    make(`${app}-database-owner`, () => `postgres://${name}_owner:${random()}@postgres:5432/${name}`);
  }
  make('github-app-webhook-secret', random);
  for (const [callee, callers] of Object.entries(callersOf)) makeTokens(folder, callee, callers, make, print);
  if (folder.set('DOUBLOON_USER', giveAway(folder))) print('told .env as whom the containers run');
}

function makeTokens(folder: Folder, callee: string, callers: readonly string[], make: (name: string, content: () => string) => void, print: (line: string) => void): void {
  const token = (caller: string): string => `${caller}-${callee}-token`;
  for (const caller of callers) make(token(caller), () => newServiceToken().token);
  const hashes = Object.fromEntries(callers.map((caller) => [caller, hashOf(folder.read(`secrets/${token(caller)}`) ?? '')]));
  make(`${callee}-callers`, () => JSON.stringify(hashes));
  const known = JSON.parse(folder.read(`secrets/${callee}-callers`) ?? '{}') as Record<string, string>;
  const unknown = callers.filter((caller) => known[caller] !== hashes[caller]);
  if (unknown.length > 0) print(`secrets/${callee}-callers does not know the token of ${unknown.join(' and ')}: remove that file and run this again`);
}

/** Compose hands files on with their owner: what root made goes to the user of the images. Answers who has them then. */
export function giveAway(folder: Folder): string {
  const [uid, gid] = [process.getuid?.() ?? imageUser, process.getgid?.() ?? imageUser];
  if (uid !== 0) return `${String(uid)}:${String(gid)}`;
  for (const name of ['.', ...readdirSync(folder.at('secrets'))]) lchownSync(folder.at(`secrets/${name}`), imageUser, imageUser);
  return `${String(imageUser)}:${String(imageUser)}`;
}

/** `doubloon secrets`: the random part of `doubloon setup` alone. Answers the exit code 0. */
export function secrets(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string', default: '.' } } });
  const folder = openFolder(values.folder);
  makeSecrets(folder, print);
  for (const name of ['github-app-private-key', 'github-app-client-secret', 'attestor-key', 'relayer-key', 'solana-rpc-url']) if (!folder.has(`secrets/${name}`)) print(`still missing, and made by doubloon setup: secrets/${name}`);
  return Promise.resolve(0);
}
