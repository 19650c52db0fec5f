import { readUserById } from '../github/people.ts';
import type { Reader } from '../github/reader.ts';
import type { Account, SourceText } from './facts.ts';
import type { Asking } from './request.ts';

/**
 * What somebody who is signed in asks for on a page of ours, as if they had written it in a comment: an award, to which the
 * relayer is to add its signature beside that of a wallet. Nothing else can be asked for so.
 */
export async function saidOnAPage(reader: Reader, { action, repositoryId, place, deed, awardees }: Asking, session: Account | undefined): Promise<SourceText | undefined> {
  if (action !== 'award' || place !== undefined || deed !== undefined || session === undefined) return undefined;
  const shares = await Promise.all(awardees.map(async ({ id, bps }) => ({ account: await readUserById(reader, repositoryId, id), bps })));
  return { state: 'stands', author: session, isByApp: false, isEdited: false, asks: [{ kind: 'award', shares }] };
}
