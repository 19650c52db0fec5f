export { startLocalnet, type Localnet, type LocalnetOptions } from './localnet.ts';
export { localUsdc } from './usdc.ts';
