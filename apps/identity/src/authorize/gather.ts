import type { Pool } from 'pg';
import { defaultRules } from '@doubloon/domain/rules';
import { readRole, readUserById } from '../github/people.ts';
import type { Reader } from '../github/reader.ts';
import { readRepository, type RepositoryNow } from '../github/repository.ts';
import type { ReadRules } from '../rules/remembered-rules.ts';
import { readRulesNow, type RulesNow } from '../rules/rules-now.ts';
import { keepRulesSeen, rulesSeenAt } from '../rules/rules-seen.ts';
import type { Action, Facts, Role, StakeFacts } from './facts.ts';
import { fundersOf } from './funders.ts';
import { findText, readSource, type Parse, type ReadSource } from './read-source.ts';
import { readDeed } from './read-deed.ts';
import type { Asking } from './request.ts';
import { saidOnAPage } from './said-on-a-page.ts';

export interface Gathering {
  readonly pool: Pool;
  readonly parse: Parse;
  /** The operator's denoms with their decimals. */
  readonly denoms: ReadonlyMap<string, number>;
  readonly readRules: ReadRules;
}

export interface Gathered {
  readonly facts: Facts;
  readonly rulesSha: string;
  readonly textSha256: string | undefined;
}

/** Actions that move money or keep it from moving: their text must never have been edited, and their actor is looked at closely. */
const forMoney: ReadonlySet<Action> = new Set(['award', 'veto', 'cancel']);

/** Reads all that a decision depends on. `at` is when that began. */
export async function gather({ pool, parse, denoms, readRules }: Gathering, reader: Reader, asking: Asking, at: Date): Promise<Gathered> {
  const { action, repositoryId, place, actorId } = asking;
  const isForMoney = forMoney.has(action);
  const repositoryRead = readRepository(reader, repositoryId);
  const [repository, rules, text, done, session] = await Promise.all([
    repositoryRead,
    readRulesNow(reader, repositoryId, readRules),
    place === undefined ? undefined : findText(reader, place, repositoryRead),
    asking.deed === undefined ? undefined : readDeed(reader, asking.deed),
    actorId === undefined ? undefined : readUserById(reader, repositoryId, actorId),
  ]);

  const said = await saidOnAPage(reader, asking, session);
  const origin = done?.source ?? said ?? text;
  const author = origin?.state === 'stands' ? origin.author : undefined;
  const actor = author ?? session;
  const needsRole = isForMoney || action === 'configure' || (action === 'offer' && rules.file.ok && rules.file.rules.mayOffer === 'collaborators');
  // The same repository is asked about once.
  const places = new Set([...(needsRole ? [repositoryId] : []), ...asking.stakes.map((stake) => stake.repositoryId)]);
  const [read, known, roles] = await Promise.all([
    done !== undefined ? ({ source: done.source, sha256: undefined } satisfies ReadSource) : said !== undefined ? ({ source: said, sha256: undefined } satisfies ReadSource) : place === undefined || text === undefined ? undefined : text.state === 'stands' ? readSource(reader, parse, place, text, { isForMoney }) : ({ source: text, sha256: undefined } satisfies ReadSource),
    isForMoney && author?.kind === 'user' ? readUserById(reader, repositoryId, author.id) : author,
    Promise.all([...places].map(async (id) => [id, actor?.kind === 'user' ? await readRole(reader, id, actor) : 'none'] as const)).then((it) => new Map<string, Role>(it)),
  ]);
  const role = (needsRole ? roles.get(repositoryId) : undefined) ?? 'none';
  const stakes = await stakesOf({ pool, asking, repository, rules, roles, at });
  // Whom the API does not know is deleted or suspended, whatever their texts still say.
  const source = read?.source.state === 'stands' ? { ...read.source, author: known ?? { ...read.source.author, kind: 'ghost' as const } } : read?.source;
  return {
    facts: {
      action, at, source, deed: done?.deed, issue: done?.issue, session, isSessionUnknown: actorId !== undefined && session === undefined, repository: { isArchived: repository.isArchived }, role, rules: rules.file, denoms, money: asking.money, awardees: asking.awardees, stakes,
    },
    rulesSha: rules.sha,
    textSha256: read?.sha256,
  };
}

interface Bound {
  readonly pool: Pool;
  readonly asking: Asking;
  readonly repository: RepositoryNow;
  readonly rules: RulesNow;
  readonly roles: ReadonlyMap<string, Role>;
  readonly at: Date;
}

/** What bound each deposit when it was made. The rules of now are kept first: where nothing was seen before, they are the oldest that are known. */
async function stakesOf({ pool, asking: { repositoryId, stakes }, repository, rules, roles, at }: Bound): Promise<StakeFacts[]> {
  if (rules.file.ok) await keepRulesSeen(pool, { repositoryId, ownerId: repository.ownerId, sha: rules.sha, rules: rules.file.rules, at });
  if (stakes.length === 0) return [];
  const funders = await fundersOf(pool, stakes.map(({ funder }) => funder));
  const times = await rulesSeenAt(pool, stakes.map(({ repositoryId: of, fundedAt }) => ({ repositoryId: of, at: fundedAt })));
  return stakes.map((stake, which): StakeFacts => {
    const seen = times[which] ?? [];
    return {
      deposit: stake.deposit, fundedAt: stake.fundedAt, funders: funders.get(stake.funder) ?? [], isAgreed: stake.isAgreed, rules: seen.length === 0 ? [defaultRules] : seen.map((then) => then.rules), role: roles.get(stake.repositoryId) ?? 'none',
      isMoved: stake.repositoryId !== repositoryId || seen.some(({ ownerId }) => ownerId !== repository.ownerId),
    };
  });
}

