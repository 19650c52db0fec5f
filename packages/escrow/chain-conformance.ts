/**
 * Runs the Chain contract suite against a real validator and prints what passed.
 *
 *   SOLANA_RPC_URL          a node that runs already, with the program and a faucet; nothing is started
 *   SOLANA_TEST_VALIDATOR   the solana-test-validator to start; otherwise the one on PATH
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.ts';
import { localProgram } from './src/index.ts';

const healthyWithinMs = 60_000;
const program = fileURLToPath(new URL('./doubloon_escrow.so', import.meta.url));
const suite = 'packages/localnet/src/chain.integration.test.ts';
const print = (line: string) => process.stdout.write(`${line}\n`);

function findValidator(): string {
  const named = process.env['SOLANA_TEST_VALIDATOR'];
  const places = named === undefined ? (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'solana-test-validator')) : [named];
  const found = places.find(existsSync);
  if (found === undefined) throw new Error('There is no solana-test-validator: put it on PATH, name it by SOLANA_TEST_VALIDATOR, or name a running node by SOLANA_RPC_URL.');
  return found;
}

async function isHealthy(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"getHealth"}', signal: AbortSignal.timeout(2000) });
    return (await response.json() as { result?: string }).result === 'ok';
  } catch {
    return false;   // not listening yet
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(impatient);
}

async function startValidator(open: AsyncDisposableStack): Promise<string> {
  const binary = findValidator();
  print(execFileSync(binary, ['--version'], { encoding: 'utf8' }).split(' ', 2).join(' '));
  const ledger = open.adopt(mkdtempSync(join(tmpdir(), 'doubloon-conformance-')), (folder) => rmSync(folder, { recursive: true, force: true }));
  // RPC and its websocket, which has the next port; faucet; gossip; and what else it opens.
  const port = await freePorts(64);
  const validator = open.adopt(spawn(binary, [
    '--quiet', '--reset', '--ledger', ledger, '--bind-address', '127.0.0.1', '--rpc-port', `${port}`, '--faucet-port', `${port + 2}`, '--gossip-port', `${port + 3}`,
    '--dynamic-port-range', `${port + 4}-${port + 63}`, '--bpf-program', localProgram, program,
  ], { stdio: ['ignore', 'ignore', 'inherit'] }), stop);
  const rpcUrl = `http://127.0.0.1:${port}`;
  for (const start = performance.now(); !(await isHealthy(rpcUrl)); await sleep(200)) {
    if (validator.exitCode !== null) throw new Error(`the validator ended with ${validator.exitCode}`);
    if (performance.now() - start > healthyWithinMs) throw new Error('the validator did not become healthy');
  }
  return rpcUrl;
}

interface Report { testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string; duration?: number }[] }[] }

async function runSuite(rpcUrl: string, open: AsyncDisposableStack): Promise<boolean> {
  const folder = open.adopt(mkdtempSync(join(tmpdir(), 'doubloon-conformance-')), (it) => rmSync(it, { recursive: true, force: true }));
  const output = join(folder, 'report.json');
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', suite, '--reporter=json', `--outputFile=${output}`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)), env: { ...process.env, SOLANA_RPC_URL: rpcUrl }, stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ ancestorTitles }) => ancestorTitles.includes(`Chain on ${rpcUrl}`));
  for (const { status, title, duration } of results) print(`${status.padEnd(7)} ${title} (${Math.round(duration ?? 0)} ms)`);
  const passed = results.filter(({ status }) => status === 'passed').length;
  print(`${passed} of ${results.length} passed`);
  return results.length > 0 && passed === results.length;
}

await using open = new AsyncDisposableStack();
process.exitCode = 1;
print(new Date().toISOString().slice(0, 10));
const given = process.env['SOLANA_RPC_URL'];
const rpcUrl = given ?? await startValidator(open);
print(`program sha256 ${readFileSync(`${program}.sha256`, 'utf8').slice(0, 64)}`);
if (await runSuite(rpcUrl, open)) process.exitCode = 0;
