import { readFilter } from '../board/filter.ts';
import { getBoard } from '../board/get-board.ts';
import type { PageServerLoad } from './$types';

const few = 10;

/** What this is can be read while the treasury is away. */
export const load: PageServerLoad = async ({ locals: { app } }) => {
  const filter = readFilter(new URLSearchParams());
  const board = await getBoard(app.treasury, filter, { limit: few }).catch((err: unknown) => void app.log.error({ err }, 'the start page has no board'));
  return { filter, board };
};
