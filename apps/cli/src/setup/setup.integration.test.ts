import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startRpcProxy } from '@doubloon/dev/rpc-proxy/rpc-proxy.ts';
import { addressBytes, decodeOperator, hostHash, operatorAddress, parseAddress, signerFromSeed, type Address, localProgram as program } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { startGitHubStandin, type GitHubStandin } from '@doubloon/github-standin';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { publicClusters } from '../clusters.ts';
import { signerOf } from '../key-file.ts';
import { operator as operatorCommand } from '../operator/operator.ts';
import { setup } from './setup.ts';

let localnet: Localnet;
let chain: Chain;

beforeAll(async () => {
  localnet = await startLocalnet();
  chain = openChain({ rpcUrl: localnet.rpcUrl });
});
afterAll(async () => {
  await chain[Symbol.asyncDispose]();
  await localnet[Symbol.asyncDispose]();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-setup-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  return folder;
}

/** A GitHub without the App, and who is to create it there. */
async function newGitHub(): Promise<GitHubStandin> {
  const github = await startGitHubStandin({ app: false, webhook: { secret: 'unused until there is an App' } });
  onTestFinished(async () => { await github.close(); });
  return github;
}

interface Played {
  readonly code: number;
  readonly out: string;
}

/** What a browser sends back, given the page that the command printed. */
type Person = (page: string) => Promise<void>;

/** Does as the page says: posts its form to GitHub as ada, who is sent back. */
const ada = (github: GitHubStandin): Person => async (page) => {
  const back = await createApp(github, page);
  expect((await fetch(back)).status).toBe(200);
};

async function createApp(github: GitHubStandin, page: string): Promise<string> {
  const html = await (await fetch(page)).text();
  const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  const [, url = ''] = /<form method="post" action="([^"]+)"/.exec(html) ?? [];
  const [, manifest = ''] = /name="manifest" value="([^"]+)"/.exec(html) ?? [];
  return github.register({ user: 'ada', url: unescaped(url), manifest: unescaped(manifest) });
}

async function play(folder: string, github: GitHubStandin, { person = ada(github), rpcUrl = localnet.rpcUrl, more = [] }: { person?: Person; rpcUrl?: string; more?: readonly string[] } = {}): Promise<Played> {
  const lines: string[] = [];
  const done: Promise<void>[] = [];
  const code = await setup(['--yes', '--folder', folder, '--github-api', github.apiUrl, '--web', 'https://doubloon.example', '--cluster', 'localnet', '--rpc', rpcUrl, ...more], (line) => {
    lines.push(line);
    const [, page] = /^Open (\S+) in a browser/.exec(line) ?? [];
    if (page !== undefined) done.push(person(page));
  });
  await Promise.all(done);
  return { code, out: lines.join('\n') };
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const settingsIn = (folder: string): Record<string, string> => Object.fromEntries(read(folder, '.env').trim().split('\n').map((line) => line.split('=', 2) as [string, string]));
const contentsOf = (folder: string): Record<string, string> => Object.fromEntries(['.env', ...['secrets', 'keys'].flatMap((sub) => readdirSync(join(folder, sub)).map((name) => `${sub}/${name}`))].map((name) => [name, read(folder, name)]));

test('from nothing to an App, its secrets, an operator account and a list of what works; the second run changes nothing', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  const { code, out } = await play(folder, github);
  expect(out).not.toContain('FAIL');
  expect(out).toMatch(/^ok {4}github\.permissions/m);
  expect(out).toMatch(/^ok {4}github\.events/m);
  expect(out).toMatch(/^ok {4}github\.sign-in/m);
  expect(out).toMatch(/^ok {4}chain\.attestor .* holds its key\.$/m);
  expect(out).toMatch(/^ok {4}chain\.relayer .* the treasury holds its key\.$/m);
  expect(out).toMatch(/^warn {2}chain\.relayer-balance .* holds 0 SOL/m);
  expect(code).toBe(0);

  const settings = settingsIn(folder);
  expect(settings).toMatchObject({ GITHUB_URL: github.url, GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id), GITHUB_CLIENT_ID: github.app.clientId, WEB_ORIGIN: 'https://doubloon.example', TREASURY_CLUSTER: 'localnet', TREASURY_PROGRAM: program });
  expect(read(folder, 'secrets/github-app-client-secret')).toBe(github.app.clientSecret);
  const keys = Object.fromEntries([['admin', 'keys/admin.json'], ['relayer', 'secrets/relayer-key'], ['attestor', 'secrets/attestor-key']].map(([name = '', file = '']) => [name, signerOf(read(folder, file))?.address]));
  const account = await chain.account(parseAddress(settings['TREASURY_OPERATOR'] ?? ''), 'finalized');
  expect(decodeOperator(account?.data ?? new Uint8Array())).toMatchObject({ ...keys, hostHash: hostHash(new URL(github.url).host) });

  for (const [name, content] of Object.entries(contentsOf(folder))) {
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    if (name !== '.env' && name !== 'secrets/solana-rpc-url') expect(out, name).not.toContain(content);
  }
  for (const sub of ['secrets', 'keys']) expect(statSync(join(folder, sub)).mode & 0o777).toBe(0o700);
  expect(existsSync(join(folder, 'keys/github-app.json'))).toBe(false);

  const before = contentsOf(folder);
  const again = await play(folder, github, { person: () => Promise.reject(new Error('nobody is asked twice')) });
  expect(again.code).toBe(0);
  expect(again.out).toContain(`The GitHub App ${String(github.app.id)} is there already.`);
  expect(again.out).toContain(`The operator account ${settings['TREASURY_OPERATOR'] ?? ''} is there already.`);
  expect(contentsOf(folder)).toEqual(before);

  // As a version left it that gave the relayer's key to nobody.
  renameSync(join(folder, 'secrets/relayer-key'), join(folder, 'keys/relayer.json'));
  const moved = await play(folder, github, { person: () => Promise.reject(new Error('nobody is asked twice')) });
  expect(moved.out).toContain('copied keys/relayer.json to secrets/relayer-key');
  expect(moved.out).toMatch(/^ok {4}chain\.relayer .* the treasury holds its key\.$/m);
});

test('a code without our state, of another page or by another name is nobody’s, and the right one still works', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  const statuses: number[] = [];
  const attacked: Person = async (page) => {
    const back = new URL(await createApp(github, page));
    const forged = new URL(back);
    forged.searchParams.set('state', '0'.repeat(64));
    statuses.push((await fetch(forged)).status);
    forged.searchParams.delete('state');
    statuses.push((await fetch(forged)).status);
    const renamed = new URL(back);
    renamed.hostname = 'localhost';
    statuses.push((await fetch(renamed)).status);
    statuses.push((await fetch(back, { method: 'POST' })).status);
    statuses.push((await fetch(back)).status);
  };
  expect((await play(folder, github, { person: attacked })).code).toBe(0);
  expect(statuses).toEqual([400, 400, 403, 403, 200]);
});

test('a code that GitHub does not know makes no App, and leaves nothing behind that says so', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  const wrong: Person = async (page) => {
    const back = new URL(await createApp(github, page));
    back.searchParams.set('code', 'somebody-elses');
    await fetch(back);
  };
  await expect(play(folder, github, { person: wrong })).rejects.toMatchObject({ code: 'APP_NOT_CREATED' });
  expect(settingsIn(folder)).not.toHaveProperty('GITHUB_APP_ID');
  expect(existsSync(join(folder, 'secrets/github-app-private-key'))).toBe(false);
});

test('a foreign key in the way is not written over; when it is gone the same App is taken up, and no second one is made', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
  writeFileSync(join(folder, 'secrets/github-app-private-key'), 'of another App', { mode: 0o600 });
  await expect(play(folder, github)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(read(folder, 'secrets/github-app-private-key')).toBe('of another App');
  rmSync(join(folder, 'secrets/github-app-private-key'));
  const { code, out } = await play(folder, github, { person: () => Promise.reject(new Error('the App is there')) });
  expect(code).toBe(0);
  expect(out).toContain(`Made the GitHub App ${String(github.app.id)}.`);
});

test('a webhook secret that services may read already is told to GitHub, which signs with it from then on', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  const ours = randomBytes(32).toString('hex');
  mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
  writeFileSync(join(folder, 'secrets/github-app-webhook-secret'), ours, { mode: 0o600 });
  await play(folder, github);
  expect(read(folder, 'secrets/github-app-webhook-secret')).toBe(ours);
  github.install({ user: 'ada', app: 'doubloon', owner: 'ada' });
  await github.delivered();
  const { headers, payload } = github.deliveries.at(-1)?.request ?? { headers: {}, payload: '' };
  const signature = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-hub-signature-256')?.[1];
  expect(signature).toBe(`sha256=${createHmac('sha256', ours).update(payload).digest('hex')}`);
});

test('on a public cluster an admin without money is told how much to send and where, and the next run goes on from there', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  await using proxy = await startRpcProxy({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl });
  proxy.claimGenesis(publicClusters['devnet'] ?? '');
  const onDevnet = { rpcUrl: proxy.url, more: ['--cluster', 'devnet', '--program', program] };
  const poor = await play(folder, github, onDevnet);
  expect(poor.code).toBe(1);
  expect(proxy.calls('requestAirdrop')).toBe(0);
  const admin = signerOf(read(folder, 'keys/admin.json'))?.address as Address;
  const [, missing = ''] = new RegExp(`^The admin ${admin} holds 0 SOL on devnet, and 0\\.\\d+ SOL are needed: send it at least 0\\.(\\d+) SOL, and run this again\\.$`, 'm').exec(poor.out) ?? [];
  expect(settingsIn(folder)).not.toHaveProperty('TREASURY_OPERATOR');

  await localnet.faucet.airdrop(admin, BigInt(missing.padEnd(9, '0')));
  await vi.waitUntil(() => chain.account(admin, 'confirmed'), { timeout: 20_000, interval: 50 });
  const { code, out } = await play(folder, github, onDevnet);
  expect(out).not.toContain('FAIL');
  expect(code).toBe(0);
  expect(settingsIn(folder)['TREASURY_OPERATOR']).toBe(operatorAddress({ program, firstAdmin: admin }).address);
});

test('an operator account that is bound to another GitHub is not taken', async () => {
  const [folder, github, other] = [newFolder(), await newGitHub(), await newGitHub()];
  await play(folder, github);
  const second = newFolder();
  mkdirSync(join(second, 'keys'), { mode: 0o700 });
  writeFileSync(join(second, 'keys/admin.json'), read(folder, 'keys/admin.json'), { mode: 0o600 });
  await expect(play(second, other)).rejects.toMatchObject({ code: 'CONFIG_INVALID', facts: { problems: [expect.stringContaining('made for another GitHub') as string] } });
});

test('a node of another cluster is not taken', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  await expect(play(folder, github, { more: ['--cluster', 'devnet', '--program', program] })).rejects.toMatchObject({ code: 'CONFIG_INVALID', facts: { problems: [expect.stringContaining('the node serves localnet') as string] } });
});

test.each([[['--web', 'nonsense']], [['--cluster', 'moon']], [['--rpc', 'file:///etc/passwd']], [['--organization', '../x']], [['--port', '70000']]])('%j is a usage problem, before anything is made', async (more) => {
  const [folder, github] = [newFolder(), await newGitHub()];
  await expect(play(folder, github, { more })).rejects.toMatchObject({ name: 'UsageProblem' });
  expect(readdirSync(folder)).toEqual([]);
});

test('the admin schedules and disables keys, and a stranger does not', async () => {
  const [folder, github] = [newFolder(), await newGitHub()];
  await play(folder, github);
  const address = settingsIn(folder)['TREASURY_OPERATOR'] ?? '';
  const run = async (...args: readonly string[]): Promise<string> => {
    const lines: string[] = [];
    expect(await operatorCommand([...args, '--rpc', localnet.rpcUrl, '--operator', address], (line) => { lines.push(line); })).toBe(0);
    return lines.join('\n');
  };
  const admin = join(folder, 'keys/admin.json');
  const next = signerFromSeed(randomBytes(32)).address;
  expect(await run('show', '--host', new URL(github.url).host)).toContain(`, which is ${new URL(github.url).host}`);
  expect(await run('schedule-keys', '--admin', admin, '--attestor', next)).toMatch(new RegExp(`^ +${next} takes over at 20`, 'm'));
  const warned = await play(folder, github);
  expect(warned.out).toMatch(new RegExp(`^warn {2}chain\\.attestor +${next} takes over as attestor`, 'm'));

  const stranger = randomBytes(32);
  writeFileSync(join(folder, 'stranger.json'), JSON.stringify([...stranger, ...addressBytes(signerFromSeed(stranger).address)]));
  await expect(run('disable-keys', '--admin', join(folder, 'stranger.json'), '--attestor')).rejects.toMatchObject({ name: 'UsageProblem' });
  expect(await run('disable-keys', '--admin', admin, '--attestor')).toMatch(/^attestor {3}disabled$/m);
  expect((await play(folder, github)).out).toMatch(/^FAIL {2}chain\.attestor +The operator has no attestor key/m);
});
