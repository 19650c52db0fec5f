import type { Pool } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import type { IdentityClient } from '@doubloon/rpc';
import type { Logger } from '@doubloon/service';
import { knownRules, type KnownRules } from './known-rules.ts';

export interface RulesAsking {
  readonly pool: Pool;
  readonly identity: Pick<IdentityClient, 'getRules'>;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What we show may be this much behind the file: whatever moves money is asked about at that moment, by the identity service. */
const freshMs = 60_000;

const find = 'select rules, rules_at as at from repository where id = $1';
const keep = 'update repository set rules = $2, rules_at = $3 where id = $1';

/**
 * What the rules of a repository say about what we show there, as they were read within a minute. While nobody can say, the
 * ones that were known last, however old; `undefined` when none ever were. Never rejects for an outage of somebody else's.
 */
export async function rulesOf({ pool, identity, now, log }: RulesAsking, repositoryId: string): Promise<KnownRules | undefined> {
  const { rows: [row] } = await pool.query<{ rules: KnownRules | null; at: Date | null }>(find, [repositoryId]);
  const last = row?.rules ?? undefined;
  const isFresh = row?.at !== null && row?.at !== undefined && row.at.getTime() > now().getTime() - freshMs;
  // Whoever mends a file looks for it to be seen.
  if (last !== undefined && isFresh && last.problems.length === 0) return last;
  try {
    const rules = knownRules(await identity.getRules({ repositoryId }));
    await pool.query(keep, [repositoryId, JSON.stringify(rules), now()]);
    return rules;
  } catch (error) {
    if (!isDoubloonError(error)) throw error;
    log.info({ repository: repositoryId, code: error.code, isKnown: last !== undefined }, 'the rules of a repository can not be read now');
    return last;
  }
}
