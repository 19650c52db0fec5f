import { treasury } from '@doubloon/rpc';
import type { Candidate } from '../life/candidate-row.ts';
import { inCode, link } from './markdown.ts';
import type { Own } from './own.ts';
import { atMost, day, span, type Bounty, type Names } from './phrases.ts';

const mostShown = 10;

/** Who said to be at it, the newest first. */
export function attempts({ attempts: all }: Own, name: Names): string[] {
  if (all.length === 0) return [];
  const newest = all.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return ['**Being worked on** (that reserves nothing)', '', ...atMost(newest, mostShown, ({ githubId, url, at }) => `- ${name(githubId)}, ${link(day(at), url)}`, (left) => `- And ${String(left)} more.`)];
}

/** Pull requests that close the issue, merged ones first, and how they are awarded while there is something to award. */
export function candidates({ deposits }: Bounty, { candidates: all, issue, rules }: Own, name: Names): string[] {
  if (all.length === 0) return [];
  const [merged, open] = [all.filter(({ state }) => state === 'merged'), all.filter(({ state }) => state === 'open')];
  const isOpen = deposits.some(({ state, withRelayer }) => state === treasury.DepositState.HELD && withRelayer);
  const after = isOpen ? (rules?.autoAwardAfterSeconds ?? 0) : 0;
  return [
    '**Pull requests that close this issue**', '',
    ...atMost([...merged, ...open], mostShown, (one) => `- ${describe(one, issue.repository, name, isOpen)}`, (left) => `- And ${String(left)} more.`),
    ...(after > 0 && merged.length > 0 ? ['', `By the rules of this repository whoever opened the merged one is awarded ${span(after)} after the merge, if nothing was decided before.`] : []),
  ];
}

function describe({ repository, number, title, url, author, coAuthors, state, mergedAt, mergedBy }: Candidate, here: string, name: Names, isOpen: boolean): string {
  const isHere = repository.toLowerCase() === here.toLowerCase();
  const called = link(`${isHere ? '' : inCode(repository)}#${String(number)}`, url);
  const others = coAuthors.filter(({ id }) => id !== author?.id);
  const by = `${called} ${inCode(title)} by ${author === undefined ? 'an account that can not be paid' : name(author.id)}${others.length === 0 ? '' : ` with ${others.slice(0, 7).map(({ id }) => name(id)).join(', ')}`}`;
  if (state === 'open') return `${by}: open`;
  const merger = mergedBy === undefined ? '' : ` by ${name(mergedBy.id)}`;
  const said = `${by}: merged${mergedAt === undefined ? '' : ` ${day(mergedAt)}`}${merger}.`;
  if (author === undefined || !isOpen) return said;
  return `${said} A maintainer can write ${inCode(isHere ? `/award #${String(number)}` : `/award @${author.login}`)}.`;
}
