export type { AccountFilters, Chain, ChainAccount, Commitment, SignatureStatus, Simulation } from './chain.ts';
export { openChain, type ChainOptions } from './web3.ts';
