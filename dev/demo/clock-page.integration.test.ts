import { openChain } from '@doubloon/escrow/chain';
import { startLocalnet } from '@doubloon/localnet';
import { expect, onTestFinished, test } from 'vitest';
import { serveClockPage } from './clock-page.ts';

test('its button alone moves the chain’s clock by 72 hours and a little: a page of somebody else, or by another name, moves nothing', async () => {
  const localnet = await startLocalnet();
  onTestFinished(() => localnet.close());
  const chain = openChain({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl });
  onTestFinished(() => chain[Symbol.asyncDispose]());
  const clock = await serveClockPage({ chain, localnet });
  onTestFinished(() => clock[Symbol.asyncDispose]());
  const press = (origin: string, url = `${clock.url}/three-days`) => fetch(url, { method: 'POST', redirect: 'manual', headers: { origin } }).then(({ status }) => status);

  const before = await chain.time();
  expect(await press('https://elsewhere.example')).toBe(403);
  expect(await press('null')).toBe(403);
  expect(await press(clock.url, `${clock.url}/a-year`)).toBe(404);
  expect((await fetch(`${clock.url}/three-days`)).status).toBe(404);
  expect(await chain.time() - before).toBeLessThan(60n);

  expect(await press(clock.url)).toBe(303);
  const moved = (await chain.time()) - before;
  expect(moved).toBeGreaterThanOrEqual(72n * 3600n);
  expect(moved).toBeLessThan(73n * 3600n);
  const page = await fetch(clock.url);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain(new Date(Number(await chain.time()) * 1000).toISOString().slice(0, 10));
});
