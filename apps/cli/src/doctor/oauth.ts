import { askGitHub } from '../github/app-api.ts';
import { fail, ok, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';

/** Whether GitHub takes the client id and secret by which people sign in. Asked about a token that nobody has: GitHub says whose fault it is. */
export async function checkOAuth(instance: Instance, apiUrl: string, appClientId: string | undefined): Promise<readonly Finding[]> {
  const check = 'github.sign-in';
  const [id, secret] = [valueOf(instance, 'identity', 'GITHUB_CLIENT_ID'), valueOf(instance, 'identity', 'GITHUB_CLIENT_SECRET')];
  if (id === undefined || secret === undefined) return [];
  if (appClientId !== undefined && appClientId !== id) return [fail(check, `The client id ${id} is not that of the App, which is ${appClientId}.`, `Set GITHUB_CLIENT_ID to ${appClientId}, and the secret to one of the same App.`)];
  const { status } = await askGitHub(apiUrl, `/applications/${encodeURIComponent(id)}/token`, { method: 'POST', authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`, body: { access_token: `ghu_${'0'.repeat(36)}` } });
  if (status === 401) return [fail(check, 'GitHub does not take the client secret.', 'Make a new one in the settings of the App, and put it where GITHUB_CLIENT_SECRET_FILE says.')];
  return [ok(check, 'GitHub takes the client id and secret that people sign in by.')];
}
