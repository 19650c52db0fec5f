import { readFilter } from '../../board/filter.ts';
import { getBoard } from '../../board/get-board.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals: { app } }) => {
  const [filter, cursor] = [readFilter(url.searchParams), url.searchParams.get('cursor') ?? ''];
  return { filter, cursor, board: await getBoard(app.treasury, filter, { cursor }) };
};
