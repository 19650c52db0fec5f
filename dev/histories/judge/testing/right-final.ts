import { treasury } from '@doubloon/rpc';
import { bountyOf, nothing, type BountyInit } from '../../../../apps/github-app/testing/bounty.ts';
import { isWorthSaying, renderLivingComment, withMarker } from '../../../../apps/github-app/src/living-comment/living-comment.ts';
import { isSilent } from '../../generate/repositories.ts';
import type { Final } from '../../final.ts';
import { takesBack, type Expected } from '../../model/expected.ts';
import type { Deposit } from '../../model/money.ts';
import { parts, type Act, type Denom, type History, type Part } from '../../operation.ts';
import { stillStays } from '../said.ts';
import { heldOf, isClosed, offerState } from '../money.ts';

const { DepositState, OfferState, IntentState } = treasury;
const issueId = '77';

const people = Object.fromEntries(parts.map((part, nth) => [part, { githubId: String(900 + nth), login: `${part}-1`, wallet: `wallet-of-${part}` }])) as Final['people'];

/** Where a history stands in the end when all went right, and each text in between was read in the way of `wanted`'s first readings. */
export function rightFinal(history: History, acts: readonly Act[], wanted: Expected): Final {
  const offers = wanted.texts.flatMap(({ id, readings: [first] }) => (first?.offers ?? []).map((offer, nth) => {
    const place = [...(first?.funded ?? [])].find(([, one]) => one === offer)?.[0];
    const deposit = wanted.deposits.find(({ at }) => at === place);
    return { id: deposit?.offer ?? `offer-${id}-${String(nth)}`, source: id, denom: offer.denom, amount: offer.amount, state: deposit === undefined ? offer.state : offerState(deposit) };
  }));
  const deposits = wanted.deposits.map(({ address, offer, denom, amount, state, signature }) => ({ address, offer, denom, amount, state, signature }));
  const isHandedIn = (of: number): boolean => ['fund', 'sign-award', 'sign-veto'].includes(history.operations[of]?.kind ?? '');
  const decisions = wanted.decisions.filter(({ isDone }) => isDone).map(({ comment, kind, deposits: about }) => ({ source: comment, kind, deposits: Object.fromEntries(about.map((address) => [address, 'done'])) }));
  const states = wanted.deposits.map(({ state }) => state);
  const final = {
    people, offers, deposits, decisions,
    labels: states.some((state) => state === 'held' || state === 'awarded') ? ['bounty', 'help wanted'] : states.includes('paid') ? ['bounty: paid'] : [],
    reactions: reactionsOf(wanted),
    submissions: acts.filter(({ of }) => isHandedIn(of)).flatMap(({ signed = [] }) => signed.map(({ signature }) => ({ signature, state: 'finalized' }))),
    relayed: [{ signature: 'relayed', state: 'finalized', hasLanded: true }],
    accounts: wanted.deposits.filter((one) => !isClosed(one)).map(accountOf),
    received: wanted.received,
    links: Object.fromEntries([...wanted.links.keys()].map((part) => [part, people[part].wallet])),
    events: eventsOf(wanted, offers),
  };
  const ours = commentsOf(history, wanted, final);
  return { ...final, ours, everWritten: ours.length };
}

const accountOf = (one: Deposit): Final['accounts'][number] => ({
  address: one.address, denom: one.denom, amount: one.amount, state: one.state === 'held' ? 'funded' : one.state, held: heldOf(one),
  award: one.award && { by: [one.award.by], shares: one.award.shares.map(({ to, bps, settled }) => ({ githubId: people[to].githubId, bps, isPaid: settled === 'paid', isRefunded: settled === 'refunded' })) },
});

function reactionsOf({ texts, decisions }: Expected): Final['reactions'] {
  return Object.fromEntries(texts.map(({ id, at, operation, isGone, readings: [first] }) => {
    if (isGone) return [id, undefined];
    if (operation.kind === 'say') return [id, first?.everAsked === true ? ['eyes'] : []];
    const isMeant = texts.some((one) => one.at < at && one.operation.kind === 'say' && one.readings[0]?.everAsked === true);
    const decision = decisions.find((one) => one.at === at);
    if (!isMeant) return [id, []];
    if (decision === undefined) return [id, ['eyes']];
    return [id, ['eyes', decision.isDone || takesBack(texts, decision) ? '+1' : 'confused']];
  }));
}

function eventsOf({ deposits }: Expected, offers: Final['offers']): Final['events'] {
  const events: Final['events'][number][] = [];
  const tell = (id: string, type: string, data: Record<string, unknown>): void => void events.push({ id, type, sequence: BigInt(events.length + 1), partition: 2, data });
  for (const { id, denom, amount, state } of offers) {
    tell(`${id}:offered`, 'offered', { offerId: id, denom, amount: String(amount) });
    if (state === 'replaced' || state === 'withdrawn') tell(`${id}:${state}`, state, { offerId: id, denom, amount: String(amount) });
  }
  for (const { address, offer: offerId, signature, amount, denom, state, award, undone } of deposits) {
    const data = { offerId, deposit: address, amount: String(amount), denom };
    tell(`${signature}:submitted`, 'submitted', { ...data, signature });
    tell(`${address}:funded`, 'funded', data);
    for (const [nth, { how }] of undone.entries()) {
      tell(`${address}:awarded:${String(nth)}`, 'awarded', data);
      tell(`${address}:${how}:${String(nth)}`, 'vetoed', { ...data, reason: how });
    }
    if (award !== undefined) tell(`${address}:awarded`, 'awarded', data);
    for (const [share, one] of (award?.shares ?? []).entries()) if (one.settled !== undefined) tell(`${address}:${one.settled}:${String(share)}`, one.settled, { ...data, amount: String(one.amount), share });
    if (award === undefined && (state === 'refunded' || state === 'cancelled')) tell(`${address}:${state}`, state, data);
  }
  for (const one of deposits) if (isClosed(one)) tell(`${one.address}:closed`, 'closed', { offerId: one.offer, deposit: one.address, amount: String(one.amount), denom: one.denom });
  return events;
}

const decimals = { sol: 9, usdc: 6 } as const;
const textOf = (amount: bigint, denom: Denom): string => (Number(amount) / 10 ** decimals[denom]).toFixed(decimals[denom]).replace(/\.?0+$/, '');
const at = '2026-02-01T10:00:00.000Z';

/** As the App writes it: so the oracle, which knows nothing of its code, reads what people read. */
function commentsOf(history: History, wanted: Expected, final: Omit<Final, 'ours' | 'everWritten'>): Final['ours'] {
  if (isSilent(history.repository)) return [];
  const { offers } = final;
  const money = (amount: bigint, denom: Denom) => ({ money: { denom, amount: String(amount) }, text: textOf(amount, denom) });
  const offerStates: Record<string, treasury.OfferState> = { offered: OfferState.OFFERED, funded: OfferState.FUNDED, replaced: OfferState.REPLACED, withdrawn: OfferState.WITHDRAWN, refunded: OfferState.REFUNDED, paid: OfferState.PAID };
  const depositStates: Record<Deposit['state'], treasury.DepositState> = { held: DepositState.HELD, awarded: DepositState.AWARDED, paid: DepositState.PAID, refunded: DepositState.REFUNDED, cancelled: DepositState.CANCELLED };
  const commentOf = (place: number): string | undefined => wanted.texts.find((one) => one.at === place)?.id;
  const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);
  const bounty = bountyOf({
    offers: offers.map(({ id, denom, amount, state }) => ({ id, ...money(amount, denom), decimals: decimals[denom], state: offerStates[state] ?? OfferState.UNSPECIFIED, expiresAt: at, offeredBy: { githubId: '901', login: 'patron-1' }, fundUrl: `https://bounties.test/fund/${id}` })),
    deposits: wanted.deposits.map(({ address, offer, denom, amount, state, isVetoed, award, signature }) => ({
      address, offerId: offer, funder: 'wallet-of-somebody', ...money(amount, denom), deadline: at, signature, state: depositStates[state], vetoed: isVetoed, withRelayer: true, refundUrl: `https://bounties.test/refund/${address}`,
      ...(award === undefined ? {} : { award: { by: [award.by], awardedAt: at, finalAt: `2026-02-0${String(4 + award.round)}T10:00:00.000Z`, shares: award.shares.map((share) => ({ githubId: people[share.to].githubId, bps: share.bps, amount: String(share.amount), settled: share.settled ?? '', signature: 'paid-by-us' })) } }),
    })),
    decisions: final.decisions.map(({ source, kind, deposits }) => ({ action: kind, sourceKind: 'issue-comment', sourceId: source, actor: { githubId: people.maintainer.githubId, login: 'maintainer-1' }, intents: Object.keys(deposits).map((deposit) => ({ deposit, state: IntentState.DONE })) })).toReversed(),
    totals: (['sol', 'usdc'] as const).flatMap((denom) => {
      const [funded, offered] = [sum(wanted.deposits.filter((one) => one.denom === denom && !isClosed(one)).map(heldOf)), sum(offers.filter((one) => one.denom === denom && one.state === 'offered').map(({ amount }) => amount))];
      return [{ denom, decimals: decimals[denom], funded: String(funded), fundedText: textOf(funded, denom), offered: String(offered), offeredText: textOf(offered, denom) }];
    }),
  } as BountyInit);
  const told = { unchanged: '`1 sol` is asked for now, and `2 sol` was funded before that: an edit changes nothing about what is funded.', difference: '`2 sol` is asked for now, and `1 sol` was funded before that: the offer is for the difference.', stays: '`1 sol` stays in escrow: the text that offered it was deleted.', kept: '`1 sol` stays in escrow: what is funded can not be cancelled by a comment.' } as const;
  const attempts = new Set(history.operations.flatMap((operation) => (operation.kind === 'attempt' ? [operation.by] : [])));
  const own = {
    ...nothing,
    problems: [...refusals(wanted), ...wanted.texts.flatMap(({ readings: [first] }) => (first?.told ?? []).filter((one) => stillStays(history, wanted, first, one) !== 'no').map(({ what }) => told[what]))],
    attempts: [...attempts].map((part) => ({ githubId: people[part].githubId, login: people[part].login, url: 'https://github.test/1', at: new Date(at) })),
    candidates: history.operations.flatMap((operation, place) => (operation.kind !== 'pull' ? [] : [candidate(place, operation.by, history.operations.some((one) => one.kind === 'merge' && one.of === place))])),
  };
  const living = isWorthSaying(bounty, own) ? [{ id: '1', body: withMarker(renderLivingComment(bounty, own), issueId) }] : [];
  const windows = new Set(wanted.deposits.flatMap(({ address, award }) => (award === undefined ? [] : [commentOf(award.at) === undefined ? `deposit ${address} ${at}` : `issue-comment/${commentOf(award.at) ?? ''}`])));
  const wallets = new Set(wanted.deposits.flatMap(({ award }) => (award?.shares ?? []).filter(({ to }) => !wanted.links.has(to)).map(({ to }) => people[to].githubId)));
  const notices = [...[...windows].map((of) => ['window', of] as const), ...[...wallets].map((of) => ['wallet', of] as const)];
  return [...living, ...notices.map(([kind, of], nth) => ({ id: String(2 + nth), body: `Something to tell.\n\n<!-- doubloon-notice ${JSON.stringify({ issue: issueId, v: 1, kind, for: of })} -->` }))];
}

/** Why what somebody asked for is not done, until it is. */
function refusals({ texts, decisions }: Expected): string[] {
  return decisions.flatMap((decision) => {
    const { at: place, kind, isDone } = decision;
    const later = decisions.some((one) => one.kind === kind && one.isDone && one.at > place);
    const isMeant = texts.some((one) => one.at < place && one.operation.kind === 'say' && one.readings[0]?.everAsked === true);
    return isDone || later || !isMeant || takesBack(texts, decision) ? [] : [`\`/${kind}\` [here](https://github.test/1): Only maintainers may do this here.`];
  });
}

const candidate = (place: number, by: Part, isMerged: boolean) => ({
  pullRequestId: String(9_000 + place), repositoryId: '1', repository: 'histories/plain', number: 100 + place, title: 'Do it', url: `https://github.test/pull/${String(place)}`,
  author: { id: people[by].githubId, login: people[by].login }, coAuthors: [], state: isMerged ? 'merged' as const : 'open' as const, mergedAt: isMerged ? new Date(at) : undefined, mergedBy: undefined,
});
