import { mayClose, mayDelete, mayEdit, mayMerge } from './acts.ts';
import { Html, html } from './html.ts';
import { layout, type Frame } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { fullName, timestamp, type Account, type Actor, type Comment, type Issue } from './world.ts';

const actorOf = (frame: Frame): Actor => ({ account: frame.me, app: undefined });

export const pathOf = (issue: Issue): string => `/${fullName(issue.repository)}/${issue.pullRequest === undefined ? 'issues' : 'pull'}/${issue.number}`;

const author = (account: Account): Html =>
  html`<span><img class="avatar" src="/-/avatar/${account.id}" alt=""> <strong>${account.login.replace(/\[bot\]$/, '')}</strong></span>${account.type === 'Bot' ? html` <span class="badge">bot</span>` : undefined}`;

const when = (at: Date): Html => html`<time datetime="${timestamp(at)}">${timestamp(at).replace('T', ' ').replace('Z', ' UTC')}</time>`;

const emoji = { '+1': '👍', '-1': '👎', laugh: '😄', confused: '😕', heart: '❤️', hooray: '🎉', rocket: '🚀', eyes: '👀' } as const;

function reactions(thing: Comment | Issue): Html | undefined {
  const contents = [...new Set(thing.reactions.map((it) => it.content))];
  if (contents.length === 0) return undefined;
  return html`<p class="quiet">${contents.map((content) => {
    const who = thing.reactions.filter((it) => it.content === content).map((it) => it.user.login);
    return html`<span class="badge"><span aria-hidden="true">${emoji[content]}</span> ${content} ${who.length}<span class="unseen"> by ${who.join(', ')}</span></span> `;
  })}</p>`;
}

function comment(it: Comment, frame: Frame): Html {
  const { repository } = it.issue;
  const path = `/${fullName(repository)}/comments/${it.id}`;
  const edited = it.updatedAt.getTime() === it.createdAt.getTime() ? undefined : html`<span class="quiet">· edited ${when(it.updatedAt)}</span>`;
  const actions = mayEdit(actorOf(frame), it)
    ? html`<span class="actions"><a href="${path}/edit">Edit<span class="unseen"> the comment of ${it.author.login}</span></a>
<form method="post" action="${path}/delete"><button>Delete<span class="unseen"> the comment of ${it.author.login}</span></button></form></span>`
    : undefined;
  return html`<article class="card" id="issuecomment-${it.id}" aria-label="Comment by ${it.author.login}">
<h2 class="unseen">Comment by ${it.author.login}</h2>
<div class="head">${author(it.author)} <a href="#issuecomment-${it.id}">${when(it.createdAt)}</a> ${edited}${actions}</div>
<div class="body">${new Html(renderMarkdown(it.body))}${reactions(it)}</div>
</article>
`;
}

function stateForm(issue: Issue): Html | undefined {
  const action = `${pathOf(issue)}/state`;
  if (issue.pullRequest?.merged !== undefined) return undefined;
  if (issue.closed !== undefined) return html`<form method="post" action="${action}"><button name="state" value="open">Reopen</button></form>`;
  if (issue.pullRequest !== undefined) return html`<form class="actions" method="post" action="${action}"><button name="state" value="completed">Close pull request</button></form>`;
  return html`<form class="actions" method="post" action="${action}"><button name="state" value="completed">Close as completed</button><button name="state" value="not_planned">Close as not planned</button><button name="state" value="duplicate">Close as duplicate</button></form>`;
}

export interface Rejected {
  readonly problem: string;
  readonly text: string;
}

const field = (id: string, label: string, text: string, problem: string | undefined): Html => html`<label for="${id}">${label}</label>
${problem === undefined ? undefined : html`<p class="problem" id="${id}-problem" role="alert">${problem}</p>`}
<textarea id="${id}" name="body" required${problem === undefined ? undefined : html` aria-invalid="true" aria-describedby="${id}-problem"`}>
${text}</textarea>`;

/** The page of an issue or a pull request. `rejected` is a comment that could not be taken, with its text kept. */
export function issuePage(issue: Issue, frame: Frame, rejected?: Rejected): string {
  const { repository } = issue;
  const { pullRequest: pull } = issue;
  const said = pull?.merged !== undefined ? `Merged into ${pull.base}` : pull === undefined && issue.closed !== undefined ? `Closed as ${issue.closed.reason.replace('_', ' ')}` : 'Closed';
  const state = issue.closed === undefined ? html`<span class="state open">Open</span>` : html`<span class="state closed">${said}</span>`;
  const edit = mayEdit(actorOf(frame), issue) ? html`<span class="actions"><a href="${pathOf(issue)}/edit">Edit<span class="unseen"> this ${issue.pullRequest === undefined ? 'issue' : 'pull request'}</span></a></span>` : undefined;
  return layout(frame, `${issue.title} · ${fullName(repository)}#${issue.number}`, html`
<nav aria-label="Where this is"><a href="/${fullName(repository)}">${fullName(repository)}</a></nav>
<h1>${issue.title} <span class="quiet">#${issue.number}</span></h1>
<p id="live" class="unseen" role="status"></p>
<section id="conversation" aria-label="Conversation">
<p>${state}${issue.pullRequest === undefined ? undefined : html` <span class="badge">Pull request from ${issue.pullRequest.head}</span>`} ${issue.labels.map((it) => html`<span class="badge">${it.name}</span> `)}<span class="quiet">${issue.comments.length === 1 ? '1 comment' : `${issue.comments.length} comments`}</span></p>
<article class="card" aria-label="Description by ${issue.author.login}">
<h2 class="unseen">Description by ${issue.author.login}</h2>
<div class="head">${author(issue.author)} ${when(issue.createdAt)}${edit}</div>
<div class="body">${issue.body === null ? html`<p class="quiet">No description.</p>` : new Html(renderMarkdown(issue.body))}${reactions(issue)}</div>
</article>
${issue.comments.map((it) => comment(it, frame))}
</section>
<p><a href="${pathOf(issue)}">Refresh</a></p>
<form method="post" action="${pathOf(issue)}/comments" id="new-comment">
${field('body', `Comment as ${frame.me.login}`, rejected?.text ?? '', rejected?.problem)}
<div class="actions"><button class="go">Comment</button></div>
</form>
${mayMerge(actorOf(frame), issue) && issue.closed === undefined ? html`<form class="actions" method="post" action="${pathOf(issue)}/merge"><button class="go">Merge pull request</button></form>` : undefined}
${mayClose(actorOf(frame), issue) ? stateForm(issue) : undefined}
${mayDelete(actorOf(frame), issue) ? html`<form class="actions" method="post" action="${pathOf(issue)}/delete"><button>Delete for good</button></form>` : undefined}`, true);
}

/** The page on which a comment is changed. */
export function editCommentPage(it: Comment, frame: Frame, rejected?: Rejected): string {
  return layout(frame, `Edit comment · ${fullName(it.issue.repository)}#${it.issue.number}`, html`
<h1>Edit the comment of ${it.author.login}</h1>
<form method="post" action="/${fullName(it.issue.repository)}/comments/${it.id}/edit">
${field('body', 'Comment', rejected?.text ?? it.body, rejected?.problem)}
<div class="actions"><button class="go">Save</button> <a href="${pathOf(it.issue)}#issuecomment-${it.id}">Cancel</a></div>
</form>`);
}

const titleField = (title: string): Html => html`<p><label for="title">Title</label><input type="text" id="title" name="title" required maxlength="256" value="${title}"></p>`;
const bodyField = (body: string): Html => html`<label for="body">Description</label>
<textarea id="body" name="body">
${body}</textarea>`;

/** The page on which title and description are changed. */
export function editIssuePage(issue: Issue, frame: Frame): string {
  return layout(frame, `Edit ${fullName(issue.repository)}#${issue.number}`, html`
<h1>Edit #${issue.number}</h1>
<form method="post" action="${pathOf(issue)}/edit">${titleField(issue.title)}${bodyField(issue.body ?? '')}
<div class="actions"><button class="go">Save</button> <a href="${pathOf(issue)}">Cancel</a></div></form>`);
}

/** The form for a new issue. */
export const newIssueForm = (repository: string): Html => html`<form method="post" action="/${repository}/issues">${titleField('')}${bodyField('')}
<div class="actions"><button class="go">Open issue</button></div></form>`;
