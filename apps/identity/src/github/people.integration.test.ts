import { expect, test } from 'vitest';
import { openDeciding } from '../../testing/deciding.ts';
import { readPerson } from './people.ts';

test('people are looked up as the App, by an etag the second time, and as nobody only where it is installed nowhere', async () => {
  const { github, context, idOf } = await openDeciding();
  const lookUp = async () => {
    const before = github.asked.length;
    const person = await readPerson(context.reading(), { login: 'ada' });
    return { person, last: github.asked.slice(before).filter(({ path }) => path === '/users/ada').map(({ installationId, status }) => ({ installationId, status })).at(-1) };
  };
  const person = { githubId: idOf('ada'), login: 'ada' };
  const { last } = await lookUp();
  expect(last).toEqual({ installationId: expect.any(Number) as unknown, status: 200 });
  expect(await lookUp()).toEqual({ person, last: { ...last, status: 304 } });
  for (const owner of ['analytical-engines', 'ada']) github.uninstall(github.app.slug, owner);
  expect(await lookUp()).toEqual({ person, last: { installationId: undefined, status: 200 } });
  github.assertConforms();
});

test('who was suspended, an organisation, and what can be no login are no people', async () => {
  const { github, context } = await openDeciding();
  github.suspend('grace');
  const asked = github.asked.length;
  for (const login of ['../user', 'a b', '-x', 'x'.repeat(61)]) expect(await readPerson(context.reading(), { login })).toBe(undefined);
  expect(github.asked.length).toBe(asked);
  for (const login of ['grace', 'analytical-engines', 'nobody-of-that-name']) expect(await readPerson(context.reading(), { login })).toBe(undefined);
});
