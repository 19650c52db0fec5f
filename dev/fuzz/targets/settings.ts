import { parseEnv } from 'node:util';
import { decimalsOf, parseDenoms } from '@doubloon/domain';
import { parseCallers } from '@doubloon/rpc';
import { describeSettings, readConfig, type Configuration } from '@doubloon/service';
import { readCompose } from '../../../apps/cli/src/doctor/read-instance.ts';
import { configuration as githubApp } from '../../../apps/github-app/src/config.ts';
import { configuration as identity } from '../../../apps/identity/src/config.ts';
import { configuration as treasury } from '../../../apps/treasury/src/config.ts';
import { configuration as web } from '../../../apps/web/src/config.ts';
import { hold, jsonOf, textOf, type Target } from '../target.ts';

const apps: readonly Configuration[] = [treasury, githubApp, identity, web];
const names = apps.flatMap(({ settings }) => describeSettings(settings).map(({ name }) => name.split(' ')[0] ?? ''));

const env: Target = {
  name: 'settings',
  words: [...new Set(names)].map((name) => `\n${name}=`).concat(['http://x:1', 'postgres://a:b@c/d', '15m', 'true', '"a\\nb"', "'", 'export ', '# ']),
  samples: () => [`${[...new Set(names)].map((name) => `${name}=x`).join('\n')}\n`, 'WEB_ORIGIN=https://x.example\nWEB_TREASURY_URL=http://t:1\nWEB_IDENTITY_URL=http://i:1\nPORT=80\n', 'DATABASE_URL=postgres://a:b@c/d\nTREASURY_CALLERS={"web":"x"}\n'],
  run(bytes) {
    const said = parseEnv(textOf(bytes)) as Record<string, string>;
    // What such a name leads to is a file of this machine.
    const set = Object.fromEntries(Object.entries(said).filter(([name]) => !name.endsWith('_FILE')));
    const outcomes = apps.map((configuration) => {
      try {
        return String(Object.isFrozen(readConfig(set, configuration)));
      } catch (error) {
        const { code, facts } = error as { code?: string; facts?: { problems: readonly string[] } };
        if (code !== 'CONFIG_INVALID' || facts === undefined) throw error;
        // Names are quoted, whatever they are.
        const values = Object.values(set).filter((value) => value.length >= 12 && !/^[A-Za-z_ :/.]+$/.test(value) && !Object.keys(set).some((name) => name.includes(value)));
        for (const value of values) hold(!facts.problems.some((one) => one.includes(value)), 'a problem quotes a value');
        return String(Math.min(facts.problems.length, 3));
      }
    });
    return outcomes.join();
  },
};

const usdc = { name: 'usdc', mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', decimals: 6, tokenProgram: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', issuer: 'Circle' };

const denoms: Target = {
  name: 'denoms-file',
  words: ['"mint":null', '"decimals":18', '"name":"sol"', '"tokenProgram":null', '"cluster":"localnet"', '"genesisHash":', usdc.mint],
  samples: () => [JSON.stringify({ cluster: 'localnet', denoms: [{ name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'Solana' }, usdc] })],
  codes: ['DENOMS_INVALID'],
  run(bytes) {
    const read = parseDenoms(jsonOf(bytes));
    hold(decimalsOf(read).size === read.denoms.length && new Set(read.denoms.map(({ mint }) => mint)).size === read.denoms.length, 'a denom stands twice');
    hold(JSON.stringify(parseDenoms(JSON.parse(JSON.stringify(read)))) === JSON.stringify(read), 'a list is another one when it is read again');
    return `${String(read.denoms.length)} ${String(read.genesisHash !== undefined)}`;
  },
};

const callers: Target = {
  name: 'callers-file',
  words: ['"web":', `"${'ab'.repeat(32)}"`, '"github-app"'],
  samples: () => [JSON.stringify({ 'web': 'ab'.repeat(32), 'github-app': ['01'.repeat(32), '23'.repeat(32)] })],
  codes: ['CONFIG_INVALID'],
  run(bytes) {
    const read = parseCallers(textOf(bytes));
    hold([...read].every(([name, hashes]) => /^[a-z][a-z0-9-]*$/.test(name) && hashes.length >= 1 && hashes.length <= 2 && hashes.every((one) => one.length === 32)), 'a caller without a hash');
    return String(read.size);
  },
};

const compose: Target = {
  name: 'compose-project',
  words: ['"services":', '"treasury":', '"environment":', 'null'],
  samples: () => [JSON.stringify({ services: { treasury: { environment: { PORT: '1', HOST: null } }, web: { environment: null } } })],
  errors: ['UsageProblem'],
  run(bytes) {
    const read = readCompose(textOf(bytes));
    for (const one of Object.values(read)) for (const value of Object.values(one)) hold(typeof value === 'string', 'a setting that is no text');
    return Object.keys(read).join();
  },
};

export const settings: readonly Target[] = [env, denoms, callers, compose];
