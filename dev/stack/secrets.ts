import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Secrets extends Disposable {
  readonly folder: string;
  /** Writes a secret to a file that only this user can read; answers its path, for a `NAME_FILE`. */
  file(name: string, content: string): string;
}

/** A folder for the secrets of one run of the stack, of this user or of `owner`; removed when it is disposed. */
export function openSecrets(owner?: { readonly uid: number; readonly gid: number }): Secrets {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-secrets-'));
  chmodSync(folder, 0o700);
  const give = (path: string): void => { if (owner !== undefined) chownSync(path, owner.uid, owner.gid); };
  give(folder);
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      give(path);
      return path;
    },
    [Symbol.dispose]: () => { rmSync(folder, { recursive: true, force: true }); },
  };
}
