import { examineOutside } from '../doctor/examine.ts';
import type { Instance } from '../doctor/instance.ts';
import { exitCode, render } from '../doctor/render.ts';
import { hostOf } from '../github/host.ts';
import { openFolder, type Folder } from './folder.ts';
import { openOperator } from './operator-account.ts';
import { parseFlags, readWishes, type Wishes } from './questions.ts';
import { registerApp } from './register-app.ts';
import { giveAway, makeSecrets } from './secrets.ts';

/**
 * `doubloon setup`: creates the GitHub App by its manifest, every secret, and the operator account on the chain, and writes
 * them where docker-compose.yml reads them. It ends with what the doctor says of it. Whatever is there already is kept, so
 * it can be run again after anything. Answers the exit code: 0 when nothing is missing and nothing fails. Throws `UsageProblem`.
 */
export async function setup(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values, yes } = parseFlags(args);
  const folder = openFolder(values['folder'] ?? '.');
  const wishes = await readWishes(values, folder, !yes && process.stdin.isTTY);
  keep(folder, wishes, print);
  await registerApp(folder, wishes, print);
  makeSecrets(folder, print);
  const operator = await openOperator(folder, { ...wishes, host: hostOf(wishes.apiUrl) }, print);
  if (operator !== undefined) keepSetting(folder, 'TREASURY_OPERATOR', operator, print);
  giveAway(folder);

  print('');
  const findings = await examineOutside(instanceIn(folder));
  for (const line of render(findings)) print(line);
  print('');
  print(operator === undefined ? 'The operator account is still missing; see above.' : 'Move keys/admin.json to a safe place: it replaces the other keys, and no service needs it. Then start the services, and look at them with doubloon doctor.');
  return operator === undefined ? 1 : exitCode(findings);
}

function keep(folder: Folder, { githubUrl, apiUrl, webOrigin, cluster, program, upgradeAuthority, rpcUrl }: Wishes, print: (line: string) => void): void {
  for (const [name, value] of Object.entries({ GITHUB_URL: githubUrl, GITHUB_API_URL: apiUrl, WEB_ORIGIN: webOrigin, TREASURY_CLUSTER: cluster, TREASURY_PROGRAM: program, ...(upgradeAuthority === undefined ? {} : { TREASURY_UPGRADE_AUTHORITY: upgradeAuthority }) })) keepSetting(folder, name, value, print);
  if (!folder.make('secrets/solana-rpc-url', rpcUrl) && folder.read('secrets/solana-rpc-url') !== rpcUrl) print('secrets/solana-rpc-url says another node than --rpc: it is left as it is, remove it to change it.');
}

function keepSetting(folder: Folder, name: string, value: string, print: (line: string) => void): void {
  if (!folder.set(name, value) && folder.setting(name) !== value) print(`.env says ${name}=${folder.setting(name) ?? ''}, and not ${value}: it is left as it is.`);
}

/** What the services will be told of what is outside of this machine. */
function instanceIn(folder: Folder): Instance {
  const told = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, folder.setting(name) ?? '']));
  const file = (name: string): string => folder.at(`secrets/${name}`);
  return {
    apps: {
      'github-app': { ...told('GITHUB_API_URL', 'GITHUB_APP_ID'), GITHUB_APP_PRIVATE_KEY_FILE: file('github-app-private-key'), GITHUB_APP_WEBHOOK_SECRET_FILE: file('github-app-webhook-secret') },
      treasury: { ...told('TREASURY_CLUSTER', 'TREASURY_PROGRAM', 'TREASURY_UPGRADE_AUTHORITY', 'TREASURY_OPERATOR'), SOLANA_RPC_URL_FILE: file('solana-rpc-url'), TREASURY_RELAYER_KEY_FILE: file('relayer-key') },
      identity: { ...told('GITHUB_API_URL', 'GITHUB_APP_ID', 'GITHUB_CLIENT_ID'), GITHUB_APP_PRIVATE_KEY_FILE: file('github-app-private-key'), GITHUB_CLIENT_SECRET_FILE: file('github-app-client-secret'), IDENTITY_ATTESTOR_KEY_FILE: file('attestor-key') },
    },
    now: () => new Date(),
  };
}
