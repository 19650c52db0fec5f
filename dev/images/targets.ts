/** One image. */
export interface Target {
  /** The workspace whose entry it runs. */
  readonly workspace: string;
  /** The databases whose migrations it holds: an app asks whether its own are applied, and applies those of an event log on PostgreSQL; the job applies any. */
  readonly migrations: readonly string[];
  /** The folder its build script makes, where it has one. */
  readonly built?: string;
}

/** The targets of the Dockerfile. */
export const targets = {
  'github-app': { workspace: 'apps/github-app', migrations: ['github-app', 'event-log'] },
  treasury: { workspace: 'apps/treasury', migrations: ['treasury', 'event-log'] },
  identity: { workspace: 'apps/identity', migrations: ['identity', 'event-log'] },
  web: { workspace: 'apps/web', migrations: [], built: 'build' },
  migrate: { workspace: 'packages/postgres', migrations: ['event-log', 'github-app', 'identity', 'treasury'] },
  cli: { workspace: 'apps/cli', migrations: ['event-log', 'github-app', 'identity', 'treasury'] },
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;

export const isTarget = (name: string): name is TargetName => Object.hasOwn(targets, name);
