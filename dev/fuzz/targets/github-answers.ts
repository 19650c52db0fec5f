import { createLogger } from '@doubloon/service';
import { readSetback } from '@doubloon/github';
import { fetchDelivery, readLogPage } from '../../../apps/github-app/src/sweep/delivery-log.ts';
import type { Octokit } from '../../../apps/github-app/src/github.ts';
import { candidatesAmong, readClosed, readClosers } from '../../../apps/github-app/src/life/pulls.ts';
import { readIssueNow } from '../../../apps/github-app/src/reread/issue-now.ts';
import { requestsLeft } from '../../../apps/github-app/src/reread/requests-left.ts';
import { askedToWait } from '../../../apps/identity/src/github/ask.ts';
import { readClosing, readOutcome } from '../../../apps/identity/src/github/deeds.ts';
import { readPerson, readRole } from '../../../apps/identity/src/github/people.ts';
import type { Reader } from '../../../apps/identity/src/github/reader.ts';
import { readRepository, readRulesFile } from '../../../apps/identity/src/github/repository.ts';
import { readComment, readEdits, readIssue, type TextNow } from '../../../apps/identity/src/github/texts.ts';
import { openOAuth } from '../../../apps/identity/src/oauth.ts';
import { firstLine, hold, jsonOf, textOf, type Target } from '../target.ts';

const at = '2026-01-02T03:04:05Z';
const now = new Date(at);
const user = { id: 7, login: 'ada', type: 'User' };
const text = { id: 22, node_id: 'N', html_url: 'https://github.example/a/b/issues/3', body: '$usdc:5$', user, created_at: at, updated_at: at, performed_via_github_app: null };
const issue = { ...text, number: 3, title: 'A bug', state: 'open', url: 'https://api.example/repos/a/b/issues/3', repository_url: 'https://api.example/repos/a/b', labels: [] };
const actor = { __typename: 'User', login: 'ada', databaseId: 7 };
const known: TextNow = { state: 'stands', author: { id: '7' as TextNow['author']['id'], login: 'ada', kind: 'user', isSuspended: false }, isByApp: false, body: '', nodeId: 'N' };
const pull = { fullDatabaseId: '33', number: 4, title: 'x', url: 'https://github.example/a/b/pull/4', state: 'MERGED', merged: true, mergedAt: at, baseRefName: 'main', repository: { databaseId: 11, nameWithOwner: 'a/b', defaultBranchRef: { name: 'main' } }, author: actor, mergedBy: actor, commits: { nodes: [{ commit: { authors: { nodes: [{ user: { login: 'bob', databaseId: 8 } }] } } }] } };

const readerOf = (body: unknown): Reader => {
  const reading = () => Promise.resolve({ found: true as const, body, etag: undefined });
  return { ofRepository: reading, asInstallation: reading, query: () => Promise.resolve(body), evidence: [] };
};
const log = createLogger({ name: 'fuzz', level: 'silent' });
const oauthOf = (body: unknown) => openOAuth({ ask: ({ url }) => Promise.resolve({ status: 200, headers: new Headers(), body: url.endsWith('/user') && typeof body === 'object' && body !== null && 'user' in body ? body.user : body }), githubUrl: 'https://github.example', apiUrl: 'https://api.example', clientId: 'c', clientSecret: 's', redirectUri: 'https://x.example/', log, now: () => now });

/** Who reads, with what GitHub says when nothing is odd. */
const ofIdentity: Readonly<Record<string, { read(body: unknown): Promise<unknown>; sound: unknown }>> = {
  person: { read: (body) => readPerson(readerOf(body), { login: 'ada' }), sound: user },
  role: { read: (body) => readRole(readerOf(body), '11', known.author), sound: { permission: 'write', role_name: 'maintain', user: { id: 7, permissions: { push: true, maintain: true } } } },
  repository: { read: (body) => readRepository(readerOf(body), '11'), sound: { id: 11, url: 'https://api.example/repos/a/b', archived: false, owner: { id: 5 } } },
  rules: { read: (body) => readRulesFile(readerOf(body), '11'), sound: { type: 'file', sha: 'abc', size: 12, encoding: 'base64', content: 'c2lsZW50OiB0\ncnVl\n' } },
  issue: { read: (body) => readIssue(readerOf(body), '11', 3), sound: issue },
  comment: { read: (body) => readComment(readerOf(body), { repositoryId: '11', issueId: '22', issueNumber: 3, kind: 'issue-comment', id: '22' }), sound: { ...text, issue_url: issue.url } },
  edits: { read: (body) => readEdits(readerOf(body), '11', known), sound: { node: { __typename: 'IssueComment', id: 'N', body: 'x', lastEditedAt: null, author: actor } } },
  outcome: {
    read: (body) => readOutcome(readerOf(body), '11', { id: '22', url: '', isPullRequest: false, closedAs: 'completed', text: known }),
    sound: { node: { id: 'N', closed: true, repository: { databaseId: 11, defaultBranchRef: { name: 'main' } }, newest: { nodes: [{ id: 'E', closer: { fullDatabaseId: '33' } }] }, closedByPullRequestsReferences: { pageInfo: { hasNextPage: false }, nodes: [pull] } } },
  },
  closing: { read: (body) => readClosing(readerOf(body), '11', '44'), sound: { id: 44, node_id: 'E', actor: user, created_at: at, issue: { id: 22 } } },
  oauth: { read: (body) => oauthOf(body).userOf({ code: 'c', verifier: 'v' }), sound: { access_token: 't', user } },
  wait: { read: (body) => Promise.resolve(askedToWait({ status: 403, headers: new Headers(), body }, now)), sound: { message: 'You have exceeded a secondary rate limit' } },
};

function holdDates(read: unknown): void {
  if (read instanceof Date) hold(!Number.isNaN(read.getTime()), 'a time that is none');
  else if (typeof read === 'object' && read !== null) Object.values(read).forEach(holdDates);
}

function choose<T>(from: Readonly<Record<string, T>>, line: string): [string, T] {
  const [name, one] = Object.entries(from).find(([key]) => key === line) ?? Object.entries(from)[0] ?? [];
  if (name === undefined || one === undefined) throw new TypeError('there is nothing to choose from');
  return [name, one];
}

const words = ['null', '"id":9007199254740993', '"type":"Bot"', '"type":"Mannequin"', '"login":""', '"permission":"admin"', '"role_name":"owner"', '"closed":false', '"hasNextPage":true', '"encoding":"none"', '"content":"//79"', '"databaseId":null', '"mergedAt":"soon"', '"state":"closed","state_reason":"duplicate"', at];

const identity: Target = {
  name: 'github-facts',
  words: [...words, ...Object.keys(ofIdentity).map((name) => `${name}\n`)],
  samples: () => Object.entries(ofIdentity).map(([name, { sound }]) => `${name}\n${JSON.stringify(sound)}`),
  codes: ['GITHUB_UNAVAILABLE', 'SIGN_IN_REFUSED'],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const [name, { read }] = choose(ofIdentity, line);
    const found = await read(jsonOf(rest));
    holdDates(found);
    if (name === 'person' || name === 'oauth') hold(found === undefined || /^[1-9]\d{0,15}$/.test((found as { githubId: string }).githubId), 'a person without an id');
    if (name === 'role') hold(['none', 'read', 'triage', 'write', 'maintain', 'admin'].includes(String(found)), 'a role that there is not');
    if (name === 'rules') hold(found === undefined || 'text' in (found as object) || 'problem' in (found as object), 'a file that is neither text nor a problem');
    return `${name} ${typeof found === 'object' ? Object.entries(found ?? {}).map(([key, value]) => `${key}${typeof value === 'boolean' ? String(value) : ''}`).join() : String(found)}`;
  },
};

type Answering = (body: Uint8Array) => unknown;
/** A client of GitHub's whose every question has this answer. */
const octokitOf = (answer: Answering) => (body: Uint8Array): Octokit => {
  const said = () => Promise.resolve({ data: answer(body), headers: { date: 'Fri, 02 Jan 2026 03:04:05 GMT', etag: '"x"', link: textOf(body).slice(0, 200) } });
  return { rest: { issues: { get: said, listComments: said }, repos: { get: said } }, request: said, graphql: () => Promise.resolve(answer(body)) } as unknown as Octokit;
};
const parsed = octokitOf(jsonOf);
const raw = octokitOf((body) => (async function* () { await Promise.resolve(); yield body; })());
const { signal } = new AbortController();
const knownIssue = { repositoryId: '11', issueId: '22', repository: 'a/b', number: 3 } as Parameters<typeof readIssueNow>[1];

const ofApp: Readonly<Record<string, { read(body: Uint8Array): Promise<unknown>; sound: unknown }>> = {
  issue: { read: (body) => readIssueNow(parsed(body), knownIssue, undefined, signal), sound: issue },
  closers: {
    read: async (body) => {
      const pulls = await readClosers(parsed(body), { repository: 'a/b', number: 3, issueId: '22' } as Parameters<typeof readClosers>[1]);
      return pulls === undefined ? undefined : candidatesAmong(pulls, []);
    },
    sound: { repository: { issue: { fullDatabaseId: '22', closedByPullRequestsReferences: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [pull] } } } },
  },
  closed: { read: (body) => readClosed(parsed(body), 'a/b', 4), sound: { repository: { pullRequest: { closingIssuesReferences: { nodes: [{ fullDatabaseId: '22', repository: { databaseId: 11 } }] } } } } },
  log: { read: (body) => readLogPage(raw(body), undefined, signal), sound: [{ id: 12345678901234567890, guid: '0a-1b', delivered_at: at }] },
  delivery: { read: (body) => fetchDelivery(raw(body), '1', { id: '5', guid: '0a-1b' }, signal), sound: { id: 5, guid: '0a-1b', event: 'issues', request: { headers: { 'X-GitHub-Hook-Installation-Target-ID': '1' }, payload: { action: 'opened' } } } },
};

const app: Target = {
  name: 'github-answer',
  words: [...words, '"fullDatabaseId":33', '"state":"OPEN"', '"guid":"0a-1b"', '<https://x.example/?cursor=v1>; rel="next"', ...Object.keys(ofApp).map((name) => `${name}\n`)],
  samples: () => Object.entries(ofApp).map(([name, { sound }]) => `${name}\n${JSON.stringify(sound)}`),
  // What can't be read is asked for again later, as what GitHub's client itself can't read.
  errors: ['ZodError', 'SyntaxError', 'Error'],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const [name, { read }] = choose(ofApp, line);
    const found = await read(rest);
    holdDates(found);
    return `${name} ${typeof found === 'object' ? Object.keys(found ?? {}).join() : String(found)}`;
  },
};

const headers: Target = {
  name: 'github-limits',
  words: ['retry-after: 60\n', 'x-ratelimit-remaining: 0\n', 'x-ratelimit-reset: 1767323045\n', 'x-ratelimit-limit: 5000\n', 'date: Fri, 02 Jan 2026 03:04:05 GMT\n', '1e308', 'Infinity', '-1'],
  samples: () => ['retry-after: 60\ndate: Fri, 02 Jan 2026 03:04:05 GMT', 'x-ratelimit-limit: 5000\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1767323045\ndate: Fri, 02 Jan 2026 03:04:05 GMT'],
  run(bytes) {
    const told = Object.fromEntries(textOf(bytes).split('\n').map((one) => { const [name = '', ...rest] = one.split(':'); return [name.trim().toLowerCase(), rest.join(':').trim()] as const; }).filter(([name]) => name !== '__proto__'));
    const { notBefore, refusal } = readSetback(Object.assign(new Error('x'), { status: 403, response: { status: 403, headers: told } }), now);
    hold(notBefore === undefined || (notBefore > now && notBefore.getTime() - now.getTime() <= 3_660_000), 'a limit lasts longer than any that GitHub has');
    const left = requestsLeft(told, now);
    hold(left === undefined || (left.waitMs >= 0 && !Number.isNaN(new Date(now.getTime() + left.waitMs).getTime())), 'an hour that never ends');
    return `${String(refusal)} ${String(left !== undefined)}`;
  },
};

export const githubAnswers: readonly Target[] = [identity, app, headers];
