import { parseArgs } from 'node:util';
import { decodeOperator, disableKeys, hostHash, keyInForce, parseAddress, scheduleKeys, type Address, type Instruction, type Operator, type Signer } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { DoubloonError } from '@doubloon/errors';
import { checkedUrl } from '../checked-url.ts';
import { readSigner } from '../key-file.ts';
import { land } from '../land.ts';
import { instant } from '../found-deposit.ts';
import { UsageProblem } from '../usage-problem.ts';

type Print = (line: string) => void;

/**
 * `doubloon operator show | schedule-keys | disable-keys`: the operator account on the chain, and the change of its keys,
 * which its admin signs and pays. Answers the exit code 0. Throws `UsageProblem`, ACCOUNT_MALFORMED, TRANSACTION_REFUSED with
 * what the program says, CHAIN_UNAVAILABLE.
 */
export async function operator([act, ...args]: readonly string[], print: Print): Promise<number> {
  if (act === 'show') return show(args, print);
  if (act === 'schedule-keys') return schedule(args, print);
  if (act === 'disable-keys') return disable(args, print);
  throw new UsageProblem('Say what to do: show, schedule-keys or disable-keys.');
}

const where = { rpc: { type: 'string' }, operator: { type: 'string' } } as const;

interface Found {
  readonly address: Address;
  readonly program: Address;
  readonly account: Operator;
  readonly now: bigint;
}

async function find(chain: Chain, text: string): Promise<Found> {
  const address = parseAddress(text);
  const account = await chain.account(address, 'confirmed');
  if (account === undefined) throw new DoubloonError('ACCOUNT_MALFORMED', { account: 'operator', problem: `there is none at ${address} on this chain` });
  return { address, program: account.owner, account: decodeOperator(account.data), now: await chain.time() };
}

function open({ rpc, operator: address }: { rpc?: string | undefined; operator?: string | undefined }): { chain: Chain; address: string } {
  if (rpc === undefined || address === undefined) throw new UsageProblem('Say which operator account, and the node to ask.');
  return { chain: openChain({ rpcUrl: checkedUrl(rpc) }), address };
}

async function show(args: readonly string[], print: Print): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...where, host: { type: 'string' } } });
  const { chain, address } = open(values);
  await using _ = chain;
  for (const line of describe(await find(chain, address), values.host)) print(line);
  return 0;
}

/** The account as people read it. Its host stands there as a hash: whoever knows the name can hold it against that. */
export function describe({ address, program, account, now }: Found, host?: string): readonly string[] {
  const coming = (name: 'relayer' | 'attestor'): readonly string[] => {
    const next = name === 'relayer' ? account.nextRelayer : account.nextAttestor;
    return next === undefined || now >= next.at ? [] : [`           ${next.key} takes over at ${instant(next.at)}`];
  };
  const key = (name: 'relayer' | 'attestor'): readonly string[] => [`${name.padEnd(10)} ${keyInForce(account, name, now) ?? 'disabled'}`, ...coming(name)];
  const isIts = host !== undefined && Buffer.from(account.hostHash).equals(hostHash(host));
  return [
    `operator   ${address} of program ${program}`,
    `host       sha256 ${Buffer.from(account.hostHash).toString('hex')}${host === undefined ? '' : isIts ? `, which is ${host}` : `, which is not ${host}`}`,
    `admin      ${account.admin}`, ...key('relayer'), ...key('attestor'),
  ];
}

async function schedule(args: readonly string[], print: Print): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...where, admin: { type: 'string' }, relayer: { type: 'string' }, attestor: { type: 'string' } } });
  const keys = { ...(values.relayer === undefined ? {} : { relayer: parseAddress(values.relayer) }), ...(values.attestor === undefined ? {} : { attestor: parseAddress(values.attestor) }) };
  if (Object.keys(keys).length === 0) throw new UsageProblem('Say which key is to be which: --relayer ADDRESS, --attestor ADDRESS, or both.');
  return change(values, (administered) => scheduleKeys({ ...administered, ...keys }), print);
}

async function disable(args: readonly string[], print: Print): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...where, admin: { type: 'string' }, relayer: { type: 'boolean', default: false }, attestor: { type: 'boolean', default: false } } });
  const keys = (['relayer', 'attestor'] as const).filter((name) => values[name]);
  if (keys.length === 0) throw new UsageProblem('Say which key to disable: --relayer, --attestor, or both.');
  return change(values, (administered) => disableKeys({ ...administered, keys }), print);
}

async function change(values: { rpc?: string | undefined; operator?: string | undefined; admin?: string | undefined }, instruct: (administered: { program: Address; operator: Address; admin: Address }) => Instruction, print: Print): Promise<number> {
  if (values.admin === undefined) throw new UsageProblem('Give --admin FILE: the key file of the admin, who signs and pays.');
  const admin: Signer = await readSigner(values.admin);
  const { chain, address } = open(values);
  await using _ = chain;
  const { address: found, program, account } = await find(chain, address);
  if (account.admin !== admin.address) throw new UsageProblem(`The key in ${values.admin} is ${admin.address}, and the admin of this account is ${account.admin}.`);
  const signature = await land(chain, [instruct({ program, operator: found, admin: admin.address })], [admin]);
  print(`done       ${signature}`);
  for (const line of describe(await find(chain, address))) print(line);
  return 0;
}
