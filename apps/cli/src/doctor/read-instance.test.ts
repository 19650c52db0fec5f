import { expect, test } from 'vitest';
import { readCompose, readFolder } from './read-instance.ts';

test('of a Compose project the environment of our services is read, resolved as Compose did', () => {
  const apps = readCompose(JSON.stringify({ services: { web: { environment: { WEB_ORIGIN: 'https://a.example', EMPTY: null } }, postgres: { environment: { POSTGRES_USER: 'x' } }, treasury: {} } }));
  expect(apps).toEqual({ web: { WEB_ORIGIN: 'https://a.example', EMPTY: '' }, treasury: {} });
});

test.each(['', 'services:', '{}', '{"services":{"other":{}}}'])('%j is no project of ours', (json) => {
  expect(() => readCompose(json)).toThrow(expect.objectContaining({ name: 'UsageProblem' }));
});

test('a folder without settings is told', async () => {
  await expect(readFolder('/nowhere')).rejects.toMatchObject({ name: 'UsageProblem' });
});
