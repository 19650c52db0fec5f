import { expect, test } from 'vitest';
import type { IdentityView } from './identity-view.ts';
import { signersOf, stepsOf } from './steps.ts';

test.each<[IdentityView['state'], string[], string[]]>([
  ['absent', [], ['link']],
  ['unlinked', [], ['link']],
  ['cooling', ['unlink'], ['change', 'unlink']],
  ['linked', ['unlink'], ['change', 'unlink']],
  ['changing', ['object', 'settle', 'unlink'], ['object', 'settle', 'unlink']],
  ['contested', ['settle', 'unlink'], ['change', 'settle', 'unlink']],
])('%s: by wallet alone %j, signed in %j', (state, byWallet, signedIn) => {
  expect(stepsOf(state, false)).toEqual(byWallet);
  expect(stepsOf(state, true)).toEqual(signedIn);
});

test('who signs: any account for a link or a change, the linked wallet for the rest, and the new one after it to agree', () => {
  const standing = { wallet: 'old', pending: { wallet: 'new', since: '', from: '' } };
  expect(signersOf('link', standing)).toEqual([undefined]);
  expect(signersOf('change', standing)).toEqual([undefined]);
  expect(signersOf('object', standing)).toEqual(['old']);
  expect(signersOf('unlink', standing)).toEqual(['old']);
  expect(signersOf('settle', standing)).toEqual(['old', 'new']);
});
