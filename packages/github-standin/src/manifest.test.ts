import { expect, test } from 'vitest';
import { readManifest } from './manifest.ts';

const good = {
  name: 'Doubloon of mine', url: 'https://doubloon.example', hook_attributes: { url: 'https://doubloon.example/webhooks' }, redirect_url: 'http://127.0.0.1:5000/made', callback_urls: ['https://doubloon.example/link/callback'],
  public: false, default_permissions: { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' }, default_events: ['issues', 'issue_comment', 'pull_request'],
};
const problems = (over: object): readonly string[] => {
  const read = readManifest(JSON.stringify({ ...good, ...over }));
  return 'problems' in read ? read.problems : [];
};

test('a manifest is read, with metadata always, and a private App unless it says otherwise', () => {
  expect(readManifest(JSON.stringify(good))).toEqual({
    name: 'Doubloon of mine', url: 'https://doubloon.example', description: '', hookUrl: 'https://doubloon.example/webhooks', redirectUrl: 'http://127.0.0.1:5000/made', callbackUrls: ['https://doubloon.example/link/callback'],
    setupUrl: undefined, isPublic: false, permissions: good.default_permissions, events: good.default_events, oauthOnInstall: false,
  });
  expect(readManifest('{"url":"https://x.example"}')).toMatchObject({ permissions: { metadata: 'read' }, events: [], isPublic: false, hookUrl: undefined });
  expect(readManifest(JSON.stringify({ ...good, hook_attributes: { url: 'https://x.example', active: false } }))).toMatchObject({ hookUrl: undefined });
});

test.each<[string, object, string]>([
  ['without a homepage', { url: undefined }, '"url" wasn\'t supplied'],
  ['a hook without an address', { hook_attributes: {} }, 'Hook url is not a URL.'],
  ['eleven callback URLs', { callback_urls: Array.from({ length: 11 }, () => 'https://x.example') }, 'at most ten'],
  ['a callback that runs a script', { callback_urls: ['javascript:alert(1)'] }, 'at most ten URLs'],
  ['a permission nobody knows', { default_permissions: { money: 'write' }, default_events: [] }, 'money: write is not supported'],
  ['a level nobody knows', { default_permissions: { metadata: 'write' }, default_events: [] }, 'metadata: write is not supported'],
  ['an event nobody knows', { default_events: ['bounty'] }, 'Default events unsupported: bounty.'],
  ['an event without its permission', { default_events: ['push'], default_permissions: {} }, 'not supported by permissions: push'],
  ['a typing error', { callback_url: 'https://x.example' }, 'GitHub knows no "callback_url"'],
])('%s is refused', (_, over, problem) => {
  expect(problems(over)).toEqual([expect.stringContaining(problem)]);
});

test.each(['', 'x', '[]', 'null', '1'])('what is no object is refused: %j', (text) => {
  expect(readManifest(text)).toHaveProperty('problems');
});
