import { expect, test } from 'vitest';
import { securityHeaders } from './headers.ts';

test('over https a browser stays there for two years, over http it is told nothing of it', () => {
  expect(securityHeaders('https://bounties.example')['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  expect(securityHeaders('http://127.0.0.1:8080')).not.toHaveProperty('strict-transport-security');
});
