import { GraphQLError } from 'graphql';
import type { Call } from './call.ts';
import { nodeId } from './github-ids.ts';
import { eventNodeId } from './issue-events.ts';
import { closedBy, closes, emailOf } from './pull-requests.ts';
import { accountNodeId } from './shape-account.ts';
import { association, headSha, issueNodeId, issuePage } from './shape-issue.ts';
import { reviewCommentNodeId, reviewCommentPage, reviewNodeId, reviewPage } from './shape-review.ts';
import { findIssue, fullName, timestamp, ghostId, type Account, type Comment, type Commit, type Edit, type Issue, type IssueEvent, type Repository, type Review, type ReviewComment } from './world.ts';

const mostRows = 100;

const refusal = (type: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { type } });

/** GitHub's word for what an id or a name leads to nobody. */
export const notResolved = (what: string): GraphQLError => refusal('NOT_FOUND', `Could not resolve to ${what}.`);

interface Paging { readonly first?: number | null; readonly last?: number | null; readonly after?: string | null }

/** A connection in GitHub's form: whoever asks has to say how many. Cursors are opaque, and here the place in the list. */
function connection<T>(name: string, rows: readonly T[], { first: foremost, last, after }: Paging, node: (row: T) => unknown) {
  const isFromTheEnd = (foremost ?? undefined) === undefined;
  const first = foremost ?? last;
  if (first === undefined || first === null) throw refusal('MISSING_PAGINATION_BOUNDARIES', `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`);
  if (first < 0) throw refusal('INVALID_CURSOR_ARGUMENTS', `\`first\` on the \`${name}\` connection cannot be less than zero.`);
  if (first > mostRows) throw refusal('EXCESSIVE_PAGINATION', `Requesting ${String(first)} records on the \`${name}\` connection exceeds the \`first\` limit of ${String(mostRows)} records.`);
  const cursorOf = (at: number): string => Buffer.from(`cursor:v2:${String(at)}`).toString('base64');
  const from = after === undefined || after === null ? (isFromTheEnd ? Math.max(0, rows.length - first) : 0) : rows.findIndex((_, at) => cursorOf(at) === after) + 1;
  if (from === 0 && after !== undefined && after !== null) throw refusal('INVALID_CURSOR_ARGUMENTS', `\`${after}\` does not appear to be a valid cursor.`);
  const shown = rows.slice(from, from + first);
  return {
    nodes: shown.map(node), totalCount: rows.length,
    pageInfo: { startCursor: shown.length === 0 ? null : cursorOf(from), endCursor: shown.length === 0 ? null : cursorOf(from + shown.length - 1), hasNextPage: from + shown.length < rows.length, hasPreviousPage: from > 0 },
  };
}

/** What a call may see of the world, as GraphQL has it. Fields are functions, so that nothing is looked up that nobody asked for. */
export class Nodes {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  get #html(): string {
    return this.#call.world.addresses.html;
  }

  /** An account; the ghost is nobody, unlike in the REST API. */
  actor(account: Account) {
    if (account.id === ghostId) return null;
    const path = account.type === 'Bot' ? `/apps/${account.login.replace(/\[bot\]$/, '')}` : `/${account.login}`;
    return {
      // GraphQL leaves the suffix of a bot's login out.
      __typename: account.type, id: accountNodeId(account), databaseId: account.id, login: account.login.replace(/\[bot\]$/, ''), name: account.name,
      resourcePath: path, url: this.#html + path, avatarUrl: `${this.#html}/-/avatar/${String(account.id)}`, createdAt: timestamp(account.createdAt),
    };
  }

  repository(repository: Repository): object {
    const found = (number: number, kind: 'Issue' | 'PullRequest' | undefined): object => {
      const issue = findIssue(repository, number);
      const isRight = issue !== undefined && (kind === undefined || (issue.pullRequest !== undefined) === (kind === 'PullRequest'));
      if (!isRight) throw notResolved(`${kind === undefined ? 'an issue or pull request' : kind === 'Issue' ? 'an Issue' : 'a PullRequest'} with the number of ${String(number)}`);
      return this.issue(issue);
    };
    return {
      __typename: 'Repository', id: nodeId('R', repository.id), databaseId: repository.id, name: repository.name, nameWithOwner: fullName(repository), owner: () => this.actor(repository.owner),
      url: `${this.#html}/${fullName(repository)}`, isArchived: repository.isArchived, isPrivate: repository.isPrivate, isFork: repository.parent !== undefined, createdAt: timestamp(repository.createdAt),
      defaultBranchRef: repository.branches.has(repository.defaultBranch) ? { id: nodeId('REF', repository.id), name: repository.defaultBranch } : null,
      issue: ({ number }: { number: number }) => found(number, 'Issue'), pullRequest: ({ number }: { number: number }) => found(number, 'PullRequest'), issueOrPullRequest: ({ number }: { number: number }) => found(number, undefined),
    };
  }

  /** An issue or a pull request. */
  issue(issue: Issue): object {
    this.#call.needOnIssue(issue, 'read');
    const { pullRequest: pull, closed, repository } = issue;
    const both = {
      ...this.#text(issue, issueNodeId(issue), repository), number: issue.number, title: issue.title, url: issuePage(issue, this.#call.world.addresses), body: issue.body ?? '',
      closed: closed !== undefined, closedAt: closed === undefined ? null : timestamp(closed.at), locked: issue.locked !== undefined,
      comments: (paging: Paging) => connection('comments', issue.comments, paging, (it) => this.comment(it)),
    };
    if (pull === undefined) {
      return {
        ...both, __typename: 'Issue', databaseId: small(issue.id), fullDatabaseId: String(issue.id), state: closed === undefined ? 'OPEN' : 'CLOSED', // Whoever does not ask for duplicates by name hears of them as not planned.
        stateReason: ({ enableDuplicate }: { enableDuplicate: boolean }) => (closed?.reason === 'duplicate' && !enableDuplicate ? 'NOT_PLANNED' : (closed?.reason.toUpperCase() ?? (issue.reopened ? 'REOPENED' : null))),
        timelineItems: ({ itemTypes, ...paging }: Paging & { itemTypes?: readonly string[] | null }) => connection('timelineItems', timelineOf(issue).filter(({ type }) => itemTypes?.includes(type) ?? true), paging, (it) => ('event' in it ? this.event(issue, it.event) : this.comment(it.comment))),
        closedByPullRequestsReferences: (paging: Paging & { includeClosedPrs: boolean; userLinkedOnly: boolean }) =>
          connection('closedByPullRequestsReferences', this.#seen(closedBy(issue, this.#call.world, { closedToo: paging.includeClosedPrs, byHandOnly: paging.userLinkedOnly })), paging, (it) => this.issue(it)),
      };
    }
    const { merged } = pull;
    return {
      ...both, __typename: 'PullRequest', databaseId: small(pull.id), fullDatabaseId: String(pull.id), state: merged !== undefined ? 'MERGED' : closed === undefined ? 'OPEN' : 'CLOSED', isDraft: false,
      isCrossRepository: pull.headRepository !== repository, merged: merged !== undefined, mergedAt: merged === undefined ? null : timestamp(merged.at), mergedBy: merged === undefined ? null : () => this.actor(merged.by),
      mergeCommit: merged === undefined ? null : () => this.#commit({ sha: merged.sha, message: `Merge pull request #${String(issue.number)}`, authors: [merged.by], at: merged.at }, repository),
      baseRefName: pull.base, headRefName: pull.head, headRefOid: headSha(pull), headRepository: () => (pull.headRepository === undefined ? null : this.repository(pull.headRepository)),
      commits: (paging: Paging) => connection('commits', pull.commits, paging, (it) => ({ id: `PURC_${it.sha}`, commit: this.#commit(it, repository) })),
      closingIssuesReferences: (paging: Paging & { userLinkedOnly: boolean }) => connection('closingIssuesReferences', this.#seen(closes(issue, this.#call.world, paging.userLinkedOnly)), paging, (it) => this.issue(it)),
    };
  }

  /** What closed an issue or a pull request, or opened it again. */
  event(issue: Issue, event: IssueEvent): object {
    this.#call.needOnIssue(issue, 'read');
    const { kind, at, actor, reason, closer } = event;
    const both = { id: eventNodeId(issue, event), actor: () => this.actor(actor), closable: () => this.issue(issue), createdAt: timestamp(at) };
    if (kind === 'reopened') return { ...both, __typename: 'ReopenedEvent' };
    return { ...both, __typename: 'ClosedEvent', stateReason: reason?.toUpperCase() ?? null, closer: () => (closer !== undefined && this.#call.sees(closer.repository) ? this.issue(closer) : null) };
  }

  comment(comment: Comment): object {
    this.#call.needOnIssue(comment.issue, 'read');
    return {
      ...this.#text(comment, nodeId('IC', comment.issue.repository.id, comment.id), comment.issue.repository), __typename: 'IssueComment', databaseId: small(comment.id), fullDatabaseId: String(comment.id), body: comment.body,
      url: `${issuePage(comment.issue, this.#call.world.addresses)}#issuecomment-${String(comment.id)}`, issue: () => this.issue(comment.issue),
      pullRequest: () => (comment.issue.pullRequest === undefined ? null : this.issue(comment.issue)), isMinimized: comment.minimized !== undefined, minimizedReason: comment.minimized?.reason ?? null,
    };
  }

  review(review: Review): object {
    this.#call.needOnIssue(review.issue, 'read');
    return {
      ...this.#text(review, reviewNodeId(review), review.issue.repository), __typename: 'PullRequestReview', databaseId: small(review.id), fullDatabaseId: String(review.id), body: review.body,
      url: reviewPage(review, this.#call.world.addresses), pullRequest: () => this.issue(review.issue), state: review.state, submittedAt: timestamp(review.createdAt),
    };
  }

  reviewComment(comment: ReviewComment): object {
    this.#call.needOnIssue(comment.issue, 'read');
    return {
      ...this.#text(comment, reviewCommentNodeId(comment), comment.issue.repository), __typename: 'PullRequestReviewComment', databaseId: small(comment.id), fullDatabaseId: String(comment.id), body: comment.body,
      url: reviewCommentPage(comment, this.#call.world.addresses), pullRequest: () => this.issue(comment.issue), isMinimized: comment.minimized !== undefined, minimizedReason: comment.minimized?.reason ?? null,
    };
  }

  /** What texts have in common: GitHub's `Comment`. */
  #text(thing: Comment | Issue, id: string, repository: Repository) {
    const { author, createdAt, updatedAt, edits } = thing;
    const last = edits.at(-1);
    const edit = (it: Edit, at: number) => ({ id: `UCE_${id}_${String(at)}`, createdAt: timestamp(it.at), editedAt: timestamp(it.at), editor: () => this.actor(it.by) });
    // GitHub keeps the first text as an edit too, as soon as there is another.
    const all: Edit[] = edits.length === 0 ? [] : [{ at: createdAt, by: author }, ...edits];
    return {
      id, author: () => this.actor(author), authorAssociation: association(repository, author), createdAt: timestamp(createdAt), publishedAt: timestamp(createdAt), updatedAt: timestamp(updatedAt),
      lastEditedAt: last === undefined ? null : timestamp(last.at), editor: () => (last === undefined ? null : this.actor(last.by)), includesCreatedEdit: edits.length > 0,
      userContentEdits: (paging: Paging) => connection('userContentEdits', all.toReversed(), paging, (it) => edit(it, all.indexOf(it))),
      viewerDidAuthor: this.#viewer() === author, repository: () => this.repository(repository),
    };
  }

  #commit({ sha, message, authors, at }: Commit, repository: Repository) {
    const person = (it: Account) => ({ name: it.name ?? it.login, email: emailOf(it), user: () => (it.type === 'User' && this.#call.world.accounts.includes(it) ? this.actor(it) : null) });
    const [author] = authors;
    return { id: `C_${nodeId('R', repository.id)}${sha}`, oid: sha, message, committedDate: timestamp(at), author: author === undefined ? null : person(author), authors: (paging: Paging) => connection('authors', authors, paging, person),
      associatedPullRequests: (paging: Paging) => connection('associatedPullRequests', repository.issues.filter(({ pullRequest: pull }) => pull?.merged?.sha === sha || pull?.commits.some((it) => it.sha === sha) === true), paging, (it) => this.issue(it)) };
  }

  #viewer(): Account | undefined {
    const { caller } = this.#call;
    return caller.kind === 'person' ? caller.account : caller.kind === 'installation' ? caller.token.installation.app.bot : undefined;
  }

  /** Of several issues, those of repositories that the caller may know of. */
  #seen(issues: readonly Issue[]): Issue[] {
    return issues.filter((it) => this.#call.sees(it.repository));
  }
}

/** The part of a timeline that is here, in its order, with GitHub's names for its kinds. */
function timelineOf(issue: Issue): ({ readonly type: string; readonly at: Date } & ({ readonly event: IssueEvent } | { readonly comment: Comment }))[] {
  const events = issue.events.flatMap((event) => (event.kind === 'closed' || event.kind === 'reopened' ? [{ type: event.kind === 'closed' ? 'CLOSED_EVENT' : 'REOPENED_EVENT', at: event.at, event }] : []));
  const comments = issue.comments.map((comment) => ({ type: 'ISSUE_COMMENT', at: comment.createdAt, comment }));
  return [...comments, ...events].toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** GraphQL's `Int` has 32 bits; GitHub says null for an id that is larger, and has `fullDatabaseId` for these. */
const small = (id: number): number | null => (id < 2 ** 31 ? id : null);
