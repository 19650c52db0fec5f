import type { Stack } from '../stack/stack.ts';

/** Somebody at the website, as a browser keeps them: with a cookie. */
export interface Session {
  readonly githubId: string;
  get(path: string): Promise<string>;
  /** Sends JSON and answers what came back; rejects with it when it was refused. */
  post<T>(path: string, said: unknown): Promise<T>;
}

/** Signs in through GitHub's page, as a browser would. */
export async function signIn({ webUrl, github }: Stack, login: string): Promise<Session> {
  const { id } = github.account(login);
  let cookie = '';
  const visit = async (url: string, body?: { readonly type: string; readonly text: string }): Promise<Response> => {
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie, origin: webUrl, ...(body === undefined ? {} : { 'content-type': body.type }) }, ...(body === undefined ? {} : { method: 'POST', body: body.text }) });
    cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return reply;
  };
  const get = async (path: string): Promise<string> => (await visit(`${webUrl}${path}`)).text();

  const away = await visit(`${webUrl}/link/sign-in`, { type: 'application/x-www-form-urlencoded', text: 'return_to=/link' });
  await visit(github.authorize({ user: login, url: away.headers.get('location') ?? '' }));
  if (!(await get('/link')).includes(`GitHub user id ${String(id)}`)) throw new Error(`${login} is not signed in at the link page`);
  return {
    githubId: String(id),
    get,
    async post<T>(path: string, said: unknown): Promise<T> {
      const reply = await visit(`${webUrl}${path}`, { type: 'application/json', text: JSON.stringify(said) });
      const answer = (await reply.json()) as T;
      if (!reply.ok) throw new Error(`${path} answered ${String(reply.status)}: ${JSON.stringify(answer)}`);
      return answer;
    },
  };
}
