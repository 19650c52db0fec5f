import { createHash } from 'node:crypto';
import { isDoubloonError } from '@doubloon/errors';
import { parseCallers, type Callers } from '@doubloon/rpc';
import { fail, ok, type Finding } from './finding.ts';
import { valueOf, type AppName, type Instance } from './instance.ts';

/** Who calls whom: the caller's setting, and the callee's. */
export const calls = [
  { caller: 'web', callee: 'treasury', token: 'WEB_TREASURY_TOKEN', url: 'WEB_TREASURY_URL', callers: 'TREASURY_CALLERS' },
  { caller: 'github-app', callee: 'treasury', token: 'GITHUB_APP_TREASURY_TOKEN', url: 'GITHUB_APP_TREASURY_URL', callers: 'TREASURY_CALLERS' },
  { caller: 'github-app', callee: 'identity', token: 'GITHUB_APP_IDENTITY_TOKEN', url: 'GITHUB_APP_IDENTITY_URL', callers: 'IDENTITY_CALLERS' },
  { caller: 'treasury', callee: 'identity', token: 'TREASURY_IDENTITY_TOKEN', url: 'TREASURY_IDENTITY_URL', callers: 'IDENTITY_CALLERS' },
  { caller: 'web', callee: 'identity', token: 'WEB_IDENTITY_TOKEN', url: 'WEB_IDENTITY_URL', callers: 'IDENTITY_CALLERS' },
] as const satisfies readonly { caller: AppName; callee: AppName; token: string; url: string; callers: string }[];

/** Whether each service knows the tokens that its callers show. */
export const checkTokens = (instance: Instance): readonly Finding[] => calls.flatMap(({ caller, callee, token, callers }) => {
  const check = `tokens.${caller}-${callee}`;
  const [shown, known] = [valueOf(instance, caller, token), valueOf(instance, callee, callers)];
  if (shown === undefined || known === undefined) return [];
  const remedy = `Put the sha256 of the token of ${token} under "${caller}" into the file of ${callers}, or make both anew: remove them and run doubloon secrets.`;
  const hashes = read(known)?.get(caller);
  if (hashes === undefined) return [fail(check, `${callee} knows no caller ${caller}.`, remedy)];
  const hash = createHash('sha256').update(shown).digest();
  if (!hashes.some((one) => one.equals(hash))) return [fail(check, `${callee} knows another token of ${caller} than the one it shows.`, remedy)];
  return [ok(check, `${callee} knows the token of ${caller}.`)];
});

function read(json: string): Callers | undefined {
  try {
    return parseCallers(json);
  } catch (error) {
    if (isDoubloonError(error, 'CONFIG_INVALID')) return undefined;
    throw error;
  }
}
