import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where an installation's settings stand: `secrets/`, what services are given as files; `keys/`, what no service is given;
 * `.env`, what is no secret. Folders are 0700 and files 0600. Nothing that exists is written over unless it is told.
 */
export interface Folder {
  readonly path: string;
  /** The path of a file, from the folder. */
  at(name: string): string;
  has(name: string): boolean;
  /** The content without its line end; `undefined` when there is none. */
  read(name: string): string | undefined;
  /** Writes it whole or not at all. Answers whether it did: not where there is one already. */
  make(name: string, content: string): boolean;
  remove(name: string): void;
  /** A value of `.env`; `undefined` when it is not there, or empty. */
  setting(name: string): string | undefined;
  /** Adds a line to `.env`. Answers whether it did: not where the name stands already. */
  set(name: string, value: string): boolean;
}

export function openFolder(path: string): Folder {
  const at = (name: string): string => join(path, name);
  const read = (name: string): string | undefined => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').replace(/\r?\n$/, '') : undefined);
  const setting = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(read('.env') ?? '')?.[1]?.trim() || undefined;
  return {
    path, at, read, setting,
    has: (name) => existsSync(at(name)),
    make: (name, content) => place(at(name), content, (made, to) => { linkSync(made, to); }),
    remove: (name) => { unlinkSync(at(name)); },
    set(name, value) {
      if (setting(name) !== undefined) return false;
      const kept = (read('.env') ?? '').split('\n').filter((line) => line !== '' && line.trim() !== `${name}=`);
      return place(at('.env'), [...kept, `${name}=${value}`, ''].join('\n'), renameSync);
    },
  };
}

/** Writes beside the place and moves it there when it is on disk. By a link nothing can be overwritten, whoever else writes. */
function place(path: string, content: string, move: (made: string, to: string) => void): boolean {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  const made = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(made, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    move(made, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    if (existsSync(made)) unlinkSync(made);
  }
}
