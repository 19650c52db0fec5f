import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rustConstants } from './rust-constants.ts';

test('the program was built with the offsets, numbers and terms that TypeScript reads by', () => {
  expect(readFileSync(new URL('./program/src/generated.rs', import.meta.url), 'utf8')).toBe(rustConstants());
});
