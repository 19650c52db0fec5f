import { isSilent } from '../generate/repositories.ts';
import type { Final } from '../final.ts';
import type { Expected } from '../model/expected.ts';
import { heldOf, isClosed } from './money.ts';
import { judgeRefused, judgeSaid, mayBeLate } from './said.ts';
import { section, shownIn } from './shown.ts';
import type { Act, Denom, History } from '../operation.ts';

const decimals = { sol: 9, usdc: 6 } as const satisfies Record<Denom, number>;
const denoms = ['sol', 'usdc'] as const satisfies readonly Denom[];
const mostRows = 20;
const mostAwards = 5;

/** Base units as people write them: no zeros that say nothing. */
export function inText(amount: bigint, denom: Denom): string {
  const digits = String(amount).padStart(decimals[denom] + 1, '0');
  const [whole, rest] = [digits.slice(0, -decimals[denom]), digits.slice(-decimals[denom]).replace(/0+$/, '')];
  return `${rest === '' ? whole : `${whole}.${rest}`} ${denom}`;
}

/** Base units of `0.5 sol`. */
function amountIn(text: string): { denom: string; amount: bigint } {
  const [number = '', denom = ''] = text.split(' ');
  const [whole = '0', rest = ''] = number.split('.');
  return { denom, amount: BigInt(whole + rest.padEnd(denom === 'sol' ? decimals.sol : decimals.usdc, '0')) };
}

/** One living comment, which says what is true; none where nobody asked for money, or where nobody wants one. */
export function judgeComment(history: History, acts: readonly Act[], wanted: Expected, final: Final): string[] {
  const living = final.ours.map(shownIn).filter(({ kind }) => kind === 'living');
  const unknown = final.ours.map(shownIn).filter(({ kind }) => kind === 'unknown').map(({ text }) => `wrong: the App wrote what is neither its comment nor a notice: ${text.slice(0, 80)}`);
  // Whoever asked for money and took that back before anybody read it may have been answered or not.
  const least = isSilent(history.repository) || !wanted.texts.some(({ readings }) => readings.every(({ everAsked }) => everAsked)) ? 0 : 1;
  const most = isSilent(history.repository) || !wanted.texts.some(({ readings }) => readings.some(({ everAsked }) => everAsked)) ? 0 : 1;
  const written = final.everWritten === final.ours.length ? [] : [`${final.everWritten > final.ours.length ? 'doubled' : 'wrong'}: the App wrote ${String(final.everWritten)} comments, and ${String(final.ours.length)} are there`];
  if (living.length < least) return [...unknown, ...written, 'lost: there is no living comment'];
  if (living.length > most) return [...unknown, ...written, `${most === 0 ? 'wrong' : 'doubled'}: there are ${String(living.length)} living comments`];
  return [...unknown, ...written, ...living.flatMap(({ text }) => judgeText(history, acts, wanted, final, text))];
}

function judgeText(history: History, acts: readonly Act[], wanted: Expected, { offers, people }: Final, text: string): string[] {
  const { deposits } = wanted;
  const has = (what: RegExp): number => text.match(what)?.length ?? 0;
  const ended = (word: string): number => Number(new RegExp(`^Ended: .*?(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0);
  const offered = offers.filter(({ state }) => state === 'offered');
  const count = (...states: string[]): number => offers.filter(({ state }) => states.includes(state)).length;
  const rows = (state: string): number => has(new RegExp(`^\\|(?:[^|]*\\|){2} ${state} \\|`, 'gm'));
  const merged = history.operations.filter(({ kind }, at) => kind === 'merge' && done(acts, at)).length;
  const pulls = history.operations.filter(({ kind }, at) => kind === 'pull' && done(acts, at)).length;
  const attempts = new Set(history.operations.flatMap((operation, at) => (operation.kind === 'attempt' && done(acts, at) ? [people[operation.by].githubId] : [])));
  const lines: readonly (readonly [what: string, is: number, wanted: number])[] = [
    ['rows', has(/^\| (?!From|---)/gm), Math.min(mostRows, deposits.length) + Math.min(mostRows, offered.length)],
    ['rows of what is funded', rows('funded(?:, an award of it was vetoed)?'), deposits.filter(({ state }) => state === 'held').length],
    ['rows of what is paid', rows('paid'), deposits.filter(({ state }) => state === 'paid').length],
    ['rows of what went back', rows('refunded'), deposits.filter(({ state }) => state === 'refunded').length],
    ['rows of what was cancelled', rows('cancelled, back with the funder'), deposits.filter(({ state }) => state === 'cancelled').length],
    ['rows of what is asked for', rows('not funded yet(?: \\(the last try did not land\\))?'), offered.length],
    ['links to fund', has(/^- \[Fund /gm), Math.min(mostRows, offered.length)],
    ['replaced', ended('replaced by an edit'), count('replaced')],
    ['withdrawn', ended('withdrawn'), count('withdrawn')],
    ['expired', ended('expired unfunded'), 0],
    ['refunded', ended('refunded'), count('refunded')],
    ['paid out', ended('awarded and paid out'), count('paid')],
    ['closed', ended('closed on the chain'), 0],
    ['things on their way', has(/ is on its way| signed, on its way |waits for the award to be final|is to be paid/g), 0],
    ['rules that can not be understood', has(/can not be understood/g), 0],
  ];
  const work: typeof lines = [
    ['people at it', section(text, 'Being worked on').length, Math.min(10, attempts.size)],
    ['pull requests', section(text, 'Pull requests that close this issue').length, pulls],
    ['merged pull requests', section(text, 'Pull requests that close this issue').filter((line) => line.includes(': merged')).length, merged],
  ];
  const all = [...lines, ...work.filter(([, is, should]) => !(is < should && mayBeLate(history, wanted)))];
  return [
    ...(text.startsWith('### Bounty\n') ? [] : ['wrong: the living comment does not begin with its title']),
    ...all.filter(([, is, should]) => is !== should).map(([what, is, should]) => `${is < should ? 'lost' : 'wrong'}: the living comment has ${String(is)} ${what}, and not ${String(should)}`),
    ...judgeTotals(wanted, offers, text),
    ...judgeAwards(wanted, people, text),
    ...judgeSaid(history, wanted, text),
    ...judgeRefused(history, wanted, text),
  ];
}

const done = (acts: readonly Act[], at: number): boolean => acts.some(({ of, outcome }) => of === at && outcome === 'done');

function judgeTotals({ deposits }: Expected, offers: Final['offers'], text: string): string[] {
  const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);
  const sums = denoms.map((denom) => ({
    denom,
    funded: sum(deposits.filter((one) => one.denom === denom && !isClosed(one)).map(heldOf)),
    offered: sum(offers.filter((one) => one.denom === denom && one.state === 'offered').map(({ amount }) => amount)),
  }));
  const wanted = sums.filter(({ funded, offered }) => funded + offered > 0n).map(({ denom, funded, offered }) => {
    const rest = `${inText(offered, denom)} offered and not funded yet`;
    const held = `**${inText(funded, denom)}** funded, in escrow`;
    return funded === 0n ? `- ${rest}` : offered === 0n ? `- ${held}` : `- ${held}, ${rest}`;
  });
  const is = text.split('\n').filter((line) => /^- .*(?:funded, in escrow|offered and not funded yet)$/.test(line));
  const none = text.includes('\nThere is no money on this issue.\n') === (wanted.length === 0) ? [] : ['wrong: the living comment does not know whether there is money'];
  return [...none, ...(is.toSorted().join() === wanted.toSorted().join() ? [] : [`wrong: the totals of the living comment are ${is.join(' and ') || 'none'}, and not ${wanted.join(' and ') || 'none'}`])];
}

/** Who got how much, over all awards that are shown. */
function judgeAwards({ deposits }: Expected, people: Final['people'], text: string): string[] {
  const awarded = deposits.flatMap(({ award, denom }) => (award === undefined ? [] : [{ award, denom }]));
  const by = new Set(awarded.map(({ award }) => award.at)).size;
  const shown = section(text, 'Award').filter((line) => line.startsWith('- Awarded by ')).length;
  // Deposits that were awarded alike are told together, unless a minute passed between them; two by wallets may be told as one.
  if (awarded.length > mostAwards) return [];
  if (shown > awarded.length || (by > 0 && shown === 0)) return [`${shown === 0 ? 'lost' : 'wrong'}: the living comment has ${String(shown)} awards, and not ${String(by)}`];
  const [is, wanted] = [new Map<string, bigint>(), new Map<string, bigint>()];
  const add = (to: Map<string, bigint>, key: string, amount: bigint): void => void to.set(key, (to.get(key) ?? 0n) + amount);
  for (const [, githubId = '', said = ''] of text.matchAll(/^ {2}- .*?id `(\d+)`\)? gets [\d.]+ %: (.*)$/gm))
    for (const part of said.split('; ')) {
      const [, sums = '', how = ''] = /^((?:[\d.]+ (?:sol|usdc)(?:, )?)+) (.*)$/.exec(part) ?? [];
      const state = how.startsWith('paid') ? 'paid' : how.startsWith('went back') ? 'refunded' : 'open';
      for (const one of sums.split(', ').filter((some) => some !== '')) add(is, `${githubId} ${amountIn(one).denom} ${state}`, amountIn(one).amount);
    }
  for (const { award, denom } of awarded) for (const { to, amount, settled } of award.shares) add(wanted, `${people[to].githubId} ${denom} ${settled ?? 'open'}`, amount);
  const list = (all: ReadonlyMap<string, bigint>): string => [...all].map(([key, amount]) => `${key} ${String(amount)}`).sort().join(', ');
  return list(is) === list(wanted) ? [] : [`wrong: the shares in the living comment are ${list(is) || 'none'}, and not ${list(wanted) || 'none'}`];
}
