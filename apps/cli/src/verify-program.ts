import { parseArgs } from 'node:util';
import { localProgram, parseAddress } from '@doubloon/escrow';
import { deployedProgram, openChain, publishedBuilds } from '@doubloon/escrow/chain';
import { checkedUrl } from './checked-url.ts';
import { UsageProblem } from './usage-problem.ts';

/**
 * `doubloon verify-program`: whether the bytes that a chain runs are one of this version's published builds, and who could
 * replace them. Answers the exit code: 0 when they are published, 1 when they are not. Throws `UsageProblem` for flags
 * that can't be used, PROGRAM_REFUSED where there is no program, CHAIN_UNAVAILABLE.
 */
export async function verifyProgram(args: readonly string[], print: (line: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { rpc: { type: 'string' }, program: { type: 'string' } } });
  if (values.rpc === undefined) throw new UsageProblem('Say which node to ask.');
  const program = values.program === undefined ? localProgram : parseAddress(values.program);
  await using chain = openChain({ rpcUrl: checkedUrl(values.rpc) });
  const [{ sha256, upgradeAuthority }, builds, genesis] = await Promise.all([deployedProgram(chain, program), publishedBuilds(), chain.genesisHash()]);
  const published = builds.includes(sha256);
  print(`program    ${program}`);
  print(`chain      genesis ${genesis}`);
  print(`sha256     ${sha256}`);
  print(`authority  ${upgradeAuthority ?? 'none: it is final'}`);
  print(published ? 'It is a published build of this version.' : `It is none of the published builds, which are ${builds.join(' and ')}.`);
  if (published && upgradeAuthority !== undefined) print(`${upgradeAuthority} can replace it at any time.`);
  return published ? 0 : 1;
}
