import type { Share } from '@doubloon/domain';
import { readSetback, type Octokit } from '../github.ts';
import { inCode } from '../living-comment/markdown.ts';
import type { Award } from './commands.ts';
import type { NamedAwardee } from './named-awardee-row.ts';

interface User { readonly id: number; readonly login: string; readonly type: string; readonly created_at: string }

/**
 * Whom an award names, by what GitHub says now; or why it can't be done so, as a sentence. Rejects with what GitHub's client
 * threw when GitHub does not say.
 */
export async function readAwardees(octokit: Octokit, repository: string, award: Award): Promise<readonly NamedAwardee[] | { readonly told: string }> {
  if (!('shares' in award)) return readAuthor(octokit, repository, award.pullRequest);
  const named: NamedAwardee[] = [];
  for (const { login, bps } of award.shares) {
    const user = await known(octokit.rest.users.getByUsername({ username: login }));
    const whyNot = user === undefined ? `GitHub has no account ${inCode(login)}.` : whyNotPaid(user);
    if (user === undefined || whyNot !== undefined) return { told: whyNot ?? '' };
    named.push(awardeeOf(user, bps));
  }
  return named;
}

async function readAuthor(octokit: Octokit, repository: string, number: number): Promise<readonly NamedAwardee[] | { readonly told: string }> {
  const [owner = '', repo = ''] = repository.split('/');
  const at = `#${String(number)}`;
  const pull = await known(octokit.rest.pulls.get({ owner, repo, pull_number: number }));
  if (pull === undefined) return { told: `There is no pull request ${inCode(at)} in this repository.` };
  // By the id: the name that stands beside it may be somebody else's by now.
  const author = pull.user as { id: number } | null;
  const user = author === null ? undefined : await known(octokit.rest.users.getById({ account_id: author.id }));
  if (user === undefined) return { told: `The account that opened ${inCode(at)} is not there any more.` };
  const whyNot = whyNotPaid(user);
  return whyNot === undefined ? [awardeeOf(user, 10_000)] : { told: whyNot };
}

const whyNotPaid = ({ login, type }: User): string | undefined => (type === 'User' ? undefined : `Only people can be paid, and ${inCode(login)} is ${type === 'Organization' ? 'an organisation' : 'a bot'}.`);

const awardeeOf = ({ id, login, created_at: since }: User, bps: Share['bps']): NamedAwardee => ({ githubId: String(id), login, bps, since: new Date(since) });

async function known<T>(asking: Promise<{ readonly data: T }>): Promise<T | undefined> {
  try {
    return (await asking).data;
  } catch (error) {
    if (readSetback(error, new Date()).refusal === 'missing') return undefined;
    throw error;
  }
}
