import { randomBytes, randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { webhookProblems } from '../../../../packages/github-standin/testing/webhook-schemas.ts';
import { deliver } from '../../testing/deliver.ts';
import { drawFrom } from '../../testing/draw.ts';
import { personAt, startLine, type Line } from '../../testing/line.ts';
import { createWebhookGenerator, type Webhook } from '../../testing/webhook-generator.ts';

vi.setConfig({ testTimeout: 240_000 });

const seed = Number(process.env['CORPUS_SEED'] ?? randomBytes(4).readUInt32BE());
const draw = drawFrom(seed);
const generator = createWebhookGenerator(draw);
const said = `CORPUS_SEED=${String(seed)}`;

const repository = 'analytical-engines/difference';
let line: Line;
beforeAll(async () => {
  process.stdout.write(`${said}\n`);
  line = await startLine();
}, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

interface Sending { readonly event: string; readonly body: string | Uint8Array; readonly guid: string }
type Payload = Record<string, Record<string, unknown> | undefined>;
const ada = () => personAt(line.github, 'ada');
const commanding = (name: string): boolean => /^(issue-comment|issues|pull-request|pull-request-review|pull-request-review-comment)-(created|edited|deleted|opened|submitted)$/.test(name);

/** The same payload, about a repository, an issue and an installation that are there: what it asks for could be done. */
function placed(payload: Payload, place: { id: number; number: number }): Payload {
  const { repositoryId } = line.github.issue(repository, 1);
  return {
    ...payload,
    installation: { id: line.github.installationId, node_id: 'x' },
    repository: { ...payload['repository'], id: repositoryId, full_name: repository, name: 'difference' },
    ...(payload['issue'] === undefined ? {} : { issue: { ...payload['issue'], ...place } }),
    ...(payload['pull_request'] === undefined ? {} : { pull_request: { ...payload['pull_request'], number: place.number } }),
  };
}

function draws(webhooks: readonly Webhook[], each: number): Sending[] {
  const first = line.github.issue(repository, 1);
  return webhooks.flatMap((webhook) => Array.from({ length: each }, () => {
    const body = generator.payload(webhook);
    const isPlaced = draw.once(2) && body.includes('"repository":{');
    return { event: webhook.event, guid: randomUUID(), body: isPlaced ? JSON.stringify(placed(JSON.parse(body) as Payload, { id: first.id, number: 1 })) : body };
  }));
}

/** Posts them by a few senders at a time; answers the statuses that came. */
async function post(sendings: readonly Sending[]): Promise<Set<number>> {
  const waiting = [...sendings];
  const statuses = new Set<number>();
  const send = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) statuses.add((await deliver(line.appUrl, next)).status);
  };
  await Promise.all(Array.from({ length: 8 }, send));
  return statuses;
}

const count = async (statement: string): Promise<number> => (await line.database.pool.query<{ count: number }>(`select count(*)::int as count from ${statement}`)).rows[0]?.count ?? -1;
const stored = async (sendings: readonly Sending[]): Promise<number> => (await line.database.pool.query('select from inbox where key = any ($1)', [sendings.map(({ guid }) => guid)])).rowCount ?? -1;
const isQuiet = async (): Promise<void> => {
  await expect.poll(() => count('inbox where done_at is null and dead_at is null'), { timeout: 120_000, interval: 250 }).toBe(0);
  await expect.poll(() => count('living_comment where due_at is not null'), { timeout: 60_000, interval: 250 }).toBe(0);
};
/** What the App asked of GitHub that is more than reading; people open issues here too, with tokens of their own. */
const writes = () => line.github.asked.filter(({ method, path, installationId }) => method !== 'GET' && !path.endsWith('/access_tokens') && path !== '/graphql' && !(installationId === undefined && path === `/repos/${repository}/issues`));
const troubles = () => line.lines.filter((one) => /"level":(?:60|"fatal")|nobody handled|UnhandledPromise|ERR_UNHANDLED/.test(one));

const human = { login: 'ada', id: 7_000_001, type: 'User' };
const bot = { login: 'renovate[bot]', id: 7_000_002, type: 'Bot' };
const offer = 'I would pay for it: $sol:0.5$';

type Change = (payload: Payload) => Payload;
const by = (who: object): Change => (payload) => ({ ...payload, sender: { ...payload['sender'], ...who } });
const text = (of: 'comment' | 'issue', body: string, user: object | null = human, app: object | null = null): Change =>
  (payload) => ({ ...payload, [of]: { ...payload[of], body, user, performed_via_github_app: app, html_url: 'https://github.com/x', updated_at: '2026-11-21T12:00:00Z' } });

/** Commands as different people, bots and Apps write them, and whether they are answered. */
const commands: readonly [name: string, of: 'comment' | 'issue', isAnswered: boolean, ...Change[]][] = [
  ['issue-comment-created', 'comment', true, by(human), text('comment', offer)],
  ['issue-comment-edited', 'comment', true, by(human), text('comment', offer), (payload) => ({ ...payload, changes: { body: { from: 'nothing yet' } } })],
  // Not as what arrives from elsewhere: that is a copy, and commands nothing.
  ['issues-opened', 'issue', true, by(human), text('issue', offer), (payload) => ({ ...payload, changes: undefined })],
  ['issues-edited', 'issue', true, by(human), text('issue', offer), (payload) => ({ ...payload, changes: { body: { from: 'nothing yet' } } })],
  ['issue-comment-created', 'comment', false, by(bot), text('comment', offer)],
  ['issue-comment-created', 'comment', false, by(human), text('comment', offer, bot)],
  ['issue-comment-created', 'comment', false, by(human), text('comment', offer, null)],
  ['issue-comment-created', 'comment', false, by(human), text('comment', offer, human, { id: 77, slug: 'another', name: 'another' })],
  ['issue-comment-created', 'comment', false, by({ ...human, login: 'looks[bot]' }), text('comment', offer)],
  ['issue-comment-edited', 'comment', false, by(bot), text('comment', offer)],
  ['issue-comment-deleted', 'comment', false, by(human), text('comment', offer)],
  ['issue-comment-created', 'comment', false, by(human), text('comment', '> $sol:0.5$\n\nThis was said before.')],
  ['issues-labeled', 'issue', false, by(human), text('issue', offer)],
  ['issues-closed', 'issue', false, by(human), text('issue', offer)],
  ['issues-pinned', 'issue', false, by(human), text('issue', offer)],
];

test('what the generator draws is what GitHub says of its webhooks', () => {
  const sample = draw.shuffle(generator.all.filter(({ name }) => /^(check-run|deployment|label|milestone|release|repository(?!-dispatch)|star|team|workflow)-/.test(name))).slice(0, 12);
  const drawn = [...generator.all.filter(({ name }) => commanding(name)), ...sample].flatMap((webhook) => Array.from({ length: 8 }, () => ({ webhook, payload: JSON.parse(generator.payload(webhook)) as unknown })));
  const wrong = drawn.filter(({ webhook: { name }, payload }) => webhookProblems(name.slice(0, name.lastIndexOf('-')), name.slice(name.lastIndexOf('-') + 1), payload).length > 0);
  // Some of its schemas take two of their branches for one thing, which is not worth more of a generator.
  expect(wrong.length / drawn.length, said).toBeLessThan(0.1);
});

test('each public example and 1,300 drawn payloads, signed, twice and in any order: 202, nothing dies, and GitHub sees a write where a person commands, and nowhere else', async () => {
  const published = (examples as unknown as { name: string; examples: object[] }[]).flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ event: name, guid: randomUUID(), body: JSON.stringify(payload) })));
  expect(published).toHaveLength(329);
  const drawn = [...draws(generator.all, 4), ...draws(generator.all.filter(({ name }) => commanding(name)), 22)];
  expect(drawn.length).toBeGreaterThanOrEqual(1_300);

  for (const event of ['issues', 'issue_comment']) line.github.faults.hook({ event, times: Infinity }, { kind: 'lost', inLog: false });
  const asked = commands.map(([name, of, isAnswered, ...changes], nth) => {
    // What is to be answered stands at GitHub too, which is asked whether it may; what is sent for it is the drawn payload alone.
    const isReal = { issue: isAnswered && of === 'issue', comment: isAnswered && of === 'comment' };
    const issue = line.github.openIssue('ada', repository, { title: `Corpus ${String(nth)}`, ...(isReal.issue ? { body: offer } : {}) });
    const webhook = generator.all.find((one) => one.name === name);
    if (webhook === undefined) throw new TypeError(`GitHub has no webhook ${name}`);
    const commentId = isReal.comment ? line.github.comment('ada', repository, issue.number, offer).id : 7_100_000 + nth;
    const drawnPayload = placed(JSON.parse(generator.payload(webhook)) as Payload, { id: issue.id, number: issue.number });
    // What is drawn for the issue around it may be of years and people that GitHub doesn't have.
    const around = text('issue', 'No command.')({ ...drawnPayload, issue: { ...drawnPayload['issue'], title: `Corpus ${String(nth)}` } });
    const whole = of === 'comment' ? { ...around, comment: { ...drawnPayload['comment'], id: commentId } } : around;
    const body = JSON.stringify(changes.reduce((payload, change) => change(payload), whole));
    const sending = () => ({ event: webhook.event, guid: randomUUID(), body });
    // Once more under a GUID of its own: as another delivery of the same. An edit of the same second would be read again at GitHub, where it never was.
    return { issue, isAnswered, reaction: of === 'comment' ? `/repos/${repository}/issues/comments/${String(commentId)}/reactions` : `/repos/${repository}/issues/${String(issue.number)}/reactions`, sendings: name.endsWith('-edited') ? [sending()] : [sending(), sending()] };
  });
  await line.github.delivered();
  line.github.faults.clear();
  await isQuiet();
  const { pid } = line.app();
  expect(writes()).toEqual([]);

  const once = [...published, ...drawn, ...asked.flatMap(({ sendings }) => sendings)];
  expect(await post(draw.shuffle([...once, ...once])), said).toEqual(new Set([202]));
  await isQuiet();

  expect(await stored(once)).toBe(once.length);
  expect((await line.database.pool.query('select key, kind, last_error from inbox where dead_at is not null')).rows, said).toEqual([]);
  expect([line.app().pid, troubles()], said).toEqual([pid, []]);
  process.kill(pid, 0);

  // Every write, by what it is: one living comment, its later edits, and the eyes on what was read.
  const answered = asked.filter(({ isAnswered }) => isAnswered);
  const living = await Promise.all(answered.map(async ({ issue }) => {
    const ours = (await ada().comments(issue.number)).filter(({ user }) => user.login.endsWith('[bot]'));
    expect(ours, said).toHaveLength(1);
    expect(ours[0]?.body).toContain('Fund 0.5 sol');
    return ours[0]?.id ?? 0;
  }));
  const created = answered.map(({ issue }) => `POST /repos/${repository}/issues/${String(issue.number)}/comments`);
  const repeatable = new Set([...answered.map(({ reaction }) => `POST ${reaction}`), ...living.map((id) => `PATCH /repos/${repository}/issues/comments/${String(id)}`)]);
  const seen = writes().map(({ method, path }) => `${method} ${path}`);
  expect(seen.filter((write) => !repeatable.has(write)).sort(), said).toEqual(created.sort());
  expect(await count('offer')).toBe(answered.length);
});

const junk: readonly unknown[] = [null, true, -1, 0.5, 1e300, 2 ** 53, 2 ** 31, '', 'x', '9'.repeat(400), [], [[]], {}, { id: {} }, [null], '\u0000', '2026-13-45T99:99:99Z'];

/** The payload with some of its values replaced, left out or moved, wherever they are. */
function deform(value: unknown): unknown {
  if (draw.once(40)) return draw.pick(junk);
  if (Array.isArray(value)) return draw.once(30) ? {} : (value as unknown[]).map(deform);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(() => !draw.once(40)).map(([key, inner]) => [draw.once(300) ? '__proto__' : key, deform(inner)]));
}

/** The bytes with some of them cut, doubled, changed or put in. */
function spoil(body: string): Uint8Array {
  const bytes = Buffer.from(body);
  const at = draw.below(bytes.length);
  switch (draw.below(5)) {
    case 0: return bytes.subarray(0, at);
    case 1: return Buffer.concat([bytes.subarray(0, at), bytes.subarray(draw.below(bytes.length))]);
    case 2: bytes[at] = draw.below(256); return bytes;
    case 3: return Buffer.concat([bytes.subarray(0, at), Buffer.from(draw.pick(['"', '{', '[', '\\', '\u0000', '\ufeff', ',', '}', 'null', '1e999', '\\u0000', '\\ud800', '"__proto__":{"x":1},'])), bytes.subarray(at)]);
    default: return Buffer.concat([bytes, bytes.subarray(at)]);
  }
}

test('signed bodies that are deformed or no JSON at all are 202 or 400, and end ignored: nothing crashes, nothing dies, no offer is lost or made', async () => {
  const [offers, { pid }] = [await count('offer'), line.app()];
  const before = writes().length;
  const webhooks = generator.all.filter(({ name }) => commanding(name));
  const quiet = Array.from({ length: 400 }, () => {
    const webhook = draw.pick(webhooks);
    const body = generator.payload(webhook);
    return { event: webhook.event, guid: randomUUID(), body: draw.once(3) ? spoil(body) : JSON.stringify(deform(JSON.parse(body))) };
  });
  // Probot would fail on each of these before any handler saw it, and they would come again and again until they are dead.
  quiet.push(...junk.map((id) => ({ event: 'issue_comment', guid: randomUUID(), body: JSON.stringify({ action: 'created', installation: { id } }) })));
  const statuses = await post(quiet);
  expect([...statuses].filter((status) => status !== 202 && status !== 400), said).toEqual([]);
  expect([statuses.has(202), statuses.has(400)]).toEqual([true, true]);
  await isQuiet();
  expect(await stored(quiet)).toBeGreaterThan(200);
  expect((await line.database.pool.query('select key, kind, last_error from inbox where dead_at is not null')).rows, said).toEqual([]);
  expect([line.app().pid, troubles()], said).toEqual([pid, []]);
  expect([await count('offer'), writes().length], said).toEqual([offers, before]);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
