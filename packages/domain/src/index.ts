export { formatAmount, MAX_AMOUNT, parseAmount } from './amount.ts';
export type { AmountProblem, ParsedAmount } from './amount.ts';
export { decimalsOf, parseDenoms } from './denoms.ts';
export type { Denom, Denoms } from './denoms.ts';
export { bountySubject, parseGitHubId, parseOfferId } from './ids.ts';
export type { Brand, GitHubId, OfferId } from './ids.ts';
export type { AwardFinding, AwardProblem, Finding, OfferFinding, OfferProblem, RejectedAward, RejectedOffer, Share, WordCommand, WordFinding } from './commands/finding.ts';
export { mayHaveCommands, parseCommands } from './commands/parse-commands.ts';
