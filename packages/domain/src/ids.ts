declare const brand: unique symbol;
/** A value that passed the one function that makes it. It is still assignable to `T`, never the other way round. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A numeric id of GitHub (repository, issue, comment, user) as decimal text: never a name, which can be reused, and never a `number`. */
export type GitHubId = Brand<string, 'GitHubId'>;
/** 128 random bits as 32 lower-case hexadecimal digits. It is what a link carries. */
export type OfferId = Brand<string, 'OfferId'>;

const largest = 2n ** 64n - 1n;

/** `undefined` for anything that is not a positive decimal integer without leading zeros that fits a u64, as the escrow's seeds need it. */
export function parseGitHubId(text: string): GitHubId | undefined {
  return /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) <= largest ? (text as GitHubId) : undefined;
}

/** `undefined` for anything but 32 lower-case hexadecimal digits. */
export function parseOfferId(text: string): OfferId | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? (text as OfferId) : undefined;
}

/** The subject of a bounty's events and their key in the log: `<repository id>/<issue id>`. */
export const bountySubject = (repositoryId: GitHubId, issueId: GitHubId): string => `${repositoryId}/${issueId}`;
