import { decodeOperator, hostHash, keyInForce, parseAddress, type Address, type Operator } from '@doubloon/escrow';
import { deployedProgram, openChain, publishedBuilds, type Chain } from '@doubloon/escrow/chain';
import { isDoubloonError } from '@doubloon/errors';
import { hostOf } from '../github/host.ts';
import { clusterOf } from '../clusters.ts';
import { checkKeys } from './keys.ts';
import { checkMints } from './mints.ts';
import { checkRelayer } from './relayer.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';
import { pinnedGenesis } from './pinned-genesis.ts';

const mostSkewSeconds = 120n;

/** Whether the chain answers, is the one that is meant, runs our program, and holds the operator account of this installation. */
export async function checkChain(instance: Instance): Promise<readonly Finding[]> {
  const rpcUrl = valueOf(instance, 'treasury', 'SOLANA_RPC_URL');
  if (rpcUrl === undefined || !/^https?:$/.test(URL.parse(rpcUrl)?.protocol ?? '')) return [];
  const cluster = valueOf(instance, 'treasury', 'TREASURY_CLUSTER') ?? '';
  await using chain = openChain({ rpcUrl });
  const node = await checkNode(chain, instance, cluster);
  if (node.some(({ state }) => state === 'fail')) return node;
  const program = addressIn(instance, 'TREASURY_PROGRAM');
  const operator = addressIn(instance, 'TREASURY_OPERATOR');
  const authority = valueOf(instance, 'treasury', 'TREASURY_UPGRADE_AUTHORITY');
  return [
    ...node,
    ...(typeof program === 'string' ? [await checkProgram(chain, { program, cluster, authority })] : program),
    ...(typeof operator !== 'string' ? operator : typeof program === 'string' ? await checkOperator(chain, instance, { program, operator }) : []),
    ...(await checkMints(chain, valueOf(instance, 'treasury', 'DENOMS_FILE'), cluster)),
  ];
}

/** The address of a setting, or the finding that it is none; neither when it is not set, which the check of settings tells. */
function addressIn(instance: Instance, name: string): Address | readonly Finding[] {
  const text = valueOf(instance, 'treasury', name);
  if (text === undefined) return [];
  try {
    return parseAddress(text);
  } catch {
    return [fail('chain.addresses', `${name} is not an address on Solana.`, `Set ${name} to what doubloon setup said.`)];
  }
}

async function checkNode(chain: Chain, instance: Instance, cluster: string): Promise<readonly Finding[]> {
  let genesis: string;
  let seconds: bigint;
  try {
    [genesis, seconds] = await Promise.all([chain.genesisHash(), chain.time()]);
  } catch {
    return [fail('chain.node', 'The node of the chain does not answer.', 'See that SOLANA_RPC_URL is right, and that the node serves JSON-RPC there.')];
  }
  const really = clusterOf(genesis);
  if (cluster !== '' && really !== cluster) return [fail('chain.node', `The node serves ${really} (genesis ${genesis}), and TREASURY_CLUSTER says ${cluster}.`, 'Point SOLANA_RPC_URL at a node of the cluster that is meant.')];
  const pinned = await pinnedGenesis(valueOf(instance, 'treasury', 'DATABASE_URL'));
  if (pinned !== undefined && pinned !== genesis) return [fail('chain.node', `The treasury's database belongs to the chain with genesis ${pinned}, and the node serves ${genesis}.`, 'Point SOLANA_RPC_URL at the chain of the database, or give the treasury another database.')];
  // A local chain keeps a time of its own, which tests move.
  const skew = really === 'localnet' ? 0n : BigInt(Math.floor(instance.now().getTime() / 1000)) - seconds;
  if (skew > mostSkewSeconds || skew < -mostSkewSeconds) return [warn('chain.node', `This machine's clock and the chain's are ${String(skew < 0n ? -skew : skew)} s apart.`, 'Let the machine keep its time by NTP; if it does, the node is behind: take another.')];
  return [ok('chain.node', `The node answers for ${cluster === '' ? really : cluster}, genesis ${genesis}.`)];
}

async function checkProgram(chain: Chain, { program, cluster, authority }: { program: Address; cluster: string; authority: string | undefined }): Promise<Finding> {
  const check = 'chain.program';
  try {
    const [{ sha256, upgradeAuthority }, builds] = await Promise.all([deployedProgram(chain, program), publishedBuilds()]);
    const foreign = `The program ${program} has other bytes (sha256 ${sha256}) than this version publishes.`;
    if (!builds.includes(sha256)) return cluster === 'localnet' ? warn(check, foreign, 'Deploy the committed build, unless the program is being worked on.') : fail(check, foreign, 'Set TREASURY_PROGRAM to the program of this version, or run the version of Doubloon that is deployed.');
    if (upgradeAuthority !== undefined && upgradeAuthority !== authority && cluster !== 'localnet') return fail(check, `${upgradeAuthority} can replace the program ${program} at any time.`, 'Use a program that is final, or set TREASURY_UPGRADE_AUTHORITY to that address if it is the one that was published.');
    return ok(check, `The program ${program} runs a published build${upgradeAuthority === undefined ? ', for good' : `; ${upgradeAuthority} can replace it`}.`);
  } catch (error) {
    if (isDoubloonError(error, 'PROGRAM_REFUSED')) return fail(check, error.message, 'Set TREASURY_PROGRAM to the program of this version on this cluster.');
    throw error;
  }
}

async function checkOperator(chain: Chain, instance: Instance, { program, operator }: { program: Address; operator: Address }): Promise<readonly Finding[]> {
  const check = 'chain.operator';
  const account = await chain.account(operator, 'confirmed');
  if (account === undefined) return [fail(check, `There is no operator account at ${operator}.`, 'Run doubloon setup, which creates it, or set TREASURY_OPERATOR to the one it created.')];
  if (account.owner !== program) return [fail(check, `${operator} is no account of the program ${program}.`, 'Set TREASURY_OPERATOR to the address that doubloon setup said.')];
  let found: Operator;
  try {
    found = decodeOperator(account.data);
  } catch {
    return [fail(check, `${operator} is no operator account.`, 'Set TREASURY_OPERATOR to the address that doubloon setup said.')];
  }
  const host = hostOf(valueOf(instance, 'github-app', 'GITHUB_API_URL') ?? 'https://api.github.com');
  const isOurs = Buffer.from(found.hostHash).equals(hostHash(host));
  const now = await chain.time();
  return [
    isOurs ? ok(check, `The operator account ${operator} is there, for ${host}.`) : fail(check, `The operator account ${operator} was made for another GitHub than ${host}, which can never change.`, 'Create an operator account for this host (doubloon setup), or set GITHUB_API_URL to the host it is for.'),
    ...(await checkRelayer(chain, instance, keyInForce(found, 'relayer', now))),
    ...checkKeys(instance, keyInForce(found, 'attestor', now), found, now),
  ];
}
