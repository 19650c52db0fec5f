import { describe, expect, test } from 'vitest';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';
import { defaultRules, type Rules, type RulesFile } from '@doubloon/domain/rules';
import { decide, requirements, rulings, type Ruling } from './decide.ts';
import { actions, roles, type Account, type Action, type Asked, type Deed, type Facts, type IssueFacts, type Merge, type NamedShare, type Role, type SourceText, type StakeFacts } from './facts.ts';
import { reasonCodes } from './requirements.ts';

const id = (text: string): GitHubId => parseGitHubId(text) ?? (() => { throw new Error(text); })();
const account = (number: string, more: Partial<Account> = {}): Account => ({ id: id(number), login: `user${number}`, kind: 'user', isSuspended: false, ...more });
const linus = account('7');
const ada = account('8');
const named = (who: Account | undefined, bps = 10_000): NamedShare => ({ account: who, bps });
const ok = (rules: Partial<Rules> = {}): RulesFile => ({ ok: true, rules: { ...defaultRules, ...rules } });
/** Hours after the first of March. */
const at = (hours: number): Date => new Date(Date.UTC(2026, 2, 1, hours));
const stake = (more: Partial<StakeFacts> = {}): StakeFacts => ({ deposit: 'D', fundedAt: at(0), funders: [], isMoved: false, isAgreed: false, rules: [defaultRules], role: 'maintain', ...more });
const said: Record<Action, readonly Asked[]> = {
  offer: [{ kind: 'offer', denom: 'usdc', amount: 5n }], award: [{ kind: 'award', shares: [named(ada)] }], veto: [{ kind: 'veto' }], cancel: [{ kind: 'cancel' }], attempt: [{ kind: 'attempt' }], withdraw: [], configure: [],
};
const text = (action: Action, more: Partial<Extract<SourceText, { state: 'stands' }>> = {}): SourceText => ({ state: 'stands', author: linus, isByApp: false, isEdited: false, asks: said[action], ...more });

const deedOf = { 'award-of-merge': { kind: 'pull-request', id: id('40'), at: at(1) }, 'cancel-of-closing': { kind: 'closing', id: id('50'), at: at(1) } } as const satisfies Partial<Record<Ruling, Deed>>;
const merge = (more: Partial<Merge> = {}): Merge => ({ id: id('40'), author: ada, mergedBy: linus, at: at(1), ...more });
const weekly: Rules = { ...defaultRules, autoAwardAfterSeconds: 7 * 86_400 };
const completed: IssueFacts = { closedAs: 'completed', closedBy: [id('40')], merges: [merge()], hasMore: false };
const unplanned: IssueFacts = { closedAs: 'not_planned', closedBy: [], merges: [], hasMore: false };
/** What is allowed: linus merged the work of ada, or closed the issue as not planned, long enough ago. */
const deeds: { readonly [R in keyof typeof deedOf]: Partial<Facts> } = {
  'award-of-merge': { deed: deedOf['award-of-merge'], issue: completed, rules: { ok: true, rules: weekly }, stakes: [stake({ rules: [weekly] })], at: at(169) },
  'cancel-of-closing': { deed: deedOf['cancel-of-closing'], issue: unplanned, at: at(73) },
};

/** What is allowed: a maintainer's own unedited command in an open repository, with everything as it should be. */
const factsOf = (action: Action, more: Partial<Facts> = {}): Facts => ({
  action, at: at(1_000), deed: undefined, issue: undefined, source: action === 'configure' ? undefined : text(action), session: action === 'configure' ? linus : undefined, isSessionUnknown: false, repository: { isArchived: false }, role: action === 'configure' ? 'admin' : 'maintain', rules: ok(),
  denoms: new Map([['usdc', 6], ['sol', 9]]), money: { denom: 'usdc', amount: 5n }, awardees: [{ id: ada.id, bps: 10_000 }], stakes: [stake()], ...more,
});
const facts = (ruling: Ruling, more: Partial<Facts> = {}): Facts => {
  if (ruling !== 'award-of-merge' && ruling !== 'cancel-of-closing') return factsOf(ruling, more);
  const action = ruling === 'award-of-merge' ? 'award' : 'cancel';
  return factsOf(action, { source: text(action, { isEdited: undefined }), ...deeds[ruling], ...more });
};
const codeOf = (of: Facts) => {
  const decision = decide(of);
  return decision.allowed ? 'ALLOWED' : decision.code;
};

const actors = { person: {}, bot: { kind: 'bot' }, organization: { kind: 'organization' }, deleted: { kind: 'ghost' }, suspended: { isSuspended: true } } as const satisfies Record<string, Partial<Account>>;
const edits = { never: false, edited: true, unknown: undefined } as const;
const files: Record<string, RulesFile> = { 'no file': ok(), 'admins decide': ok({ mayAward: { roles: ['admin'], users: [] } }), 'collaborators offer': ok({ mayOffer: 'collaborators' }), 'invalid': { ok: false, problems: ['Line 1: no.'] }, 'shadow': ok({ shadow: true }) };
const deposits: Record<string, readonly StakeFacts[]> = { 'none': [], 'one': [stake()], 'of admins': [stake({ rules: [{ ...defaultRules, mayAward: { roles: ['admin'], users: [] } }] })], 'moved': [stake({ isMoved: true })], 'moved, agreed': [stake({ isMoved: true, isAgreed: true })] };

type Row = { actors: readonly string[]; edits: readonly string[]; rules: Readonly<Record<string, readonly Role[]>>; stakes: readonly string[] };
const all = (of: object): string[] => Object.keys(of);
const deciding: readonly Role[] = ['maintain', 'admin'];
const anyRole: readonly Role[] = roles;

// Written out by hand: of each action which cells are allowed. A cell is allowed when each of its columns is.
const table: Record<Action, Row> = {
  offer: { actors: ['person'], edits: all(edits), rules: { 'no file': anyRole, 'admins decide': anyRole, 'collaborators offer': ['triage', 'write', 'maintain', 'admin'] }, stakes: all(deposits) },
  withdraw: { actors: ['person'], edits: all(edits), rules: Object.fromEntries(all(files).map((it) => [it, anyRole])), stakes: all(deposits) },
  award: { actors: ['person'], edits: ['never'], rules: { 'no file': deciding, 'admins decide': ['admin'], 'collaborators offer': deciding }, stakes: ['one', 'of admins', 'moved, agreed'] },
  veto: { actors: ['person'], edits: ['never'], rules: Object.fromEntries(all(files).map((it) => [it, deciding])), stakes: ['one', 'of admins', 'moved', 'moved, agreed'] },
  cancel: { actors: ['person'], edits: ['never'], rules: { 'no file': deciding, 'admins decide': ['admin'], 'collaborators offer': deciding }, stakes: ['one', 'of admins', 'moved', 'moved, agreed'] },
  attempt: { actors: ['person'], edits: all(edits), rules: Object.fromEntries(all(files).map((it) => [it, anyRole])), stakes: all(deposits) },
  configure: { actors: ['person'], edits: all(edits), rules: Object.fromEntries(all(files).map((it) => [it, ['admin'] as const])), stakes: all(deposits) },
};

describe.each(actions)('%s', (action) => {
  test('every kind of actor × role × edit × rules × deposits is decided as the table says', () => {
    const wrong: string[] = [];
    let cells = 0;
    for (const actor of all(actors) as (keyof typeof actors)[]) for (const role of roles) for (const edit of all(edits) as (keyof typeof edits)[]) for (const file of all(files)) for (const deposit of all(deposits)) {
      const who = { ...linus, ...actors[actor] };
      const stakes = (deposits[deposit] ?? []).map((it) => ({ ...it, role }));
      const cell = facts(action, { role, stakes, rules: files[file] ?? ok(), ...(action === 'configure' ? { session: who } : { source: text(action, { author: who, isEdited: edits[edit] }) }) });
      const row = table[action];
      // The one column that needs another: money given under rules of admins is theirs to decide about, for good.
      const byAdminsOnly = deposit === 'of admins' && (action === 'award' || action === 'cancel') && role !== 'admin';
      const vetoes = action === 'veto' && (file === 'admins decide' || file === 'invalid') && deposit === 'of admins' && role !== 'admin';
      const expected = row.actors.includes(actor) && row.edits.includes(edit) && (row.rules[file] ?? []).includes(role) && row.stakes.includes(deposit) && !byAdminsOnly && !vetoes;
      cells += 1;
      if ((codeOf(cell) === 'ALLOWED') !== expected) wrong.push(`${actor}, ${role}, ${edit}, ${file}, ${deposit}: ${codeOf(cell)}`);
    }
    expect(wrong).toEqual([]);
    expect(cells).toBe(5 * 6 * 3 * 5 * 5);
  });
});

describe.each(rulings)('%s', (action) => {
  test('without any one of the rows of its table an example would be decided otherwise', () => {
    const rows = requirements[action];
    const firstOf = (some: typeof rows, of: Facts) => some.map((row) => row(of)).find((denial) => denial !== undefined)?.code;
    for (const left of rows) {
      const differs = examples.some(([it, more]) => it === action && firstOf(rows, facts(action, more)) !== firstOf(rows.filter((row) => row !== left), facts(action, more)));
      expect(differs, left.name).toBe(true);
    }
  });
});

const archived = { repository: { isArchived: true } };
const awardOf = (...shares: NamedShare[]): Partial<Facts> => ({ source: text('award', { asks: [{ kind: 'award', shares }] }) });
const selfAward = (more: Partial<Facts> = {}): Partial<Facts> => ({ ...awardOf(named(linus)), awardees: [{ id: linus.id, bps: 10_000 }], ...more });
const gone = { source: { state: 'gone' } } as const;
const limits = new Map([['usdc', { minimum: 5n, maximum: 10n }]]);
const byId = (...users: GitHubId[]): Partial<Rules> => ({ mayAward: { roles: [], users } });

const examples: readonly [Ruling, Partial<Facts>, string][] = [
  ...(['offer', 'award', 'veto', 'cancel', 'attempt'] as const).flatMap((action): [Action, Partial<Facts>, string][] => [
    [action, {}, 'ALLOWED'],
    [action, { source: undefined, session: linus }, 'SOURCE_MISSING'],
    [action, gone, 'SOURCE_GONE'],
    [action, { source: { state: 'elsewhere' } }, 'SOURCE_ELSEWHERE'],
    [action, { source: text(action, { author: { ...linus, kind: 'ghost' } }) }, 'ACTOR_UNKNOWN'],
    [action, { source: text(action, { isByApp: true }) }, 'NOT_A_PERSON'],
    [action, { session: ada }, 'ACTOR_DIFFERS'],
    [action, { isSessionUnknown: true }, 'ACTOR_UNKNOWN'],
    [action, { session: linus }, 'ALLOWED'],
    [action, { source: text(action, { asks: [] }) }, 'COMMAND_ABSENT'],
    [action, archived, action === 'veto' || action === 'cancel' ? 'ALLOWED' : 'REPOSITORY_ARCHIVED'],
  ]),
  ['withdraw', gone, 'ACTOR_UNKNOWN'],
  ['withdraw', { source: undefined, session: ada }, 'ALLOWED'],
  ['withdraw', archived, 'ALLOWED'],
  ['configure', { session: undefined }, 'ACTOR_UNKNOWN'],
  ['configure', { role: 'maintain' }, 'NOT_AN_ADMINISTRATOR'],

  ['offer', { rules: { ok: false, problems: ['Line 3: no.'] } }, 'RULES_INVALID'],
  ['offer', { rules: ok({ mayOffer: 'collaborators' }), role: 'read' }, 'NOT_A_COLLABORATOR'],
  ['offer', { rules: ok({ denoms: ['sol'] }) }, 'DENOM_NOT_ALLOWED'],
  ['offer', { rules: ok({ denoms: ['usdc'] }) }, 'ALLOWED'],
  ['offer', { money: { denom: 'doge', amount: 5n }, source: text('offer', { asks: [{ kind: 'offer', denom: 'doge', amount: 5n }] }) }, 'DENOM_NOT_ALLOWED'],
  ['offer', { money: undefined }, 'COMMAND_ABSENT'],
  ['offer', { money: { denom: 'usdc', amount: 6n } }, 'COMMAND_ABSENT'],
  ['offer', { rules: ok({ limits }) }, 'ALLOWED'],
  ['offer', { rules: ok({ limits: new Map([['usdc', { minimum: 6n }]]) }) }, 'BELOW_MINIMUM'],
  ['offer', { rules: ok({ limits: new Map([['usdc', { maximum: 4n }]]) }) }, 'ABOVE_MAXIMUM'],
  ['offer', { rules: ok({ limits: new Map([['sol', { maximum: 4n }]]) }) }, 'ALLOWED'],
  ['offer', { rules: ok({ shadow: true }) }, 'SHADOW_MODE'],

  ...(['award', 'veto', 'cancel'] as const).flatMap((action): [Action, Partial<Facts>, string][] => [
    [action, { source: text(action, { isEdited: true }) }, 'EDITED'],
    [action, { source: text(action, { isEdited: undefined }) }, 'EDITED'],
    [action, { stakes: [] }, 'STAKES_MISSING'],
    [action, { role: 'write', stakes: [stake({ role: 'write' })] }, 'NOT_A_MAINTAINER'],
  ]),
  ...(['award', 'cancel'] as const).flatMap((action): [Action, Partial<Facts>, string][] => [
    [action, { rules: { ok: false, problems: [] } }, 'RULES_INVALID'],
    [action, { rules: ok({ shadow: true }) }, 'SHADOW_MODE'],
    [action, { source: text(action, { isByApp: undefined }) }, 'WRITER_UNCLEAR'],
    [action, { rules: ok(byId(linus.id)), role: 'read', stakes: [stake({ rules: [{ ...defaultRules, ...byId(linus.id) }], role: 'read' })] }, 'ALLOWED'],
    [action, { rules: ok(byId(ada.id)) }, 'NOT_A_MAINTAINER'],
    // Loosened after the money was given, and tightened after it.
    [action, { rules: ok({ mayAward: { roles: ['write', 'maintain', 'admin'], users: [] } }), role: 'write', stakes: [stake({ role: 'write' })] }, 'NOT_A_MAINTAINER'],
    [action, { rules: ok({ mayAward: { roles: ['admin'], users: [] } }), stakes: [stake({ rules: [{ ...defaultRules, mayAward: { roles: ['write', 'maintain', 'admin'], users: [] } }] })] }, 'NOT_A_MAINTAINER'],
    // One of several rules of about that time is enough to stand against it, and one of several deposits.
    [action, { stakes: [stake({ rules: [defaultRules, { ...defaultRules, ...byId(ada.id) }] })] }, 'NOT_A_MAINTAINER'],
    [action, { stakes: [stake(), stake({ rules: [{ ...defaultRules, ...byId(ada.id) }] })] }, 'NOT_A_MAINTAINER'],
    // A maintainer of the new repository who was none of the old one.
    [action, { stakes: [stake({ isMoved: true, isAgreed: true, role: 'read' })] }, 'NOT_A_MAINTAINER'],
  ]),
  ...(['offer', 'veto', 'attempt'] as const).map((action): [Action, Partial<Facts>, string] => [action, { source: text(action, { isByApp: undefined }) }, 'ALLOWED']),
  ['cancel', { stakes: [stake({ isMoved: true })] }, 'ALLOWED'],
  ['award', { stakes: [stake(), stake({ isMoved: true })] }, 'MOVED_SINCE_FUNDING'],
  ['veto', { role: 'none', stakes: [stake({ role: 'none', funders: [linus.id] })] }, 'ALLOWED'],
  ['veto', { role: 'none', stakes: [stake({ role: 'none', funders: [linus.id] }), stake({ role: 'none', funders: [ada.id] })] }, 'NOT_A_MAINTAINER'],
  ['veto', { role: 'none', stakes: [stake({ role: 'none', funders: [linus.id] })], rules: { ok: false, problems: [] } }, 'ALLOWED'],

  ['award', awardOf(named(undefined)), 'AWARDEE_UNKNOWN'],
  ['award', awardOf(named(account('9'))), 'AWARDEES_DIFFER'],
  ['award', awardOf(), 'AWARDEES_DIFFER'],
  ['award', { awardees: [] }, 'AWARDEES_DIFFER'],
  ['award', { awardees: [{ id: ada.id, bps: 9_999 }] }, 'AWARDEES_DIFFER'],
  ['award', { awardees: [{ id: ada.id, bps: 10_000 }, { id: linus.id, bps: 10_000 }] }, 'AWARDEES_DIFFER'],
  ['award', { ...awardOf(named(ada, 5_000), named(account('9'), 5_000)), awardees: [{ id: ada.id, bps: 5_000 }, { id: ada.id, bps: 5_000 }] }, 'AWARDEES_DIFFER'],
  ['award', { ...awardOf(named(ada, 7_000), named(account('9'), 3_000)), awardees: [{ id: id('9'), bps: 3_000 }, { id: ada.id, bps: 7_000 }] }, 'ALLOWED'],
  ['award', { ...awardOf(named(ada, 7_000), named(account('9'), 3_000)), awardees: [{ id: id('9'), bps: 7_000 }, { id: ada.id, bps: 3_000 }] }, 'AWARDEES_DIFFER'],
  ...(['bot', 'organization', 'ghost'] as const).map((kind): [Action, Partial<Facts>, string] => ['award', awardOf(named({ ...ada, kind })), 'AWARDEE_NOT_A_PERSON']),
  ['award', awardOf(named({ ...ada, isSuspended: true })), 'AWARDEE_SUSPENDED'],
  ['award', { source: text('award', { asks: [...said.award, ...said.award] }) }, 'COMMAND_AMBIGUOUS'],

  ['award', selfAward(), 'SELF_AWARD'],
  ['award', selfAward({ stakes: [stake({ funders: [ada.id] })] }), 'SELF_AWARD'],
  ['award', selfAward({ stakes: [stake({ funders: [linus.id] })] }), 'ALLOWED'],
  ['award', selfAward({ stakes: [stake({ funders: [linus.id] }), stake({ funders: [ada.id] })] }), 'SELF_AWARD'],
  ['award', selfAward({ stakes: [stake({ funders: [linus.id] }), stake({ funders: [ada.id], isAgreed: true })] }), 'ALLOWED'],
  ['award', selfAward({ stakes: [stake({ funders: [linus.id] })], rules: ok({ selfAward: 'never' }) }), 'SELF_AWARD'],
  ['award', selfAward({ stakes: [stake({ funders: [linus.id], rules: [{ ...defaultRules, selfAward: 'never' }] })] }), 'SELF_AWARD'],
  ...(['award-of-merge', 'cancel-of-closing'] as const).flatMap((ruling): [Ruling, Partial<Facts>, string][] => [
    [ruling, {}, 'ALLOWED'],
    [ruling, { source: { state: 'elsewhere' } }, 'SOURCE_ELSEWHERE'],
    [ruling, { source: undefined }, ruling === 'award-of-merge' ? 'PULL_REQUEST_ABSENT' : 'CLOSING_ABSENT'],
    [ruling, { ...gone, deed: { ...deedOf[ruling], at: undefined } }, ruling === 'award-of-merge' ? 'PULL_REQUEST_ABSENT' : 'CLOSING_ABSENT'],
    [ruling, { deed: { ...deedOf[ruling], at: undefined } }, 'TOO_SOON'],
    [ruling, { issue: undefined }, 'ISSUE_OPEN'],
    [ruling, { issue: { ...completed, closedAs: undefined } }, 'ISSUE_OPEN'],
    [ruling, { source: text(ruling === 'award-of-merge' ? 'award' : 'cancel', { author: { ...linus, kind: 'bot' } }) }, 'NOT_A_PERSON'],
    [ruling, { source: text(ruling === 'award-of-merge' ? 'award' : 'cancel', { author: { ...linus, isSuspended: true } }) }, 'SUSPENDED'],
    [ruling, { source: text(ruling === 'award-of-merge' ? 'award' : 'cancel', { isByApp: true }) }, 'NOT_A_PERSON'],
    [ruling, { rules: { ok: false, problems: [] } }, 'RULES_INVALID'],
    [ruling, { stakes: [] }, 'STAKES_MISSING'],
  ]),
  ['award-of-merge', { issue: { ...completed, closedBy: [] } }, 'CLOSED_OTHERWISE'],
  ['award-of-merge', { issue: { ...completed, closedBy: [id('41')] } }, 'CLOSED_OTHERWISE'],
  ['award-of-merge', archived, 'REPOSITORY_ARCHIVED'],
  // The stricter of now and then: on in both, and the longer time.
  ['award-of-merge', { rules: ok() }, 'AUTO_AWARD_OFF'],
  ['award-of-merge', { stakes: [stake({ rules: [weekly] }), stake()] }, 'AUTO_AWARD_OFF'],
  ['award-of-merge', { stakes: [stake({ rules: [weekly, { ...weekly, autoAwardAfterSeconds: 8 * 86_400 }] })] }, 'TOO_SOON'],
  ['award-of-merge', { rules: ok({ autoAwardAfterSeconds: 8 * 86_400 }) }, 'TOO_SOON'],
  ['award-of-merge', { at: new Date(at(169).getTime() - 1) }, 'TOO_SOON'],
  ['award-of-merge', { stakes: [stake({ rules: [weekly], fundedAt: at(2) })] }, 'TOO_SOON'],
  ['award-of-merge', { rules: ok({ ...weekly, shadow: true }) }, 'SHADOW_MODE'],
  ['award-of-merge', { issue: { ...completed, merges: [merge(), merge({ id: id('41') })] } }, 'ALLOWED'],
  ['award-of-merge', { issue: { ...completed, merges: [merge(), merge({ id: id('41'), author: account('9') })] } }, 'SEVERAL_CANDIDATES'],
  ['award-of-merge', { issue: { ...completed, hasMore: true } }, 'SEVERAL_CANDIDATES'],
  ['award-of-merge', { awardees: [{ id: ada.id, bps: 5_000 }] }, 'AWARDEES_DIFFER'],
  ['award-of-merge', { awardees: [{ id: linus.id, bps: 10_000 }] }, 'AWARDEES_DIFFER'],
  ['award-of-merge', awardOf(named(undefined)), 'AWARDEE_UNKNOWN'],
  ['award-of-merge', awardOf(named({ ...ada, kind: 'bot' })), 'AWARDEE_NOT_A_PERSON'],
  ['award-of-merge', { stakes: [stake({ rules: [weekly], isMoved: true })] }, 'MOVED_SINCE_FUNDING'],
  ['award-of-merge', selfAward(), 'SELF_AWARD'],
  ['award-of-merge', selfAward({ stakes: [stake({ rules: [weekly], funders: [linus.id] })] }), 'ALLOWED'],
  // Who may merge need not be who may award: that is what the rules give away.
  ['award-of-merge', { role: 'write', stakes: [stake({ rules: [weekly], role: 'write' })] }, 'ALLOWED'],
  ['cancel-of-closing', { issue: { ...unplanned, closedAs: 'duplicate' } }, 'ALLOWED'],
  ['cancel-of-closing', { issue: { ...unplanned, closedAs: 'completed' } }, 'CLOSED_AS_COMPLETED'],
  ['cancel-of-closing', { role: 'write', stakes: [stake({ role: 'write' })] }, 'NOT_A_MAINTAINER'],
  ['cancel-of-closing', { stakes: [stake({ isMoved: true, role: 'read' })] }, 'NOT_A_MAINTAINER'],
  ['cancel-of-closing', { stakes: [stake({ isMoved: true })] }, 'ALLOWED'],
  ['cancel-of-closing', { issue: { ...unplanned, merges: [merge()] } }, 'WORK_MERGED'],
  ['cancel-of-closing', { issue: { ...unplanned, hasMore: true } }, 'WORK_MERGED'],
  ['cancel-of-closing', { at: new Date(at(73).getTime() - 1) }, 'TOO_SOON'],
  ['cancel-of-closing', { rules: ok({ shadow: true }) }, 'SHADOW_MODE'],
  ['cancel-of-closing', archived, 'ALLOWED'],
  ['award', { ...awardOf(named(ada, 9_999), named(linus, 1)), awardees: [{ id: ada.id, bps: 9_999 }, { id: linus.id, bps: 1 }] }, 'SELF_AWARD'],
];

test.each(examples.map(([action, more, code], at) => [action, code, at, more] as const))('%s: %s (example %i)', (action, code, _, more) => { expect(codeOf(facts(action, more))).toBe(code); });

test('every reason is reached by an example, and is a sentence', () => {
  const reached = new Set(examples.map(([, , code]) => code));
  // Met by everybody who asks, and so part of the table above.
  for (const code of ['NOT_A_PERSON', 'SUSPENDED']) reached.add(code);
  expect(reasonCodes.filter((code) => !reached.has(code))).toEqual([]);
  for (const [action, more] of examples) {
    const decision = decide(facts(action, more));
    if (!decision.allowed) expect(decision.reason).toMatch(/^[A-Z].+\.$/);
  }
});
