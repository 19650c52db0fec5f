import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { throughOutages } from './through-outages.ts';

const throwing = (error: unknown) => throughOutages('treasury')((_: object) => Promise.reject(error as Error))({});

test('an outage of the database is SERVICE_UNAVAILABLE, with the outage as its cause', async () => {
  const cause = Object.assign(new Error('said'), { code: '57P01' });
  await expect(throwing(cause)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', facts: { service: 'treasury' }, cause });
});

test.each([['a constraint', Object.assign(new Error('said'), { code: '23505' })], ['a mistake of ours', new TypeError('offer is undefined')], ['a failure of the catalogue', new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot' })]])('%s is thrown as it is', async (_name, error) => {
  await expect(throwing(error)).rejects.toBe(error);
});
