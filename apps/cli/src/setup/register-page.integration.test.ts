import { expect, onTestFinished, test } from 'vitest';
import { serveRegisterPage } from './register-page.ts';

test('who only finds the port, as others on this machine can, is not told what makes a code ours', async () => {
  const page = await serveRegisterPage({ githubUrl: 'https://github.com', organization: undefined, wish: { name: 'Doubloon', webOrigin: 'https://doubloon.example', webhookUrl: 'https://doubloon.example/webhooks' }, port: 0 });
  onTestFinished(() => page[Symbol.asyncDispose]());
  const found = await fetch(new URL('/', page.url));
  expect([found.status, await found.text()]).toEqual([404, expect.not.stringContaining('state=')]);
  expect(await (await fetch(page.url)).text()).toContain('state=');
});
