import { z } from 'zod';
import { formatAmount, parseAmount, type AmountProblem } from '../amount.ts';
import { parseGitHubId, type GitHubId } from '../ids.ts';
import { readPlainYaml, type Problem } from './plain-yaml.ts';
import { andAbove, deciders, defaultRules, type AmountLimit, type Decider, type Rules } from './rules.ts';

/** Where a repository keeps its rules, on its default branch. */
export const rulesPath = '.github/doubloon.yml';

/** What a file says: its rules, or what is wrong with it, a sentence each. While anything is wrong, none of it counts. */
export type RulesFile = { readonly ok: true; readonly rules: Rules } | { readonly ok: false; readonly problems: readonly string[] };

const seconds = { h: 3_600, d: 86_400 } as const;
/** The escrow program takes deadlines from an hour to 365 days ahead; what somebody has to answer to needs a day. */
const deadlines = { least: 86_400, most: 365 * 86_400 };
/** A merge by mistake can be undone for as long as another decider may veto. */
const delays = { least: 3 * 86_400, most: 90 * 86_400 };

const word = <const W extends string>(...allowed: readonly W[]): z.ZodType<W, string> =>
  z.string().refine((text): text is W => (allowed as readonly string[]).includes(text), `is not one of ${allowed.join(', ')}`).meta({ enum: [...allowed] }) as z.ZodType<W, string>;

const flag = z.string().refine((text) => text === 'true' || text === 'false', 'is neither true nor false').meta({ type: 'boolean' }).transform((text) => text === 'true');

const duration = ({ least, most }: { least: number; most: number }) =>
  z.string().regex(/^[1-9][0-9]{0,3}[hd]$/, 'is not a duration such as 12h or 90d')
    .transform((text) => Number.parseInt(text, 10) * seconds[text.endsWith('h') ? 'h' : 'd'])
    .refine((found) => found >= least && found <= most, `is not from ${String(least / 86_400)} to ${String(most / 86_400)} days`);

const denom = z.string().regex(/^[a-z][a-z0-9]{1,11}$/, 'is not the name of a denom: lower-case letters and digits');
const amount = z.string().max(40, 'is too long').meta({ type: ['string', 'number'], description: 'Decimal text, for example 5 or 0.5' });

const decider = z.string()
  .refine((text) => (deciders as readonly string[]).includes(text) || parseGitHubId(text) !== undefined, `is neither ${deciders.join(', ')} nor the numeric id of a user`)
  .meta({ type: ['string', 'integer'] });
const deciderList = z.array(decider).min(1, 'names nobody').max(50, 'names more than 50');

const file = z.strictObject({
  'denoms': z.array(denom).min(1, 'names none: leave it out to allow all').max(50).optional().meta({ description: 'Which denoms may be offered. Without it all that the operator allows.' }),
  'limits': z.record(denom, z.strictObject({ minimum: amount.optional(), maximum: amount.optional() })).optional().meta({ description: 'The smallest and the largest amount of one offer, for each denom.' }),
  'may-offer': word('anyone', 'collaborators').optional().meta({ description: 'Collaborators have the role triage or more.' }),
  'may-award': z.union([word(...deciders), deciderList], 'is neither write, maintain, admin nor a list of them and of numeric user ids').optional().meta({ description: 'Who may award, veto and cancel: a role, which stands for those above it too, or a list of roles and numeric user ids.' }),
  'deadline': duration(deadlines).optional().meta({ description: 'How long money waits for an award, for example 90d.' }),
  'approver': z.string().refine(isAddress, 'is no address of a wallet').optional().meta({ description: "The maintainers' own wallet, base58. It decides beside funder and relayer." }),
  'self-award': word('never', 'sole-funder').optional().meta({ description: 'Whether somebody may award themselves what they alone funded.' }),
  'labels': flag.optional().meta({ description: 'Whether labels are set.' }),
  'silent': flag.optional().meta({ description: 'No comments: reactions and labels only.' }),
  'shadow': flag.optional().meta({ description: 'Says what would happen, and does nothing.' }),
  'auto-award-after': duration(delays).optional().meta({ description: 'Award the author of the merged pull request after this time. Without it awards need a command.' }),
});

type Written = z.output<typeof file>;

/** For editors: what `.github/doubloon.yml` may hold, as YAML's own types. */
export const rulesJsonSchema = (): object => ({
  title: 'doubloon.yml', description: `Rules of a repository for Doubloon: ${rulesPath} on the default branch.`,
  ...z.toJSONSchema(file, { io: 'input', target: 'draft-07' }),
});

/**
 * Reads the text of a rules file. `denoms` are the operator's, with their decimals: a rule about another one is a problem,
 * since it would hold nothing. Total: any text is either rules or problems, each with its line.
 */
export function readRules(text: string, denoms: ReadonlyMap<string, number>): RulesFile {
  const yaml = readPlainYaml(text);
  if ('problems' in yaml) return refused(yaml.problems);
  const tell: Tell = (path, what) => ({ line: yaml.lineAt(path), text: `${path.length === 0 ? 'the file' : named(path)} ${what}` });
  const read = file.safeParse(yaml.tree);
  if (!read.success) return refused(read.error.issues.flatMap((issue) => worded(issue, tell)));
  const { limits, problems } = readLimits(read.data, denoms, tell);
  for (const [at, name] of (read.data.denoms ?? []).entries()) if (!denoms.has(name)) problems.push(tell(['denoms', at], `is ${name}, which can't be offered here`));
  return problems.length > 0 ? refused(problems) : { ok: true, rules: { ...rulesOf(read.data), limits } };
}

const mostProblems = 20;

/** In the order of the file, each once. */
function refused(problems: readonly Problem[]): RulesFile {
  const sentences = [...new Set(problems.toSorted((a, b) => a.line - b.line).map(({ line, text }) => `Line ${String(line)}: ${text}.`))];
  const rest = sentences.length - mostProblems;
  return { ok: false, problems: rest <= 0 ? sentences : [...sentences.slice(0, mostProblems), `And ${String(rest)} more.`] };
}

type Tell = (path: readonly PropertyKey[], what: string) => Problem;

function worded(issue: z.core.$ZodIssue, tell: Tell): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => tell([...issue.path, key], 'is no rule that is known here'));
  if (issue.code === 'invalid_key') return [tell(issue.path, issue.issues[0]?.message ?? 'is no key')];
  return [tell(issue.path, issue.code === 'invalid_type' ? `is not ${kinds[issue.expected] ?? 'of the kind that is expected'}` : issue.message)];
}

const kinds: Partial<Record<string, string>> = { string: 'a single word', array: 'a list', object: 'a map', record: 'a map' };

/** In backticks, so that nothing in it counts as Markdown where problems are shown. */
const named = (path: readonly PropertyKey[]): string => `\`${path.map(String).join('.').replaceAll(/[^\w.-]/g, '?').slice(0, 60)}\``;

const reasons: Record<AmountProblem, string> = {
  'malformed': 'is not an amount in digits', 'separator': 'is not an amount in digits without separators', 'too-many-decimals': 'has more digits after the dot than the denom has', 'zero': 'is nothing', 'too-large': 'is more than can exist',
};

function readLimits({ limits = {} }: Written, denoms: ReadonlyMap<string, number>, tell: Tell): { limits: Map<string, AmountLimit>; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = new Map<string, AmountLimit>();
  for (const [name, written] of Object.entries(limits)) {
    const decimals = denoms.get(name);
    if (decimals === undefined) {
      problems.push(tell(['limits', name], "is a denom that can't be offered here"));
      continue;
    }
    const limit: { minimum?: bigint; maximum?: bigint } = {};
    for (const end of ['minimum', 'maximum'] as const) {
      const text = written[end];
      if (text === undefined) continue;
      const parsed = parseAmount(text, decimals);
      if (parsed.ok) limit[end] = parsed.amount;
      else problems.push(tell(['limits', name, end], reasons[parsed.reason]));
    }
    if (limit.minimum !== undefined && limit.maximum !== undefined && limit.minimum > limit.maximum) problems.push(tell(['limits', name, 'minimum'], `is more than the maximum of ${formatAmount(limit.maximum, decimals)}`));
    read.set(name, limit);
  }
  return { limits: read, problems };
}

function rulesOf(written: Written): Omit<Rules, 'limits'> {
  const { 'may-award': mayAward, 'auto-award-after': autoAwardAfter } = written;
  return {
    denoms: written.denoms ?? defaultRules.denoms,
    mayOffer: written['may-offer'] ?? defaultRules.mayOffer,
    mayAward: mayAward === undefined ? defaultRules.mayAward : decidersOf(typeof mayAward === 'string' ? [mayAward] : mayAward),
    deadlineSeconds: written.deadline ?? defaultRules.deadlineSeconds,
    approver: written.approver ?? defaultRules.approver,
    selfAward: written['self-award'] ?? defaultRules.selfAward,
    labels: written.labels ?? defaultRules.labels,
    silent: written.silent ?? defaultRules.silent,
    shadow: written.shadow ?? defaultRules.shadow,
    autoAwardAfterSeconds: autoAwardAfter ?? defaultRules.autoAwardAfterSeconds,
  };
}

function decidersOf(words: readonly string[]): Rules['mayAward'] {
  const roles = new Set(words.filter((it): it is Decider => (deciders as readonly string[]).includes(it)).flatMap(andAbove));
  return { roles: deciders.filter((role) => roles.has(role)), users: words.map(parseGitHubId).filter((id): id is GitHubId => id !== undefined) };
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Whether a text is base58 of 32 bytes, not all zero: on chain that is no approver. */
function isAddress(text: string): boolean {
  if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text)) return false;
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  const value = [...text].reduce((sum, sign) => sum * 58n + BigInt(alphabet.indexOf(sign)), 0n);
  return value > 0n && zeros + Math.ceil(value.toString(16).length / 2) === 32;
}
