import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { onTestFinished } from 'vitest';
import { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from '../src/index.ts';

export const secret = 'a secret of the tests, longer than 32 bytes';

/** A clock that stands still until it is moved. */
export function movableClock(start = new Date('2026-03-01T12:00:00.000Z')) {
  let at = start.getTime();
  return { now: () => new Date(at), advance: (ms: number) => { at += ms; } };
}

/** A stand-in that ends with the test. */
export async function openStandin(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await startGitHubStandin({ webhook: { secret }, ...o });
  onTestFinished(() => standin.close());
  return standin;
}

/** The App, or one of its installations, by the client we did not write. */
export function appClient(standin: GitHubStandin, installationId?: number): Octokit {
  return new Octokit({
    baseUrl: standin.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: standin.app.id, privateKey: standin.app.privateKey, ...(installationId === undefined ? {} : { installationId }) },
  });
}

export const installationClient = (standin: GitHubStandin): Octokit => appClient(standin, standin.installationId);

/** A person, by their personal token. */
export const personClient = (standin: GitHubStandin, login: string): Octokit => new Octokit({ baseUrl: standin.apiUrl, auth: standin.tokens[login] });

export const difference = { owner: 'analytical-engines', repo: 'difference' } as const;
