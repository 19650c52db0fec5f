import { describe, expect, test } from 'vitest';
import { bountyEvent, decodeEvent, decodeSequence, encodeEvent, encodeSequence, toRecord, topicOf } from './index.ts';

const offerId = '0123456789abcdef0123456789abcdef';
const facts = {
  id: 'bounty.offered:0123', subject: '123456789/987654321', time: new Date('2026-11-21T12:00:00.000Z'), sequence: 7n,
  data: { offerId, denom: 'usdc', amount: '50000000' },
};
const offered = () => bountyEvent('offered', facts);
const changed = (change: (event: Record<string, unknown>) => void): string => {
  const event = JSON.parse(encodeEvent(offered())) as Record<string, unknown>;
  change(event);
  return JSON.stringify(event);
};

test('an event is a CloudEvent 1.0 in structured JSON', () => {
  expect(JSON.parse(encodeEvent(bountyEvent('offered', { ...facts, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })))).toEqual({
    specversion: '1.0', id: 'bounty.offered:0123', type: 'dev.doubloon.bounty.offered.v1', source: '/doubloon/treasury', subject: '123456789/987654321',
    time: '2026-11-21T12:00:00.000Z', sequence: '00000000000000000007', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    datacontenttype: 'application/json', dataschema: 'urn:doubloon:schema:dev.doubloon.bounty.offered.v1',
    data: { offerId, denom: 'usdc', amount: '50000000' },
  });
});

test('what is decoded is what was encoded', () => {
  expect(decodeEvent(encodeEvent(offered()))).toEqual(offered());
});

test('an event without a cause has no traceparent at all', () => {
  expect(Object.keys(offered())).not.toContain('traceparent');
});

test('its record is keyed by the subject and names its content and its id', () => {
  expect(toRecord(offered())).toEqual({
    key: '123456789/987654321', value: encodeEvent(offered()), headers: { 'content-type': 'application/cloudevents+json', 'ce-id': 'bounty.offered:0123' },
  });
  expect(topicOf('dev.doubloon.bounty.offered.v1')).toBe('bounty');
});

test('sequences sort as text in their own order, up to the largest', () => {
  const numbers = [0n, 9n, 10n, 99n, 100n, 2n ** 53n + 1n, 2n ** 64n - 1n];
  expect(numbers.map(encodeSequence).toSorted().map(decodeSequence)).toEqual(numbers);
});

describe('refuses to build', () => {
  test.each([
    ['an amount that is no whole number', { data: { ...facts.data, amount: '1.5' } }],
    ['an amount of nothing', { data: { ...facts.data, amount: '0' } }],
    ['an amount in front of which zeros stand', { data: { ...facts.data, amount: '01' } }],
    ['a subject that is no pair of ids', { subject: 'octocat/hello' }],
    ['an empty id', { id: '' }],
    ['a negative sequence', { sequence: -1n }],
    ['a sequence of 2^64 and more digits than fit', { sequence: 10n ** 20n }],
    ['a traceparent of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
  ])('%s', (_, change) => {
    expect(() => bountyEvent('offered', { ...facts, ...change })).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });
});

describe('tells apart when decoding', () => {
  test('an unknown type of a sound event: to be skipped', () => {
    expect(() => decodeEvent(changed((event) => (event['type'] = 'dev.doubloon.bounty.framed.v1')))).toThrow(expect.objectContaining({ code: 'EVENT_TYPE_UNKNOWN', facts: { type: 'dev.doubloon.bounty.framed.v1' } }));
    expect(() => decodeEvent(changed((event) => (event['type'] = 'constructor')))).toThrow(expect.objectContaining({ code: 'EVENT_TYPE_UNKNOWN' }));
  });

  test.each([
    ['text that is not JSON', '{"specversion":'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['another version of CloudEvents', changed((event) => (event['specversion'] = '0.3'))],
    ['an event without data', changed((event) => delete event['data'])],
    ['an amount as a number', changed((event) => (event['data'] = { ...facts.data, amount: 50_000_000 }))],
    ['another app as the source', changed((event) => (event['source'] = '/doubloon/web'))],
    ['a time that is none', changed((event) => (event['time'] = 'yesterday'))],
    ['a short sequence', changed((event) => (event['sequence'] = '7'))],
  ])('a broken promise: %s', (_, text) => {
    expect(() => decodeEvent(text)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });
});

test('a malformed event is told by path, and never by what it holds', () => {
  expect(() => decodeEvent(changed((event) => (event['data'] = { ...facts.data, amount: 'secret' })))).toThrow(/data\.amount/);
  expect(() => decodeEvent(changed((event) => (event['data'] = { ...facts.data, amount: 'secret' })))).not.toThrow(/secret/);
});

test('attributes and fields of a newer writer are dropped, __proto__ included', () => {
  const text = encodeEvent(offered()).replace('"data":{', '"__proto__":{"polluted":true},"partitionkey":"x","data":{"__proto__":{"polluted":true},"since":"v1.1",');
  const event = decodeEvent(text);
  expect(event).toEqual(offered());
  expect((event.data as { polluted?: boolean }).polluted).toBeUndefined();
});
