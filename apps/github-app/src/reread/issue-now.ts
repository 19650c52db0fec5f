import { z } from 'zod';
import { readSetback, type Octokit } from '../github.ts';
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
  /** All of them, oldest first. */
  readonly comments: readonly CommentText[];
  /** GitHub's clock. */
  readonly at: Date;
  /** The same tags later mean that nothing has changed; none when the comments need more than one page. */
  readonly tags: readonly string[] | undefined;
  readonly left: RequestsLeft | undefined;
}

export type Reread = IssueNow | { readonly gone: 'deleted' | 'moved'; readonly at: Date } | 'unchanged';

interface Answer { readonly data: unknown; readonly headers: Readonly<Record<string, string | undefined>> }

const pageSize = 100;

/** Reads an issue and its comments, unless both are as tagged. Rejects with what GitHub's client threw. */
export async function readIssueNow(octokit: Octokit, { repository, number, issueId }: KnownIssue, tags: readonly string[] | undefined, signal: AbortSignal): Promise<Reread> {
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
  if (String(issue.id) !== issueId) return { gone: 'moved', at: new Date() };
  const answers = [newest];
  for (let last: Answer | undefined = newest; Array.isArray(last?.data) && last.data.length === pageSize;) {
    last = await ofComments(answers.length + 1);
    if (last !== undefined) answers.push(last);
  }
  const date = Date.parse(newest.headers['date'] ?? '');
  const found = [first, newest].map(({ headers }) => headers['etag']).filter((tag) => tag !== undefined);
  return {
    issue,
    comments: answers.flatMap(({ data }) => (Array.isArray(data) ? data : [])).map((one) => commentForm.safeParse(one).data).filter((one) => one !== undefined),
    at: Number.isNaN(date) ? new Date() : new Date(date),
    // A full page stays the same when the next one begins.
    tags: answers.length === 1 && found.length === 2 ? found : undefined,
    left: requestsLeft((answers.at(-1) ?? newest).headers, new Date()),
  };
}

async function unlessTagged(tag: string | undefined, ask: (headers: Record<string, string>) => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask(tag === undefined ? {} : { 'if-none-match': tag });
  } catch (error) {
    if ((error as { status?: unknown }).status === 304) return undefined;
    throw error;
  }
}
