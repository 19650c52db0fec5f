import { isDoubloonError } from '@doubloon/errors';
import type { RequestEvent } from '@sveltejs/kit';
import { statusOf } from '../status-of.ts';
import { badgeSvg, noBadge, type Badge } from './badge.ts';
import type { BoardView } from './board-view.ts';
import { conditional } from './conditional.ts';
import { readFilter } from './filter.ts';
import { getBoard } from './get-board.ts';

const name = /^[\w.-]{1,100}$/;
const minutes5 = 300;
const none = readFilter(new URLSearchParams());

/**
 * The badge of a repository, or of one of its issues, by the names that people write into a README. An image is the answer
 * to everything, because only an image is shown there: a plain one for what has no money or is none of ours.
 */
export async function answerBadge({ request, params, locals: { app } }: { request: Request; params: { owner: string; repo: string; number?: string }; locals: RequestEvent['locals'] }, { label, state, draw }: { label: string; state: string; draw: (board: BoardView) => Badge }): Promise<Response> {
  const { owner, repo, number } = params;
  const answer = (badge: Badge, status = 200, maxAge = minutes5) =>
    conditional(request, badgeSvg(badge), { type: 'image/svg+xml', maxAge, status, headers: { 'cross-origin-resource-policy': 'cross-origin' } });
  if (!name.test(owner) || !name.test(repo) || (number !== undefined && !/^[1-9]\d{0,8}$/.test(number))) return answer(noBadge(label));
  try {
    return answer(draw(await getBoard(app.treasury, { ...none, repository: `${owner}/${repo}`, state }, { limit: 1, number: Number(number ?? 0) })));
  } catch (error) {
    const status = isDoubloonError(error) ? statusOf(error.code) : 500;
    app.log.error({ err: error }, 'badge failed');
    return answer(noBadge(label, 'out of reach'), status, 0);
  }
}
