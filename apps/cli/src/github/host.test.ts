import { expect, test } from 'vitest';
import { hostOf } from './host.ts';

test.each([
  ['https://api.github.com', 'github.com'],
  ['https://api.octocorp.ghe.com', 'octocorp.ghe.com'],
  ['https://github.example/api/v3', 'github.example'],
  ['http://127.0.0.1:4200/api/v3', '127.0.0.1:4200'],
  ['https://api.github.com.evil.example', 'api.github.com.evil.example'],
])('the pages of %s are at %s', (api, host) => {
  expect(hostOf(api)).toBe(host);
});
