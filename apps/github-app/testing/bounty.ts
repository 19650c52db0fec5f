import { create, treasury, type MessageInitShape } from '@doubloon/rpc';
import type { Own } from '../src/living-comment/own.ts';
import { defaultKnownRules } from '../src/rules/known-rules.ts';

const { DepositState, GetBountyResponseSchema, OfferState, SubmissionState } = treasury;

/** What the treasury could say of an issue, for tests of what is told about it. */
export type BountyInit = MessageInitShape<typeof GetBountyResponseSchema>;
type Plain<T> = T extends { readonly $typeName: string } ? never : T;
export type DepositInit = Plain<MessageInitShape<typeof treasury.DepositSchema>>;

export const wallet = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';
export const signature = '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW';
/** A base58 address that is another one for each number. */
export const addressOf = (nth: number): string => `9aE476sH92Vz7DMPyq5WLPkrKWivxeuTKEFKd2s${String(nth).padStart(5, '1').replaceAll('0', 'Z')}`;

export const nothing: Own = {
  problems: [], remarks: [], help: false, people: [], attempts: [], candidates: [], rules: defaultKnownRules,
  issue: { repository: 'analytical-engines/difference', state: 'open', stateReason: undefined, isLocked: false, movedFrom: undefined },
};

const pages = { bountyUrl: 'https://bounties.test/bounties/1-2', awardUrl: 'https://bounties.test/award/1-2', linkUrl: 'https://bounties.test/link' };
const totals = [{ denom: 'sol', decimals: 9, funded: '1000000000', fundedText: '1', offered: '0', offeredText: '0' }];

export const bountyOf = (init: BountyInit): treasury.GetBountyResponse => create(GetBountyResponseSchema, { cluster: { name: 'localnet', genesisHash: 'x' }, totals, ...pages, ...init } as BountyInit);

export const offerOf = (id: string, more: MessageInitShape<typeof treasury.OfferSchema> = {}): MessageInitShape<typeof treasury.OfferSchema> => ({
  id, text: '0.5', decimals: 9, money: { denom: 'sol', amount: '500000000' }, state: OfferState.OFFERED, offeredAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-15T00:00:00.000Z',
  offeredBy: { githubId: '1', login: 'ada' }, fundUrl: `https://bounties.test/fund/${id}`, ...more,
} as MessageInitShape<typeof treasury.OfferSchema>);

export const submissionOf = (state: treasury.SubmissionState = SubmissionState.FINALIZED) => ({ signature, wallet, state, submittedAt: '2026-01-01T00:00:00.000Z' });

export const depositOf = (nth: number, more: DepositInit = {}): DepositInit => ({
  address: addressOf(nth), funder: wallet, money: { denom: 'sol', amount: '1000000000' }, text: '1', sequence: '2', deadline: '2026-04-01T12:30:00.000Z', signature, slot: '9', offerId: 'bb', withRelayer: true,
  state: DepositState.HELD, refundUrl: `https://bounties.test/refund/${addressOf(nth)}`, ...more,
} as DepositInit);

export const shareOf = (githubId: string, bps: number, amount: string, more: MessageInitShape<typeof treasury.AwardedShareSchema> = {}): MessageInitShape<typeof treasury.AwardedShareSchema> => ({ githubId, bps, amount, waitsFor: 'award', ...more } as MessageInitShape<typeof treasury.AwardedShareSchema>);

/** Awarded to these, open to a veto for three days, unless it says otherwise. */
export const awardedTo = (shares: readonly MessageInitShape<typeof treasury.AwardedShareSchema>[], more: MessageInitShape<typeof treasury.DepositAwardSchema> = {}): DepositInit => ({
  state: DepositState.AWARDED,
  award: { shares: [...shares], by: ['relayer'], awardedAt: '2026-02-01T10:00:00.000Z', finalAt: '2026-02-04T10:00:00.000Z', ...more } as MessageInitShape<typeof treasury.DepositAwardSchema>,
});

export const decisionOf = (deposits: readonly string[], more: MessageInitShape<typeof treasury.DecisionSchema> = {}): MessageInitShape<typeof treasury.DecisionSchema> => ({
  action: 'award', sourceKind: 'issue-comment', sourceId: '77', actor: { githubId: '9', login: 'linus' }, decidedAt: '2026-02-01T10:00:00.000Z',
  intents: deposits.map((deposit) => ({ deposit, state: treasury.IntentState.DONE, sequence: '1' })), ...more,
} as MessageInitShape<typeof treasury.DecisionSchema>);
