import { treasury } from '@doubloon/rpc';
import { isHeld } from './deposits.ts';
import { inCode, link, shortened } from './markdown.ts';
import { amount, atMost, count, day, sumOf, type Bounty, type Names } from './phrases.ts';

const { DepositState, IntentState } = treasury;
const mostAwards = 5;
const mostProofs = 2;

type Awarded = treasury.Deposit & { readonly award: treasury.DepositAward };

const isAwarded = (deposit: treasury.Deposit): deposit is Awarded => deposit.award !== undefined && (deposit.state === DepositState.AWARDED || deposit.state === DepositState.PAID || deposit.state === DepositState.REFUNDED);

/** The decision that awarded each deposit, when a comment did. */
type Decided = ReadonlyMap<string, treasury.Decision>;

/** Who gets what, when that is final, what is paid, and what the rest waits for. Deposits that were awarded alike are told together. */
export function award(bounty: Bounty, name: Names): string[] {
  const decided = decidedBy(bounty);
  const awards = [...Map.groupBy(bounty.deposits.filter(isAwarded), (deposit) => likeness(decided, deposit)).values()];
  const lines = [...atMost(awards, mostAwards, (alike) => tellAward(bounty, decided, alike, name), (left) => `- And ${count(left, 'more award')}.`), ...underWay(bounty, name)];
  return lines.length === 0 ? [] : ['**Award**', '', ...lines];
}

// The newest of several counts: an earlier one was vetoed.
const decidedBy = ({ decisions }: Pick<Bounty, 'decisions'>): Decided =>
  new Map(decisions.toReversed().filter(({ action }) => action === 'award').flatMap((decision) => decision.intents.filter(({ state }) => state !== IntentState.FAILED).map(({ deposit }) => [deposit, decision] as const)));

function likeness(decided: Decided, { address, award: { shares, by, finalAt } }: Awarded): string {
  return JSON.stringify([shares.map(({ githubId, bps }) => [githubId, bps]), by, day(finalAt), decided.get(address)?.sourceId]);
}

function tellAward(bounty: Bounty, decided: Decided, alike: readonly Awarded[], name: Names): string {
  const [first] = alike;
  if (first === undefined) return '';
  const { shares, by, awardedAt, finalAt } = first.award;
  const actor = by.includes('relayer') ? decided.get(first.address)?.actor : undefined;
  const keys = by.map((key) => (key === 'relayer' ? `a command${actor === undefined ? '' : ` of ${name(actor.githubId)}`}` : `the wallet of the ${key}`)).join(' and ');
  const isOpen = finalAt > awardedAt && shares.every(({ settled }) => settled === '');
  const many = alike.length === 1 ? '' : `, ${count(alike.length, 'deposit')}`;
  const lines = [
    `- Awarded by ${keys === '' ? 'its deciders' : keys}, ${day(awardedAt)}${many}. ${isOpen ? `Final at ${day(finalAt)}; it can be vetoed until then.` : 'It is final.'}`,
    ...shares.map((share, place) => `  - ${name(share.githubId)} gets ${percent(share.bps)}: ${tellShare(bounty, alike, place)}`),
  ];
  if (actor !== undefined && shares.some(({ githubId }) => githubId === actor.githubId)) lines.push(`  - **Conflict of interest**: ${name(actor.githubId)} decided this and is paid by it.`);
  return lines.join('\n');
}

const percent = (bps: number): string => `${String(bps / 100)} %`;

/** One share over all deposits of an award: what of it is where. */
function tellShare(bounty: Bounty, alike: readonly Awarded[], place: number): string {
  const parts = alike.flatMap((deposit) => {
    const share = deposit.award.shares[place];
    return share === undefined ? [] : [{ denom: deposit.money?.denom ?? '', share, amount: share.amount }];
  });
  return [...Map.groupBy(parts, ({ share }) => standing(share, bounty.linkUrl))].map(([said, group]) => {
    const proofs = group.flatMap(({ share }) => (share.signature === '' ? [] : [link(inCode(shortened(share.signature, 8)), bounty.bountyUrl)]));
    const shown = atMost(proofs, mostProofs, (proof) => proof, (left) => `${String(left)} more`);
    return `${sumOf(bounty, group)} ${said}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`;
  }).join('; ');
}

/** What a share has become or waits for, in words. */
function standing({ settled, waitsFor, paysFrom, claimableUntil }: treasury.AwardedShare, linkUrl: string): string {
  if (settled === 'paid') return 'paid';
  if (settled === 'refunded') return 'went back to the funder, since nobody claimed it in time';
  const until = paysFrom === '' ? '' : `, until ${day(paysFrom)}`;
  switch (waitsFor) {
    case 'wallet': return `waits for a wallet: whoever it is for can ${link('link one', linkUrl)}${claimableUntil === '' ? '' : ` until ${day(claimableUntil)}`}`;
    case 'cool-down': return `waits for the cool-down of the wallet that was linked${until}`;
    case 'change': return `waits for a change of wallet that is under way${until}`;
    case 'contested': return `waits, since the old wallet objected to a change: that is settled ${link('there', linkUrl)}`;
    case 'relayer': return 'can be paid by anybody';
    case 'award': return `waits for the award to be final${until}`;
    default: return 'is to be paid';
  }
}

/** What comments decided and the chain does not show yet, or would not do. Of each deposit in escrow the newest counts. */
function underWay({ deposits, decisions, bountyUrl }: Bounty, name: Names): string[] {
  const words: Readonly<Record<string, string>> = { award: 'The award', veto: 'The veto', cancel: 'The cancel' };
  const left = new Set(deposits.filter(isHeld).map(({ address }) => address));
  const open = decisions.flatMap(({ action, actor, intents }) => {
    // Asking whether it was still there takes it out: an older decision says nothing any more.
    const newest = intents.filter(({ deposit }) => left.delete(deposit)).filter(({ state }) => state !== IntentState.DONE);
    return [...Map.groupBy(newest, ({ state, problem }) => JSON.stringify([state, problem])).values()].flatMap((alike) => alike.slice(0, 1).map(({ state, problem }) => {
      const of = `${words[action] ?? 'The decision'} by ${name(actor?.githubId ?? '')}, ${count(alike.length, 'deposit')},`;
      return `- ${of} ${state === IntentState.FAILED ? 'could not be carried out' : 'is on its way'}${problem === '' ? '' : `: ${inCode(problem, 200)}`}`;
    }));
  });
  return atMost(open, mostAwards, (line) => line, (more) => `- And ${String(more)} more, ${link('here', bountyUrl)}.`);
}

/** What of a deposit was awarded can still be undone. */
export const isVetoable = ({ state, award: made }: treasury.Deposit): boolean => state === DepositState.AWARDED && made !== undefined && made.finalAt > made.awardedAt && made.shares.every(({ settled }) => settled === '');

export const textOf = ({ text, money }: treasury.Deposit): string => amount(text, money?.denom ?? '');
