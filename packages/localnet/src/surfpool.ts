import { createRequire } from 'node:module';
import { DoubloonError } from '@doubloon/errors';

/** The part of Surfpool's native module that we use; it ships without types. */
export interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  deploy(program: { programId: string; soPath: string }): unknown;
  setAccount(address: string, lamports: number, data: number[], owner: string): void;
  /** Milliseconds since 1970. */
  timeTravelToTimestamp(timestamp: number): unknown;
  /** What happened since it was asked last. Nobody may leave it unasked: its queue holds a thousand slots, and a full one stops the chain. */
  drainEvents(): unknown[];
  stop(): void;
}

export interface SurfnetConfig {
  offline: boolean;
  blockProductionMode: 'clock' | 'transaction';
  slotTimeMs: number;
}

const packages = new Map([
  ['linux-x64', '@solana/surfpool-linux-x64-gnu'],
  ['darwin-arm64', '@solana/surfpool-darwin-arm64'],
  ['darwin-x64', '@solana/surfpool-darwin-x64'],
]);

/** Loads the native module for this machine. Throws LOCALNET_UNAVAILABLE where there is none, or where it can't be loaded. */
export function startSurfnet(config: SurfnetConfig, platform = `${process.platform}-${process.arch}`): Surfnet {
  const name = packages.get(platform);
  if (name === undefined) throw new DoubloonError('LOCALNET_UNAVAILABLE', { platform });
  let native: { Surfnet: { startWithConfig(config: SurfnetConfig): Surfnet } };
  try {
    native = createRequire(import.meta.url)(name) as typeof native;
  } catch (cause) {
    throw new DoubloonError('LOCALNET_UNAVAILABLE', { platform }, { cause });
  }
  return native.Surfnet.startWithConfig(config);
}
