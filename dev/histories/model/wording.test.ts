import { expect, test } from 'vitest';
import type { Round, Wish } from '../operation.ts';
import { readings, type Told } from './readings.ts';
import { wording, type Happening } from './wording.ts';

const sol = (amount: bigint): Wish => ({ denom: 'sol', amount });
const usdc = (amount: bigint): Wish => ({ denom: 'usdc', amount });
const text = (...wishes: Wish[]): Happening => ({ kind: 'text', wishes, place: 7 });
const fund = (wish: number): Happening => ({ kind: 'fund', wish, place: 8 });
const gone: Happening = { kind: 'gone', place: 9 };
const cancel: Happening = { kind: 'cancel', place: 9 };
const offers = (...happenings: Happening[]): string[] => wording(happenings).offers.map(({ denom, amount, state }) => `${String(amount)} ${denom} ${state}`);

test.each<[string, Happening[], string[]]>([
  ['each wish is an offer, the same twice two', [text(sol(1n), sol(1n), usdc(1n))], ['1 sol offered', '1 sol offered', '1 usdc offered']],
  ['what an edit puts in its place replaces it', [text(sol(1n)), text(sol(2n))], ['1 sol replaced', '2 sol offered']],
  ['of the same denom first', [text(sol(1n), usdc(1n)), text(usdc(2n))], ['1 sol withdrawn', '1 usdc replaced', '2 usdc offered']],
  ['another denom takes the place, too', [text(sol(1n)), text(usdc(1n))], ['1 sol replaced', '1 usdc offered']],
  ['what vanished is withdrawn', [text(sol(1n), sol(2n)), text(sol(2n))], ['1 sol withdrawn', '2 sol offered']],
  ['what stayed stays wherever it moved to', [text(sol(1n), sol(2n)), text(sol(2n), sol(1n), sol(3n))], ['1 sol offered', '2 sol offered', '3 sol offered']],
  ['an edit that is taken back reopens the same offer', [text(sol(1n)), text(sol(2n)), text(sol(1n))], ['1 sol offered', '2 sol replaced']],
  ['a deletion withdraws what nobody funded', [text(sol(1n), sol(2n)), fund(1), gone], ['1 sol withdrawn', '2 sol funded']],
  ['more than is funded is asked for beyond it', [text(sol(5n)), fund(0), text(sol(8n))], ['5 sol funded', '3 sol offered']],
  ['less than is funded asks for nothing', [text(sol(5n)), fund(0), text(sol(4n))], ['5 sol funded']],
  ['of another denom than what is funded all of it is asked for', [text(sol(5n)), fund(0), text(usdc(8n))], ['5 sol funded', '8 usdc offered']],
  ['a cancel withdraws, and the text does not bring it back', [text(sol(5n)), cancel, text(sol(5n), usdc(1n))], ['5 sol withdrawn', '1 usdc offered']],
])('%s', (_, happenings, wanted) => { expect(offers(...happenings)).toEqual(wanted); });

test('what is not changed is told, until the text asks for something else again', () => {
  const told = (...happenings: Happening[]): string[] => wording(happenings).told.map(({ what }) => what);
  expect(told(text(sol(5n)), fund(0), text(sol(8n)))).toEqual(['difference']);
  expect(told(text(sol(5n)), fund(0), text(sol(4n)))).toEqual(['unchanged']);
  expect(told(text(sol(5n)), fund(0), gone)).toEqual(['stays']);
  expect(told(text(sol(5n)), fund(0), cancel)).toEqual(['kept']);
  expect(told(text(sol(5n)), fund(0), text(sol(4n)), text(usdc(1n)))).toEqual([]);
});

const at = (round: Round, happening: Happening): Told => ({ ...happening, round });
const ends = (...all: Told[]): string[] => readings(all).map(({ offers: found }) => found.map(({ amount, state }) => `${String(amount)} ${state}`).sort().join()).sort();

test('what is said when all is at rest was read, what was said before that in the same round perhaps', () => {
  expect(ends(at(0, text(sol(1n))), at(1, text(sol(2n))))).toEqual(['1 replaced,2 offered']);
  expect(new Set(ends(at(0, text(sol(1n))), at(0, text(sol(2n)))))).toEqual(new Set(['1 replaced,2 offered', '2 offered']));
  // Within a second, which is all that GitHub tells, one before the last may be read late, and then the last once more.
  expect(new Set(ends(at(0, text(sol(1n))), at(0, text()), at(0, text(sol(2n)))))).toEqual(new Set(['2 offered', '1 replaced,2 offered', '1 withdrawn,2 offered']));
  expect(ends(at(0, text(sol(1n))), at(0, fund(0)), at(0, text(sol(2n))))).toEqual(['1 funded,1 offered']);
  expect(new Set(ends(at(0, text(sol(1n))), at(0, gone)))).toEqual(new Set(['', '1 withdrawn']));
});
