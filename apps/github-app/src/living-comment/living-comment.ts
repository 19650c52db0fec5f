import { createHash } from 'node:crypto';
import { treasury } from '@doubloon/rpc';
import { inCell, inCode, link, shortened } from './markdown.ts';

/** What we know of an issue beside the treasury's view of it. */
export interface Own {
  /** Whole sentences of ours, in which other people's words stand as code. */
  readonly problems: readonly string[];
  /** Somebody asked how this works. */
  readonly help: boolean;
}

type Bounty = Pick<treasury.GetBountyResponse, 'offers' | 'totals' | 'cluster'>;

/** More rows than this are summed up: a flood of offers must not outgrow a comment (65,536 characters). */
const mostRows = 20;
const mostProblems = 10;

const { OfferState, SubmissionState } = treasury;
const live = [OfferState.FUNDED, OfferState.SUBMITTED, OfferState.OFFERED];

/** Whether there is anything to say: an issue nobody offered money on stays without a comment of ours. */
export const isWorthSaying = ({ offers }: Bounty, { problems, help }: Own): boolean => offers.length > 0 || problems.length > 0 || help;

/**
 * The text of the living comment, without its marker: GitHub Markdown that can be read in a mail as well. It is a function
 * of its arguments alone. It names no address that money could be sent to: the page it links shows what is signed.
 */
export function renderLivingComment(bounty: Bounty, own: Own): string {
  const standing = bounty.offers.filter(({ state, deposit }) => live.includes(state) || (deposit !== undefined && deposit.end === ''));
  const sections = [
    ['### Bounty'],
    playMoney(bounty),
    totals(bounty),
    rows(standing),
    ended(bounty.offers),
    next(standing),
    own.help ? help : [],
    problems(own.problems),
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const playMoney = ({ cluster }: Bounty): string[] => (cluster === undefined || cluster.name === 'mainnet-beta' ? [] : [`This is ${inCode(cluster.name)}: the coins here have no value.`]);

function totals({ totals: sums }: Bounty): string[] {
  // What is over leaves no line of zeros behind.
  const shown = sums.filter(({ funded, offered }) => [funded, offered].some((sum) => sum !== '0' && sum !== ''));
  if (shown.length === 0) return ['There is no money on this issue.'];
  return shown.map(({ denom, funded, fundedText, offered, offeredText }) => {
    const parts = [`**${amount(fundedText, denom)}** funded, in escrow`];
    if (offered !== '0' && offered !== '') parts.push(`${amount(offeredText, denom)} offered and not funded yet`);
    return funded === '0' && parts[1] !== undefined ? `- ${parts[1]}` : `- ${parts.join(', ')}`;
  });
}

function rows(standing: readonly treasury.Offer[]): string[] {
  if (standing.length === 0) return [];
  const place = ({ state }: treasury.Offer) => (live.includes(state) ? live.indexOf(state) : live.length);
  const ordered = standing.toSorted((a, b) => place(a) - place(b)).slice(0, mostRows);
  const rest = standing.length - ordered.length;
  return [
    '| From | Amount | State | Until | Transaction |',
    '| --- | --- | --- | --- | --- |',
    ...ordered.map((offer) => `| ${from(offer)} | ${amount(offer.deposit?.text ?? offer.text, offer.money?.denom ?? '')} | ${stateOf(offer)} | ${day(offer.deposit?.deadline ?? offer.expiresAt)} | ${transaction(offer)} |`),
    ...(rest > 0 ? ['', `And ${String(rest)} more, counted above.`] : []),
  ];
}

function from({ deposit, submission, offeredBy }: treasury.Offer): string {
  if (deposit !== undefined) return inCell(shortened(deposit.funder));
  if (isUnderWay(submission)) return inCell(shortened(submission.wallet));
  return `asked by ${inCell(offeredBy?.login ?? '')}`;
}

function stateOf({ state, submission, deposit }: treasury.Offer): string {
  if (state === OfferState.FUNDED) return 'funded';
  if (state === OfferState.SUBMITTED) return 'signed, on its way';
  if (deposit !== undefined) return 'funded after the offer had ended';
  return submission?.state === SubmissionState.FAILED || submission?.state === SubmissionState.EXPIRED ? 'not funded yet (the last try did not land)' : 'not funded yet';
}

function transaction({ deposit, submission, fundUrl }: treasury.Offer): string {
  const signature = deposit?.signature || (isUnderWay(submission) ? submission.signature : '');
  if (signature !== '') return link(inCell(shortened(signature, 8)), fundUrl);
  return deposit === undefined ? '–' : link('seen on chain', fundUrl);
}

const isUnderWay = (submission: treasury.Submission | undefined): submission is treasury.Submission =>
  submission !== undefined && submission.state !== SubmissionState.FAILED && submission.state !== SubmissionState.EXPIRED;

const endings: readonly (readonly [treasury.OfferState, string])[] = [
  [OfferState.REPLACED, 'replaced by an edit'],
  [OfferState.WITHDRAWN, 'withdrawn'],
  [OfferState.EXPIRED, 'expired unfunded'],
  [OfferState.REFUNDED, 'refunded'],
  [OfferState.PAID, 'awarded and paid out'],
  [OfferState.CLOSED, 'closed on the chain, in a way that was not seen here'],
];

function ended(offers: readonly treasury.Offer[]): string[] {
  const counts = endings
    .map(([state, word]) => [offers.filter((offer) => offer.state === state && (offer.deposit === undefined || offer.deposit.end !== '')).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${String(count)} ${word}`);
  return counts.length === 0 ? [] : [`Ended: ${counts.join(', ')}.`];
}

function next(standing: readonly treasury.Offer[]): string[] {
  const open = standing.filter(({ state }) => state === OfferState.OFFERED);
  const links = open.slice(0, mostRows).map(({ fundUrl, text, money }) => `- ${link(`Fund ${amount(text, money?.denom ?? '')}`, fundUrl)}: anyone can; the page shows the terms, and your own wallet signs them.`);
  const isFunded = standing.some(({ deposit }) => deposit !== undefined);
  const back = isFunded ? ['- What nobody earns by the date above goes back to whoever funded it; after that anybody can send it back.'] : [];
  return links.length + back.length === 0 ? [] : ['**What can be done next**', '', ...links, ...back];
}

const help = [
  '**How it works**', '',
  'Write an amount between dollar signs in a comment, such as `$sol:0.5$`, or on a line of its own `/bounty 0.5 sol`. A link to fund it appears here. The money goes into an escrow that only an award or the deadline opens.',
  '', '- `/bounty` shows where things stand, `/bounty help` shows this.', '- `/cancel` takes back your own offers that are not funded yet; so does deleting the comment.',
];

function problems(sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  const rest = sentences.length - mostProblems;
  return ['**Not done**', '', ...sentences.slice(0, mostProblems).map((sentence) => `- ${sentence}`), ...(rest > 0 ? [`- And ${String(rest)} more.`] : [])];
}

const amount = (text: string, denom: string): string => `${text} ${denom}`;

/** To the minute and in UTC; readers are everywhere. */
function day(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? '–' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Decides whether an edit is needed: the same text has the same one. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Where the money of an issue stands: changes of it are never held back. */
export const moneyState = ({ offers }: Bounty): string => textHash(JSON.stringify(offers.map(({ id, state, deposit }) => [id, state, deposit?.signature])));

/** The comment as it is sent: the text and, invisible, the mark by which we find it again. */
export const withMarker = (text: string, issueId: string): string => `${text}\n<!-- doubloon ${JSON.stringify({ issue: issueId, v: 1, hash: textHash(text) })} -->`;

/**
 * The issue that a comment is the living comment of, when it is one. Only its last line counts: above it the comment repeats
 * what people wrote. Anybody can write a whole comment with a marker: look at the author too.
 */
export function markedIssue(body: string): string | undefined {
  const json = /\n<!-- doubloon (\{[^\n]{1,200}\}) -->\s*$/.exec(body)?.[1];
  if (json === undefined) return undefined;
  try {
    const { issue, v } = JSON.parse(json) as { issue?: unknown; v?: unknown };
    return v === 1 && typeof issue === 'string' ? issue : undefined;
  } catch {
    return undefined;
  }
}
