import { expect, onTestFinished, test } from 'vitest';
import { startReceiver, type Received } from '../testing/receiver.ts';
import { difference, installationClient, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';
const cards = 'analytical-engines/punched-cards';

/** A stand-in whose App hears of everything, with what it heard; all of it has to match GitHub's descriptions, but for what is `known` to be wrong there. */
async function listening(o: Partial<GitHubStandinOptions> = {}): Promise<{ standin: GitHubStandin; heard: (known?: readonly string[]) => Promise<readonly Received[]> }> {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret }, app: { events: ['issues', 'issue_comment', 'pull_request', 'push', 'repository'] }, ...o });
  onTestFinished(() => { standin.assertConforms(); });
  return {
    standin,
    async heard(known = []) {
      await standin.delivered();
      for (const { headers, payload } of receiver.received) expect([headers['x-github-event'], payload['action'], webhookProblems(headers['x-github-event'] ?? '', (payload['action'] as string | undefined) ?? null, payload).filter((it) => !known.includes(it))]).toEqual([headers['x-github-event'], payload['action'], []]);
      return receiver.received;
    },
  };
}
const named = (received: readonly Received[]): string[] => received.map(({ headers, payload }) => [headers['x-github-event'], payload['action']].filter((it) => it !== undefined).join('.'));
const issueOf = async (standin: GitHubStandin, issue_number: number, where: { owner: string; repo: string } = difference) => (await personClient(standin, 'linus').request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...where, issue_number })).data;

test('an issue is closed for each reason, and opened again', async () => {
  const { standin, heard } = await listening();
  for (const reason of ['completed', 'not_planned', 'duplicate'] as const) {
    standin.closeIssue('ada', repository, 1, reason);
    expect(await issueOf(standin, 1)).toMatchObject({ state: 'closed', state_reason: reason, closed_by: { login: 'ada' } });
    standin.reopenIssue('ada', repository, 1);
  }
  expect(await issueOf(standin, 1)).toMatchObject({ state: 'open', state_reason: 'reopened' });
  expect(() => { standin.closeIssue('maggie', repository, 1); }).toThrow('maggie may not close it');
  expect(named(await heard())).toEqual(['issues.closed', 'issues.reopened', 'issues.closed', 'issues.reopened', 'issues.closed', 'issues.reopened']);
});

test('a merged pull request closes what it says, is told as a pull request, and stays merged', async () => {
  const { standin, heard } = await listening();
  const { number } = standin.openPull('maggie', repository, { title: 'Columns', body: 'Closes #2', head: 'columns' });
  const { sha } = standin.merge('linus', repository, number);
  expect(await issueOf(standin, 2)).toMatchObject({ state: 'closed', state_reason: 'completed', closed_by: { login: 'linus' } });
  const { data } = await installationClient(standin).request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...difference, pull_number: number });
  expect(data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: sha, merged_by: { login: 'linus' }, base: { ref: 'main', sha }, commits: 1 });
  standin.reopenIssue('linus', repository, number);
  expect(await issueOf(standin, number)).toMatchObject({ state: 'closed', pull_request: { merged_at: expect.any(String) as string } });
  expect(() => standin.merge('linus', repository, number)).toThrow('no open pull request');
  expect(() => standin.merge('ada', repository, 4)).toThrow('ada may not merge here');
  const told = await heard();
  expect(named(told)).toEqual(['pull_request.opened', 'pull_request.closed', 'push', 'issues.closed']);
  expect(told[1]?.payload).toMatchObject({ number, pull_request: { merged: true, id: data.id } });
});

test('a pull request from a fork that was deleted comes from nowhere', async () => {
  const { standin, heard } = await listening();
  const fork = standin.fork(repository, 'maggie');
  expect(fork).toBe('maggie/difference');
  const { number } = standin.openPull('maggie', repository, { title: 'From a fork', head: 'mend', from: fork });
  const read = async () => (await personClient(standin, 'ada').request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...difference, pull_number: number })).data;
  expect((await read()).head).toMatchObject({ label: 'maggie:mend', repo: { full_name: fork, fork: true } });
  standin.deleteRepository(fork);
  expect((await read()).head.repo).toBeNull();
  standin.closeIssue('maggie', repository, number);
  // GitHub's description of `pull_request.labeled` knows that it may be null, and that of `closed` does not.
  expect(named(await heard(['/pull_request/head/repo must be object']))).toEqual(['pull_request.opened', 'pull_request.closed']);
});

test('a transferred issue is another one elsewhere, and GitHub sends on', async () => {
  const { standin, heard } = await listening();
  standin.setMembership('analytical-engines', 'linus', 'owner');
  const before = standin.issue(repository, 1);
  const moved = standin.transferIssue('linus', repository, 1, cards);
  expect([moved.number, moved.id === before.id]).toEqual([2, false]);
  const answer = await fetch(`${standin.apiUrl}/repos/${repository}/issues/1/comments`, { redirect: 'manual', headers: { 'user-agent': 'tests' } });
  expect([answer.status, answer.headers.get('location')]).toEqual([301, `${standin.apiUrl}/repos/${cards}/issues/2/comments`]);
  expect(await issueOf(standin, 1)).toMatchObject({ number: 2, id: moved.id, comments: 1, user: { login: 'grace' } });
  expect(standin.openIssue('ada', repository, { title: 'A number of its own' }).number).toBe(5);
  const told = await heard();
  expect(named(told)).toEqual(['issues.transferred', 'issues.opened', 'issues.opened']);
  expect(told[0]?.payload).toMatchObject({ issue: { id: before.id }, changes: { new_issue: { id: moved.id, number: 2 }, new_repository: { full_name: cards } } });
  expect(() => standin.transferIssue('linus', cards, 1, 'ada/notes')).toThrow('of its owner');
});

test('a repository that is renamed, moved or archived is told so, and found where it was', async () => {
  const { standin, heard } = await listening();
  const { repositoryId } = standin.issue(repository, 1);
  standin.renameRepository(repository, 'analytical');
  const found = async (path: string) => (await (await fetch(`${standin.apiUrl}${path}`, { headers: { 'user-agent': 'tests' } })).json()) as { id: number; full_name: string };
  expect(await found(`/repos/${repository}`)).toMatchObject({ id: repositoryId, full_name: 'analytical-engines/analytical' });
  standin.archive('analytical-engines/analytical');
  standin.archive('analytical-engines/analytical', false);
  standin.transferRepository('analytical-engines/analytical', 'ada');
  expect(await found('/repos/analytical-engines/analytical')).toMatchObject({ id: repositoryId, full_name: 'ada/analytical' });
  // The installation of the old owner sees it no more.
  await expect(installationClient(standin).request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { owner: 'ada', repo: 'analytical', issue_number: 1, body: 'x' })).rejects.toMatchObject({ status: 403 });
  const told = await heard();
  expect(named(told)).toEqual(['repository.renamed', 'repository.archived', 'repository.unarchived', 'repository.transferred', 'installation_repositories.removed']);
  expect(told[0]?.payload).toMatchObject({ changes: { repository: { name: { from: 'difference' } } } });
  expect(told[3]?.payload).toMatchObject({ changes: { owner: { from: { organization: { login: 'analytical-engines' } } } }, repository: { owner: { login: 'ada' } } });
});

test('an issue that became a discussion is closed and locked', async () => {
  const { standin, heard } = await listening();
  standin.convertToDiscussion('linus', repository, 1);
  expect(await issueOf(standin, 1)).toMatchObject({ state: 'closed', locked: true });
  expect(named(await heard())).toEqual(['issues.closed', 'issues.locked']);
});

test('people merge and close by the page', async () => {
  const { standin, heard } = await listening();
  const pull = `${standin.url}/${repository}/pull/4`;
  const page = async (user: string): Promise<string> => (await fetch(pull, { headers: { cookie: `standin_user=${user}` } })).text();
  const send = async (path: string, fields: Record<string, string>, user: string): Promise<number> => (await fetch(path, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie: `standin_user=${user}` }, redirect: 'manual' })).status;
  expect([(await page('ada')).includes('Merge pull request'), (await page('linus')).includes('>Merge pull request</button>')]).toEqual([false, true]);
  expect([await send(`${pull}/merge`, {}, 'ada'), await send(`${pull}/merge`, {}, 'linus')]).toEqual([403, 303]);
  expect(await page('linus')).toContain('Merged into main');
  expect(await page('linus')).not.toContain('>Reopen</button>');
  expect(await send(`${standin.url}/${repository}/issues/2/state`, { state: 'duplicate' }, 'linus')).toBe(303);
  expect(await issueOf(standin, 2)).toMatchObject({ state_reason: 'duplicate' });
  expect(named(await heard())).toEqual(['pull_request.closed', 'push', 'issues.closed', 'issues.closed']);
});
