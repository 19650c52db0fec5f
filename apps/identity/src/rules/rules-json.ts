import { z } from 'zod';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';
import { deciders, type AmountLimit, type Rules } from '@doubloon/domain/rules';

const base = z.string().regex(/^\d{1,20}$/).transform(BigInt);
const githubId = z.string().transform((text, context): GitHubId => {
  const id = parseGitHubId(text);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'is no id' });
  return z.NEVER;
});

const form = z.object({
  denoms: z.array(z.string()), limits: z.record(z.string(), z.object({ minimum: base.optional(), maximum: base.optional() })), mayOffer: z.enum(['anyone', 'collaborators']),
  mayAward: z.object({ roles: z.array(z.enum(deciders)), users: z.array(githubId) }), deadlineSeconds: z.number(), approver: z.string().nullable(), selfAward: z.enum(['never', 'sole-funder']),
  labels: z.boolean(), silent: z.boolean(), shadow: z.boolean(), autoAwardAfterSeconds: z.number(),
});

/** As they are kept: amounts are decimal text. */
export const rulesToJson = ({ limits, approver, ...rest }: Rules): object => ({
  ...rest, approver: approver ?? null,
  limits: Object.fromEntries([...limits].map(([denom, { minimum, maximum }]) => [denom, { minimum: minimum?.toString(), maximum: maximum?.toString() }])),
});

export function rulesFromJson(json: unknown): Rules {
  const { limits, approver, ...rest } = form.parse(json);
  const limitOf = ({ minimum, maximum }: { minimum?: bigint | undefined; maximum?: bigint | undefined }): AmountLimit => ({ ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) });
  return { ...rest, approver: approver ?? undefined, limits: new Map(Object.entries(limits).map(([denom, limit]) => [denom, limitOf(limit)])) };
}
