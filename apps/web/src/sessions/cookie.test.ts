import { expect, test } from 'vitest';
import { readSession } from './cookie.ts';

const read = (value: string | undefined) => readSession({ get: (name) => (name === '__Host-doubloon-session' ? value : undefined) });

test('a session is what was handed out, whatever a browser sends', () => {
  const session = 'aB3-_'.repeat(9).slice(0, 43);
  expect(read(session)).toBe(session);
  for (const other of [undefined, '', 'x', `${session}x`, 'a'.repeat(16_000), `${session.slice(1)} `, `${session.slice(1)}\n`]) expect(read(other)).toBe('');
});
