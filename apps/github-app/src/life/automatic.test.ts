import { create, treasury } from '@doubloon/rpc';
import { describe, expect, test } from 'vitest';
import { automaticSteps, cancelAfterMs } from './automatic.ts';
import type { Candidate } from './candidate-row.ts';

const { DepositState } = treasury;
const closedAt = new Date('2026-03-01T12:00:00Z');
const mergedAt = new Date('2026-03-01T11:59:58Z');
const issue = { repositoryId: '10', state: 'closed', stateReason: 'completed', closedAt, isDeleted: false, movedTo: undefined, movedFrom: undefined } as const;
const notPlanned = { ...issue, stateReason: 'not_planned' };
const merged = (id: string, over: Partial<Candidate> = {}): Candidate => ({
  pullRequestId: id, repositoryId: '10', repository: 'a/b', number: Number(id), title: 'T', url: 'u', author: { id: '7', login: 'maggie' }, coAuthors: [], state: 'merged', mergedAt, mergedBy: { id: '8', login: 'linus' }, ...over,
});
const open = (id: string): Candidate => merged(id, { state: 'open', mergedAt: undefined, mergedBy: undefined });
const money = (...states: treasury.DepositState[]) => ({ deposits: states.map((state) => create(treasury.DepositSchema, { state })), decisions: [] });
const held = money(DepositState.HELD);
const rules = { autoAwardAfterSeconds: 3_600, shadow: false };
const elsewhere = { repositoryId: '11', issueId: '1' };

describe('12: closed as not planned', () => {
  const cancel = [{ kind: 'cancel', cause: closedAt.toISOString(), dueAt: new Date(closedAt.getTime() + cancelAfterMs) }];
  test('or as a duplicate: the money goes back 72 hours later', () => {
    expect(cancelAfterMs).toBe(72 * 3_600_000);
    for (const stateReason of ['not_planned', 'duplicate']) expect(automaticSteps({ ...issue, stateReason }, [], held, rules)).toEqual(cancel);
  });
  test('with a pull request that is under way all the same, and not with a merged one', () => {
    expect(automaticSteps(notPlanned, [open('1')], held, rules)).toEqual(cancel);
    expect(automaticSteps(notPlanned, [open('1'), merged('2')], held, rules)).toEqual([]);
  });
  test('after a transfer too', () => { expect(automaticSteps({ ...notPlanned, movedFrom: elsewhere }, [], held, rules)).toEqual(cancel); });
});

describe('28: merged', () => {
  test('its author is awarded as long after the merge as the rules say', () => {
    expect(automaticSteps(issue, [merged('1'), open('2')], held, rules)).toEqual([{ kind: 'award', cause: '1', dueAt: new Date(mergedAt.getTime() + 3_600_000) }]);
  });
  test.each<[string, Partial<Parameters<typeof automaticSteps>[0]>, readonly Candidate[], Partial<treasury.GetBountyResponse>, Partial<typeof rules>]>([
    ['when the rules do not say so', {}, [merged('1')], {}, { autoAwardAfterSeconds: 0 }],
    ['when the repository only rehearses', {}, [merged('1')], {}, { shadow: true }],
    ['when several were merged', {}, [merged('1'), merged('2')], {}, {}],
    ['when none was', {}, [open('1')], {}, {}],
    ['when its author is gone', {}, [merged('1', { author: undefined })], {}, {}],
    ['when it was merged elsewhere', {}, [merged('1', { repositoryId: '11' })], {}, {}],
    ['when the issue was reopened', { state: 'open', stateReason: 'reopened', closedAt: undefined }, [merged('1')], {}, {}],
    ['when the issue came from elsewhere', { movedFrom: elsewhere }, [merged('1')], {}, {}],
    ['when the issue is elsewhere', { movedTo: elsewhere }, [merged('1')], {}, {}],
    ['when the issue was deleted', { isDeleted: true }, [merged('1')], {}, {}],
    ['when something was decided, whatever came of it', {}, [merged('1')], { decisions: [create(treasury.DecisionSchema, { action: 'veto' })] }, {}],
    ['when a deposit is awarded', {}, [merged('1')], money(DepositState.HELD, DepositState.AWARDED), {}],
    ['when an award was vetoed', {}, [merged('1')], { deposits: [create(treasury.DepositSchema, { state: DepositState.HELD, vetoed: true })] }, {}],
    ['when everything was paid', {}, [merged('1')], money(DepositState.PAID), {}],
    ['when there is no money', {}, [merged('1')], money(), {}],
  ])('nothing follows %s', (_, of, candidates, bounty, more) => { expect(automaticSteps({ ...issue, ...of }, candidates, { ...held, ...bounty }, { ...rules, ...more })).toEqual([]); });
});

test('12: reopened after the payout, and closed again: what is over stays over', () => {
  for (const state of [DepositState.PAID, DepositState.REFUNDED, DepositState.CANCELLED, DepositState.CLOSED]) expect(automaticSteps(notPlanned, [], money(state), rules)).toEqual([]);
});
