import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { elfLength } from './deployed-program.ts';

test.each(['doubloon_escrow.so', 'doubloon_escrow_v0.so'])('%s ends where its own tables say, whatever room follows', (name) => {
  const file = readFileSync(new URL(`../../${name}`, import.meta.url));
  expect(elfLength(file)).toBe(file.length);
  expect(elfLength(Buffer.concat([file, Buffer.alloc(10_000)]))).toBe(file.length);
});

test('bytes that are no ELF file, or end too early, have no length', () => {
  const file = readFileSync(new URL('../../doubloon_escrow.so', import.meta.url));
  for (const bytes of [new Uint8Array(), new Uint8Array(64), file.subarray(0, 63), file.subarray(0, 100), file.subarray(0, -1)]) expect(elfLength(bytes)).toBeUndefined();
});
