import { describe, expect, test } from 'vitest';
import { malformed } from '../../testing/well-formed.ts';
import type { BountyView } from './board-view.ts';
import { atom, rss, type Feed } from './feed.ts';

const bounty = (title: string, more: Partial<BountyView> = {}): BountyView => ({
  id: '812345678-9007199254740993', standing: 'open', money: [{ text: '0.5', denom: 'SOL' }], isFunded: true, offered: [], changedAt: '2027-02-19T13:05:00.000Z', deadline: '2027-05-20T13:05:00.000Z', funders: 1,
  issue: { repository: 'ada/engine', number: 7, title, url: 'https://github.example/ada/engine/issues/7?a=1&b="2"', isPullRequest: false, state: 'open', labels: ['a & b', '<i>'], language: 'C++' }, ...more,
});
const feed = (...bounties: BountyView[]): Feed => ({ origin: 'https://pages.example:8443', query: '?denom=sol&state=open', cluster: 'localnet', bounties });

const hostile = {
  'a tag': '</title><script>alert(1)</script>', 'an end of CDATA': ']]>&amp;<![CDATA[', 'an entity': '&xxe; &#0; &', quotes: `"'><x y="`,
  'control characters': 'a\0b\u0001c\u001b[31m\u007f\u0085', 'half a surrogate pair': 'a\ud800b\udfff', 'no characters': '\ufffe\uffff', 'a processing instruction': '?><?xml version="1.0"?>', emoji: '👩‍💻 𝕏',
};

describe.each([['atom', atom], ['rss', rss]] as const)('%s', (_name, write) => {
  test.each(Object.entries(hostile))('is well-formed with %s in a title, a label and a language', (_what, text) => {
    const one = bounty(text);
    const xml = write(feed({ ...one, issue: { ...one.issue, labels: [text], language: text } }));
    expect(malformed(xml)).toBeUndefined();
    expect(xml).not.toContain('<script');
  });

  test('is well-formed without anything in it', () => {
    expect(malformed(write(feed()))).toBeUndefined();
  });

  test('keeps a title that turns the direction of writing from turning ours', () => {
    const xml = write(feed(bounty('\u202egnp.exe\u2069 \u2067')));
    expect(xml).toContain('0.5 SOL for \u2068gnp.exe \u2069 (ada/engine#7)');
    // Marks that belong to a language stay.
    expect(write(feed(bounty('\u200fשלום')))).toContain('\u2068\u200fשלום\u2069');
  });

  test('names an entry the same whatever becomes of its title, state and repository', () => {
    const id = 'tag:pages.example,2026:bounties/812345678-9007199254740993';
    const one = bounty('a');
    for (const it of [one, bounty('b', { standing: 'paid' }), { ...one, issue: { ...one.issue, repository: 'grace/renamed' } }]) expect(write(feed(it))).toContain(id);
  });

  test('names itself with its filter', () => {
    expect(write(feed())).toMatch(/https:\/\/pages\.example:8443\/bounties\.(atom|rss)\?denom=sol&amp;state=open/);
  });
});

test('dates are those that each format asks for', () => {
  expect(atom(feed(bounty('a')))).toContain('<updated>2027-02-19T13:05:00.000Z</updated>');
  expect(rss(feed(bounty('a')))).toContain('<pubDate>Fri, 19 Feb 2027 13:05:00 GMT</pubDate>');
});

test.each(['<a>', '<a></b>', '<a>&</a>', '<a b="1" b="2"/>', '<a/><b/>', '<a>\u0001</a>', 'x<a/>', '<a b=1/>', '<a>a < b</a>', ''])('what the check of these tests refuses: %s', (xml) => {
  expect(malformed(xml)).toBeTypeOf('string');
});
