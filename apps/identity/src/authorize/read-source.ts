import { createHash } from 'node:crypto';
import type { AwardFinding, Finding } from '@doubloon/domain';
import { unavailable } from '../github/ask.ts';
import { readUserById, readUserByLogin } from '../github/people.ts';
import type { Reader } from '../github/reader.ts';
import type { RepositoryNow } from '../github/repository.ts';
import { readComment, readEdits, readIssue, type Place, type TextNow } from '../github/texts.ts';
import type { Asked, NamedShare, SourceText } from './facts.ts';

/** Finds commands in a text. Rejects with `PARSER_BUSY` when too many wait. */
export type Parse = (text: string) => Promise<readonly Finding[]>;

const isPlaceOf = (place: Place): place is Place & { kind: Exclude<Place['kind'], 'issue'> } => place.kind !== 'issue';

/**
 * The text at a place as it stands now, when it really stands there: on that issue, of that number, in that repository.
 * The repository is told by its id in each path, so another one's comment of the same number is not found.
 */
export async function findText(reader: Reader, place: Place, repository: Promise<RepositoryNow>): Promise<TextNow | { readonly state: 'gone' | 'elsewhere' }> {
  const [issue, comment] = await Promise.all([readIssue(reader, place.repositoryId, place.issueNumber), isPlaceOf(place) ? readComment(reader, place) : undefined]);
  if (issue === undefined) return { state: 'gone' };
  if (issue.id !== place.issueId) return { state: 'elsewhere' };
  if (!isPlaceOf(place)) return place.id === issue.id ? issue.text : { state: 'elsewhere' };
  if (comment === undefined) return { state: 'gone' };
  const [, prefix, number] = /^(.*)\/(?:issues|pulls)\/(\d+)$/.exec(comment.parent) ?? [];
  if (number !== String(place.issueNumber)) return { state: 'elsewhere' };
  // The names in two answers differ while somebody renames: who asks again hears one of them.
  if (prefix !== (await repository).url) throw unavailable('the repository', new Error('it was renamed meanwhile'));
  return comment.text;
}

export interface ReadSource {
  readonly source: SourceText;
  /** sha256 of the text that the commands were read from. */
  readonly sha256: string | undefined;
}

/** What a text asks for. For money its whole history counts: then it is the text that GraphQL gives together with that. */
export async function readSource(reader: Reader, parse: Parse, place: Place, text: TextNow, { isForMoney }: { isForMoney: boolean }): Promise<ReadSource> {
  const edits = isForMoney ? await readEdits(reader, place.repositoryId, text) : undefined;
  if (isForMoney && edits === undefined) return { source: { state: 'gone' }, sha256: undefined };
  const body = edits?.body ?? text.body;
  const findings = await parse(body);
  const asks = (await Promise.all(findings.map((finding) => askedBy(reader, place.repositoryId, finding)))).filter((it) => it !== undefined);
  return { source: { state: 'stands', author: text.author, isByApp: text.isByApp, isEdited: edits?.isEdited, asks }, sha256: createHash('sha256').update(body).digest('hex') };
}

async function askedBy(reader: Reader, repositoryId: string, finding: Finding): Promise<Asked | undefined> {
  switch (finding.kind) {
    case 'offer': return { kind: 'offer', denom: finding.denom, amount: BigInt(finding.amount) };
    case 'award': return { kind: 'award', shares: await sharesOf(reader, repositoryId, finding) };
    case 'veto': case 'cancel': case 'attempt': return { kind: finding.kind };
    case 'rejected': case 'status': case 'help': return undefined;
  }
}

/** Whom the names stand for at this moment. A pull request stands for its author alone. */
async function sharesOf(reader: Reader, repositoryId: string, finding: AwardFinding): Promise<NamedShare[]> {
  if ('shares' in finding) return Promise.all(finding.shares.map(async ({ login, bps }) => ({ account: await readUserByLogin(reader, repositoryId, login), bps })));
  const issue = await readIssue(reader, repositoryId, finding.pullRequest);
  const author = issue?.isPullRequest === true ? issue.text.author : undefined;
  // A text keeps the name of whoever was suspended since.
  return [{ account: author?.kind === 'user' ? await readUserById(reader, repositoryId, author.id) : author, bps: 10_000 }];
}
