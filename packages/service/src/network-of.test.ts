import { expect, test } from 'vitest';
import { networkOf } from './network-of.ts';

test('all addresses of one network of the sixth version are one, and those of the fourth are each their own', () => {
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(networkOf('2001:0DB8:0:0:ffff::2')).toBe('2001:db8:0:0::/64');
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'));
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(networkOf('192.0.2.7')).toBe('192.0.2.7');
  expect(networkOf('x'.repeat(500))).toHaveLength(64);
});
