import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { localProgram, parseAddress, type Address } from '@doubloon/escrow';
import { checkedUrl } from '../checked-url.ts';
import { hostOf } from '../github/host.ts';
import { UsageProblem } from '../usage-problem.ts';
import type { Folder } from './folder.ts';

/** Everything `doubloon setup` has to know. */
export interface Wishes {
  /** Of the pages of GitHub, without a slash at the end. */
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly organization: string | undefined;
  readonly name: string;
  readonly webOrigin: string;
  readonly webhookUrl: string;
  readonly cluster: string;
  readonly rpcUrl: string;
  readonly program: Address;
  /** Whoever was announced as able to replace the program; none for one that is final. */
  readonly upgradeAuthority: Address | undefined;
  /** Of the page on loopback; 0 takes a free one. */
  readonly port: number;
}

interface Question {
  readonly flag: string;
  /** Where the answer is kept, and found again by the next run. */
  readonly kept?: (folder: Folder) => string | undefined;
  readonly ask: string;
  readonly usual?: (known: Readonly<Record<string, string>>) => string;
}

const questions: readonly Question[] = [
  { flag: 'github-api', kept: (folder) => folder.setting('GITHUB_API_URL'), ask: 'Where is the REST API of GitHub (https://HOST/api/v3 for an Enterprise Server)?', usual: () => 'https://api.github.com' },
  { flag: 'organization', ask: 'Which organization is the App to belong to (leave it empty for your own account)?', usual: () => '' },
  { flag: 'name', ask: 'What is the App to be called (GitHub has each name once)?', usual: () => 'Doubloon' },
  { flag: 'web', kept: (folder) => folder.setting('WEB_ORIGIN'), ask: 'Where will people reach the pages, for example https://doubloon.example?' },
  { flag: 'webhook', ask: 'Where will GitHub reach the webhook?', usual: ({ web = '' }) => URL.parse('/webhooks', web)?.href ?? '' },
  { flag: 'cluster', kept: (folder) => folder.setting('TREASURY_CLUSTER'), ask: 'Which cluster: mainnet-beta, devnet, testnet or localnet?', usual: () => 'devnet' },
  { flag: 'rpc', kept: (folder) => folder.read('secrets/solana-rpc-url'), ask: 'Where is the JSON-RPC of a node of that cluster?', usual: ({ cluster = '' }) => (cluster === 'localnet' ? 'http://127.0.0.1:8899' : '') },
  { flag: 'program', kept: (folder) => folder.setting('TREASURY_PROGRAM'), ask: 'What is the address of the escrow program there?', usual: ({ cluster }) => (cluster === 'localnet' ? localProgram : '') },
  { flag: 'upgrade-authority', kept: (folder) => folder.setting('TREASURY_UPGRADE_AUTHORITY'), ask: 'Who was announced as able to replace that program (leave it empty where it is final)?', usual: () => '' },
];

const mayBeEmpty = ['organization', 'upgrade-authority'];

/** Reads the flags, then what an earlier run kept, then asks; with `--yes` it takes what is usual instead. Throws `UsageProblem`. */
export async function readWishes(values: Readonly<Record<string, string | undefined>>, folder: Folder, isAsking: boolean): Promise<Wishes> {
  const known: Record<string, string> = {};
  const lines = isAsking ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  try {
    for (const { flag, kept, ask, usual } of questions) {
      const usually = usual?.(known) ?? '';
      const answered = values[flag] ?? kept?.(folder) ?? (lines === undefined ? usually : (await lines.question(`${ask}${usually === '' ? '' : ` [${usually}]`} `)).trim() || usually);
      if (answered === '' && !mayBeEmpty.includes(flag)) throw new UsageProblem(`Say --${flag}. ${ask}`);
      known[flag] = answered;
    }
  } finally {
    lines?.close();
  }
  return checked(known, values['port'] ?? '0');
}

function checked(known: Readonly<Record<string, string>>, port: string): Wishes {
  const { organization = '', name = '', cluster = '', program = '', rpc = '', 'upgrade-authority': authority = '' } = known;
  const url = (flag: string): URL => {
    const found = URL.parse(known[flag] ?? '');
    if (found === null || !/^https?:$/.test(found.protocol)) throw new UsageProblem(`--${flag} is not a web address.`);
    return found;
  };
  if (!['mainnet-beta', 'devnet', 'testnet', 'localnet'].includes(cluster)) throw new UsageProblem('--cluster is not one of mainnet-beta, devnet, testnet, localnet.');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageProblem('--port is not a port.');
  if (organization !== '' && !/^[a-z\d](?:[a-z\d-]{0,38})$/i.test(organization)) throw new UsageProblem('--organization is not the name of one at GitHub.');
  const api = url('github-api');
  return {
    apiUrl: api.href.replace(/\/$/, ''), githubUrl: `${api.protocol}//${hostOf(api.href)}`, organization: organization === '' ? undefined : organization, name,
    webOrigin: url('web').origin, webhookUrl: url('webhook').href, cluster, rpcUrl: checkedUrl(rpc), program: parseAddress(program), upgradeAuthority: authority === '' ? undefined : parseAddress(authority), port: Number(port),
  };
}

const flags = ['folder', 'port', ...questions.map(({ flag }) => flag)];

/** The flags of the command. */
export function parseFlags(args: readonly string[]): { readonly values: Readonly<Record<string, string | undefined>>; readonly yes: boolean } {
  const { values } = parseArgs({ args: [...args], options: { ...Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }])), yes: { type: 'boolean' as const, default: false } } });
  const { yes, ...texts } = values as Readonly<Record<string, string | boolean | undefined>>;
  return { values: texts as Readonly<Record<string, string | undefined>>, yes: yes === true };
}
