import { html, type Html } from './html.ts';
import { layout, type Frame } from './layout.ts';
import { newIssueForm, pathOf } from './page-issue.ts';
import { fullName, roleOf, type Issue, type Repository } from './world.ts';

const issueLine = (issue: Issue): Html => html`<li><a href="${pathOf(issue)}">${issue.title}</a> <span class="quiet">#${issue.number}${issue.pullRequest === undefined ? '' : ' · pull request'} · ${issue.closed === undefined ? 'open' : 'closed'} · ${issue.comments.length === 1 ? '1 comment' : `${issue.comments.length} comments`}</span></li>
`;

const issueList = (issues: readonly Issue[]): Html => (issues.length === 0 ? html`<p class="quiet">No issues yet.</p>` : html`<ul class="plain">${issues.map(issueLine)}</ul>`);

const seen = (frame: Frame) => (it: Repository) => roleOf(it, frame.me) !== undefined;

const repositoryBlock = (repository: Repository, frame: Frame): Html => html`<section aria-labelledby="r${repository.id}">
<h2 id="r${repository.id}"><a href="/${fullName(repository)}">${fullName(repository)}</a>${repository.isPrivate ? html` <span class="badge">private</span>` : undefined}</h2>
<p class="quiet">${repository.description ?? ''} You can ${roleOf(repository, frame.me) ?? 'do nothing'} here.${frame.world.installations.some((it) => it.repositories.has(repository)) ? '' : ' No App is installed.'}</p>
${issueList(repository.issues)}
</section>`;

/** All repositories somebody sees, or those of one owner, with their issues. */
export function repositoriesPage(frame: Frame, owner?: string): string {
  const repositories = frame.world.repositories.filter(seen(frame)).filter((it) => owner === undefined || it.owner.login === owner);
  const list = repositories.map((it) => repositoryBlock(it, frame));
  return layout(frame, owner ?? 'Repositories', html`<h1>${owner ?? 'Repositories'}</h1>${list.length === 0 ? html`<p class="quiet">No repositories.</p>` : list}`);
}

/** One repository: its issues, and a form for a new one. */
export function repositoryPage(repository: Repository, frame: Frame, problem?: string): string {
  return layout(frame, fullName(repository), html`<h1>${fullName(repository)}</h1>
<p class="quiet">${repository.description ?? ''}</p>
${issueList(repository.issues)}
<h2>New issue as ${frame.me.login}</h2>
${problem === undefined ? undefined : html`<p class="problem" role="alert">${problem}</p>`}
${newIssueForm(fullName(repository))}`);
}

/** What could not be found or is not allowed. */
export const problemPage = (frame: Frame, title: string, problem: string): string => layout(frame, title, html`<h1>${title}</h1><p>${problem}</p><p><a href="/">All repositories</a></p>`);
