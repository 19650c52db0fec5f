import { generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { appJwt } from './app-jwt.ts';

test('it says who it is and for how long, signed by the key, whether that is PEM or was read before', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = new Date('2026-03-01T12:00:00.900Z');
  const at = Date.parse('2026-03-01T12:00:00Z') / 1_000;
  for (const key of [privateKey, privateKey.export({ type: 'pkcs1', format: 'pem' })]) {
    const [header = '', claims = '', signature = ''] = appJwt({ appId: 7, key, now }).split('.');
    const read = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
    expect([read(header), read(claims)]).toEqual([{ alg: 'RS256', typ: 'JWT' }, { iss: '7', iat: at - 60, exp: at + 300 }]);
    expect(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  }
});

test('what is no key is refused', () => {
  expect(() => appJwt({ appId: 7, key: 'no key', now: new Date() })).toThrow();
});
