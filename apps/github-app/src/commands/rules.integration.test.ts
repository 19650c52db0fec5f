import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { personAt, startLine, type Line } from '../../testing/line.ts';

// Everything here waits for processes that share the machine with other tests.
vi.setConfig({ testTimeout: 150_000 });

const repository = 'analytical-engines/difference';
let line: Line;
beforeAll(async () => { line = await startLine(); }, 120_000);
afterAll(() => line[Symbol.asyncDispose]());

const setRules = (text: string | null) => line.github.push({ repository, files: { '.github/doubloon.yml': text } });
const living = (issue: number, says: string) => vi.waitFor(async () => {
  const ours = (await personAt(line.github, 'ada').comments(issue)).filter(({ user }) => user.login.endsWith('[bot]'));
  expect(ours[0]?.body ?? '').toContain(says);
  return ours[0]?.body ?? '';
}, { timeout: 60_000, interval: 100 });
const offered = async (who: string, text: string) => {
  const issue = await personAt(line.github, 'ada').openIssue('An issue with rules');
  const { id } = await personAt(line.github, who).comment(issue.number, text);
  return { number: issue.number, id };
};

test('an offer that the rules of the repository do not allow is not made, and the comment says why', async () => {
  setRules('may-offer: collaborators\nlimits: { sol: { minimum: 0.5 } }');
  const stranger = await living((await offered('maggie', '$sol:1$')).number, 'Only collaborators may offer money in this repository.');
  expect(stranger).toContain('There is no money on this issue.');
  const small = await living((await offered('grace', '$sol:0.1$ and $sol:0.75$')).number, 'Offers of less than 0.5 sol are not taken in this repository.');
  // The other one of the same text stands.
  expect(small).toContain('Fund 0.75 sol');
  expect(small).not.toContain('Fund 0.1 sol');
});

test('a file with a mistake stops offers until it is mended, and its problems are told with their lines', async () => {
  setRules('may-offer: anyone\nmay-ofer: anyone');
  const { number, id } = await offered('grace', '$sol:1$');
  expect(await living(number, 'Line 2: `may-ofer` is no rule that is known here.')).not.toContain('Fund');
  setRules('may-offer: anyone');
  await personAt(line.github, 'grace').editComment(id, '$sol:1.5$');
  expect(await living(number, 'Fund 1.5 sol')).not.toContain('Line 2');
});

test('while GitHub does not say what the rules are the offer waits, and is made when it does', async () => {
  setRules(null);
  line.github.faults.api({ path: /\/contents\//, times: 2 }, { kind: 'unavailable', done: false });
  await living((await offered('grace', '$sol:2$')).number, 'Fund 2 sol');
  expect(line.github.faults.left()).toBe(0);
});

test('an edit that the rules do not allow takes back what stood there before', async () => {
  setRules('limits: { sol: { maximum: 5 } }');
  const { number, id } = await offered('grace', '$sol:3$');
  await living(number, 'Fund 3 sol');
  await personAt(line.github, 'grace').editComment(id, '$sol:6$');
  expect(await living(number, 'Offers of more than 5 sol are not taken in this repository.')).not.toContain('Fund 3 sol');
  line.github.assertConforms();
});
