import { isDoubloonError } from '@doubloon/errors';
import { appJwt } from '@doubloon/github';
import { askGitHub, type Answered } from '../github/app-api.ts';
import { neededEvents, neededPermissions } from '../github/needs.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';
import { checkOAuth } from './oauth.ts';

interface App {
  readonly slug?: string;
  readonly client_id?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly installations_count?: number;
}

/** GitHub takes a proof that is no more than a minute from its own time. */
const mostSkewMs = 30_000;

/** Whether GitHub knows the App by its key, lets it do and hear what it needs, and reaches its webhook. */
export async function checkGitHub(instance: Instance): Promise<readonly Finding[]> {
  const apiUrl = valueOf(instance, 'github-app', 'GITHUB_API_URL') ?? 'https://api.github.com';
  const appId = valueOf(instance, 'github-app', 'GITHUB_APP_ID');
  const privateKey = valueOf(instance, 'github-app', 'GITHUB_APP_PRIVATE_KEY')?.replaceAll('\\n', '\n');
  if (appId === undefined || privateKey === undefined) return [];
  let authorization: string;
  try {
    authorization = `Bearer ${appJwt({ appId, key: privateKey, now: instance.now() })}`;
  } catch {
    return [fail('github.app', 'The private key of the App is no key in PEM.', 'Make a new one in the settings of the App, and put the file that GitHub hands out where GITHUB_APP_PRIVATE_KEY_FILE says.')];
  }
  const ask = (path: string): Promise<Answered> => askGitHub(apiUrl, path, { authorization });
  try {
    const answer = await ask('/app');
    const clock = checkClock(answer, instance.now());
    if (answer.status !== 200) return [...clock, refused(answer, appId)];
    const app = answer.body as App;
    return [
      ok('github.app', `GitHub knows the App ${app.slug ?? appId} by its key.`), ...clock, checkPermissions(app), checkEvents(app), checkInstallations(app),
      checkSecret(valueOf(instance, 'github-app', 'GITHUB_APP_WEBHOOK_SECRET')), ...(await checkHook(ask)), ...(await checkDeliveries(ask)), ...(await checkOAuth(instance, apiUrl, app.client_id)),
    ];
  } catch (error) {
    if (!isDoubloonError(error, 'GITHUB_UNAVAILABLE')) throw error;
    return [fail('github.app', `GitHub's API does not answer at ${apiUrl}.`, 'See that GITHUB_API_URL is right (https://HOST/api/v3 for an Enterprise Server), and that this machine may reach it.')];
  }
}

function refused({ status }: Answered, appId: string): Finding {
  if (status === 401 || status === 404) return fail('github.app', `GitHub does not take the key for the App ${appId} (${String(status)}).`, 'See that GITHUB_APP_ID is the number in the settings of the App, and that the private key is one of its keys.');
  return fail('github.app', `GitHub answers ${String(status)} when asked for the App ${appId}.`, 'See that GITHUB_API_URL ends where the API begins (https://HOST/api/v3 for an Enterprise Server).');
}

function checkClock({ date }: Answered, now: Date): readonly Finding[] {
  if (date === undefined) return [];
  const skew = Math.abs(now.getTime() - date.getTime());
  return skew > mostSkewMs ? [fail('github.clock', `This machine's clock and GitHub's are ${String(Math.round(skew / 1000))} s apart.`, 'Let the machine keep its time by NTP.')] : [ok('github.clock', "This machine's clock agrees with GitHub's.")];
}

function checkPermissions({ permissions }: App): Finding {
  const lacking = Object.entries(neededPermissions).filter(([name, level]) => permissions[name] !== level && permissions[name] !== 'write' && permissions[name] !== 'admin').map(([name, level]) => `${name}: ${level}`);
  if (lacking.length > 0) return fail('github.permissions', `The App lacks ${lacking.join(', ')}.`, 'Grant it in the settings of the App, under Permissions & events, and accept it in each installation.');
  return ok('github.permissions', 'The App may do what it needs.');
}

function checkEvents({ events }: App): Finding {
  const lacking = neededEvents.filter((event) => !events.includes(event));
  if (lacking.length > 0) return fail('github.events', `The App is not told of ${lacking.join(', ')}.`, 'Subscribe to them in the settings of the App, under Permissions & events.');
  return ok('github.events', 'The App is told of what it needs.');
}

function checkInstallations({ slug, installations_count: count }: App): Finding {
  if (count === 0) return warn('github.installations', 'The App is installed nowhere yet.', `Install it from its page${slug === undefined ? '' : `, /apps/${slug} on GitHub`}.`);
  return ok('github.installations', count === undefined ? 'GitHub does not say where the App is installed.' : `The App is installed for ${String(count)} ${count === 1 ? 'account' : 'accounts'}.`);
}

function checkSecret(secret: string | undefined): Finding {
  if (secret === undefined || secret.length < 32) return fail('github.secret', 'The webhook secret has fewer than 32 characters.', 'Set a longer one in the settings of the App, and the same as GITHUB_APP_WEBHOOK_SECRET.');
  return ok('github.secret', 'The webhook secret is long enough.');
}

async function checkHook(ask: (path: string) => Promise<Answered>): Promise<readonly Finding[]> {
  const check = 'github.webhook';
  const { status, body } = await ask('/app/hook/config');
  const { url, secret, insecure_ssl: insecure, content_type: type } = (status === 200 ? body : {}) as { url?: string; secret?: string; insecure_ssl?: string | number; content_type?: string };
  const where = 'in the settings of the App, under Webhook';
  if (!url) return [fail(check, 'The App has no webhook address.', `Set one ${where}: it is needed even where GitHub can't reach it, for the log of deliveries.`)];
  if (!secret) return [fail(check, 'The webhook has no secret: every delivery will be refused.', `Set it ${where}, to what GITHUB_APP_WEBHOOK_SECRET holds.`)];
  if (type !== 'json') return [fail(check, `The webhook sends ${type ?? 'forms'} and not JSON.`, `Set the content type to application/json ${where}.`)];
  if (url.startsWith('https:') && String(insecure) === '1') return [fail(check, 'The webhook does not verify certificates.', `Switch verification on ${where}.`)];
  if (URL.parse(url)?.pathname !== '/webhooks') return [warn(check, `The webhook goes to ${url}, and the App listens for /webhooks.`, `See that your proxy leads there to /webhooks, or correct the address ${where}.`)];
  return [ok(check, `The webhook goes to ${url}.`)];
}

interface Delivered {
  readonly status_code: number;
  readonly status: string;
}

async function checkDeliveries(ask: (path: string) => Promise<Answered>): Promise<readonly Finding[]> {
  const check = 'github.deliveries';
  const { status, body } = await ask('/app/hook/deliveries?per_page=10');
  if (status !== 200 || !Array.isArray(body)) return [warn(check, `GitHub answers ${String(status)} when asked for its log of deliveries.`, 'Look at Recent deliveries in the settings of the App.')];
  const [last] = body as readonly Delivered[];
  if (last === undefined) return [ok(check, 'GitHub has delivered nothing yet.')];
  if (last.status_code === 401 || last.status_code === 403) return [fail(check, `The last delivery was refused (${String(last.status_code)}): GitHub signs with another secret.`, 'Set the same secret in the settings of the App, under Webhook, and as GITHUB_APP_WEBHOOK_SECRET.')];
  if (last.status_code < 200 || last.status_code > 299) return [warn(check, `The last delivery did not arrive (${last.status}).`, 'See that the webhook address leads to the App. What was missed is read from the log within a minute, as long as GitHub answers.')];
  return [ok(check, 'The last delivery arrived.')];
}
