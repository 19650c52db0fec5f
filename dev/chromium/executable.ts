import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflate } from '@sparticuz/chromium';

export interface Executable {
  readonly path: string;
  /** For machines that lack the libraries and fonts a browser takes for granted: the package brings its own. */
  readonly env: Readonly<Record<string, string>>;
}

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
const { version } = createRequire(import.meta.url)(join(packageFolder, 'package.json')) as { version: string };

/** The browser that `CHROMIUM_PATH` names, or the one from npm, unpacked once a machine into the user's cache. */
export async function chromiumExecutable(): Promise<Executable> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return { path: named, env: {} };
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'doubloon', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    path: join(folder, 'chromium'),
    env: { FONTCONFIG_PATH: join(folder, 'fonts'), LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], join(folder, 'al2023', 'lib')].filter(Boolean).join(':') },
  };
}

async function unpack(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const part = await mkdtemp(`${folder}-`);
  const before = process.env['TMPDIR'];
  // The package unpacks into the temporary folder, and takes a half-written file there for a whole one: so it gets a folder
  // of its own, which is named only when it is complete.
  process.env['TMPDIR'] = part;
  try {
    await Promise.all(['chromium.br', 'fonts.tar.br', 'al2023.tar.br', 'swiftshader.tar.br'].map((name) => inflate(join(packageFolder, 'bin', name))));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  // The configuration it brings names the folder it expected to stay in; without a font every text field ends the browser.
  await writeFile(join(part, 'fonts', 'fonts.conf'), `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts', 'fonts')}</dir><cachedir>${join(folder, 'fonts', 'cache')}</cachedir></fontconfig>
`);
  await rename(part, folder).catch(async (error: unknown) => {
    await rm(part, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
}
