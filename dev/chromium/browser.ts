import { chromium, type Browser } from 'playwright-core';
import { chromiumExecutable } from './executable.ts';

// Quiet towards the outside: a test browser asks nobody but the pages it is sent to.
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--font-render-hinting=none',
];

/** A headless browser without any profile. */
export async function openBrowser(): Promise<Browser> {
  const { path, env } = await chromiumExecutable();
  // Chromium's sandbox refuses to run as root, which is what a container gives us.
  const rooted = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: path, args: [...args, ...rooted], env: { ...process.env, ...env } });
}

/** Undefined when a browser can be had here; otherwise what is missing. */
export function missingBrowser(): string | undefined {
  if (process.env['CHROMIUM_PATH']) return undefined;
  return process.platform === 'linux' && process.arch === 'x64' ? undefined : `CHROMIUM_PATH (npm has no browser for ${process.platform}-${process.arch})`;
}
