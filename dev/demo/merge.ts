import type { Comment, Person } from './person.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** `author` opens a pull request that closes the issue, with a co-author, and `maintainer` merges it. Answers its number. */
export async function workIsMerged({ stack: { github }, tell }: Teller, o: { repository: string; issue: number; author: string; coAuthor: string; maintainer: string; person: Person; living: Comment }): Promise<number> {
  const { number } = github.openPull(o.author, o.repository, { title: 'Carry over on the seventh wheel', body: `Closes #${String(o.issue)}.`, head: 'seventh-wheel', authors: [o.author, o.coAuthor] });
  tell(`${o.author} opens a pull request that closes the issue, written together with ${o.coAuthor}:`, `${github.url}/${o.repository}/pull/${String(number)}`);
  const { sha } = github.merge(o.maintainer, o.repository, number);
  tell(`${o.maintainer}, who maintains it, merges:`, `merged as ${sha}`);
  const now = await until('the candidate in the living comment', () => o.person.livingComment((body) => body.includes(`/pull/${String(number)}`) || body.includes(`#${String(number)}`)));
  if (now.html_url !== o.living.html_url) throw new Error('there are two living comments');
  tell(`The same comment now names who could be awarded (${now.html_url}):`, now.text);
  return number;
}
