import { createHmac, timingSafeEqual } from 'node:crypto';

/** The webhook secret in use, and the one before it while a rotation is under way. */
export interface WebhookSecrets {
  readonly current: string;
  readonly previous?: string | undefined;
}

export type SecretName = keyof WebhookSecrets;

const form = /^sha256=[0-9a-f]{64}$/;

/** Whether a header could be a signature at all: GitHub writes `sha256=` and 64 lower-case hexadecimal digits. */
export const looksLikeSignature = (header: string | undefined): header is string => header !== undefined && form.test(header);

/** Which secret signed these bytes, or `undefined` for neither. What is right is compared with what came in constant time. */
export function signedWith(secrets: WebhookSecrets, bytes: Uint8Array, header: string): SecretName | undefined {
  if (!form.test(header)) return undefined;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  const isBy = (secret: string) => timingSafeEqual(createHmac('sha256', secret).update(bytes).digest(), given);
  if (isBy(secrets.current)) return 'current';
  return secrets.previous !== undefined && isBy(secrets.previous) ? 'previous' : undefined;
}
