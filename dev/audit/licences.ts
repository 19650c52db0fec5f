import { foreign, type Lock } from './packages.ts';

/** What may be passed on beside Apache-2.0, with no more than its notice. */
const fine: ReadonlySet<string> = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'PSF-2.0', 'Python-2.0', 'Unlicense']);

/** By name, with the licence that it was looked at with. */
const exceptions: Readonly<Record<string, { readonly licence: string | undefined; readonly because: string }>> = {
  'rpc-websockets': { licence: 'LGPL-3.0-only', because: 'a package of its own beside web3.js, which anybody can replace in node_modules; unchanged by us' },
  'eyes': { licence: undefined, because: 'MIT by its README and the old form of its package.json' },
  'text-encoding-utf-8': { licence: undefined, because: 'public domain (Unlicense) by its LICENSE.md' },
};
/** The licence of files, which asks for nothing of what stands beside them: by name of the family that has it. */
const byFile: readonly RegExp[] = [/^lightningcss(-|$)/, /^(?:@axe-core\/playwright|axe-core)$/];

/** Whether an SPDX expression is satisfied by what is fine. */
export function isFine(expression: string): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isFine);
  return bare.split(' AND ').every((one) => fine.has(one.trim().replace(/^\((.*)\)$/, '$1')));
}

export function licenceProblems(lock: Lock): string[] {
  const installed = foreign(lock);
  const problems = installed.flatMap(([path, { license: licence }]) => {
    const name = path.split('node_modules/').at(-1) ?? path;
    const exception = Object.hasOwn(exceptions, name) ? exceptions[name] : undefined;
    if (exception !== undefined && exception.licence === licence) return [];
    if (licence === 'MPL-2.0' && byFile.some((family) => family.test(name))) return [];
    return licence !== undefined && isFine(licence) ? [] : [`${path} has the licence ${licence ?? 'that it does not name'}`];
  });
  const unused = Object.keys(exceptions).filter((name) => !installed.some(([path]) => path.endsWith(`node_modules/${name}`)));
  return [...problems, ...unused.map((name) => `${name} is excepted and not installed`)];
}

/** Crates by name; a lockfile does not say, so each was looked at when it came. */
const crates: Readonly<Record<string, string>> = {
  'pinocchio': 'Apache-2.0', 'solana-account-view': 'Apache-2.0', 'solana-address': 'Apache-2.0', 'solana-define-syscall': 'Apache-2.0', 'solana-instruction-view': 'Apache-2.0', 'solana-program-error': 'Apache-2.0',
};

export const crateLicenceProblems = (lock: string): string[] =>
  [...lock.matchAll(/^name = "([^"]+)"$/gm)].map(([, name = '']) => name).filter((name) => !name.startsWith('doubloon-') && !isFine(crates[name] ?? '')).map((name) => `nobody looked at the licence of the crate ${name}`);
