import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, onTestFinished } from 'vitest';
import { createBoundedParser } from '@doubloon/domain/bounded';
import { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { create, identity, type MessageInitShape } from '@doubloon/rpc';
import { appAuthorization } from '../../../packages/github-standin/testing/jwt.ts';
import { authorize } from '../src/authorize/authorize.ts';
import { openAppTokens } from '../src/github/app-tokens.ts';
import { openAsk } from '../src/github/ask.ts';
import { openReading } from '../src/github/reader.ts';
import { getRules } from '../src/rules/get-rules.ts';
import { rememberedRules } from '../src/rules/remembered-rules.ts';

export const repository = 'analytical-engines/difference';
export const denoms = new Map([['sol', 9], ['usdc', 6]]);

// One for all tests of a file: making one takes longer than most of them.
const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

/** Addresses of nobody. */
export const [deposit, wallet, otherWallet] = ['8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR', 'CktRuQ2mttgRGkXJtyksdKHjUdc2C4TgDzyB98oEzy8', 'GgBaCs3NCBuZN12kCJgAW63ydqohFkHEdfdEXBPzLHq'];

// So is its thread; it knows nothing of what it has read.
const parser = createBoundedParser({ limitMs: 10_000, onTimeout: () => undefined });
afterAll(() => parser[Symbol.asyncDispose]());

export type Request = Omit<MessageInitShape<typeof identity.AuthorizeRequestSchema>, '$typeName'>;

/** What Authorize needs, on real parts: a database, and a GitHub that people write to. No chain. */
export async function openDeciding(o: Partial<GitHubStandinOptions> = {}, { timeoutMs = 20_000 }: { timeoutMs?: number } = {}) {
  const { pool } = await testDatabase(migrationsFolder('identity'));
  const github = await startGitHubStandin({ webhook: { secret: 'nobody is told anything here, and it is long' }, app: { privateKey }, ...o });
  onTestFinished(() => github.close());
  const now = () => new Date();
  const apiUrl = github.apiUrl;
  const ask = openAsk({ timeoutMs });
  const reading = openReading({ ask, apiUrl, now, tokens: openAppTokens({ ask, apiUrl, now, appId: github.app.id, privateKey: github.app.privateKey }) });
  const context = { pool, parse: (text: string) => parser.parse(text, denoms), denoms, readRules: rememberedRules(denoms), reading, now, newId: randomUUID };
  const idOf = (login: string): string => String(github.account(login).id);
  const issue = (number = 1, of = repository) => {
    const { id, repositoryId } = github.issue(of, number);
    return { repositoryId: String(repositoryId), issueId: String(id), issueNumber: number };
  };
  return {
    pool, github, context, idOf, issue,
    decide: (request: Request) => authorize(context, create(identity.AuthorizeRequestSchema, request)),
    rules: (repositoryId = issue().repositoryId) => getRules(context, create(identity.GetRulesRequestSchema, { repositoryId })),
    /** Asks GitHub as the App, by one of its own tokens. */
    async asApp(method: 'POST' | 'PATCH', path: string, body: object): Promise<{ readonly id: number }> {
      const send = (to: string, how: string, authorization: string, what: object) => fetch(`${apiUrl}${to}`, { method: how, headers: { 'user-agent': 'test', 'content-type': 'application/json', authorization }, body: JSON.stringify(what) }).then((it) => it.json() as Promise<{ token: string; id: number }>);
      const { token } = await send(`/app/installations/${String(github.installationId)}/access_tokens`, 'POST', appAuthorization(github, (o.now ?? now)()), {});
      return send(path, method, `Bearer ${token}`, body);
    },
    /** Writes the rules of the repository; `undefined` takes them away. */
    setRules: (text: string | undefined, of = repository) => { github.push({ repository: of, files: { '.github/doubloon.yml': text ?? null } }); },
    /** A comment as somebody writes it, and the request that names it. */
    says(login: string, text: string, { on = 1, of = repository }: { on?: number; of?: string } = {}) {
      const { id } = github.comment(login, of, on, text);
      return { id, place: { sourceKind: 'issue-comment', sourceId: String(id), ...issue(on, of) } };
    },
    /** A deposit on the first issue, funded at that time. */
    stake: ({ repositoryId = issue().repositoryId, ...more }: Partial<NonNullable<Request['stakes']>[number]> = {}) => ({ deposit, funder: wallet, repositoryId, withRelayer: true, approver: '', fundedAt: new Date().toISOString(), funderAwarded: false, ...more }),
    /** As the watcher keeps what it read from finalized state. */
    async link(login: string, to = wallet, state = 'linked') {
      await pool.query('insert into identity (github_id, account, state, wallet, sequence, slot, seen_at) values ($1, $2, $3, $4, 0, 1, now())', [idOf(login), `account of ${login}`, state, to]);
    },
  };
}

export type Deciding = Awaited<ReturnType<typeof openDeciding>>;

/** The paths that GitHub was asked for, without the answers' status. */
export const askedOf = (github: GitHubStandin): string[] => github.asked.map(({ method, path, status }) => `${method} ${path} ${String(status)}`);
