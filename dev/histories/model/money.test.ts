import { expect, test } from 'vitest';
import type { Act, Deed, History, Operation, Round } from '../operation.ts';
import { expected } from './expected.ts';
import { split } from './money.ts';

const at = (round: Round, deed: Deed): Operation => ({ ...deed, round });
const begun = [at(0, { kind: 'say', by: 'funder', wishes: [{ denom: 'usdc', amount: 1_001n }], as: 'prose' }), at(0, { kind: 'fund', by: 'funder', of: 0, wish: 0, way: 'call', twice: false })];
const both = [{ to: 'worker', bps: 5_000 }, { to: 'helper', bps: 5_000 }] as const;
const award = (round: Round) => at(round, { kind: 'award', by: 'maintainer', to: both });
const link = (round: Round, by: 'worker' | 'helper' | 'funder') => at(round, { kind: 'link', by });
const signAward = (round: Round) => at(round, { kind: 'sign-award', of: 1, to: both });
const veto = (round: Round, by: 'maintainer' | 'funder' | 'stranger' = 'maintainer') => at(round, { kind: 'veto', by });

const done = (operations: readonly Operation[]): Act[] => operations.map((_, of) => ({ of, outcome: 'done', comment: String(of), signed: [{ signature: `s${String(of)}`, deposit: 'deposit', offer: 'offer', hasLanded: true }] }));
function endOf(...more: Operation[]) {
  const operations = [...begun, ...more];
  const history: History = { seed: 0, repository: 0, operations };
  const { deposits: [deposit], received, decisions } = expected(history, done(operations));
  const got = (['funder', 'worker', 'helper'] as const).map((part) => Number(received[part].usdc));
  return { state: deposit?.state, isVetoed: deposit?.isVetoed, got, decided: decisions.map(({ isDone }) => isDone) };
}

test('what rounding leaves goes to the first', () => {
  expect(split(1_001n, both)).toEqual([501n, 500n]);
  expect(split(10n, [{ to: 'worker', bps: 3_333 }, { to: 'helper', bps: 3_333 }, { to: 'patron', bps: 3_334 }])).toEqual([4n, 3n, 3n]);
});

test.each<[string, Operation[], { state: string; got: number[]; isVetoed?: boolean; decided?: boolean[] }]>([
  ['what nobody is awarded goes back when its time is over', [], { state: 'refunded', got: [1_001, 0, 0] }],
  ['who is linked before is paid', [link(0, 'worker'), link(0, 'helper'), award(1)], { state: 'paid', got: [0, 501, 500] }],
  ['who links after the award is paid too', [award(1), link(2, 'worker'), link(3, 'helper')], { state: 'paid', got: [0, 501, 500] }],
  ['whose share nobody claims, it goes back', [award(1), link(2, 'helper')], { state: 'paid', got: [501, 0, 500] }],
  ['where nobody claims anything all goes back', [award(1)], { state: 'refunded', got: [1_001, 0, 0] }],
  ['the wallet of the funder decides as well', [link(0, 'worker'), link(0, 'helper'), signAward(1)], { state: 'paid', got: [0, 501, 500] }],
  ['a veto of the same round undoes it, and whoever decided may decide again', [link(0, 'worker'), award(1), veto(1), award(2)], { state: 'paid', got: [500, 501, 0], isVetoed: false, decided: [true, true, true] }],
  ['a veto by another key is for good', [link(0, 'worker'), signAward(1), veto(1), award(2)], { state: 'refunded', got: [1_001, 0, 0], isVetoed: true, decided: [true, false] }],
  ['so is one by the wallet of the funder', [award(1), at(1, { kind: 'sign-veto', of: 1 }), award(2)], { state: 'refunded', got: [1_001, 0, 0], isVetoed: true, decided: [true, false] }],
  ['a veto of a later round is too late', [link(0, 'worker'), award(1), veto(2)], { state: 'paid', got: [500, 501, 0], decided: [true, false] }],
  ['a funder who is linked may veto, others may not', [link(0, 'funder'), award(1), veto(1, 'stranger'), veto(1, 'funder')], { state: 'refunded', got: [1_001, 0, 0], decided: [true, false, true] }],
  ['a funder who is not linked may not', [award(1), veto(1, 'funder')], { state: 'refunded', got: [1_001, 0, 0], decided: [true, false] }],
  ['nobody else may award', [link(0, 'worker'), at(1, { kind: 'award', by: 'stranger', to: both })], { state: 'refunded', got: [1_001, 0, 0], decided: [false] }],
  ['a maintainer sends it back', [at(1, { kind: 'cancel', by: 'maintainer' }), award(2)], { state: 'cancelled', got: [1_001, 0, 0], decided: [true, false] }],
  ['what is awarded can not be sent back', [link(0, 'worker'), link(0, 'helper'), award(1), at(2, { kind: 'cancel', by: 'maintainer' })], { state: 'paid', got: [0, 501, 500], decided: [true, false] }],
])('%s', (_, more, wanted) => { expect(endOf(...more)).toMatchObject(wanted); });
