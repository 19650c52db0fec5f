import { isDoubloonError } from '@doubloon/errors';

/** What can stand between a person and being signed in, each with what they can do about it. */
const problems = {
  denied: ['You did not agree on GitHub', 'Nothing was stored. Without it this site can’t know that the GitHub account is yours; sign in again when you like.'],
  late: ['That sign-in is over', 'It was answered already, took longer than ten minutes, or began in another browser. Sign in again.'],
  mixed: ['That answer belongs to another sign-in', 'It was not begun in this browser, or another one was begun since. Nobody was signed in. Sign in again.'],
  code: ['GitHub did not confirm the sign-in', 'It does not know the code that was sent back, or gave it to somebody else. Sign in again.'],
  account: ['GitHub does not let this account in', 'Sign in with another account, or ask GitHub about this one.'],
  'not-a-person': ['Only people can link a wallet', 'Organisations and bots can’t. Sign in with your own account.'],
  settings: ['This site is not set up as GitHub knows it', 'Please tell whoever runs it.'],
  'github-away': ['GitHub did not answer', 'Nobody was signed in. Try again in a minute.'],
  away: ['The sign-in can’t be reached at the moment', 'Try again in a minute.'],
  'too-many': ['Too many attempts', 'Wait a minute, then sign in again.'],
} as const satisfies Readonly<Record<string, readonly [title: string, advice: string]>>;

export type SignInProblem = keyof typeof problems;

export interface SignInProblemView {
  readonly title: string;
  readonly advice: string;
}

/** The problem that the address of the page names; undefined for whatever we don't name. */
export function signInProblem(name: string | null): SignInProblemView | undefined {
  if (name === null || !Object.hasOwn(problems, name)) return undefined;
  const [title, advice] = problems[name as SignInProblem];
  return { title, advice };
}

const byReason: Readonly<Record<string, SignInProblem>> = { denied: 'denied', code: 'code', account: 'account', 'not-a-person': 'not-a-person', settings: 'settings', state: 'mixed', over: 'late' };

/** What a failure of the identity service means for somebody who signs in. */
export function problemOfSignIn(failure: unknown): SignInProblem {
  if (isDoubloonError(failure, 'SIGN_IN_REFUSED')) return byReason[failure.facts.reason] ?? 'code';
  if (isDoubloonError(failure, 'SESSION_ABSENT')) return 'late';
  if (isDoubloonError(failure, 'GITHUB_UNAVAILABLE')) return 'github-away';
  return isDoubloonError(failure, 'RATE_LIMITED') ? 'too-many' : 'away';
}
