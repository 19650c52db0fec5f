import type { ClientBase } from 'pg';
import { diffOffers, numberOffers, type NumberedOffer } from '@doubloon/domain';
import { keepAttempt } from './attempt-row.ts';
import type { Commands } from './commands.ts';
import { isBeforeOurs } from '../reread/beginning-row.ts';
import type { Person, Sighting } from '../webhooks/delivery.ts';
import { intend, type Decision, type OfferKey, type Work } from '../issues/intent.ts';
import { askForHelp, keepIssueSeen, markDeleted, wakeIssue, type IssueKey } from '../issues/issue-row.ts';
import { cancelOffersOf, hasOffers, keepPlace, keepReturned, keepVanished, standingOffers } from './offer-row.ts';
import { addCommandProblem, findSource, forgetCommands, forgetLater, keepProblems, keepSource, livingSources, markObeyed, markSourceDeleted } from './source-row.ts';

/** A sighting whose issue is known by its id. */
export type Placed = Sighting & { readonly source: { readonly id: string }; readonly issue: { readonly id: string } };

export interface Recording {
  /** Makes what follows from this delivery happen once. */
  readonly guid: string;
  readonly now: Date;
}

/**
 * Writes down what a text asks for now: what stayed keeps its offer, what vanished is to be withdrawn, what is new is to
 * be opened. An older version of a text loses against a newer one, everything against its deletion. Slash commands count
 * at creation only. `before` is what the text asked for before an edit. Answers whether anything follows from it.
 */
export async function recordSighting(db: ClientBase, sighting: Placed, asked: Commands, before: Commands | undefined, { guid, now }: Recording): Promise<boolean> {
  const { change, source, author, updatedAt } = sighting;
  const isUnknown = (await findSource(db, source.kind, source.id)) === undefined;
  if (isUnknown && isSilent(asked) && (before === undefined || isSilent(before))) return false;
  const key = await keepIssueSeen(db, sighting, sighting.issue.id);
  // The opening text of a pull request comes under two subjects: whoever had the issue until now may have changed it.
  const known = await findSource(db, source.kind, source.id);
  const isDeletion = change === 'deleted';
  const { offers, problems }: Pick<Commands, 'offers' | 'problems'> = isDeletion ? { offers: [], problems: [] } : asked;
  const works: Work[] = [];
  let isNews = false;

  // A creation that arrives when the text is known already was overtaken by an edit.
  if (known === undefined || !(known.isDeleted || updatedAt < known.updatedAt || change === 'created')) {
    const writer: Person = author ?? { id: known?.authorId ?? '0', login: known?.authorLogin ?? 'ghost', type: 'User' };
    await keepSource(db, key, { ...source, author: writer, updatedAt, deletedAt: isDeletion ? now : undefined });
    works.push(...(await follow(db, source, offers, isDeletion ? 'deleted' : 'edited')));
    if (works.length > 0) await forgetLater(db, source.kind, source.id);
    isNews = await keepProblems(db, key, source.kind, source.id, problems);
    if (isDeletion) isNews = (await forgetCommands(db, source.kind, source.id)) || isNews || known?.isAttempt === true;
  }
  if (change === 'created' && (await markObeyed(db, source.kind, source.id, now))) {
    const obeyed = await obey(db, key, sighting, asked, now);
    works.push(...obeyed.works);
    isNews ||= obeyed.isNews;
  }
  isNews ||= works.length > 0;
  await intend(db, key, guid, works);
  // The cause is the text and no delivery of it: however often it is edited, that is one reaction.
  if (isNews && !isDeletion) await intend(db, key, `eyes ${source.kind}/${source.id}`, [{ kind: 'eyes', sourceKind: source.kind, sourceId: source.id }]);
  if (isNews) await wakeIssue(db, key, now);
  return isNews;
}

const isSilent = ({ offers, problems, slash }: Commands): boolean => offers.length + problems.length + slash.size === 0;

/** Compares the offers of a text with those it had, and keeps the new sequence. */
async function follow(db: ClientBase, { kind: sourceKind, id: sourceId }: Placed['source'], offers: Commands['offers'], reason: 'edited' | 'deleted'): Promise<Work[]> {
  const keyOf = ({ denom, amount, nth }: NumberedOffer): OfferKey => ({ sourceKind, sourceId, denom, amount: amount.toString(), nth });
  const before = await standingOffers(db, sourceKind, sourceId);
  const { replaced, vanished, added } = diffOffers(before.map(({ denom, amount }) => ({ denom, amount: BigInt(amount) })), offers);
  for (const gone of [...vanished, ...replaced.map((pair) => pair.before)]) await keepVanished(db, keyOf(gone));
  for (const [ordinal, offer] of numberOffers(offers).entries()) await keepPlace(db, keyOf(offer), ordinal);
  for (const fresh of [...added, ...replaced.map((pair) => pair.after)]) await keepReturned(db, keyOf(fresh));
  return [
    ...replaced.map((pair): Work => ({ kind: 'replace', offer: keyOf(pair.before), by: keyOf(pair.after) })),
    ...added.map((offer): Work => ({ kind: 'open', offer: keyOf(offer) })),
    ...vanished.map((offer): Work => ({ kind: 'withdraw', offer: keyOf(offer), reason })),
  ];
}

async function obey(db: ClientBase, key: IssueKey, { source, sender, updatedAt }: Placed, { slash, award, badAwards }: Commands, now: Date): Promise<{ works: Work[]; isNews: boolean }> {
  const text = { sourceKind: source.kind, sourceId: source.id };
  const isAsked = slash.has('help') || slash.has('status');
  if (isAsked) await askForHelp(db, key);
  if (slash.has('attempt')) await keepAttempt(db, source.kind, source.id, updatedAt);
  const cancelled = slash.has('cancel') ? await cancelOffersOf(db, key, sender.id, updatedAt, now) : [];
  const decisions: Decision[] = [
    ...(award === undefined ? [] : [{ action: 'award', award } as const]),
    ...(slash.has('veto') ? [{ action: 'veto' } as const] : []),
    ...(slash.has('cancel') ? [{ action: 'cancel', withdrew: cancelled.length > 0 } as const] : []),
  ];
  // Other bots know these words too: where nobody offered money they are not meant for us.
  const isMeant = slash.size > 0 && (await hasOffers(db, key));
  const decides = isMeant && !(await isBeforeOurs(db, updatedAt));
  if (decides) for (const [place, sentence] of badAwards.entries()) await addCommandProblem(db, key, 'award', text, -1 - place, sentence);
  return {
    works: [...cancelled.map((offer): Work => ({ kind: 'withdraw', offer, reason: 'cancelled' })), ...(decides ? decisions : []).map((decision): Work => ({ kind: 'decide', ...text, ...decision }))],
    isNews: isAsked || (isMeant && slash.has('attempt')) || (decides && (decisions.length > 0 || badAwards.length > 0)),
  };
}

/** The issue is gone from GitHub with all that was written on it: what nobody funded is withdrawn. */
export async function recordIssueDeleted(db: ClientBase, sighting: Placed, { guid, now }: Recording): Promise<void> {
  const key = await keepIssueSeen(db, sighting, sighting.issue.id);
  await markDeleted(db, key, now);
  const works: Work[] = [];
  for (const { kind, id } of await livingSources(db, key)) {
    works.push(...(await standingOffers(db, kind, id)).map((offer): Work => ({ kind: 'withdraw', offer, reason: 'deleted' })));
    for (const offer of await standingOffers(db, kind, id)) await keepVanished(db, offer);
    await markSourceDeleted(db, kind, id, now);
  }
  await intend(db, key, guid, works);
  if (works.length > 0) await wakeIssue(db, key, now);
}
