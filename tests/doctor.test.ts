import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '@doubloon/dev/stack/root.ts';
import { startStack, type Stack } from '@doubloon/dev/stack/stack.ts';
import { addressBytes, signerFromSeed } from '@doubloon/escrow';
import { examine } from '../apps/cli/src/doctor/examine.ts';
import type { Finding } from '../apps/cli/src/doctor/finding.ts';
import type { AppName, Environment, Instance } from '../apps/cli/src/doctor/instance.ts';
import { readFolder } from '../apps/cli/src/doctor/read-instance.ts';

let stack: Stack;
let healthy: Readonly<Record<AppName, Environment>>;
let folder: string;

beforeAll(async () => {
  stack = await startStack({ progress: () => undefined, onLine: () => undefined });
  healthy = (await readFolder(stack.settingsFolder)) as typeof healthy;
  folder = mkdtempSync(join(tmpdir(), 'doubloon-doctor-'));
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const doubloon = (...args: readonly string[]) => new Promise<{ code: number; out: string }>((resolve) => {
  execFile(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...args], (error, out, err) => { resolve({ code: error === null ? 0 : Number(error.code), out: out + err }); });
});

/** A secret of this test, in a file as tight as it should be. */
function secret(content: string, mode = 0o600): string {
  const path = join(folder, randomBytes(8).toString('hex'));
  writeFileSync(path, content, { mode });
  return path;
}

/** What is not well after one thing was changed. */
async function complaints(changed: Partial<Record<AppName, Environment>>, now: Instance['now'] = () => new Date()): Promise<readonly Finding[]> {
  const apps = { ...healthy, ...Object.fromEntries(Object.entries(changed).map(([app, env]) => [app, { ...healthy[app as AppName], ...env }])) };
  return (await examine({ apps, now })).filter(({ state }) => state !== 'ok');
}

const address = () => signerFromSeed(randomBytes(32)).address;
const keyFile = (): string => {
  const seed = randomBytes(32);
  return JSON.stringify([...seed, ...addressBytes(signerFromSeed(seed).address)]);
};
const alike = (apps: readonly AppName[], env: Environment) => Object.fromEntries(apps.map((app) => [app, env]));
/** What treasury and identity are told in the same words. */
const onChain = (name: string, value: string) => ({ treasury: { [`TREASURY_${name}`]: value }, identity: { [`IDENTITY_${name}`]: value } });
const databaseAt = (change: (url: URL) => void): string => {
  const url = new URL(stack.databaseUrls.treasury);
  change(url);
  return secret(url.href);
};

test('an installation that is well is all green, and the command says so with exit code 0', async () => {
  const { code, out } = await doubloon('doctor', '--settings', stack.settingsFolder);
  expect(out).toMatch(/\nAll \d+ checks are fine\.\n$/);
  expect(out).not.toMatch(/^(warn|FAIL)/m);
  expect(code).toBe(0);
  for (const env of Object.values(healthy)) for (const [name, value] of Object.entries(env)) if (/SECRET|TOKEN|KEY|PASSWORD/.test(name)) expect(out).not.toContain(value);
});

test('a broken one is told as such by the command, in words and as JSON, with exit code 1', async () => {
  const broken = mkdtempSync(join(folder, 'broken-'));
  const nobody = address();
  for (const [app, env] of Object.entries(healthy)) writeFileSync(join(broken, `${app}.env`), Object.entries(env).map(([name, value]) => `${name}='${name.endsWith('_OPERATOR') ? nobody : value}'\n`).join(''));
  const inWords = await doubloon('doctor', '--settings', broken);
  expect(inWords.code).toBe(1);
  expect(inWords.out).toMatch(/^FAIL {2}chain\.operator +There is no operator account at .*\n +-> Run doubloon setup/m);
  expect(inWords.out).toMatch(/\d+ of \d+ checks are fine; 1 failed, 0 to look at\.\n$/);
  const asJson = await doubloon('doctor', '--settings', broken, '--json');
  expect(asJson.code).toBe(1);
  expect((JSON.parse(asJson.out) as Finding[]).filter(({ state }) => state === 'fail').map(({ check }) => check)).toEqual(['chain.operator']);
});

interface Broken {
  readonly what: string;
  readonly changed: () => Partial<Record<AppName, Environment>>;
  /** Each complaint: its check, what is wrong and what to do. */
  readonly expected: readonly (readonly [check: string, says: RegExp, remedy: RegExp])[];
}

const settingsRemedy = /docs\/configuration\.md/;
const broken: readonly Broken[] = [
  { what: 'a setting is missing', changed: () => ({ treasury: { TREASURY_OPERATOR: '' } }), expected: [['settings.treasury', /TREASURY_OPERATOR is missing/, settingsRemedy]] },
  { what: 'a setting is misspelt', changed: () => ({ web: { WEB_ORIGN: 'https://a.example' } }), expected: [['settings.web', /WEB_ORIGN is not a setting, the nearest is WEB_ORIGIN/, settingsRemedy]] },
  { what: 'a secret is said twice', changed: () => ({ treasury: { DATABASE_URL: 'postgres://a/b' } }), expected: [['settings.treasury', /DATABASE_URL and DATABASE_URL_FILE are both set/, settingsRemedy], ['database.treasury', /can't be used/, /PostgreSQL runs at a/]] },
  { what: 'the file of a secret is not there', changed: () => ({ 'github-app': { GITHUB_APP_PRIVATE_KEY_FILE: join(folder, 'nowhere') } }), expected: [['settings.github-app', /GITHUB_APP_PRIVATE_KEY_FILE can't be read \(ENOENT\)/, settingsRemedy]] },
  { what: 'a failpoint is armed', changed: () => ({ treasury: { DOUBLOON_FAILPOINT: 'x' } }), expected: [['settings.treasury', /DOUBLOON_FAILPOINT is set/, /Remove DOUBLOON_FAILPOINT/]] },
  { what: 'a secret is open to everybody', changed: () => ({ 'github-app': { GITHUB_APP_TREASURY_TOKEN_FILE: secret(tokenOf('github-app'), 0o604) } }), expected: [['secrets.modes', /GITHUB_APP_TREASURY_TOKEN_FILE of github-app\) is open to every user/, /chmod 600/]] },
  {
    what: 'a token is another than the one that is known', changed: () => ({ web: { WEB_TREASURY_TOKEN_FILE: secret(randomBytes(32).toString('hex')) } }),
    expected: [['tokens.web-treasury', /treasury knows another token of web/, /sha256/], ['calls.web-treasury', /treasury refuses the token of web/, /started again/]],
  },
  { what: 'a caller is not known', changed: () => ({ treasury: { TREASURY_CALLERS_FILE: secret(JSON.stringify({ web: '0'.repeat(64) })) } }), expected: [['tokens.web-treasury', /another token/, /sha256/], ['tokens.github-app-treasury', /knows no caller github-app/, /sha256/]] },
  { what: 'the pages and the links to them have two addresses', changed: () => ({ treasury: { TREASURY_WEB_URL: 'https://elsewhere.example' } }), expected: [['agreement.web-origin', /TREASURY_WEB_URL of treasury says something else than WEB_ORIGIN/, /Set WEB_ORIGIN of web and TREASURY_WEB_URL of treasury/]] },
  { what: 'the database has another name', changed: () => ({ treasury: { DATABASE_URL_FILE: databaseAt((url) => { url.pathname = '/nobody'; }) } }), expected: [['database.treasury', /can't be used \(3D000\)/, /its name, user and password/]] },
  { what: 'the database is not migrated', changed: () => ({ treasury: { DATABASE_URL_FILE: databaseAt((url) => { url.pathname = '/postgres'; }) } }), expected: [['database.treasury', /are at version 0, and version \d+ is needed/, /Run the migrations/]] },
  { what: 'nobody answers for the event log', changed: () => alike(['treasury', 'github-app', 'identity'], { EVENT_LOG_URL: 'kafka://127.0.0.1:9' }), expected: [['events.log', /does not answer/, /EVENT_LOG_URL/]] },
  { what: 'two services talk by two event logs', changed: () => ({ treasury: { EVENT_LOG_URL: 'kafka://127.0.0.1:9' } }), expected: [['events.log', /are told different event logs/, /to the same/]] },
  { what: 'the node is not there', changed: () => ({ treasury: { SOLANA_RPC_URL: 'http://127.0.0.1:9' } }), expected: [['chain.node', /does not answer/, /SOLANA_RPC_URL/]] },
  {
    what: 'another cluster is meant, where an app must not own its tables', changed: () => ({ treasury: { TREASURY_CLUSTER: 'devnet' }, identity: { IDENTITY_CLUSTER: 'devnet' } }),
    expected: [...['treasury', 'github-app', 'identity'].map((app) => [`database.${app}`, /uses its database as a superuser/, /compose\/database\.sql/] as const), ['chain.node', /serves localnet .* and TREASURY_CLUSTER says devnet/, /the cluster that is meant/]],
  },
  { what: 'there is no such program', changed: () => onChain('PROGRAM', address()), expected: [['chain.program', /there is none at this address/, /TREASURY_PROGRAM/], ['chain.operator', /no account of the program/, /TREASURY_OPERATOR/]] },
  { what: 'the operator is no address', changed: () => onChain('OPERATOR', 'me'), expected: [['chain.addresses', /TREASURY_OPERATOR is not an address/, /doubloon setup/]] },
  { what: 'the list of denoms is for another cluster', changed: () => ({ treasury: { DENOMS_FILE: secret(JSON.stringify({ cluster: 'devnet', denoms: [{ name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'x' }] })) } }), expected: [['chain.denoms', /is for devnet/, /DENOMS_FILE/]] },
  {
    what: 'a mint is not on the chain', expected: [['chain.denoms', /no mint of usdc at .* with 6 decimals/, /DENOMS_FILE/]],
    changed: () => ({ treasury: { DENOMS_FILE: secret(JSON.stringify({ cluster: 'localnet', denoms: [{ name: 'usdc', mint: address(), decimals: 6, tokenProgram: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', issuer: 'x' }] })) } }),
  },
  { what: 'GitHub has another name than the operator account was made for', changed: () => alike(['github-app', 'identity'], { GITHUB_API_URL: stack.github.apiUrl.replace('127.0.0.1', 'localhost') }), expected: [['chain.operator', /made for another GitHub than localhost/, /GITHUB_API_URL/]] },
  { what: 'GitHub is not there', changed: () => alike(['github-app', 'identity'], { GITHUB_API_URL: 'http://127.0.0.1:9' }), expected: [['chain.operator', /another GitHub/, /GITHUB_API_URL/], ['github.app', /API does not answer/, /GITHUB_API_URL/]] },
  { what: 'the App has another number', changed: () => alike(['github-app', 'identity'], { GITHUB_APP_ID: '1' }), expected: [['github.app', /does not take the key for the App 1/, /GITHUB_APP_ID/]] },
  { what: 'the key is another App’s', changed: () => alike(['github-app', 'identity'], { GITHUB_APP_PRIVATE_KEY_FILE: secret(otherKey) }), expected: [['github.app', /does not take the key/, /private key is one of its keys/]] },
  { what: 'the key is none', changed: () => alike(['github-app', 'identity'], { GITHUB_APP_PRIVATE_KEY_FILE: secret('nonsense') }), expected: [['github.app', /no key in PEM/, /Make a new one/]] },
  { what: 'the webhook secret is short', changed: () => ({ 'github-app': { GITHUB_APP_WEBHOOK_SECRET_FILE: secret('short') } }), expected: [['github.secret', /fewer than 32 characters/, /longer one/]] },
  { what: 'the pages have no certificate', changed: () => ({ web: { WEB_ORIGIN: 'http://pages.invalid', DEV_WALLET: 'false' }, treasury: { TREASURY_WEB_URL: 'http://pages.invalid' }, identity: { IDENTITY_WEB_URL: 'http://pages.invalid' } }), expected: [['settings.web', /without https/, /certificate/], ['pages.origin', /Nobody answers at http:\/\/pages\.invalid/, /proxy/]] },
  { what: 'two services are told two operators', changed: () => ({ identity: { IDENTITY_OPERATOR: address() } }), expected: [['agreement.treasury-operator', /IDENTITY_OPERATOR of identity says something else/, /Set TREASURY_OPERATOR of treasury and IDENTITY_OPERATOR of identity to the same/]] },
  { what: 'the identity service holds another attestor', changed: () => ({ identity: { IDENTITY_ATTESTOR_KEY_FILE: secret(keyFile()) } }), expected: [['chain.attestor', /holds the key \w+, and the operator's attestor is \w+/, /schedule/]] },
  { what: 'the attestor key is none', changed: () => ({ identity: { IDENTITY_ATTESTOR_KEY_FILE: secret('[1,2,3]') } }), expected: [['chain.attestor', /is no key file/, /64 bytes/]] },
  { what: 'the attestor key can’t be read', changed: () => ({ identity: { IDENTITY_ATTESTOR_KEY_FILE: join(folder, 'nowhere') } }), expected: [['chain.attestor', /can't be read/, /IDENTITY_ATTESTOR_KEY_FILE/]] },
  { what: 'the treasury holds another relayer', changed: () => ({ treasury: { TREASURY_RELAYER_KEY_FILE: secret(keyFile()) } }), expected: [['chain.relayer', /holds the key \w+, and the operator's relayer is \w+/, /schedule/]] },
  { what: 'the relayer key is none', changed: () => ({ treasury: { TREASURY_RELAYER_KEY_FILE: secret('[1,2,3]') } }), expected: [['chain.relayer', /is no key file/, /64 bytes/]] },
  { what: 'the treasury has no relayer key', changed: () => ({ treasury: { TREASURY_RELAYER_KEY_FILE: '' } }), expected: [['chain.relayer', /no key that can be read .* not carried out/, /TREASURY_RELAYER_KEY_FILE/]] },
  { what: 'the treasury asks nobody who may decide', changed: () => ({ treasury: { TREASURY_IDENTITY_URL: '', TREASURY_IDENTITY_TOKEN_FILE: '' } }), expected: [['settings.relayer', /not told TREASURY_IDENTITY_URL and TREASURY_IDENTITY_TOKEN/, /under "treasury"/]] },
  {
    what: 'the treasury shows the identity service another token', changed: () => ({ treasury: { TREASURY_IDENTITY_TOKEN_FILE: secret(randomBytes(32).toString('hex')) } }),
    expected: [['tokens.treasury-identity', /identity knows another token of treasury/, /sha256/], ['calls.treasury-identity', /identity refuses the token of treasury/, /started again/]],
  },
  { what: 'people sign in by another App', changed: () => ({ identity: { GITHUB_CLIENT_ID: 'Iv23other' } }), expected: [['github.sign-in', /is not that of the App/, /Set GITHUB_CLIENT_ID to/]] },
  { what: 'the client secret is another', changed: () => ({ identity: { GITHUB_CLIENT_SECRET_FILE: secret('x'.repeat(40)) } }), expected: [['github.sign-in', /does not take the client secret/, /Make a new one/]] },
  { what: 'the identity service is called where nobody is', changed: () => ({ web: { WEB_IDENTITY_URL: 'http://127.0.0.1:9' } }), expected: [['calls.web-identity', /no answer from identity/, /WEB_IDENTITY_URL/]] },
  { what: 'the treasury is called where nobody is', changed: () => ({ web: { WEB_TREASURY_URL: 'http://127.0.0.1:9' } }), expected: [['calls.web-treasury', /no answer from treasury/, /WEB_TREASURY_URL/]] },
];

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }).privateKey;

const tokenOf = (app: AppName): string => readFileSync(healthy[app]['GITHUB_APP_TREASURY_TOKEN_FILE'] ?? '', 'utf8');

test.each(broken)('$what', async ({ changed, expected }) => {
  const found = await complaints(changed());
  expect(found.map(({ check }) => check)).toEqual(expected.map(([check]) => check));
  for (const [index, [, says, remedy]] of expected.entries()) {
    expect(found[index]?.says).toMatch(says);
    expect(found[index]?.remedy).toMatch(remedy);
  }
});

test('a user who may not write is found, and one table is enough', async () => {
  const admin = new pg.Client({ connectionString: stack.databaseUrls.treasury });
  await admin.connect();
  try {
    await admin.query("create role looker login password 'looker'; grant select on all tables in schema public to looker; grant insert on all tables in schema public to looker; revoke insert on cluster from looker");
    const found = await complaints({ treasury: { DATABASE_URL_FILE: databaseAt((url) => { url.username = 'looker'; url.password = 'looker'; }) } });
    expect(found).toEqual([expect.objectContaining({ check: 'database.treasury', state: 'fail', says: 'The user of treasury may not use cluster.' })]);
  } finally {
    await admin.query('drop owned by looker; drop role looker');
    await admin.end();
  }
});

test('a clock that is ten minutes off is found on both sides', async () => {
  const found = await complaints({}, () => new Date(Date.now() + 600_000));
  expect(found).toContainEqual(expect.objectContaining({ check: 'github.clock', state: 'fail', says: expect.stringMatching(/6\d\d s apart/) as string, remedy: expect.stringContaining('NTP') as string }));
});

test('a webhook that signs with another secret is found by the log of deliveries, and one without an address at once', async () => {
  const hook = `http://127.0.0.1:${healthy['github-app']['PORT'] ?? ''}/webhooks`;
  stack.github.setWebhook(hook, 'x'.repeat(40));
  stack.github.comment('ada', 'analytical-engines/difference', 1, 'hello');
  await stack.github.delivered();
  expect(await complaints({})).toEqual([expect.objectContaining({ check: 'github.deliveries', state: 'fail', says: expect.stringContaining('signs with another secret') as string })]);
  stack.github.setWebhook(undefined, 'x'.repeat(40));
  expect(await complaints({})).toContainEqual(expect.objectContaining({ check: 'github.webhook', says: 'The App has no webhook address.' }));
});

test('a service that is down is named, and what goes with it', async () => {
  await stack.app('web').stop();
  expect((await complaints({})).map(({ check }) => check)).toEqual(expect.arrayContaining(['service.web', 'pages.origin']));
});
