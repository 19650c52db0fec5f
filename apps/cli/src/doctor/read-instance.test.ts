import { expect, test } from 'vitest';
import { readCompose, readFolder } from './read-instance.ts';

test('of a Compose project the environment of our services is read, resolved as Compose did', () => {
  const apps = readCompose(JSON.stringify({ services: { web: { environment: { WEB_ORIGIN: 'https://a.example', EMPTY: null } }, postgres: { environment: { POSTGRES_USER: 'x' } }, treasury: {} } }));
  expect(apps).toEqual({ web: { WEB_ORIGIN: 'https://a.example', EMPTY: '' }, treasury: {} });
});

test.each(['', 'services:', '{}', '{"services":{"other":{}}}'])('%j is no project of ours', (json) => {
  expect(() => readCompose(json)).toThrow(expect.objectContaining({ name: 'UsageProblem' }));
});

test.each(['null', '7', '[]', '{"services":null}', '{"services":{"web":null}}'])('%s, which is JSON and no project, is told as such', (json) => {
  expect(() => readCompose(json)).toThrow(expect.objectContaining({ name: 'UsageProblem' }));
});

test('a value that is no text is read as it is written', () => {
  expect(readCompose('{"services":{"web":{"environment":{"PORT":80,"DEV_WALLET":true}}}}')).toEqual({ web: { PORT: '80', DEV_WALLET: 'true' } });
});

test('a folder without settings is told', async () => {
  await expect(readFolder('/nowhere')).rejects.toMatchObject({ name: 'UsageProblem' });
});
