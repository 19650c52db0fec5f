import { startStack, type Stack } from '@doubloon/dev/stack/stack.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginSignIn, byVisitors, comeBack, newcomer, newSigner, newVisitor, sessionFor } from './link-page.ts';

describe('sessions of the link page', () => {
  let site: { stack: Stack };
  beforeAll(async () => { site = { stack: await startStack({ ...byVisitors, progress: () => undefined, onLine: () => undefined }) }; });
  afterAll(() => site.stack[Symbol.asyncDispose]());

  const page = async (cookie: string, path = '/link') => (await fetch(`${site.stack.webUrl}${path}`, { headers: { ...newVisitor(), cookie } })).text();
  const isIn = async (cookie: string, login: string) => (await page(cookie)).includes(`<bdi>${login}</bdi>`);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${site.stack.webUrl}${path}`, { method: 'POST', redirect: 'manual', headers: { ...newVisitor(), 'content-type': 'application/json', 'origin': site.stack.webUrl, ...headers }, body: JSON.stringify(body) });
  const authorize = (user: string, url: string, cancel = false) => site.stack.github.authorize({ user, url, cancel });

  test('the cookie is for us alone, out of reach of scripts, and another one after the sign-in', async () => {
    const { login } = newcomer(site);
    const begun = await beginSignIn(site);
    const done = await comeBack(authorize(login, begun.url), begun.cookie);
    for (const reply of [begun.reply, done.reply]) {
      const [line = ''] = reply.headers.getSetCookie();
      expect(line).toMatch(/^__Host-doubloon-session=[\w-]{43};/);
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(line).toContain(attribute);
      expect(line).not.toMatch(/domain/i);
    }
    expect(done.cookie).not.toBe(begun.cookie);
    expect(await isIn(done.cookie ?? '', login)).toBe(true);
  });

  test('a session that somebody planted before the sign-in is worth nothing after it', async () => {
    const { login, id } = newcomer(site);
    const planted = await beginSignIn(site);
    const done = await comeBack(authorize(login, planted.url), planted.cookie);
    expect(done.location).toBe('/link');
    expect(await isIn(planted.cookie, login)).toBe(false);
    expect((await post('/link/prepare', { step: 'link', user: id, wallet: newSigner().address }, { cookie: planted.cookie })).status).toBe(401);
  });

  test('GitHub’s answer goes on at once to a path without the code, and is kept nowhere', async () => {
    const begun = await beginSignIn(site);
    const { reply, location } = await comeBack(authorize(newcomer(site).login, begun.url), begun.cookie);
    expect([reply.status, location]).toEqual([303, '/link']);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('a forged state signs nobody in', async () => {
    const { login } = newcomer(site);
    const begun = await beginSignIn(site);
    const answer = new URL(authorize(login, begun.url));
    answer.searchParams.set('state', 'A'.repeat(43));
    const done = await comeBack(answer.href, begun.cookie);
    expect([done.location, done.cookie]).toEqual(['/link?problem=mixed', undefined]);
    expect(await isIn(begun.cookie, login)).toBe(false);
  });

  test('the answer to somebody else’s sign-in signs nobody in: no login of another’s choice', async () => {
    const attacker = newcomer(site);
    const theirs = await beginSignIn(site);
    const trap = authorize(attacker.login, theirs.url);
    const victim = await beginSignIn(site);
    expect((await comeBack(trap, victim.cookie)).location).toBe('/link?problem=mixed');
    expect((await comeBack(trap, '')).location).toBe('/link?problem=late');
    const signedIn = await sessionFor(site, newcomer(site).login);
    expect((await comeBack(trap, signedIn)).cookie).toBeUndefined();
    expect(await isIn(victim.cookie, attacker.login)).toBe(false);
  });

  test('an answer counts once', async () => {
    const { login } = newcomer(site);
    const begun = await beginSignIn(site);
    const answer = authorize(login, begun.url);
    const done = await comeBack(answer, begun.cookie);
    for (const cookie of [begun.cookie, done.cookie ?? '']) {
      const again = await comeBack(answer, cookie);
      expect([again.location, again.cookie]).toEqual(['/link?problem=late', undefined]);
    }
    expect(await isIn(done.cookie ?? '', login)).toBe(true);
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example/link', 'javascript:alert(1)', 'link'])('after the sign-in nobody is sent to %s', async (returnTo) => {
    const begun = await beginSignIn(site, { returnTo });
    expect((await comeBack(authorize(newcomer(site).login, begun.url, true), begun.cookie)).location).toBe('/link?problem=denied');
    const again = await beginSignIn(site, { returnTo });
    expect((await comeBack(authorize(newcomer(site).login, again.url), again.cookie)).location).toBe('/link');
  });

  test('a page of ours can be come back to', async () => {
    const begun = await beginSignIn(site, { returnTo: '/identity/id/5?from=link' });
    expect((await comeBack(authorize(newcomer(site).login, begun.url), begun.cookie)).location).toBe('/identity/id/5?from=link');
  });

  test('signing out ends the session for whoever holds the cookie', async () => {
    const { login } = newcomer(site);
    const cookie = await sessionFor(site, login);
    expect(await isIn(cookie, login)).toBe(true);
    const out = await fetch(`${site.stack.webUrl}/link/sign-out`, { method: 'POST', redirect: 'manual', headers: { ...newVisitor(), origin: site.stack.webUrl, cookie, 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/link']);
    expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-doubloon-session=;.*Max-Age=0/);
    expect(await isIn(cookie, login)).toBe(false);
  });

  test('another site can neither begin, end nor use a session', async () => {
    const { login, id } = newcomer(site);
    const cookie = await sessionFor(site, login);
    for (const path of ['/link/sign-in', '/link/sign-out', '/link/prepare', '/link/submit', '/faucet'])
      for (const origin of ['https://evil.example', 'null', site.stack.github.url])
        for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain'])
          expect((await post(path, { step: 'link', user: id, wallet: newSigner().address }, { cookie, origin, 'content-type': type })).status, `${path} ${origin} ${type}`).toBe(403);
    expect(await isIn(cookie, login)).toBe(true);
  });

  test('the person of a step is the one of the session, whatever the page says', async () => {
    const [me, other] = [newcomer(site), newcomer(site)];
    const wallet = newSigner().address;
    await site.stack.localnet.faucet.airdrop(wallet, 1_000_000_000n);
    const reply = await post('/link/prepare', { step: 'link', user: other.id, wallet }, { cookie: await sessionFor(site, me.login) });
    expect(((await reply.json()) as { terms: { githubId: string } }).terms.githubId).toBe(me.id);
  });

  test('what is about a session is stored by nobody, and GitHub is the only elsewhere a form may lead to', async () => {
    const { headers } = await fetch(`${site.stack.webUrl}/link`, { headers: { ...newVisitor(), cookie: await sessionFor(site, newcomer(site).login) } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain(`form-action 'self' ${site.stack.github.url};`);
    expect((await fetch(site.stack.webUrl, { headers: newVisitor() })).headers.get('content-security-policy')).toContain("form-action 'self';");
  });

  test.each(['0', '-1', '1.5', '1e3', '0x10', 'ada', '99999999999999999999', '%00', '%3Cscript%3E'])('%s is nobody’s id', async (id) => {
    for (const path of ['', '/state']) expect((await fetch(`${site.stack.webUrl}/identity/id/${id}${path}`, { headers: newVisitor() })).status).toBe(404);
  });

  test('rubbish gets a clear refusal', async () => {
    const wallet = newSigner().address;
    for (const body of [null, {}, { step: 'steal', user: '5', wallet }, { step: 'link', user: 5, wallet }, { step: 'link', user: '0', wallet }, { step: 'link', user: '5', wallet: '0OIl' }, { step: 'link', user: '5', wallet, more: 1 }]) {
      const reply = await post('/link/prepare', body);
      expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([400, 'REQUEST_INVALID']);
    }
    expect((await post('/link/submit', { step: 'unlink', user: '5', transaction: Buffer.from('rubbish').toString('base64') })).status).toBe(422);
  });

  test('an address that posts without end is slowed down, and so is a session from many addresses', async () => {
    const { id, login } = newcomer(site);
    const cookie = await sessionFor(site, login);
    const ask = (visitor: string, headers: Record<string, string> = {}) =>
      post('/link/submit', { step: 'link', user: id }, { 'x-visitor': visitor, ...headers });
    const oneAddress = await Promise.all(Array.from({ length: 40 }, () => ask('192.0.2.1')));
    expect(oneAddress.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    const oneSession = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(`192.0.2.${String(index + 2)}`, { cookie })));
    expect(oneSession.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect((await ask('192.0.2.99')).status).toBe(400);
    const form = await fetch(`${site.stack.webUrl}/link/sign-in`, { method: 'POST', redirect: 'manual', headers: { 'x-visitor': '192.0.2.1', 'origin': site.stack.webUrl, 'content-type': 'application/x-www-form-urlencoded' }, body: '' });
    expect([form.status, form.headers.get('location')]).toEqual([303, '/link?problem=too-many']);
  });
});
