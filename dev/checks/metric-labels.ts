import { isFailureCode } from '@doubloon/errors';
import { IdentityService, TreasuryService } from '@doubloon/rpc';
import { commandOutcomes } from '../../apps/github-app/src/commands/pursue-decision.ts';
import { decisionCommands } from '../../apps/github-app/src/commands/source-row.ts';
import { noticeKinds } from '../../apps/github-app/src/notices/notices-due.ts';
import { decisionOutcomes } from '../../apps/identity/src/authorize/authorize.ts';
import { actions } from '../../apps/identity/src/authorize/facts.ts';
import { refusals } from '../../packages/github/src/index.ts';

/** What a label may say: each value, or a rule that bounds them, in words and as a check. */
export type LabelValues = readonly string[] | { readonly said: string; readonly has: (value: string) => boolean };

const code = (...others: readonly string[]): LabelValues => ({ said: [...others.map((value) => `\`${value}\``), 'a code of packages/errors'].join(' or '), has: (value) => others.includes(value) || isFailureCode(value) });
const round = ['watcher', 'sender', 'scan', 'refunds', 'expiry', 'relayer', 'cranks', 'retention'];

/** The values of each label of each metric. They are few and never come from outside: no repository, path, wallet or user is among them. */
export const metricLabels: Readonly<Record<string, Readonly<Record<string, LabelValues>>>> = {
  doubloon_chain_failures_total: { code: code() },
  doubloon_commands_total: { command: decisionCommands, outcome: commandOutcomes },
  doubloon_decisions_total: { action: actions, outcome: decisionOutcomes },
  doubloon_deposit_changes_total: { change: ['awarded', 'vetoed', 'paid', 'refunded', 'cancelled', 'closed'] },
  doubloon_github_quota_left: { resource: ['core', 'graphql', 'other'] },
  doubloon_links_settled_total: { outcome: ['landed', 'expired', 'failed'] },
  doubloon_living_comment_refusals_total: { reason: refusals },
  doubloon_living_comment_writes_total: { how: ['created', 'edited', 'adopted', 'recreated', 'removed'] },
  doubloon_notices_total: { kind: noticeKinds },
  doubloon_relayed_total: { outcome: ['landed', 'expired', 'failed', 'refused'] },
  doubloon_rereadings_total: { how: ['unchanged', 'nothing', 'missed', 'refused', 'limited', 'failed'] },
  doubloon_round_age_seconds: { round },
  doubloon_rounds_total: { round, outcome: code('good') },
  doubloon_rpc_duration_seconds: {
    method: { said: 'a method of the contracts in packages/rpc', has: (value) => [TreasuryService, IdentityService].some(({ typeName, methods }) => methods.some(({ name }) => value === `${typeName}/${name}`)) },
    code: code('OK'),
  },
  doubloon_submissions: { state: ['waiting', 'unknown', 'sent', 'confirmed', 'final'] },
  doubloon_submissions_settled_total: { outcome: ['landed', 'expired', 'failed'] },
  doubloon_sweep_deliveries_total: { what: ['found', 'gone', 'malformed', 'foreign', 'lost'] },
  doubloon_sweep_rounds_total: { round: ['good', 'elsewhere', 'failed', 'limited'] },
  doubloon_web_requests_total: {
    route: [
      '/', '/award/[bounty]', '/award/[bounty]/events', '/award/[bounty]/prepare', '/award/[bounty]/state', '/award/[bounty]/submit', '/badge/[owner]/[repo].svg', '/badge/[owner]/[repo]/[number].svg', '/bounties', '/bounties/[bounty]', '/bounties.atom', '/bounties.rss', '/faucet', '/fund/[offer]', '/fund/[offer]/events', '/fund/[offer]/prepare', '/fund/[offer]/state', '/fund/[offer]/submit',
      '/identity', '/identity/[login]', '/identity/id/[id]', '/identity/id/[id]/events', '/identity/id/[id]/state',
      '/link', '/link/callback', '/link/prepare', '/link/sign-in', '/link/sign-out', '/link/submit', '/refund/[deposit]', '/refund/[deposit]/events', '/refund/[deposit]/prepare', '/refund/[deposit]/state', '/refund/[deposit]/submit', '/setup', 'none',
    ],
    status: ['200', '303', '304', '307', '400', '401', '402', '403', '404', '405', '409', '413', '422', '429', '500', '502', '503'],
  },
  doubloon_webhook_answers_total: { status: ['202', '400', '401', '405', '413', '415', '503'] },
  doubloon_webhook_signatures_total: { secret: ['current', 'previous'] },
};

export const mayBe = (values: LabelValues, value: string): boolean => ('has' in values ? values.has(value) : values.includes(value));
