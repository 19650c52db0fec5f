import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { wholeNumber, type Settings } from '@doubloon/service';

// PEM in an environment variable often has its line ends written out.
const privateKey = (): z.ZodType<string, string> =>
  z.string().transform((value) => value.replaceAll('\\n', '\n')).refine((value) => {
    try {
      return createPrivateKey(value).asymmetricKeyType === 'rsa';
    } catch {
      return false;
    }
  }, 'is not an RSA private key in PEM');

/** What a service needs to act as the App. */
export const appSettings = {
  appId: { name: 'GITHUB_APP_ID', meaning: "The App's numeric id.", schema: wholeNumber({ min: 1 }) },
  privateKey: { name: 'GITHUB_APP_PRIVATE_KEY', meaning: "The App's private key, PEM.", schema: privateKey(), secret: true },
} as const satisfies Settings;
