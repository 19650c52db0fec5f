import type { Pool } from 'pg';
import { parseGitHubId } from '@doubloon/domain';
import { defaultRules, type Rules } from '@doubloon/domain/rules';
import { DoubloonError } from '@doubloon/errors';
import type { identity, MessageInitShape } from '@doubloon/rpc';
import type { Reader } from '../github/reader.ts';
import { readRepository } from '../github/repository.ts';
import type { ReadRules } from './remembered-rules.ts';
import { readRulesNow } from './rules-now.ts';
import { keepRulesSeen } from './rules-seen.ts';

export interface RulesContext {
  readonly pool: Pool;
  /** Begins a round of reading. */
  readonly reading: (signal?: AbortSignal) => Reader;
  readonly readRules: ReadRules;
  readonly now: () => Date;
}

/** What the file says now. While it says nothing that can be understood, the rules are the defaults and hold for nobody. */
export async function getRules({ pool, reading, readRules, now }: RulesContext, { repositoryId: text }: identity.GetRulesRequest, signal?: AbortSignal): Promise<MessageInitShape<typeof identity.GetRulesResponseSchema>> {
  const repositoryId = parseGitHubId(text);
  if (repositoryId === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'repositoryId is no id of GitHub' });
  const at = now();
  const reader = reading(signal);
  const [{ ownerId }, { isPresent, sha, file }] = await Promise.all([readRepository(reader, repositoryId), readRulesNow(reader, repositoryId, readRules)]);
  if (file.ok) await keepRulesSeen(pool, { repositoryId, ownerId, sha, rules: file.rules, at });
  return { present: isPresent, sha, problems: file.ok ? [] : [...file.problems], rules: rulesView(file.ok ? file.rules : defaultRules) };
}

export const rulesView = (rules: Rules): MessageInitShape<typeof identity.RulesSchema> => ({
  denoms: [...rules.denoms],
  limits: [...rules.limits].map(([denom, { minimum, maximum }]) => ({ denom, minimum: minimum?.toString() ?? '', maximum: maximum?.toString() ?? '' })),
  mayOffer: rules.mayOffer, mayAwardRoles: [...rules.mayAward.roles], mayAwardUsers: [...rules.mayAward.users], deadlineSeconds: rules.deadlineSeconds, approver: rules.approver ?? '', selfAward: rules.selfAward,
  labels: rules.labels, silent: rules.silent, shadow: rules.shadow, autoAwardAfterSeconds: rules.autoAwardAfterSeconds,
});
