import { request } from 'node:http';
import { seeded, shuffled } from '../seeded.ts';
import type { GitHubStandin } from '@doubloon/github-standin';

type Deliveries = GitHubStandin['deliveries'];

const atOnce = 4;

/** Posts each that was acknowledged twice more, in any order, as GitHub signed it. One that finds nobody is left out: it was taken once already. */
export async function deliverAgain(deliveries: Deliveries, seed: number, over: AbortSignal): Promise<void> {
  const taken = deliveries.filter(({ outcome }) => outcome?.statusCode === 202);
  const left = shuffled([...taken, ...taken], seeded(seed));
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let one = left.pop(); one !== undefined && !over.aborted; one = left.pop()) await post(one.url ?? '', one.request.headers, one.request.payload, over);
  }));
}

const post = (url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  const outgoing = request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent: false, signal }, (answer) => {
    answer.resume().on('close', resolve);
  });
  outgoing.on('error', () => { resolve(); }).end(body);
});
