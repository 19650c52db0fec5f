import type { Pool } from 'pg';
import { attemptsOf } from '../commands/attempt-row.ts';
import { namedOn } from '../commands/named-awardee-row.ts';
import { remarksOf } from '../commands/remarks.ts';
import { problemsOf } from '../commands/source-row.ts';
import { automaticProblemsOf } from '../life/automatic-row.ts';
import { candidatesOf } from '../life/candidate-row.ts';
import type { Own } from '../living-comment/own.ts';
import type { KnownIssue } from './issue-row.ts';

/** What we know of an issue beside the treasury's view of it, but for the rules of its repository. */
export async function readOwn(pool: Pool, issue: KnownIssue): Promise<Omit<Own, 'rules'>> {
  const [asked, automatic, attempts, candidates, named] = await Promise.all([problemsOf(pool, issue), automaticProblemsOf(pool, issue), attemptsOf(pool, issue), candidatesOf(pool, issue), namedOn(pool, issue)]);
  const linked = candidates.flatMap(({ author, coAuthors }) => [...(author === undefined ? [] : [author]), ...coAuthors]);
  const remarks = await remarksOf(pool, issue, linked);
  return { problems: [...asked, ...automatic], remarks, attempts, candidates, help: issue.help, issue, people: named.map(({ githubId: id, login }) => ({ id, login })) };
}
