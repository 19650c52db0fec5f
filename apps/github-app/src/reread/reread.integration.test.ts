import { parseCommands } from '@doubloon/domain';
import { defaultRepositories, startGitHubStandin, type GitHubStandinOptions } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { createLogger } from '@doubloon/service';
import { expect, onTestFinished, test } from 'vitest';
import { secret } from '../../testing/deliver.ts';
import { personAt } from '../../testing/line.ts';
import { openProbot } from '../github.ts';
import { reread, type Reading, type Rereading } from './reread.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const name = 'analytical-engines/difference';
const never = new AbortController().signal;
const hourMs = 3_600_000;

/** Issues that the App knows, each with one text of ada's that it has read, all due to be read again. */
async function openRereading({ issues = 1, ...o }: Partial<GitHubStandinOptions> & { issues?: number } = {}) {
  const standin = await startGitHubStandin({ webhook: { secret }, ...o });
  onTestFinished(() => standin.close());
  const { pool } = await testDatabase(migrationsFolder('github-app'));
  const probot = await openProbot({ appId: standin.app.id, privateKey: standin.app.privateKey, apiUrl: standin.apiUrl }, log);
  const [ada, linus] = [personAt(standin, 'ada'), personAt(standin, 'linus')];
  const readings: Reading[] = [];
  const rereading: Rereading = {
    pool, log, everyMs: 900_000, now: () => new Date(), parse: (text) => Promise.resolve(parseCommands(text, new Map([['sol', 9]]))), octokit: (installation) => probot.auth(installation),
    findInstallation: () => Promise.resolve(String(standin.installationId)), onStored: () => undefined, onReading: (how) => { readings.push(how); },
  };
  const repositoryId = String(standin.issue(name, 1).repositoryId);
  await pool.query('insert into repository (id, full_name, installation_id, seen_at) values ($1, $2, $3, now())', [repositoryId, name, String(standin.installationId)]);
  const known: { number: number; id: number; comment: number }[] = [];
  for (let nth = 0; nth < issues; nth++) {
    const issue = await ada.openIssue(`Issue ${String(nth)}`);
    const { id: comment } = await ada.comment(issue.number, '$sol:1$');
    known.push({ ...issue, comment });
    await pool.query("insert into issue (repository_id, id, number, title, url, is_pull_request, reread_at) values ($1, $2, $3, 'T', 'u', false, now() - interval '1 minute' + $4 * interval '1 second')", [repositoryId, String(issue.id), issue.number, nth]);
    await keepSource(issue.id, comment);
  }
  async function keepSource(issueId: number, comment: number, updatedAt = new Date(Date.now() + 1_000)) {
    await pool.query("insert into source (kind, id, repository_id, issue_id, url, author_id, author_login, updated_at, revision) values ('issue-comment', $1, $2, $3, 'u', '1', 'ada', $4, 1)", [String(comment), repositoryId, String(issueId), updatedAt]);
  }
  const due = () => pool.query("update issue set reread_at = now() - interval '1 second'");
  const stored = async () => (await pool.query<{ told: string }>(`select kind || ' ' || (payload #>> '{payload,action}') || ' ' || coalesce(payload #>> '{payload,comment,id}', '') as told from inbox order by id`)).rows.map(({ told }) => told);
  const waits = async () => (await pool.query<{ ms: number }>('select extract(epoch from reread_at - now())::float8 * 1000 as ms from issue order by number')).rows.map(({ ms }) => ms);
  const asked = () => standin.asked.filter(({ installationId, method }) => installationId !== undefined && method === 'GET').map(({ path, search, status }) => `${path.replace(`/repos/${name}`, '')}${search} ${String(status)}`);
  return { standin, pool, rereading, readings, known, ada, linus, keepSource, due, stored, waits, asked, run: () => reread(rereading, never) };
}

test('an issue that says what we know is read once in a quarter of an hour', async () => {
  const { readings, stored, waits, run } = await openRereading();
  await run();
  await run();
  expect(readings).toEqual(['nothing']);
  expect(await stored()).toEqual([]);
  const [wait = 0] = await waits();
  expect(wait).toBeGreaterThan(0.9 * 900_000 - 60_000);
  expect(wait).toBeLessThan(1.1 * 900_000);
});

test('the same is answered with 304 the next time, and something new is not', async () => {
  const { readings, known: [issue], linus, stored, due, asked, run } = await openRereading();
  await run();
  await due();
  const before = asked().length;
  await run();
  expect(asked().slice(before).map((one) => one.split(' ').at(-1))).toEqual(['304', '304']);
  const { id } = await linus.comment(issue?.number ?? 0, '$sol:2$');
  await due();
  await run();
  expect(readings).toEqual(['nothing', 'unchanged', 'missed']);
  expect(await stored()).toEqual([`issue_comment created ${String(id)}`]);
});

test('a comment on an issue moves the time of its opening text, which is read again and not told as missed', async () => {
  const { readings, pool, known: [issue], linus, stored, due, run } = await openRereading();
  await pool.query("insert into source (kind, id, repository_id, issue_id, url, author_id, author_login, updated_at, revision) select 'issue', id, repository_id, id, 'u', '1', 'ada', now() - interval '1 minute', 1 from issue");
  await linus.comment(issue?.number ?? 0, 'chatter');
  await run();
  expect([readings, await stored()]).toEqual([['nothing'], ['issues edited ']]);
  const { id } = await linus.comment(issue?.number ?? 0, '$sol:2$');
  await due();
  await run();
  expect(readings).toEqual(['nothing', 'missed']);
  expect(await stored()).toContain(`issue_comment created ${String(id)}`);
});

test('what was found is found once, also when nothing came of it yet', async () => {
  const { readings, pool, known: [issue], linus, stored, due, run } = await openRereading();
  await linus.comment(issue?.number ?? 0, '$sol:2$');
  await run();
  await due();
  await pool.query('update issue set reread_tags = null');
  await run();
  expect(readings).toEqual(['missed', 'nothing']);
  expect(await stored()).toHaveLength(1);
});

test('a comment that is not in the list and not there by itself is deleted; one that is there by itself is not', async () => {
  const { known: [one, other], ada, pool, keepSource, stored, readings, run } = await openRereading({ issues: 2 });
  const old = new Date(Date.now() - hourMs);
  const { id: elsewhere } = await ada.comment(other?.number ?? 0, 'a comment of another issue stands for one that moved to another page');
  await keepSource(one?.id ?? 0, elsewhere, old);
  await pool.query('update source set updated_at = $2 where id = $1', [String(one?.comment), old]);
  await ada.deleteComment(one?.comment ?? 0);
  await pool.query('update issue set reread_at = now() + interval \'1 hour\' where number = $1', [other?.number]);
  await run();
  expect(await stored()).toEqual([`issue_comment deleted ${String(one?.comment)}`]);
  expect(readings).toEqual(['missed']);
});

test('a comment that GitHub\'s copies may not have heard of is not looked for', async () => {
  const { known: [issue], ada, asked, stored, run } = await openRereading();
  await ada.deleteComment(issue?.comment ?? 0);
  await run();
  expect(asked().filter((one) => one.includes('/comments/'))).toEqual([]);
  expect(await stored()).toEqual([]);
});

test('all pages are read, and where there are several nothing is taken for unchanged', async () => {
  const { standin, known: [issue], stored, due, readings, run, asked } = await openRereading();
  for (let nth = 0; nth < 98; nth++) standin.comment('linus', name, issue?.number ?? 0, 'chatter');
  const ninetyNine = asked().length;
  await run();
  expect(asked().slice(ninetyNine).filter((one) => one.includes('page='))).toHaveLength(1);
  standin.comment('linus', name, issue?.number ?? 0, 'the hundredth');
  const { id } = standin.comment('linus', name, issue?.number ?? 0, '$sol:3$');
  await due();
  await run();
  expect(await stored()).toEqual([`issue_comment created ${String(id)}`]);
  await due();
  await run();
  expect(readings).toEqual(['nothing', 'missed', 'nothing']);
});

test('a closed issue is read less often', async () => {
  const { standin, known: [issue], waits, run } = await openRereading();
  const reply = await fetch(`${standin.apiUrl}/repos/${name}/issues/${String(issue?.number)}`, { method: 'PATCH', body: JSON.stringify({ state: 'closed' }), headers: { authorization: `Bearer ${standin.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' } });
  expect(reply.status).toBe(200);
  await run();
  expect((await waits())[0]).toBeGreaterThan(3 * 900_000);
});

test('an issue that is not to be seen is left as it is, and asked for less often', async () => {
  const { standin, stored, waits, readings, run } = await openRereading();
  standin.faults.api({ path: /\/issues\/\d+$/ }, { kind: 'not-found' });
  await run();
  expect(readings).toEqual(['refused']);
  expect(await stored()).toEqual([]);
  expect((await waits())[0]).toBeGreaterThan(3 * 900_000);
});

test('an issue that GitHub says was deleted is told so', async () => {
  const repositories = defaultRepositories.map((one) => (one.name === 'difference' ? { ...one, roles: { ...one.roles, ada: 'admin' } as const } : one));
  const { standin, known: [issue], stored, readings, run } = await openRereading({ repositories });
  const reply = await fetch(`${standin.url}/${name}/issues/${String(issue?.number)}/delete`, { method: 'POST', headers: { cookie: 'standin_user=ada' }, body: new URLSearchParams(), redirect: 'manual' });
  expect(reply.status).toBe(303);
  await run();
  expect([readings, await stored()]).toEqual([['missed'], ['issues deleted ']]);
});

test('another issue under the same number is not taken for ours', async () => {
  const { pool, stored, readings, run } = await openRereading();
  await pool.query('alter table source drop constraint source_repository_id_issue_id_fkey');
  await pool.query("update issue set id = '4711'");
  await run();
  expect(readings).toEqual(['refused']);
  expect(await stored()).toEqual([]);
});

test('three failures in a row end the round: the rest stays due, and is read when GitHub is back', async () => {
  const { standin, readings, due, waits, run } = await openRereading({ issues: 5 });
  standin.faults.api({ path: /\/issues\/\d+$/, times: 3 }, { kind: 'unavailable' });
  await run();
  expect(readings).toEqual(['failed', 'failed', 'failed']);
  expect((await waits()).map((ms) => ms > 0)).toEqual([true, true, true, false, false]);
  await due();
  await run();
  expect(readings.slice(3)).toEqual(['nothing', 'nothing', 'nothing', 'nothing', 'nothing']);
});

test('a limit of GitHub\'s holds all issues of the installation, and whatever else is done there', async () => {
  const { standin, pool, readings, waits, run } = await openRereading({ issues: 3 });
  standin.faults.api({ path: /\/issues\/\d+$/ }, { kind: 'secondary-limit', retryAfter: 120 });
  await run();
  expect(readings).toEqual(['limited']);
  expect((await waits()).every((ms) => ms > 100_000)).toBe(true);
  expect((await pool.query('select from installation where not_before > now()')).rowCount).toBe(1);
});

test('a quarter of the installation\'s quota is left for everything else', async () => {
  const { readings, waits, run } = await openRereading({ issues: 6, limits: { perHour: 9 } });
  await run();
  expect(readings).toEqual(['nothing', 'nothing', 'nothing', 'nothing']);
  expect((await waits()).filter((ms) => ms > 900_000 * 1.2)).toHaveLength(6);
});

test('one process reads at a time', async () => {
  const { readings, run } = await openRereading({ issues: 2 });
  await Promise.all([run(), run()]);
  expect(readings).toEqual(['nothing', 'nothing']);
});

test('an installation that no delivery named is asked for', async () => {
  const { pool, readings, run } = await openRereading();
  await pool.query('update repository set installation_id = null');
  await run();
  expect(readings).toEqual(['nothing']);
});
