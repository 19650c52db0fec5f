import { createSign, randomBytes } from 'node:crypto';
import { signerFromSeed } from '@doubloon/escrow';
import { newServiceToken } from '@doubloon/rpc';
import { runDoubloon } from '../demo/doubloon.ts';
import { keyFileOf } from '../stack/operator.ts';
import { depositsAre, fund, letDaysPass, link, newWallet, openPlace } from './play.ts';
import { readSecret, secretFile, settingsOf, writeSecret } from './settings.ts';
import { asking, must, type Drill, type Site } from './site.ts';
import { startTraffic } from './traffic.ts';

type Hashes = Record<string, string | string[]>;

/** Every secret of ours is another one afterwards. People go on meanwhile, but for the moment in which the chain's clock moves. */
export const rotate: Drill = {
  name: 'rotate',
  what: 'service tokens, the webhook secret, a database password, and the keys of relayer and attestor are replaced while everything runs',
  async run(site) {
    const { stack, say } = site;
    const { operator, localnet } = stack;
    const [before, wallet] = [await startTraffic(site, 'During a rotation'), await newWallet(stack)];

    // The keys on the chain first: they take a week.
    const [relayerSeed, attestorSeed] = [randomBytes(32), randomBytes(32)];
    const [relayer, attestor] = [signerFromSeed(relayerSeed).address, signerFromSeed(attestorSeed).address];
    await localnet.faucet.airdrop(relayer, 1_000_000_000n);
    const chain = ['--rpc', localnet.rpcUrl, '--operator', operator];
    await runDoubloon(['operator', 'schedule-keys', '--admin', secretFile(stack, 'admin.json'), '--relayer', relayer, '--attestor', attestor, ...chain]);
    say('doubloon operator schedule-keys: relayer and attestor are followed by others in seven days', (await runDoubloon(['operator', 'show', ...chain])).trim().split('\n').filter((line) => line.includes('takes over')).map((line) => line.trim()));

    // Who is called learns the new tokens beside the old ones; then callers show them; then the old ones end.
    const [toTreasury, toIdentity, ofTreasury] = [newServiceToken(), newServiceToken(), newServiceToken()];
    const next = writeSecret(stack, 'next-attestor.json', keyFileOf(attestorSeed));
    for (const [file, fresh] of [['treasury-callers', { 'github-app': toTreasury.hash }], ['identity-callers', { 'github-app': toIdentity.hash, treasury: ofTreasury.hash }]] as const) {
      const hashes = JSON.parse(readSecret(stack, file)) as Hashes;
      for (const [caller, hash] of Object.entries(fresh)) hashes[caller] = [hash, hashes[caller] as string];
      writeSecret(stack, file, JSON.stringify(hashes));
    }
    await Promise.all([stack.app('identity').start({ IDENTITY_NEXT_ATTESTOR_KEY_FILE: next }), stack.app('treasury').start()]);
    say('treasury and identity service know both tokens of their callers, and the identity service the attestor to come');

    const old = readSecret(stack, 'github-app-treasury');
    const previous = readSecret(stack, 'github-app-webhook');
    const secret = randomBytes(32).toString('hex');
    writeSecret(stack, 'github-app-treasury', toTreasury.token);
    writeSecret(stack, 'github-app-identity', toIdentity.token);
    writeSecret(stack, 'treasury-identity', ofTreasury.token);
    writeSecret(stack, 'github-app-webhook', secret);
    await otherPassword(site);
    await Promise.all([stack.app('github-app').start({ GITHUB_APP_WEBHOOK_SECRET_PREVIOUS: previous }), stack.app('treasury').start()]);
    say('App and treasury show their new tokens; the App takes deliveries that are signed with either secret; the treasury has another user of its database');
    await secretAtGitHub(site, secret);
    say('GitHub signs with the new secret');
    say(await before.stop());

    const place = openPlace(stack, 'Awarded between two keys');
    const { deposit } = await fund(stack, place, 'ada', { denom: 'sol', text: '0.2' }, wallet);
    await letDaysPass(site, 7);
    await place.person('linus').comment('/award @grace');
    say('the new keys are in force; an award waits for a relayer that may sign it', deposit);

    for (const file of ['treasury-callers', 'identity-callers']) {
      const hashes = JSON.parse(readSecret(stack, file)) as Hashes;
      writeSecret(stack, file, JSON.stringify(Object.fromEntries(Object.entries(hashes).map(([caller, hash]) => [caller, [hash].flat()[0] ?? '']))));
    }
    writeSecret(stack, 'relayer.json', keyFileOf(relayerSeed));
    writeSecret(stack, 'attestor.json', keyFileOf(attestorSeed));
    await Promise.all(['identity', 'treasury', 'github-app'].map((name) => stack.app(name as 'identity').start()));
    say('all of them know only what is new');
    must((await refusesToken(site, old)), 'the treasury still takes the token that was replaced');

    const after = await startTraffic(site, 'After a rotation');
    await depositsAre(stack, place, [deposit], 'AWARDED');
    stack.github.addUser('hypatia', 'Hypatia');
    await link(stack, 'hypatia');
    must(((await stack.chain.account(relayer, 'finalized'))?.lamports ?? 0n) < 1_000_000_000n, 'the new relayer paid for nothing');
    say('the award that waited was signed by the new relayer, and a wallet is linked by the new attestor', [`relayer   ${relayer}`, `attestor  ${attestor}`]);
    say(await after.stop());
  },
};

/** The safe order: another user first, then the app, then the end of the first one's password. Here the first one is the server's own, and stays. */
async function otherPassword({ stack }: Site): Promise<void> {
  const url = new URL(readSecret(stack, 'treasury-database'));
  const password = randomBytes(24).toString('base64url');
  await asking(url.href, async (pool) => { await pool.query(`create role treasury_after_rotation superuser login password '${password}'`); });
  url.username = 'treasury_after_rotation';
  url.password = password;
  writeSecret(stack, 'treasury-database', url.href);
}

/** As the App itself, as GitHub's page for it does. */
async function secretAtGitHub({ stack }: Site, secret: string): Promise<void> {
  const { github } = stack;
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 30, exp: seconds + 300, iss: String(github.app.id) })}`;
  const token = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(github.app.privateKey, 'base64url')}`;
  const reply = await fetch(`${github.apiUrl}/app/hook/config`, { method: 'PATCH', headers: { authorization: `Bearer ${token}`, 'user-agent': 'drills', 'content-type': 'application/json' }, body: JSON.stringify({ secret }) });
  must(reply.ok, `GitHub answered ${String(reply.status)} to another webhook secret`);
}

async function refusesToken({ stack }: Site, token: string): Promise<boolean> {
  const url = settingsOf(stack, 'github-app')['GITHUB_APP_TREASURY_URL'] ?? '';
  const reply = await fetch(`${url}/doubloon.treasury.v1.TreasuryService/GetBounty`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"repositoryId":"1","issueId":"1"}' });
  return reply.status === 401;
}
