import { expect, onTestFinished, test } from 'vitest';
import { serveRegisterPage } from './register-page.ts';

const serve = async () => {
  const page = await serveRegisterPage({ githubUrl: 'https://github.com', organization: undefined, wish: { name: 'Doubloon', webOrigin: 'https://doubloon.example', webhookUrl: 'https://doubloon.example/webhooks' }, port: 0 });
  onTestFinished(() => page[Symbol.asyncDispose]());
  return page;
};

test('who only finds the port, as others on this machine can, is not told what makes a code ours', async () => {
  const page = await serve();
  const found = await fetch(new URL('/', page.url));
  expect([found.status, await found.text()]).toEqual([404, expect.not.stringContaining('state=')]);
  expect(await (await fetch(page.url)).text()).toContain('state=');
});

test('a state of as many signs as ours that takes more bytes, which any page can send a browser here with, ends nothing', async () => {
  const page = await serve();
  const forged = new URL(`/created?code=theirs&state=${'é'.repeat(64)}`, page.url);
  expect((await fetch(forged, { signal: AbortSignal.timeout(5_000) })).status).toBe(400);
});
