import { expect, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { installationClient, openStandin, secret } from '../testing/standin.ts';
import type { GitHubStandin } from './index.ts';

const issue = '/analytical-engines/difference/issues/1';
const send = (standin: GitHubStandin, path: string, fields: Record<string, string>, user = 'ada', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(standin.url + path, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie: `standin_user=${user}`, ...headers }, redirect: 'manual' });
const read = async (standin: GitHubStandin, path: string, user = 'ada'): Promise<string> => (await fetch(standin.url + path, { headers: { cookie: `standin_user=${user}` } })).text();

test('a person comments by a plain form, edits and deletes, and the App hears of each', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const made = await send(standin, `${issue}/comments`, { body: 'I would love this.\r\n\r\n$sol:1$' });
  expect(made.status).toBe(303);
  const id = /#issuecomment-(\d+)$/.exec(made.headers.get('location') ?? '')?.[1] ?? '';
  expect(await read(standin, issue)).toContain(`id="issuecomment-${id}"`);
  await send(standin, `/analytical-engines/difference/comments/${id}/edit`, { body: 'Changed my mind.' });
  expect(await read(standin, issue)).toContain('Changed my mind.');
  await send(standin, `/analytical-engines/difference/comments/${id}/delete`, {});
  expect(await read(standin, issue)).not.toContain('Changed my mind.');
  await standin.delivered();
  expect(receiver.received.map((it) => it.payload['action'])).toEqual(['created', 'edited', 'deleted']);
  expect(receiver.received[0]?.payload).toMatchObject({ sender: { login: 'ada' }, comment: { body: 'I would love this.\r\n\r\n$sol:1$', html_url: `${standin.url}${issue}#issuecomment-${id}` } });
});

test('switching the user sets the cookie, goes back, and goes nowhere else', async () => {
  const standin = await openStandin();
  const switched = await send(standin, '/-/user', { user: 'grace', here: issue });
  expect(switched.headers.get('set-cookie')).toContain('standin_user=grace; Path=/; HttpOnly; SameSite=Lax');
  expect(switched.headers.get('location')).toBe(issue);
  for (const here of ['//evil.example', 'https://evil.example', '/\\evil.example']) expect((await send(standin, '/-/user', { user: 'grace', here })).headers.get('location')).toBe('/');
  expect((await send(standin, '/-/user', { user: 'nobody' })).headers.get('set-cookie')).toBeNull();
  expect(await read(standin, issue, 'grace')).toContain('Comment as grace');
});

test('a blank comment is refused with a message beside the field, and what is too long is kept', async () => {
  const standin = await openStandin();
  const blank = await send(standin, `${issue}/comments`, { body: ' ' });
  expect(blank.status).toBe(422);
  expect(await blank.text()).toContain('A comment must not be blank.');
  const long = await send(standin, `${issue}/comments`, { body: 'y'.repeat(65_537) });
  const page = await long.text();
  expect([long.status, page.includes('y'.repeat(65_537)), page.includes('aria-invalid="true"')]).toEqual([422, true, true]);
  expect(await read(standin, issue)).toContain('1 comment');
});

test('people see and use only what their role allows', async () => {
  const standin = await openStandin();
  const { id } = standin.comment('maggie', 'analytical-engines/difference', 1, 'hers');
  const edit = `/analytical-engines/difference/comments/${id}/edit`;
  expect(await read(standin, issue, 'ada')).not.toContain(edit);
  expect((await send(standin, edit, { body: 'no' }, 'ada')).status).toBe(403);
  expect(await read(standin, issue, 'grace')).toContain(edit);
  expect((await send(standin, `${issue}/state`, { state: 'completed' }, 'maggie')).status).toBe(403);
  expect((await send(standin, `${issue}/state`, { state: 'not_planned' }, 'linus')).status).toBe(303);
  expect(await read(standin, issue)).toContain('Closed as not planned');
  await send(standin, `${issue}/state`, { state: 'open' }, 'linus');
  expect(await read(standin, issue)).toContain('>Open</span>');
});

test('a form that another site sends does nothing', async () => {
  const standin = await openStandin();
  expect((await send(standin, `${issue}/comments`, { body: 'forged' }, 'ada', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect(await read(standin, issue)).not.toContain('forged');
});

test('hostile names, titles and comments are shown as text, under a policy that runs nothing else', async () => {
  const standin = await openStandin();
  const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'';
  const made = await send(standin, '/analytical-engines/difference/issues', { title: evil, body: evil });
  const path = made.headers.get('location') ?? '';
  await send(standin, `${path}/comments`, { body: evil });
  const answer = await fetch(standin.url + path);
  const page = await answer.text();
  expect(page).not.toContain('<script>alert');
  expect(page).not.toContain('<img src=x');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(await read(standin, '/analytical-engines/difference')).not.toContain('<script>alert');
});

test('the App\'s comment shows its badge and hides its marker', async () => {
  const standin = await openStandin();
  const { data } = await installationClient(standin).request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { owner: 'analytical-engines', repo: 'difference', issue_number: 1, body: '<!-- doubloon {"v":1,"hash":"abc"} -->\nOffered: **1 sol**' });
  const page = await read(standin, issue);
  const [, article = ''] = page.split(`id="issuecomment-${data.id}"`);
  expect(article.split('</article>')[0]).toContain('<span class="badge">bot</span>');
  expect(page).not.toContain('hash');
});

test('a pull request has its page under /pull/, and the other address leads there', async () => {
  const standin = await openStandin();
  const answer = await fetch(`${standin.url}/analytical-engines/difference/issues/4`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/analytical-engines/difference/pull/4']);
  expect(await read(standin, '/analytical-engines/difference/pull/4')).toContain('Pull request from carry');
});

test('every link of the start page leads somewhere, and what is not there is a page that says so', async () => {
  const standin = await openStandin();
  const links = [...(await read(standin, '/')).matchAll(/(?:href|src)="(\/[^"]*)"/g)].map((it) => it[1] ?? '');
  expect(links.length).toBeGreaterThan(6);
  for (const link of links) expect([link, (await fetch(standin.url + link)).status]).toEqual([link, 200]);
  for (const gone of ['/nobody', '/analytical-engines/none', '/analytical-engines/difference/issues/99', '/a/b/c/d/e']) expect((await fetch(standin.url + gone)).status).toBe(404);
});

test('an unchanged page is 304, so that looking for news is cheap', async () => {
  const standin = await openStandin();
  const first = await fetch(standin.url + issue);
  const again = () => fetch(standin.url + issue, { headers: { 'if-none-match': first.headers.get('etag') ?? '' }, cache: 'no-store' });
  expect((await again()).status).toBe(304);
  standin.comment('ada', 'analytical-engines/difference', 1, 'news');
  expect((await again()).status).toBe(200);
});
