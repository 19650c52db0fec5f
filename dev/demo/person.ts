import type { GitHubStandin } from '@doubloon/github-standin';

export interface Comment {
  readonly id: number;
  readonly html_url: string;
  readonly body: string;
  readonly user: { readonly login: string; readonly type: string };
}

export interface Person {
  comment(body: string): Promise<Comment>;
  /** The comment of the App on the issue, when there is one and `wanted` says yes to it; `text` is it without hidden marks. */
  livingComment(wanted: (body: string) => boolean): Promise<(Comment & { text: string }) | undefined>;
}

/** Somebody with an account at the stand-in, acting on one issue through its API with their own token. */
export function openPerson(github: GitHubStandin, login: string, repository: string, issue: number): Person {
  const url = `${github.apiUrl}/repos/${repository}/issues/${String(issue)}/comments`;
  const headers = { authorization: `Bearer ${github.tokens[login] ?? ''}`, accept: 'application/vnd.github+json', 'user-agent': login };
  return {
    async comment(body) {
      const reply = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ body }) });
      if (reply.status !== 201) throw new Error(`GitHub answered ${String(reply.status)} to a comment`);
      return (await reply.json()) as Comment;
    },
    async livingComment(wanted) {
      const reply = await fetch(`${url}?per_page=100`, { headers });
      const ours = ((await reply.json()) as Comment[]).filter(({ user }) => user.type === 'Bot');
      if (ours.length > 1) throw new Error('the App wrote more than one comment');
      const [living] = ours;
      return living !== undefined && wanted(living.body) ? { ...living, text: living.body.replace(/<!--[\s\S]*?-->\s*/g, '').trim() } : undefined;
    },
  };
}
