import { Agent, get } from 'node:http';
import { openPerson } from '../demo/person.ts';
import { until } from '../demo/until.ts';
import { startApp } from '../stack/app-process.ts';
import { freePort } from '../stack/ports.ts';
import type { Measure } from './benchmark.ts';
import { startQuietStack } from './quiet-stack.ts';
import { compared, inTurns, percentile } from './rounds.ts';

const repository = 'analytical-engines/difference';
const requests = 100;
const rounds = 6;

interface Answer { readonly status: number; readonly body: Buffer }

/** One kept connection; each request says to come from another address, so that the page's limit for visitors is not what is measured. */
function openVisitor() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let visit = 0;
  const ask = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => new Promise((resolve, reject) => {
    visit++;
    get(url, { agent, headers: { 'x-visitor': `10.${String(visit >> 16)}.${String((visit >> 8) & 255)}.${String(visit & 255)}`, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => { resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }); }).on('error', reject);
    }).on('error', reject);
  });
  return { ask, [Symbol.dispose]: () => { agent.destroy(); } };
}

/** The bytes of a script as they are sent to a browser, and of those it can't run without; `seen` counts each once. */
async function scriptBytes(ask: (url: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>, url: string, seen: Set<string>): Promise<number> {
  if (seen.has(url)) return 0;
  seen.add(url);
  const [sent, source] = [await ask(url, { 'accept-encoding': 'br' }), (await ask(url)).body.toString()];
  let bytes = sent.body.length;
  for (const [, imported = ''] of source.matchAll(/(?:from|import)\s*["`](\.\/[^"`]+)["`]/g)) bytes += await scriptBytes(ask, new URL(imported, url).href, seen);
  return bytes;
}

/** What the fund page costs: the visitor in JavaScript, the server in time. */
export const measure: Measure = async () => {
  await using stack = await startQuietStack();
  using visitor = openVisitor();
  const { ask } = visitor;
  const webUrl = await stack.startWeb({ WEB_ADDRESS_HEADER: 'x-visitor' });
  stack.github.comment('ada', repository, 1, 'I would love this. $sol:0.5$');
  const offered = () => openPerson(stack.github, 'ada', repository, 1).livingComment((body) => body.includes('/fund/'));
  const offerId = /\/fund\/([0-9a-f]{32})/.exec((await until('the living comment', offered)).body)?.[1] ?? '';
  const page = await ask(`${webUrl}/fund/${offerId}`);
  const html = page.body.toString();
  if (page.status !== 200 || !html.includes('What you sign')) throw new Error(`the fund page answered ${String(page.status)}`);

  const entry = /<script type="module" src="([^"]+)"/.exec(html)?.[1] ?? '';
  const island = new URL(entry, webUrl);
  const seen = new Set<string>();
  const first = await scriptBytes(ask, island.href, seen);
  const later = [...(await ask(island.href)).body.toString().matchAll(/import\([`"](\.\/[^`"]+)[`"]\)/g)].map(([, path = '']) => path);
  const [wallets, rest] = [later.filter((path) => path.includes('wallets')), later.filter((path) => !/wallets|burner/.test(path))];
  const sum = async (paths: readonly string[]): Promise<number> => {
    let bytes = 0;
    for (const path of paths) bytes += await scriptBytes(ask, new URL(path, island).href, seen);
    return bytes;
  };
  const before = first + (await sum(wallets));
  const all = before + (await sum(rest));

  const barePort = await freePort();
  await using _bare = await startApp({ name: 'bare', entry: 'dev/bench/bare-service.ts', env: { PAGE: html }, internalPort: barePort, onLine: () => undefined });
  const times = async (url: string): Promise<number[]> => {
    const took: number[] = [];
    for (let nth = 0; nth < requests; nth++) {
      const began = performance.now();
      const { status } = await ask(url);
      took.push(performance.now() - began);
      if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
    }
    return took;
  };
  const found = await inTurns({ ours: () => times(`${webUrl}/fund/${offerId}`), bare: () => times(`http://127.0.0.1:${String(barePort)}/`) }, { rounds, warmUp: 2 });
  const n = requests * rounds;
  const of = (all: readonly number[][], share: number) => all.map((took) => percentile(took, share));
  return {
    aim: '30 kB of JavaScript before Connect; server render p50 under 15 ms',
    baseline: 'node:http answering the same bytes from memory',
    conditions: `JavaScript as it is sent (brotli), without the burner wallet of local chains. The page is asked for over one kept connection, ${String(requests)} times a round, ${String(rounds)} rounds; each answer takes one call to the treasury.`,
    figures: [
      { name: 'JavaScript before Connect', unit: 'bytes', ours: before, n: 1 },
      { name: 'JavaScript in all', unit: 'bytes', ours: all, n: 1 },
      { ...compared('page p50', 'ms', of(found.ours, 0.5), of(found.bare, 0.5)), n },
      { ...compared('page p99', 'ms', of(found.ours, 0.99), of(found.bare, 0.99)), n },
    ],
  };
};
