import { formatAmount } from '@doubloon/domain';
import type { treasury } from '@doubloon/rpc';
import { inCode } from './markdown.ts';
import type { Own } from './own.ts';

/** The treasury's view of an issue, as far as it is told. */
export type Bounty = Pick<treasury.GetBountyResponse, 'offers' | 'totals' | 'cluster' | 'deposits' | 'decisions' | 'bountyUrl' | 'awardUrl' | 'linkUrl'>;

export const amount = (text: string, denom: string): string => `${text} ${denom}`;

/** To the minute and in UTC; readers are everywhere. */
export function day(instant: string | Date): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? '–' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export const count = (many: number, one: string): string => `${String(many)} ${one}${many === 1 ? '' : 's'}`;

/** Days or hours, whichever is whole. */
export const span = (seconds: number): string => (seconds % 86_400 === 0 ? count(seconds / 86_400, 'day') : count(Math.round(seconds / 3_600), 'hour'));

/** One of `things` with a line for what is left out of them. */
export const atMost = <T>(things: readonly T[], most: number, line: (thing: T) => string, rest: (left: number) => string): string[] => {
  const lines = things.slice(0, most).map(line);
  return things.length > most ? [...lines, rest(things.length - most)] : lines;
};

/** Sums of base units by denom, as text: `0.5 sol, 3 usdc`. */
export function sumOf({ totals, offers }: Bounty, money: readonly { readonly denom: string; readonly amount: string }[]): string {
  const sums = new Map<string, bigint>();
  for (const { denom, amount: base } of money) sums.set(denom, (sums.get(denom) ?? 0n) + BigInt(base));
  const decimals = new Map([...offers.map((offer) => [offer.money?.denom ?? '', offer.decimals] as const), ...totals.map((total) => [total.denom, total.decimals] as const)]);
  return [...sums].map(([denom, base]) => amount(formatAmount(base, decimals.get(denom) ?? 0), denom)).join(', ');
}

/** How people are called: the login where one is known, and always the id, which is what counts. */
export type Names = (githubId: string) => string;

export function namesOf({ offers, decisions }: Bounty, { attempts, candidates, people }: Own): Names {
  const logins = new Map<string, string>();
  const learn = (id: string | undefined, login: string | undefined) => { if (id && login) logins.set(id, login); };
  for (const { offeredBy } of offers) learn(offeredBy?.githubId, offeredBy?.login);
  for (const { id, login } of people) learn(id, login);
  for (const { actor } of decisions) learn(actor?.githubId, actor?.login);
  for (const { githubId, login } of attempts) learn(githubId, login);
  for (const { author, coAuthors, mergedBy } of candidates) for (const one of [author, ...coAuthors, mergedBy]) learn(one?.id, one?.login);
  return (githubId) => {
    const login = logins.get(githubId);
    return login === undefined ? `GitHub user id ${inCode(githubId)}` : `${inCode(login)} (id ${inCode(githubId)})`;
  };
}
