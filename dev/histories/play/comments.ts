import { formatAmount } from '@doubloon/domain';
import type { ShareOf, Wish } from '../operation.ts';
import { actOf, earlier, type Came, type DeedOf, type Doing } from './doing.ts';
import { Refused } from './insist.ts';
import type { Place, Player } from './place.ts';

const decimals = { sol: 9, usdc: 6 } as const;

const textOf = ({ denom, amount }: Wish): string => `$${denom}:${formatAmount(amount, decimals[denom])}$`;

/** Wishes as a text that asks for them, or as code, which asks for nothing. */
function said(wishes: readonly Wish[], as: 'prose' | 'code' | 'words'): string {
  if (as === 'words' || wishes.length === 0) return 'This would help me a lot.';
  const all = wishes.map(textOf).join(' and ');
  return as === 'code' ? `One would write \`${all}\` for that.` : `For whoever does it: ${all}`;
}

function comment({ place }: Doing, { login }: Player, text: string): Came {
  const { stage, repository, number } = place;
  return { outcome: 'done', comment: String(stage.stack.github.comment(login, repository.name, number, text).id) };
}

export const say = (doing: Doing<DeedOf<'say'>>): Came => comment(doing, doing.place.people[doing.deed.by], said(doing.deed.wishes, doing.deed.as));

/** The comment that an operation wrote, and who did. REFUSED when nobody did. */
export function commentOf(doing: Doing, of: number): { readonly id: string; readonly author: Player } {
  const deed = earlier(doing, of, 'say', 'edit', 'award', 'attempt', 'veto', 'cancel');
  if (deed.kind === 'edit') return commentOf(doing, deed.of);
  const id = actOf(doing, of)?.comment;
  if (id === undefined) throw new Refused('COMMENT_ABSENT', {});
  return { id, author: doing.place.people[deed.by] };
}

export function edit(doing: Doing<DeedOf<'edit'>>): Came {
  const { id, author } = commentOf(doing, doing.deed.of);
  const { stage, repository } = doing.place;
  stage.stack.github.editComment(author.login, repository.name, Number(id), `I thought again. ${said(doing.deed.wishes, 'prose')}`);
  return { outcome: 'done', comment: id };
}

export function remove(doing: Doing<DeedOf<'remove'>>): Came {
  const { id, author } = commentOf(doing, doing.deed.of);
  const { stage, repository } = doing.place;
  stage.stack.github.deleteComment(author.login, repository.name, Number(id));
  return { outcome: 'done', comment: id };
}

export const attempt = (doing: Doing<DeedOf<'attempt'>>): Came => comment(doing, doing.place.people[doing.deed.by], '/attempt');
export const veto = (doing: Doing<DeedOf<'veto'>>): Came => comment(doing, doing.place.people[doing.deed.by], '/veto');
export const cancel = (doing: Doing<DeedOf<'cancel'>>): Came => comment(doing, doing.place.people[doing.deed.by], '/cancel');

const sharesIn = ({ people }: Place, shares: readonly ShareOf[]): string => shares.map(({ to, bps }) => `@${people[to].login} ${String(bps / 100)}%`).join(' ');

export function award(doing: Doing<DeedOf<'award'>>): Came {
  const { deed: { to, by }, place } = doing;
  if (!('pull' in to)) return comment(doing, place.people[by], `/award ${sharesIn(place, to)}`);
  const number = actOf(doing, to.pull)?.pull?.number;
  if (number === undefined) throw new Refused('PULL_ABSENT', {});
  return comment(doing, place.people[by], `/award #${String(number)}`);
}
