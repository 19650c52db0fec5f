export type { AccountFilters, Chain, ChainAccount, Commitment, FinalState, SignatureStatus, Simulation } from './chain.ts';
export { deployedProgram, type DeployedProgram } from './deployed-program.ts';
export { listenForHints, webSocketOf, type HintOptions } from './hints.ts';
export { publishedBuilds } from './published-builds.ts';
export { openChain, type ChainOptions } from './web3.ts';
