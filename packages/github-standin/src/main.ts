#!/usr/bin/env node
import { DoubloonError } from '@doubloon/errors';
import { startGitHubStandin } from './start.ts';

/** The environment of the command: PORT, HOST, WEBHOOK_URL, WEBHOOK_SECRET, and CALLBACK_URLS with a comma between two of them; APP=none is to begin without an App. */
function options(env: NodeJS.ProcessEnv) {
  const { PORT = '0', HOST = '127.0.0.1', WEBHOOK_URL: url, WEBHOOK_SECRET: secret = '', CALLBACK_URLS = '', APP } = env;
  const callbackUrls = CALLBACK_URLS.split(',').filter((it) => it !== '');
  const port = Number(PORT);
  const problems = [
    ...(Number.isInteger(port) && port >= 0 && port < 65_536 ? [] : ['PORT is not a port']),
    ...(APP === undefined || APP === 'none' ? [] : ['APP is not none']),
    ...(secret === '' && APP !== 'none' ? ['WEBHOOK_SECRET is missing'] : []),
    ...(url === undefined || URL.canParse(url) ? [] : ['WEBHOOK_URL is not a URL']),
    ...callbackUrls.filter((it) => !URL.canParse(it)).map((it) => `${it} of CALLBACK_URLS is not a URL`),
  ];
  if (problems.length > 0) throw new DoubloonError('CONFIG_INVALID', { problems });
  if (APP === 'none') return { port, host: HOST, app: false as const };
  return { port, host: HOST, app: { callbackUrls }, webhook: { secret, ...(url === undefined ? {} : { url }) } };
}

// Before anything is said: whoever reads the line may send the signal at once.
const stopped = new Promise((resolve) => {
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
});
try {
  const asked = options(process.env);
  await using standin = await startGitHubStandin(asked);
  const { url, apiUrl, tokens } = standin;
  console.log(JSON.stringify({ url, apiUrl, ...(asked.app === false ? {} : { app: standin.app, installationId: standin.installationId }), tokens }));
  await stopped;
} catch (error) {
  if (!(error instanceof DoubloonError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
