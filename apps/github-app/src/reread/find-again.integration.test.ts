import { startGitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { createLogger } from '@doubloon/service';
import { expect, onTestFinished, test } from 'vitest';
import { secret } from '../../testing/deliver.ts';
import { personAt } from '../../testing/line.ts';
import { openProbot } from '../github.ts';
import { withMarker } from '../living-comment/living-comment.ts';
import { findAgain } from './find-again.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const [owner, repo] = ['analytical-engines', 'difference'];

/** A GitHub, an empty database, and what looks for issues there. */
async function beginAnew() {
  const standin = await startGitHubStandin({ webhook: { secret } });
  onTestFinished(() => standin.close());
  const { pool } = await testDatabase(migrationsFolder('github-app'));
  const probot = await openProbot({ appId: standin.app.id, privateKey: standin.app.privateKey, apiUrl: standin.apiUrl }, log);
  const finding = { pool, octokit: (installation?: number) => probot.auth(installation), appId: String(standin.app.id), looked: new Set<string>(), log, now: () => new Date() };
  return { standin, pool, finding, octokit: await probot.auth(standin.installationId), ada: personAt(standin, 'ada') };
}

test('on an empty database the issues with a comment of ours are known again and to be read, no other, and once', async () => {
  const { pool, finding, octokit, ada } = await beginAnew();
  const [ours, forged, silent] = [await ada.openIssue('Ours'), await ada.openIssue('Forged'), await ada.openIssue('Silent')];
  await ada.comment(ours.number, '$sol:1$');
  await octokit.rest.issues.createComment({ owner, repo, issue_number: ours.number, body: withMarker('text', String(ours.id)) });
  await ada.comment(forged.number, withMarker('$sol:9$', String(forged.id)));
  await ada.comment(silent.number, '$sol:2$');

  await findAgain(finding, new AbortController().signal);
  const known = async () => (await pool.query<{ number: number; due: boolean; waits: boolean }>('select number, reread_at <= now() as due, due_at > now() as waits from issue join living_comment on living_comment.issue_id = issue.id')).rows;
  expect(await known()).toEqual([{ number: ours.number, due: true, waits: true }]);
  expect((await pool.query('select from issue')).rowCount).toBe(1);

  await octokit.rest.issues.createComment({ owner, repo, issue_number: silent.number, body: withMarker('text', String(silent.id)) });
  await findAgain(finding, new AbortController().signal);
  expect(await known()).toHaveLength(1);
});

test('what GitHub does not answer to is looked at the next time, with what was looked at left alone; what it does not show ends nothing', async () => {
  const { standin, pool, finding, octokit, ada } = await beginAnew();
  const [first, second] = [await ada.openIssue('First'), await ada.openIssue('Second')];
  for (const { number, id } of [first, second]) await octokit.rest.issues.createComment({ owner, repo, issue_number: number, body: withMarker('text', String(id)) });
  const isFound = async () => (await pool.query<{ found: boolean }>('select found_at is not null as found from beginning')).rows[0]?.found;
  const known = async () => (await pool.query<{ number: number }>('select number from issue order by number')).rows.map(({ number }) => number);
  const commentsOf = (number: number) => new RegExp(`/issues/${String(number)}/comments$`);
  const askedFor = (number: number) => standin.asked.filter(({ method, path }) => method === 'GET' && commentsOf(number).test(path)).length;

  standin.faults.api({ path: commentsOf(first.number) }, { kind: 'unavailable' });
  await findAgain(finding, new AbortController().signal);
  expect([await isFound(), await known()]).toEqual([false, [second.number]]);

  await findAgain(finding, new AbortController().signal);
  expect([await isFound(), await known(), askedFor(second.number)]).toEqual([true, [first.number, second.number], 1]);

  await pool.query('update beginning set found_at = null');
  standin.suspendInstallation(standin.app.slug, owner);
  await findAgain({ ...finding, looked: new Set() }, new AbortController().signal);
  expect(await isFound()).toBe(true);
});
