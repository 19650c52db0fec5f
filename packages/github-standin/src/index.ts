export type { Mismatch } from './conformance.ts';
export type { Delivery } from './deliveries.ts';
export { defaultRepositories, defaultUsers, type AppSeed, type IssueSeed, type RepositorySeed, type UserSeed } from './seed.ts';
export { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from './start.ts';
export type { Role } from './world.ts';
