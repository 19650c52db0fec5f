import { callersSetting } from '@doubloon/rpc';
import { databaseUrl, serviceSettings, type Config, type Configuration } from '@doubloon/service';

const settings = {
  ...serviceSettings,
  databaseUrl,
  callers: callersSetting('IDENTITY_CALLERS'),
} as const;

export const configuration = { prefix: 'IDENTITY_', settings } satisfies Configuration<typeof settings>;
export type IdentityConfig = Config<typeof settings>;
export type IdentitySettings = typeof settings;
