import { z } from 'zod';
import { number } from '../webhooks/forms.ts';

/** What GitHub says of an issue or a pull request, beside its texts. */
export interface IssueFacts {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly state: 'open' | 'closed';
  readonly stateReason: string | undefined;
  readonly closedAt: Date | undefined;
  readonly isLocked: boolean;
  readonly labels: readonly string[];
  /** GitHub's, whole seconds: older facts lose. */
  readonly updatedAt: Date;
}

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** GitHub lets an issue have no more. */
const mostLabels = 100;
const factsForm = z.object({
  number, title: z.string(), html_url: z.string(), state: z.enum(['open', 'closed']), state_reason: z.string().nullish(),
  closed_at: instant.nullish(), locked: z.boolean().default(false), updated_at: instant,
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() }).transform(({ name }) => name ?? '')])).default([]),
});

/** Reads the facts of an issue as the REST API and webhooks show it, or of a pull request; nothing when it is of no form we know. */
export function readFacts(shown: unknown): IssueFacts | undefined {
  const { data } = factsForm.safeParse(shown);
  return data && {
    number: data.number, title: data.title, url: data.html_url, state: data.state, stateReason: data.state_reason ?? undefined, closedAt: data.state === 'closed' ? (data.closed_at ?? undefined) : undefined,
    isLocked: data.locked, labels: data.labels.filter((name) => name !== '').slice(0, mostLabels).sort(), updatedAt: data.updated_at,
  };
}
