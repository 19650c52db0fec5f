import type { BoardView, BountyView, MoneyView } from './board-view.ts';
import { xmlText } from './xml.ts';

/** What stands on a badge: a name, and what there is to say. */
export interface Badge {
  readonly label: string;
  readonly words: string;
  /** Whether there is money to speak of; the words say it too. */
  readonly isMoney: boolean;
}

const mostDenoms = 3;
function short(money: readonly MoneyView[]): string {
  const more = money.length - mostDenoms;
  return [...money.slice(0, mostDenoms).map(({ text, denom }) => `${text} ${denom}`), ...(more > 0 ? [`${String(more)} more`] : [])].join(' + ');
}

/** For a repository: what of all that is open lies in escrow, else what is offered. */
export function repositoryBadge({ inEscrow, offered }: Pick<BoardView, 'inEscrow' | 'offered'>): Badge {
  if (inEscrow.length > 0) return { label: 'bounties', words: short(inEscrow), isMoney: true };
  return offered.length > 0 ? { label: 'bounties', words: `${short(offered)} offered`, isMoney: false } : noBadge('bounties');
}

/** For one issue. */
export function issueBadge(bounty: BountyView | undefined): Badge {
  if (bounty === undefined || bounty.standing === 'ended') return noBadge('bounty');
  const { standing, money, isFunded } = bounty;
  const how = standing === 'open' ? (isFunded ? '' : ' offered') : ` ${standing}`;
  return { label: 'bounty', words: `${short(money)}${how}`, isMoney: isFunded && standing === 'open' };
}

/** For what nobody has put money on, or what is none of ours. */
export const noBadge = (label: string, words = 'none'): Badge => ({ label, words, isMoney: false });

const height = 20;
const padding = 7;
// Of 11 px in whatever font there is: told to the browser, which makes the text fit.
const widthOf = (text: string): number => Math.ceil([...text].length * 6.6);

/** The badge as an SVG image of its own: no font, style or script from anywhere, white on dark in at least 4.5 to 1. */
export function badgeSvg({ label, words, isMoney }: Badge): string {
  const [left, right] = [widthOf(label), widthOf(words)];
  const split = left + 2 * padding;
  const width = split + right + 2 * padding;
  const text = (at: number, length: number, shown: string) => `<text x="${String(at)}" y="14" textLength="${String(length)}" lengthAdjust="spacingAndGlyphs">${xmlText(shown)}</text>`;
  const said = xmlText(`${label}: ${words}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${said}">
  <title>${said}</title>
  <rect width="${String(width)}" height="${String(height)}" rx="3" fill="#3a3f45"/>
  <path d="M${String(split)} 0h${String(right + 2 * padding - 3)}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${String(right + 2 * padding - 3)}z" fill="${isMoney ? '#7a4b00' : '#55595f'}"/>
  <g fill="#fff" font-family="system-ui,sans-serif" font-size="11" aria-hidden="true">${text(padding, left, label)}${text(split + padding, right, words)}</g>
</svg>
`;
}
