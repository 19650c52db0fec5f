export type { Asked } from './api.ts';
export type { Mismatch } from './conformance.ts';
export type { Delivery } from './deliveries.ts';
export type { ApiFault, ApiMatch, Faults, HookFault, HookMatch } from './faults.ts';
export type { Hands, Written } from './hands.ts';
export type { Limits } from './rate-limits.ts';
export { defaultRepositories, defaultUsers, type AppSeed, type IssueSeed, type RepositorySeed, type UserSeed } from './seed.ts';
export { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from './start.ts';
export type { Role } from './world.ts';
