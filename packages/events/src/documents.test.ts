import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { eventDocuments } from './documents.ts';
import { bountyEvent, encodeEvent, eventTypes, identityEvent, type CloudEvent, type EventType } from './index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const documents = eventDocuments();

const offerId = '0123456789abcdef0123456789abcdef';
const wallet = 'So11111111111111111111111111111111111111112';
const deposit = 'Sysvar1nstructions1111111111111111111111111';
const signature = '5'.repeat(88);
const at = { id: 'x', subject: '1/2', time: new Date(0), sequence: 1n };
const money = { denom: 'sol', amount: '1' };
const offer = { offerId, ...money };
const deadline = '2027-01-01T00:00:00Z';
const user = { id: 'x', subject: '583231', time: new Date(0), sequence: 1n };
const examples: { [T in EventType]: CloudEvent<T> } = {
  'dev.doubloon.bounty.offered.v1': bountyEvent('offered', { ...at, data: offer }),
  'dev.doubloon.bounty.replaced.v1': bountyEvent('replaced', { ...at, data: { ...offer, replacedBy: offerId } }),
  'dev.doubloon.bounty.withdrawn.v1': bountyEvent('withdrawn', { ...at, data: { ...offer, reason: 'the comment was deleted' } }),
  'dev.doubloon.bounty.offer-expired.v1': bountyEvent('offer-expired', { ...at, data: offer }),
  'dev.doubloon.bounty.submitted.v1': bountyEvent('submitted', { ...at, data: { ...offer, signature, funder: wallet, deposit, deadline } }),
  'dev.doubloon.bounty.submission-expired.v1': bountyEvent('submission-expired', { ...at, data: { ...offer, signature } }),
  'dev.doubloon.bounty.funded.v1': bountyEvent('funded', { ...at, data: { ...money, deposit, funder: wallet, deadline } }),
  'dev.doubloon.bounty.refunded.v1': bountyEvent('refunded', { ...at, data: { ...money, deposit, funder: wallet } }),
  'dev.doubloon.bounty.awarded.v1': bountyEvent('awarded', { ...at, data: { ...money, deposit, funder: wallet, shares: [{ githubId: '583231', bps: 10_000, amount: '1' }], by: ['relayer'], finalAt: deadline } }),
  'dev.doubloon.bounty.vetoed.v1': bountyEvent('vetoed', { ...at, data: { ...money, deposit, funder: wallet, reason: 'vetoed' } }),
  'dev.doubloon.bounty.paid.v1': bountyEvent('paid', { ...at, data: { ...money, deposit, funder: wallet, share: 0, githubId: '583231' } }),
  'dev.doubloon.bounty.cancelled.v1': bountyEvent('cancelled', { ...at, data: { ...money, deposit, funder: wallet } }),
  'dev.doubloon.bounty.closed.v1': bountyEvent('closed', { ...at, data: { ...money, deposit, funder: wallet } }),
  'dev.doubloon.identity.linked.v1': identityEvent('linked', { ...user, data: { account: deposit, wallet, linkedAt: deadline, paysFrom: deadline } }),
  'dev.doubloon.identity.changing.v1': identityEvent('changing', { ...user, data: { account: deposit, wallet, pendingWallet: wallet, pendingFrom: deadline, contested: false } }),
  'dev.doubloon.identity.unlinked.v1': identityEvent('unlinked', { ...user, data: { account: deposit, wallet } }),
};

test.each([...documents.keys()])('%s is what the schemas say (else: npm run documents -w @doubloon/events)', async (path) => {
  expect(await readFile(join(root, path), 'utf8')).toBe(documents.get(path));
});

test('no schema is left of a type that is gone', async () => {
  expect((await readdir(join(root, 'packages/events/schemas'))).toSorted()).toEqual(Object.keys(eventTypes).map((type) => `${type}.json`).toSorted());
});

describe.each(Object.keys(eventTypes) as EventType[])('%s', (type) => {
  const event = JSON.parse(encodeEvent(examples[type])) as { data: Record<string, unknown> };
  const compiled = (path: string, pick: (document: { components: { messages: Record<string, { payload: object }> } }) => object) => {
    const ajv = path.endsWith('asyncapi.json') ? new Ajv({ strict: true, strictRequired: false }) : new Ajv2020({ strict: true });
    addFormats.default(ajv as Ajv);
    return ajv.compile(pick(JSON.parse(documents.get(path) ?? '') as never));
  };

  test('its JSON Schema takes its data, with fields of a later writer, and refuses data without a promised field', () => {
    const valid = compiled(`packages/events/schemas/${type}.json`, (document) => document);
    const needed = 'amount' in event.data ? 'amount' : 'wallet';
    expect(valid(event.data)).toBe(true);
    expect(valid({ ...event.data, later: true })).toBe(true);
    expect(valid({ ...event.data, [needed]: undefined })).toBe(false);
    expect(valid({ ...event.data, [needed]: '1.5' })).toBe(false);
  });

  test('its AsyncAPI message takes the whole event and refuses another type', () => {
    const valid = compiled('packages/events/asyncapi.json', ({ components }) => components.messages[type]?.payload ?? false as never);
    expect(valid(event)).toBe(true);
    expect(valid({ ...event, type: 'dev.doubloon.bounty.other.v1' })).toBe(false);
  });
});

test('every reference in the AsyncAPI document leads somewhere', () => {
  const text = documents.get('packages/events/asyncapi.json') ?? '';
  const document = JSON.parse(text) as Record<string, unknown>;
  const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(0);
  for (const path of references) expect(path.split('/').reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document), path).toBeDefined();
});
