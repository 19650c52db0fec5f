import { isDoubloonError } from '@doubloon/errors';
import type { RequestEvent } from '@sveltejs/kit';
import { statusOf } from '../status-of.ts';
import { conditional } from './conditional.ts';
import { updatedAt, type Feed } from './feed.ts';
import { queryOf, readFilter } from './filter.ts';
import { getBoard } from './get-board.ts';

const entries = 50;

/** The newest of the board as a feed, filtered as the page of the same address is. */
export async function answerFeed({ request, url, locals: { app } }: Pick<RequestEvent, 'request' | 'url' | 'locals'>, { type, write }: { type: string; write: (feed: Feed) => string }): Promise<Response> {
  const filter = readFilter(url.searchParams);
  try {
    const { bounties, cluster } = await getBoard(app.treasury, filter, { limit: entries });
    const feed: Feed = { origin: app.config.origin, query: queryOf(filter), cluster, bounties };
    return conditional(request, write(feed), { type, maxAge: 60, changedAt: new Date(updatedAt(feed)) });
  } catch (error) {
    if (!isDoubloonError(error)) throw error;
    const status = statusOf(error.code);
    if (status >= 500) app.log.error({ err: error }, 'feed failed');
    return new Response(`${status < 500 ? error.message : 'The board is out of reach. Try again in a minute.'}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  }
}
