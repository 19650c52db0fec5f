import { checkAgreement } from './agreement.ts';
import { checkChain } from './chain.ts';
import { checkDatabases } from './databases.ts';
import { checkEventLog } from './event-log.ts';
import { fail, type Finding } from './finding.ts';
import { checkGitHub } from './github.ts';
import type { Instance } from './instance.ts';
import { checkPages } from './pages.ts';
import { checkSecrets } from './secrets.ts';
import { checkServices } from './services.ts';
import { checkSettings } from './settings.ts';
import { checkTokens } from './tokens.ts';

type Check = (instance: Instance) => readonly Finding[] | Promise<readonly Finding[]>;

// In the order in which somebody would mend them: what stands below may fail because of what stands above.
const checks: Readonly<Record<string, Check>> = {
  settings: checkSettings, agreement: checkAgreement, secrets: checkSecrets, tokens: checkTokens, databases: checkDatabases,
  events: checkEventLog, chain: checkChain, github: checkGitHub, services: checkServices, pages: checkPages,
};

/** Everything there is to find, in the order of the list. Never rejects: a check that breaks down is a finding. */
export const examine = (instance: Instance): Promise<readonly Finding[]> => run(checks, instance);

/** What can be found before any service runs: secrets, the chain and GitHub. */
export const examineOutside = (instance: Instance): Promise<readonly Finding[]> => run({ secrets: checkSecrets, chain: checkChain, github: checkGitHub }, instance);

async function run(some: Readonly<Record<string, Check>>, instance: Instance): Promise<readonly Finding[]> {
  const found = await Promise.all(Object.entries(some).map(async ([name, check]): Promise<readonly Finding[]> => {
    try {
      return await check(instance);
    } catch (error) {
      return [fail(name, `This could not be looked at: ${error instanceof Error ? error.message : 'unknown reason'}`, 'Mend what failed above, and look again.')];
    }
  }));
  return found.flat();
}
