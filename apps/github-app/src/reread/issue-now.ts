import { z } from 'zod';
import { readSetback, type Octokit } from '../github.ts';
import { readFacts, type IssueFacts } from '../life/facts.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { requestsLeft, type RequestsLeft } from './requests-left.ts';

// As webhooks have them, and no more of it than is read there.
const person = z.object({ id: z.number(), login: z.string(), type: z.string() }).nullish();
const written = {
  id: z.number().int().positive().refine(Number.isSafeInteger), html_url: z.string(), body: z.string().nullish(), user: person, created_at: z.string(), updated_at: z.string(),
  performed_via_github_app: z.object({ id: z.number() }).nullish(),
};
const issueForm = z.object({ ...written, number: z.number(), title: z.string(), state: z.string(), repository_url: z.string(), pull_request: z.object({}).nullish() });
const commentForm = z.object(written);

export type IssueText = z.output<typeof issueForm>;
export type CommentText = z.output<typeof commentForm>;

/** An issue as it stands at GitHub. */
export interface IssueNow {
  readonly issue: IssueText;
  /** What GitHub says of it beside its texts. */
  readonly facts: IssueFacts | undefined;
  /** All of them, oldest first. */
  readonly comments: readonly CommentText[];
  /** GitHub's clock. */
  readonly at: Date;
  /** The same tags later mean that nothing has changed; none when the comments need more than one page. */
  readonly tags: readonly string[] | undefined;
  readonly left: RequestsLeft | undefined;
}

/** Where an issue was transferred to: the issue there, as the API shows it, and its repository. */
export interface Elsewhere {
  readonly issue: object;
  readonly repository: { readonly id: number; readonly full_name: string };
}

export type Reread = IssueNow | { readonly gone: 'deleted'; readonly at: Date } | { readonly gone: 'moved'; readonly to: Elsewhere } | { readonly gone: 'renamed'; readonly name: string } | { readonly gone: 'unknown' } | 'unchanged';

interface Answer { readonly data: unknown; readonly headers: Readonly<Record<string, string | undefined>> }

const pageSize = 100;

/** Reads an issue and its comments, unless both are as tagged. Rejects with what GitHub's client threw. */
export async function readIssueNow(octokit: Octokit, known: KnownIssue, tags: readonly string[] | undefined, signal: AbortSignal): Promise<Reread> {
  const { repository, number, issueId } = known;
  const [owner = '', repo = ''] = repository.split('/');
  const at = { owner, repo, issue_number: number, request: { signal } };
  const ofIssue = (tag?: string) => unlessTagged(tag, (headers) => octokit.rest.issues.get({ ...at, headers }) as Promise<Answer>);
  const ofComments = (page: number, tag?: string) => unlessTagged(tag, (headers) => octokit.rest.issues.listComments({ ...at, per_page: pageSize, page, headers }) as Promise<Answer>);
  let first: Answer | undefined;
  let newest: Answer | undefined;
  try {
    first = await ofIssue(tags?.[0]);
  } catch (error) {
    // 404 may be a repository that is closed to us for now.
    if (readSetback(error, new Date()).status === 410) return { gone: 'deleted', at: new Date() };
    throw error;
  }
  newest = await ofComments(1, tags?.[1]);
  if (first === undefined && newest === undefined) return 'unchanged';
  first ??= await ofIssue();
  newest ??= await ofComments(1);
  if (first === undefined || newest === undefined) throw new Error('GitHub says that nothing has changed and was not asked');

  const issue = issueForm.parse(first.data);
  if (String(issue.id) !== issueId) return readElsewhere(octokit, known, signal);
  const answers = [newest];
  for (let last: Answer | undefined = newest; Array.isArray(last?.data) && last.data.length === pageSize;) {
    last = await ofComments(answers.length + 1);
    if (last !== undefined) answers.push(last);
  }
  const date = Date.parse(newest.headers['date'] ?? '');
  const found = [first, newest].map(({ headers }) => headers['etag']).filter((tag) => tag !== undefined);
  return {
    issue,
    facts: readFacts(first.data),
    comments: answers.flatMap(({ data }) => (Array.isArray(data) ? data : [])).map((one) => commentForm.safeParse(one).data).filter((one) => one !== undefined),
    at: Number.isNaN(date) ? new Date() : new Date(date),
    // A full page stays the same when the next one begins.
    tags: answers.length === 1 && found.length === 2 ? found : undefined,
    left: requestsLeft((answers.at(-1) ?? newest).headers, new Date()),
  };
}

/** `owner/name` as it stands at the end of a repository's address in the API. */
export const nameIn = (url: string): string | undefined => /\/repos\/([^/]+\/[^/]+)$/.exec(url)?.[1];

/** Under the name that we know is another issue: it was transferred, or somebody else has that name. The repository's id tells which. */
async function readElsewhere(octokit: Octokit, { repositoryId, number, issueId }: KnownIssue, signal: AbortSignal): Promise<Reread> {
  const { data } = (await octokit.request('GET /repositories/{id}/issues/{number}', { id: Number(repositoryId), number, request: { signal } })) as Answer;
  const { id, repository_url: url } = issueForm.parse(data);
  const name = nameIn(url) ?? '';
  if (String(id) === issueId) return { gone: 'renamed', name };
  const [owner = '', repo = ''] = name.split('/');
  const { data: repository } = await octokit.rest.repos.get({ owner, repo, request: { signal } });
  // A transfer goes to another repository. Numbers are not given twice, and what GitHub means by this nobody knows.
  if (String(repository.id) === repositoryId) return { gone: 'unknown' };
  return { gone: 'moved', to: { issue: data as object, repository: { id: repository.id, full_name: repository.full_name } } };
}

async function unlessTagged(tag: string | undefined, ask: (headers: Record<string, string>) => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask(tag === undefined ? {} : { 'if-none-match': tag });
  } catch (error) {
    if ((error as { status?: unknown }).status === 304) return undefined;
    throw error;
  }
}
