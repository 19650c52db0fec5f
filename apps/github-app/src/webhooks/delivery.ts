import type { EmitterWebhookEventName } from '@octokit/webhooks';
import { z } from 'zod';
import { fullName, id, number } from './forms.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const body = z.string().nullish().transform((text) => text ?? '');

const person = z.object({ id, login: z.string(), type: z.string().default('User') });
// `ghost`: the account was deleted.
const author = person.nullish();
const viaApp = z.object({ id }).nullish();

const envelope = z.object({
  action: z.string().optional(),
  sender: person.optional(),
  installation: z.object({ id }).optional(),
  changes: z.object({ body: z.object({ from: z.string().nullish() }).optional() }).optional().catch(undefined),
  repository: z.object({ id, full_name: fullName }).optional(),
});

const issue = z.object({ id, number, title: z.string(), html_url: z.string(), body, user: author, updated_at: instant, pull_request: z.unknown().optional(), performed_via_github_app: viaApp });
// `pull_request.id` is another number than the issue's, so it is not read.
const pull = z.object({ number, title: z.string(), html_url: z.string(), body, user: author, updated_at: instant });
const comment = z.object({ id, html_url: z.string(), body, user: author, updated_at: instant, performed_via_github_app: viaApp });
const review = z.object({ id, html_url: z.string(), body, user: author, submitted_at: instant.nullish(), updated_at: instant.nullish() });

export type SourceKind = 'issue' | 'issue-comment' | 'review' | 'review-comment';
export interface Person { readonly id: string; readonly login: string; readonly type: string }

/** A text on GitHub that may hold commands, as one delivery shows it. */
export interface Sighting {
  readonly change: 'created' | 'edited' | 'deleted';
  readonly source: {
    readonly kind: SourceKind;
    /** For the opening text of a pull request it is the issue's id, which its webhook doesn't tell. */
    readonly id: string | undefined;
    readonly url: string;
  };
  readonly text: string;
  /** For an edit: the text before it, when GitHub tells it. */
  readonly before: string | undefined;
  readonly updatedAt: Date;
  /** Whoever wrote it first. */
  readonly author: Person | undefined;
  readonly sender: Person;
  /** Written by an App, or by a person through one. */
  readonly viaApp: string | undefined;
  readonly repository: { readonly id: string; readonly fullName: string };
  readonly issue: { readonly id: string | undefined; readonly number: number; readonly title: string; readonly url: string; readonly isPullRequest: boolean };
  readonly installationId: string | undefined;
}

export type Reading = { readonly ignored: string } | { readonly sighting: Sighting };

type EventWithActions = EmitterWebhookEventName extends infer Name ? (Name extends `${infer Event}.${string}` ? Event : never) : never;
type ActionOf<Event extends string> = EmitterWebhookEventName extends infer Name ? (Name extends `${Event}.${infer Action}` ? Action : never) : never;

/** The events that can hold commands, with the actions that matter: none that GitHub doesn't have. Everything else is stored and ignored. */
const watched: { readonly [Event in EventWithActions]?: { readonly [Action in ActionOf<Event>]?: Sighting['change'] } } = {
  issue_comment: { created: 'created', edited: 'edited', deleted: 'deleted' },
  issues: { opened: 'created', edited: 'edited', deleted: 'deleted' },
  pull_request: { opened: 'created', edited: 'edited' },
  pull_request_review: { submitted: 'created', edited: 'edited' },
  pull_request_review_comment: { created: 'created', edited: 'edited', deleted: 'deleted' },
};

const changes: Readonly<Record<string, Readonly<Record<string, Sighting['change']>>>> = watched;

/** The names by which Probot's emitter calls them. */
export const handledEvents = Object.entries(changes).flatMap(([event, actions]) => Object.keys(actions).map((action) => `${event}.${action}` as EmitterWebhookEventName));

/** What a delivery shows of commands. Never throws: what is not of the form we know is ignored, with the reason. */
export function readDelivery(event: string, payload: unknown): Reading {
  const outer = envelope.safeParse(payload);
  if (!outer.success) return { ignored: 'unknown form' };
  const { action = '', sender, installation, repository, changes: changed } = outer.data;
  const actions = Object.hasOwn(changes, event) ? changes[event] : undefined;
  const change = actions !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (change === undefined) return { ignored: 'not watched' };
  if (sender === undefined || repository === undefined) return { ignored: 'unknown form' };
  const shown = show(event, payload);
  if (shown === undefined) return { ignored: 'unknown form' };
  return { sighting: { ...shown, change, before: changed?.body?.from ?? undefined, sender, repository: { id: repository.id, fullName: repository.full_name }, installationId: installation?.id } };
}

type Shown = Pick<Sighting, 'source' | 'text' | 'updatedAt' | 'author' | 'viaApp' | 'issue'>;

function show(event: string, payload: unknown): Shown | undefined {
  switch (event) {
    case 'issue_comment': {
      const { data } = z.object({ issue, comment }).safeParse(payload);
      return data && { ...written(data.comment, 'issue-comment'), issue: ofIssue(data.issue) };
    }
    case 'issues': {
      const { data } = z.object({ issue }).safeParse(payload);
      return data && { ...written(data.issue, 'issue'), issue: ofIssue(data.issue) };
    }
    case 'pull_request': {
      const { data } = z.object({ pull_request: pull }).safeParse(payload);
      return data && { ...written({ ...data.pull_request, id: undefined }, 'issue'), issue: ofPull(data.pull_request) };
    }
    case 'pull_request_review': {
      const { data } = z.object({ review, pull_request: pull }).safeParse(payload);
      // An edited review may come without a time of its own; the pull request's is at least as late.
      return data && { ...written({ ...data.review, updated_at: data.review.updated_at ?? data.pull_request.updated_at }, 'review'), issue: ofPull(data.pull_request) };
    }
    case 'pull_request_review_comment': {
      const { data } = z.object({ comment, pull_request: pull }).safeParse(payload);
      return data && { ...written(data.comment, 'review-comment'), issue: ofPull(data.pull_request) };
    }
    default: return undefined;
  }
}

type Written = { id: string | undefined; html_url: string; body: string; user?: Person | null | undefined; updated_at: Date; performed_via_github_app?: { id: string } | null | undefined };

const written = ({ id: sourceId, html_url: url, body: text, user, updated_at: updatedAt, performed_via_github_app: app }: Written, kind: SourceKind) => ({
  source: { kind, id: sourceId, url }, text, updatedAt, author: user ?? undefined, viaApp: app?.id,
});
const ofIssue = ({ id: issueId, number, title, html_url: url, pull_request: pullRequest }: z.output<typeof issue>): Sighting['issue'] => ({ id: issueId, number, title, url, isPullRequest: pullRequest !== undefined && pullRequest !== null });
const ofPull = ({ number, title, html_url: url }: z.output<typeof pull>): Sighting['issue'] => ({ id: undefined, number, title, url, isPullRequest: true });

/**
 * Whether what a delivery shows may command: bots, Apps and ourselves may not, neither as the one who wrote the text nor
 * as the one who changed it. A deletion is a fact and no command, whoever did it: it can only end what stood in the text.
 */
export function mayCommand({ change, sender, author: writer, viaApp: app }: Pick<Sighting, 'change' | 'sender' | 'author' | 'viaApp'>): boolean {
  if (change === 'deleted') return true;
  return app === undefined && writer !== undefined && !isBot(writer) && !isBot(sender);
}

export const isBot = ({ type, login }: Person): boolean => type === 'Bot' || login.endsWith('[bot]');

/**
 * What deliveries are handled one after the other for: `<repository id>/<issue id>`; for what only tells a pull request's
 * number, `<repository id>/pull/<number>`; the delivery alone when it belongs to neither.
 */
export function subjectOf(guid: string, { repository, issue: issueShown, pull_request: pullShown }: Readonly<Record<string, unknown>>): string {
  const repositoryId = numberIn(repository, 'id');
  const [issueId, pullNumber] = [numberIn(issueShown, 'id'), numberIn(pullShown, 'number')];
  if (repositoryId === undefined) return guid;
  if (issueId !== undefined) return `${repositoryId}/${issueId}`;
  return pullNumber === undefined ? guid : `${repositoryId}/pull/${pullNumber}`;
}

function numberIn(value: unknown, key: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Number.isSafeInteger(found) ? String(found) : undefined;
}
