import { randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { treasury } from '@doubloon/rpc';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deliver } from '../testing/deliver.ts';
import { personAt, startLine, type Line, type RemoteComment } from '../testing/line.ts';

const { OfferState } = treasury;
// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const repository = 'analytical-engines/difference';
const ada = () => personAt(line.github, 'ada');
const linus = () => personAt(line.github, 'linus');
const repositoryId = () => String(line.github.issue(repository, 1).repositoryId);

/** Waits for a condition; tests side by side can't use `expect.poll`. */
const until = <T>(check: () => Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 40_000, interval: 50 });

const ours = async (issue: number): Promise<RemoteComment[]> => (await ada().comments(issue)).filter(({ user }) => user.login.endsWith('[bot]'));

/** The one comment of ours, once it is there and says this. */
async function living(issue: number, says: RegExp | string): Promise<RemoteComment> {
  const comments = await until(async () => {
    const found = await ours(issue);
    expect(found[0]?.body ?? '').toMatch(says);
    return found;
  });
  expect(comments).toHaveLength(1);
  return comments[0] as RemoteComment;
}

/** The newest delivery about what a person did to a comment on this issue, as it was sent. */
const lastDelivery = (issueId: number) => line.github.deliveries.findLast(({ event, request }) => {
  if (event !== 'issue_comment') return false;
  const { issue, sender } = JSON.parse(request.payload) as { issue: { id: number }; sender: { type: string } };
  return issue.id === issueId && sender.type === 'User';
});
const lastComment = (issueId: number) => JSON.parse(lastDelivery(issueId)?.request.payload ?? '{}') as { comment: object; sender: object };

const open = `
  select (select count(*) from inbox where subject = $1 || '/' || $2 and done_at is null and dead_at is null)::int
    + (select count(*) from living_comment where repository_id = $1 and issue_id = $2 and due_at is not null)::int
    + (select count(*) from intent where repository_id = $1 and issue_id = $2 and done_at is null)::int as open`;

/** Everything that was delivered about the issue is handled, and nothing is due any more. */
async function settled({ id }: { id: number }): Promise<void> {
  await line.github.delivered();
  await until(async () => { expect((await line.database.pool.query<{ open: number }>(open, [repositoryId(), String(id)])).rows[0]?.open).toBe(0); });
}

const offersOf = async (issueId: number) => (await line.treasury.getBounty({ repositoryId: repositoryId(), issueId: String(issueId) })).offers.map(({ state, text, money }) => `${text} ${money?.denom ?? ''} ${OfferState[state]}`);

test.concurrent('a comment that offers money becomes an offer, one living comment with the link, and eyes', async () => {
  const issue = await ada().openIssue('A first issue');
  const { id } = await ada().comment(issue.number, 'I would love this. $sol:0.5$');
  const { body } = await living(issue.number, '/fund/');
  expect(body).toContain('| asked by `ada` | 0.5 sol | not funded yet |');
  expect(body).toMatch(/\[Fund 0\.5 sol\]\(http:\/\/bounties\.test\/fund\/[0-9a-f]{32}\)/);
  expect(body).toContain(`<!-- doubloon {"issue":"${String(issue.id)}","v":1,`);
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol OFFERED']);
  expect((await ada().reactions(id)).map(({ content }) => content)).toEqual(['eyes']);
  expect(await ours(issue.number)).toHaveLength(1);
});

test.concurrent.each([
  ['a quote', '> $sol:0.5$'], ['inline code', '`$sol:0.5$`'], ['a fence', '```\n$sol:0.5$\n```'], ['an HTML comment', '<!-- $sol:0.5$ -->'],
  ['mathematics', 'since $E:mc^2$ holds'], ['a shell', 'export PATH=$PATH:$HOME/bin'], ['plain talk', 'this costs $5 or $10'], ['a command of others', '/attempt #12\n/cancel\n/award @ada'],
])('nothing is said about %s', async (_, body) => {
  const issue = await ada().openIssue('A quiet issue');
  await ada().comment(issue.number, body);
  await settled(issue);
  expect(await ada().comments(issue.number)).toHaveLength(1);
  expect(await offersOf(issue.id)).toEqual([]);
});

test.concurrent('an edit replaces the offer in the same comment; an edit of other words changes nothing at all', async () => {
  const issue = await ada().openIssue('An issue with edits');
  const { id } = await ada().comment(issue.number, '$sol:0.5$ for this');
  const before = await living(issue.number, 'Fund 0.5 sol');
  await ada().editComment(id, '$sol:0.75$ for this');
  const after = await living(issue.number, 'Fund 0.75 sol');
  await settled(issue);
  expect(after.id).toBe(before.id);
  expect(after.body).toContain('Ended: 1 replaced by an edit.');
  expect(await offersOf(issue.id)).toEqual(['0.5 sol REPLACED', '0.75 sol OFFERED']);

  await ada().editComment(id, '$sol:0.75$ for this, please');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol REPLACED', '0.75 sol OFFERED']);
  expect((await ours(issue.number))[0]).toEqual(after);

  await ada().editComment(id, '$sol:0.5$ for this after all');
  await living(issue.number, 'Fund 0.5 sol');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol OFFERED', '0.75 sol REPLACED']);
});

test.concurrent('a deleted comment takes its offers back', async () => {
  const issue = await ada().openIssue('An issue with a deletion');
  const { id } = await ada().comment(issue.number, '$sol:0.5$ and $sol:0.25$');
  await living(issue.number, 'Fund 0.25 sol');
  await linus().deleteComment(id);
  const { body } = await living(issue.number, 'Ended: 2 withdrawn');
  expect(body).not.toContain('/fund/');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol WITHDRAWN', '0.25 sol WITHDRAWN']);
});

test.concurrent('the text of an issue offers too', async () => {
  const issue = await ada().openIssue('An issue that offers', 'Please. $sol:2$');
  expect((await living(issue.number, 'Fund 2 sol')).body).toContain('asked by `ada`');
  await ada().editIssue(issue.number, { body: 'Please.' });
  await living(issue.number, 'Ended: 1 withdrawn');
});

test.concurrent('offers of several people stand side by side, and /cancel takes back those of whoever wrote it', async () => {
  const issue = await ada().openIssue('An issue of many');
  await ada().comment(issue.number, '$sol:0.5$');
  await linus().comment(issue.number, '$sol:0.25$');
  await living(issue.number, 'Fund 0.25 sol');
  await ada().comment(issue.number, '/cancel');
  const { body } = await living(issue.number, 'Ended: 1 withdrawn');
  expect(body).toContain('Fund 0.25 sol');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol WITHDRAWN', '0.25 sol OFFERED']);
});

test.concurrent('what the treasury will not do for one text keeps nobody else waiting, and is tried again', async () => {
  const issue = await ada().openIssue('An issue with a knot');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await living(issue.number, 'Fund 0.5 sol');
  await settled(issue);
  await line.database.pool.query('update offer set offer_id = $2 where source_id = $1', [String(id), '0'.repeat(32)]);
  await ada().deleteComment(id);
  await line.github.delivered();
  await linus().comment(issue.number, '$sol:0.25$');
  await living(issue.number, 'Fund 0.25 sol');
  const { rows } = await line.database.pool.query("select problem, done_at from intent where issue_id = $1 and done_at is null and work->>'kind' = 'withdraw'", [String(issue.id)]);
  expect(rows).toEqual([{ problem: 'There is no such offer.', done_at: null }]);
});

test.concurrent('a near miss gets its reason, and an edit takes it away', async () => {
  const issue = await ada().openIssue('An issue with a mistake');
  const { id } = await ada().comment(issue.number, '$sol:1,000$');
  const { body } = await living(issue.number, 'Not done');
  expect(body).toContain('`$sol:1,000$`');
  expect(body).toContain('has separators');
  await ada().editComment(id, '$sol:1000$');
  expect((await living(issue.number, 'Fund 1000 sol')).body).not.toContain('Not done');
});

test.concurrent('six offers in one comment are five and a word about the sixth', async () => {
  const issue = await ada().openIssue('An issue with too many');
  await ada().comment(issue.number, [1, 2, 3, 4, 5, 6].map((amount) => `$sol:${String(amount)}$`).join(' '));
  expect((await living(issue.number, 'Not done')).body).toContain('one too many');
  await settled(issue);
  expect(await offersOf(issue.id)).toHaveLength(5);
});

test.concurrent('/bounty help explains itself where nobody offered anything', async () => {
  const issue = await ada().openIssue('An issue with a question');
  await ada().comment(issue.number, '/bounty help');
  const { body } = await living(issue.number, 'How it works');
  expect(body).toContain('There is no money on this issue.');
});

test.concurrent('the same delivery again, under the same and under another GUID, leaves one comment and one offer', async () => {
  const issue = await ada().openIssue('An issue with echoes');
  await ada().comment(issue.number, '$sol:0.5$');
  await living(issue.number, 'Fund');
  const delivery = lastDelivery(issue.id);
  const body = delivery?.request.payload ?? '';
  const answers = await Promise.all([delivery?.guid ?? '', delivery?.guid ?? '', randomUUID(), randomUUID()].map((guid) => deliver(line.appUrl, { body, event: 'issue_comment', guid })));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await settled(issue);
  expect(await ours(issue.number)).toHaveLength(1);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol OFFERED']);
});

test.concurrent('two edits in one second end at what stands there, in whatever order they come', async () => {
  const issue = await ada().openIssue('An issue in a hurry');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await ada().editComment(id, '$sol:0.6$');
  await line.github.delivered();
  const first = lastComment(issue.id) as { comment: { updated_at: string } };
  await ada().editComment(id, '$sol:0.7$');
  await living(issue.number, 'Fund 0.7 sol');
  const second = lastComment(issue.id) as { comment: { updated_at: string } };
  const echo = { ...first, comment: { ...first.comment, updated_at: second.comment.updated_at } };
  expect((await deliver(line.appUrl, { body: JSON.stringify(echo), event: 'issue_comment' })).status).toBe(202);
  await settled(issue);
  expect((await offersOf(issue.id)).filter((text) => text.endsWith('OFFERED'))).toEqual(['0.7 sol OFFERED']);
});

test.concurrent('texts of a pull request stand under the id of its issue, which is asked for: its own, those of reviews, and what these say of files', async () => {
  const { github } = line;
  const { number, id: issueId } = github.openPull('maggie', repository, { title: 'Turn the eighth wheel', body: '$sol:0.5$', head: 'eighth' });
  const { id: reviewId } = github.review('ada', repository, number, { body: 'Good. $sol:0.25$' });
  const { commentIds: [commentId = 0] } = github.review('linus', repository, number, { comments: [{ path: 'wheel.ts', body: '$sol:0.125$' }] });
  await until(async () => { expect((await offersOf(issueId)).toSorted()).toEqual(['0.125 sol OFFERED', '0.25 sol OFFERED', '0.5 sol OFFERED']); });
  const told = github.deliveries.find(({ event, request }) => event === 'pull_request' && request.payload.includes('Turn the eighth wheel'));
  const { pull_request: pull } = JSON.parse(told?.request.payload ?? '{}') as { pull_request: { id: number } };
  expect(pull.id).not.toBe(issueId);
  expect(await offersOf(pull.id)).toEqual([]);
  expect((await living(number, 'Fund 0.125 sol')).body).toContain('Fund 0.5 sol');

  github.editReview('ada', repository, reviewId, 'Better. $sol:0.75$');
  github.deleteReviewComment('linus', repository, commentId);
  await living(number, /^(?=[^]*Fund 0\.75 sol)(?![^]*Fund 0\.125 sol)/);
  await until(async () => { expect((await offersOf(issueId)).toSorted()).toEqual(['0.125 sol WITHDRAWN', '0.25 sol REPLACED', '0.5 sol OFFERED', '0.75 sol OFFERED']); });
});

test.concurrent('an older edit that comes late loses', async () => {
  const issue = await ada().openIssue('An issue with a late edit');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  await living(issue.number, 'Fund 0.5 sol');
  const created = lastComment(issue.id);
  const late = { ...created, action: 'edited', changes: { body: { from: 'x' } }, comment: { ...created.comment, body: '$sol:0.1$', updated_at: '2020-01-01T00:00:00Z' } };
  await ada().editComment(id, '$sol:0.75$');
  await living(issue.number, 'Fund 0.75 sol');
  expect((await deliver(line.appUrl, { body: JSON.stringify(late), event: 'issue_comment' })).status).toBe(202);
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol REPLACED', '0.75 sol OFFERED']);
});

test.concurrent('a deletion that comes before the creation wins', async () => {
  const issue = await ada().openIssue('An issue out of order');
  await ada().comment(issue.number, 'nothing yet');
  const made = lastComment(issue.id);
  const comment = { ...made.comment, id: 4_000_000_001, body: '$sol:0.5$' };
  await deliver(line.appUrl, { body: JSON.stringify({ ...made, action: 'deleted', comment }), event: 'issue_comment' });
  await settled(issue);
  await deliver(line.appUrl, { body: JSON.stringify({ ...made, action: 'created', comment }), event: 'issue_comment' });
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual([]);
  expect(await ours(issue.number)).toEqual([]);
});

test.concurrent('bots and Apps do not command', async () => {
  const issue = await ada().openIssue('An issue for bots');
  await ada().comment(issue.number, 'nothing');
  const made = lastComment(issue.id);
  const comment = { ...made.comment, id: 4_000_000_002, body: '$sol:0.5$' };
  const bot = { ...made.sender, id: 4_000_000_003, login: 'renovate[bot]', type: 'Bot' };
  for (const payload of [{ ...made, comment, sender: bot }, { ...made, comment: { ...comment, user: bot } }, { ...made, comment: { ...comment, performed_via_github_app: { id: 77 } } }]) {
    expect((await deliver(line.appUrl, { body: JSON.stringify(payload), event: 'issue_comment' })).status).toBe(202);
  }
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual([]);
});

test.concurrent('hostile text stays text', async () => {
  const issue = await ada().openIssue('</table><img src=x onerror=alert(1)> | [x](javascript:y) @everyone `', '$sol:1$');
  const { id } = await ada().comment(issue.number, '$sol:1,0`<b>@all|$ $sol:-5$');
  const { body } = await living(issue.number, 'Not done');
  expect(body).not.toMatch(/<(?!!-- doubloon )/);
  expect(body).not.toContain('@everyone');
  await ada().deleteComment(id);
});

test.concurrent('our comment deleted by a person comes back once, and not twice', async () => {
  const issue = await ada().openIssue('An issue with a grudge');
  await ada().comment(issue.number, '$sol:0.5$');
  const first = await living(issue.number, 'Fund');
  await linus().deleteComment(first.id);
  await until(async () => { expect((await ours(issue.number))[0]?.id ?? first.id).not.toBe(first.id); });
  const second = await living(issue.number, 'Fund 0.5 sol');
  await linus().deleteComment(second.id);
  await settled(issue);
  await ada().comment(issue.number, '$sol:0.25$');
  await settled(issue);
  expect(await ours(issue.number)).toEqual([]);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol OFFERED', '0.25 sol OFFERED']);
});

test.concurrent('our comment edited by a person is put right', async () => {
  const issue = await ada().openIssue('An issue with a forger');
  await ada().comment(issue.number, '$sol:0.5$');
  const { id, body } = await living(issue.number, 'Fund');
  await settled(issue);
  await linus().editComment(id, 'Pay to 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU');
  await until(async () => { expect((await ours(issue.number))[0]?.body).toBe(body); });
});

test.concurrent('a marker that somebody else pasted is not taken for ours', async () => {
  const issue = await ada().openIssue('An issue with a trap');
  await linus().comment(issue.number, `<!-- doubloon {"issue":"${String(issue.id)}","v":1,"hash":"x"} -->`);
  await ada().comment(issue.number, '$sol:0.5$');
  await living(issue.number, 'Fund');
});

test('all public examples of webhooks are taken, handled, and none leaves a trace or a dead row', async () => {
  const before = (await line.database.pool.query('select from source')).rowCount;
  const all = (examples as unknown as { name: string; examples: object[] }[]).flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload })));
  expect(all.length).toBeGreaterThanOrEqual(329);
  for (let at = 0; at < all.length; at += 16) {
    const answers = await Promise.all(all.slice(at, at + 16).map(({ name, payload }) => deliver(line.appUrl, { body: JSON.stringify(payload), event: name })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  }
  await until(async () => { expect((await line.database.pool.query('select from inbox where done_at is null and dead_at is null')).rowCount).toBe(0); });
  expect((await line.database.pool.query('select key, last_error from inbox where dead_at is not null')).rows).toEqual([]);
  expect((await line.database.pool.query('select from source')).rowCount).toBe(before);
});

test('what was answered with 202 survives a kill, and becomes one comment', async () => {
  const issue = await ada().openIssue('An issue during a kill');
  await ada().comment(issue.number, '$sol:0.5$');
  await line.github.delivered();
  await line.killAndRestart();
  await living(issue.number, 'Fund 0.5 sol');
  await settled(issue);
  expect(await ours(issue.number)).toHaveLength(1);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol OFFERED']);
});

/** An issue whose one offer, of 0.5 sol, stands funded in finalized state and is shown so. */
async function fundedIssue(title: string) {
  const issue = await ada().openIssue(title);
  const { id: commentId } = await ada().comment(issue.number, '$sol:0.5$');
  const { body } = await living(issue.number, '/fund/');
  const signature = await line.fund(/\/fund\/([0-9a-f]{32})/.exec(body)?.[1] ?? '');
  const funded = await living(issue.number, '| 0.5 sol | funded |');
  return { issue, commentId, signature, funded };
}

test.concurrent('a deposit in finalized state changes the comment to funded, by whom, until when, with its transaction', async () => {
  const { signature, funded } = await fundedIssue('An issue that is funded');
  expect(funded.body).toContain('- **0.5 sol** funded, in escrow');
  expect(funded.body).toContain(`[\`${signature.slice(0, 8)}…${signature.slice(-8)}\`](http://bounties.test/fund/`);
  expect(funded.body).toMatch(/\| `\w{4}…\w{4}` \| 0\.5 sol \| funded \| 20\d\d-\d\d-\d\d \d\d:\d\d UTC \|/);
  expect(funded.body).not.toContain('Fund 0.5 sol');
  expect(funded.body).not.toContain(signature);
});

test.concurrent('an edit after funding asks for the difference only, and less asks for nothing', async () => {
  const { issue, commentId } = await fundedIssue('An issue that grows');
  await ada().editComment(commentId, '$sol:0.75$');
  const { body } = await living(issue.number, 'Fund 0.25 sol');
  expect(body).toContain('`0.75 sol` is asked for now, and `0.5 sol` was funded before that: the offer is for the difference.');
  await ada().editComment(commentId, '$sol:0.2$');
  await living(issue.number, '`0.2 sol` is asked for now, and `0.5 sol` was funded before that: an edit changes nothing about what is funded.');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol FUNDED', '0.25 sol WITHDRAWN']);
  await ada().editComment(commentId, '$sol:0.9$');
  await living(issue.number, 'Fund 0.4 sol');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol FUNDED', '0.25 sol WITHDRAWN', '0.4 sol OFFERED']);
});

test.concurrent('a deleted comment leaves what is funded where it is, and says so', async () => {
  const { issue, commentId } = await fundedIssue('An issue that forgets');
  await ada().deleteComment(commentId);
  const { body } = await living(issue.number, 'stays in escrow');
  expect(body).toContain('`0.5 sol` stays in escrow: the text that offered it was deleted.');
  expect(body).toContain('| 0.5 sol | funded |');
});

test.concurrent('a comment that is deleted while its transaction is on its way says so too, once that has landed', async () => {
  const issue = await ada().openIssue('An issue that forgets too early');
  const { id } = await ada().comment(issue.number, '$sol:0.5$');
  const { body } = await living(issue.number, '/fund/');
  await line.fund(/\/fund\/([0-9a-f]{32})/.exec(body)?.[1] ?? '');
  await ada().deleteComment(id);
  expect((await living(issue.number, 'stays in escrow')).body).toContain('`0.5 sol` stays in escrow: the text that offered it was deleted.');
  await settled(issue);
  expect(await offersOf(issue.id)).toEqual(['0.5 sol FUNDED']);
});

test('the probes tell of every part, and the metrics count', async () => {
  const { internalUrl } = line.app();
  const ready = await (await fetch(`${internalUrl}/readyz`)).json() as { ok: boolean; dependencies: object; consumers: object };
  expect(ready.ok).toBe(true);
  expect(Object.keys(ready.dependencies).sort()).toEqual(['database', 'github', 'inbox', 'issues']);
  expect(Object.keys(ready.consumers).sort()).toEqual(['bounty', 'identity', 'inbox', 'issues', 'sweep']);
  const metrics = await (await fetch(`${internalUrl}/metrics`)).text();
  for (const name of ['doubloon_webhook_answers_total', 'doubloon_webhook_signatures_total', 'doubloon_living_comment_writes_total', 'doubloon_inbox_age_seconds', 'doubloon_sweep_rounds_total', 'doubloon_sweep_age_seconds']) expect(metrics).toContain(name);
});

test('every request the App made, and every answer, is one that GitHub knows', () => {
  line.github.assertConforms();
});
