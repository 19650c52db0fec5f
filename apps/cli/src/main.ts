#!/usr/bin/env node
import { isDoubloonError } from '@doubloon/errors';
import { isUsageProblem } from './usage-problem.ts';

/** Gets the arguments after its name, prints lines for standard output, and answers the exit code. */
type Command = (args: readonly string[], print: (line: string) => void) => Promise<number>;

// Each is loaded when it is called, so that one without a chain starts without the chain's library.
const commands: Readonly<Record<string, { readonly usage: string; load(): Promise<Command> }>> = {
  doctor: { usage: 'doctor --settings FOLDER [--json], or docker compose config --format json | doubloon doctor --compose [--json]', load: async () => (await import('./doctor/doctor.ts')).doctor },
  operator: { usage: 'operator show | schedule-keys --admin FILE [--relayer ADDRESS] [--attestor ADDRESS] | disable-keys --admin FILE [--relayer] [--attestor], each with --rpc URL --operator ADDRESS', load: async () => (await import('./operator/operator.ts')).operator },
  parse: { usage: 'parse --denoms sol:9,usdc:6 < comment.md', load: async () => (await import('./parse.ts')).parse },
  payout: { usage: 'payout --deposit ADDRESS --rpc URL [--share N] [--keypair FILE]', load: async () => (await import('./payout.ts')).payout },
  quote: { usage: 'quote --denom sol --amount 0.5 --rpc URL [--denoms FILE]', load: async () => (await import('./quote.ts')).quote },
  refund: { usage: 'refund --deposit ADDRESS --rpc URL [--keypair FILE]', load: async () => (await import('./refund.ts')).refund },
  secrets: { usage: 'secrets [--folder .]', load: async () => (await import('./setup/secrets.ts')).secrets },
  setup: { usage: 'setup [--folder .] [--github-api URL] [--organization NAME] [--name NAME] --web URL [--webhook URL] --cluster NAME --rpc URL [--program ADDRESS] [--upgrade-authority ADDRESS] [--port N] [--yes]', load: async () => (await import('./setup/setup.ts')).setup },
  'verify-program': { usage: 'verify-program --rpc URL [--program ADDRESS]', load: async () => (await import('./verify-program.ts')).verifyProgram },
};

const usage = `Commands:\n${Object.values(commands).map((command) => `  doubloon ${command.usage}`).join('\n')}`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help') {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    console.error(`There is no command "${name}".\n${usage}`);
    return 2;
  }
  try {
    const run = await command.load();
    return await run(args, (line) => { console.log(line); });
  } catch (error) {
    if (isUsageProblem(error)) {
      console.error(`${error.message}\nusage: doubloon ${command.usage}`);
      return 2;
    }
    if (!isDoubloonError(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
