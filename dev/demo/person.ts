import type { GitHubStandin } from '@doubloon/github-standin';

export interface Comment {
  readonly id: number;
  readonly html_url: string;
  readonly body: string;
  readonly user: { readonly login: string; readonly type: string };
}

export interface Person {
  comment(body: string): Promise<Comment>;
  /** The newest comment this person wrote on the issue. */
  lastComment(): Promise<Comment>;
  edit(comment: number, body: string): Promise<void>;
  remove(comment: number): Promise<void>;
  /** The living comment of the App on the issue, when there is one and `wanted` says yes to it; `text` is it without hidden marks. */
  livingComment(wanted: (body: string) => boolean): Promise<(Comment & { text: string }) | undefined>;
}

/** Notices of the App are comments of their own, with another mark. */
const isLiving = (body: string): boolean => /\n<!-- doubloon \{"issue":[^\n]*\} -->\s*$/.test(body);

/** Somebody with an account at the stand-in, acting on one issue through its API with their own token. */
export function openPerson(github: GitHubStandin, login: string, repository: string, issue: number): Person {
  const url = `${github.apiUrl}/repos/${repository}/issues/${String(issue)}/comments`;
  const headers = { authorization: `Bearer ${github.tokens[login] ?? ''}`, accept: 'application/vnd.github+json', 'user-agent': login } as const;
  const one = (id: number) => `${github.apiUrl}/repos/${repository}/issues/comments/${String(id)}`;
  const ask = async (to: string, method = 'GET', body?: unknown): Promise<Response> => {
    const reply = await fetch(to, { method, headers: { ...headers, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to ${method} ${new URL(to).pathname}`);
    return reply;
  };
  const comments = async () => (await (await ask(`${url}?per_page=100`)).json()) as Comment[];
  return {
    comment: async (body) => (await (await ask(url, 'POST', { body })).json()) as Comment,
    async lastComment() {
      const mine = (await comments()).findLast(({ user }) => user.login === login);
      if (mine === undefined) throw new Error(`${login} wrote nothing here`);
      return mine;
    },
    edit: async (id, body) => { await ask(one(id), 'PATCH', { body }); },
    remove: async (id) => { await ask(one(id), 'DELETE'); },
    async livingComment(wanted) {
      const ours = (await comments()).filter(({ user, body }) => user.type === 'Bot' && isLiving(body));
      if (ours.length > 1) throw new Error('there are two living comments');
      const [living] = ours;
      return living !== undefined && wanted(living.body) ? { ...living, text: living.body.replace(/<!--[\s\S]*?-->\s*/g, '').trim() } : undefined;
    },
  };
}
