import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApp, type App } from '../stack/app.ts';
import { freePort } from '../stack/ports.ts';
import type { AppName, Stack } from '../stack/stack.ts';

/** What an app of the stack was started with. */
export function settingsOf({ settingsFolder }: Stack, name: AppName): Readonly<Record<string, string>> {
  const lines = readFileSync(join(settingsFolder, `${name}.env`), 'utf8').split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => {
    const [, called = '', value = ''] = /^(\w+)='(.*)'$/.exec(line) ?? [];
    return [called, value];
  }));
}

/** Another process of an app beside the first, on ports of its own. */
export async function startBeside(stack: Stack, name: AppName, onLine: (line: string) => void): Promise<App> {
  const internalPort = await freePort();
  return openApp({ name, entry: `apps/${name}/src/main.ts`, env: { ...settingsOf(stack, name), PORT: String(await freePort()) }, internalPort, onLine });
}

/** Reads a secret of the stack, or writes another into its place; answers its path. */
export const secretFile = ({ settingsFolder }: Stack, name: string): string => join(settingsFolder, name);
export const readSecret = (stack: Stack, name: string): string => readFileSync(secretFile(stack, name), 'utf8');
export function writeSecret(stack: Stack, name: string, content: string): string {
  writeFileSync(secretFile(stack, name), content, { mode: 0o600 });
  return secretFile(stack, name);
}
