import type { InstructionAccountNode, InstructionArgumentNode, InstructionNode, InstructionRemainingAccountsNode } from '@codama/node-types';
import { instructionNumbers, systemProgram, tokenProgram } from '../src/index.ts';
import { address, argument, at, bumpOf, bytes, defined, flag, i64, key, list, maybePayer, maybeSigner, named, optionalAddress, payer, readonly, signer, u64, u8, value, writable } from './nodes.ts';

interface Shape {
  /** Unless it is the name: an instruction that takes other accounts for tokens, or for one share, has two names and one number. */
  readonly number?: keyof typeof instructionNumbers;
  readonly says: string;
  readonly accounts: InstructionAccountNode[];
  readonly args?: InstructionArgumentNode[];
  readonly more?: InstructionRemainingAccountsNode;
}

const system = readonly('systemProgram', key(systemProgram));
const token = readonly('tokenProgram', key(tokenProgram));
const vault = writable('vault', at('vault', { accounts: ['deposit'] }));
const identityOfArgument = at('identity', { accounts: ['operator'], args: ['githubId'] });
const githubId = argument('githubId', u64);
const expiry = argument('expiry', i64);
const share = argument('share', u8);

const depositTerms = [
  bumpOf('deposit'), argument('withRelayer', flag), argument('repositoryId', u64), argument('issueId', u64), argument('nonce', u64), argument('amount', u64), argument('deadline', i64), argument('approver', optionalAddress),
];
const newDeposit = writable('deposit', at('deposit', { accounts: ['operator', 'funder'], args: ['repositoryId', 'issueId', 'nonce'] }));

/** The canonical token account unless told, and its bump in either case. */
const tokensTo = (receiver: string) => [vault, readonly('mint'), writable('destination', at('associatedToken', { accounts: [['wallet', receiver], 'mint'] })), token];
const canonical = bumpOf('destination');

const shapes: Readonly<Record<string, Shape>> = {
  createOperator: {
    says: 'Creates the operator account of its first admin. The host can never change.',
    accounts: [payer('admin'), writable('operator', at('operator', { accounts: [['firstAdmin', 'admin']] })), system],
    args: [bumpOf('operator'), argument('hostHash', bytes(32)), argument('relayer', address), argument('attestor', address)],
  },
  changeAdmin: { says: 'Old and new admin sign.', accounts: [writable('operator'), signer('admin'), signer('next')] },
  scheduleKeys: { says: 'Keys that take over by themselves after seven days; none leaves a key as it is.', accounts: [writable('operator'), signer('admin')], args: [argument('relayer', optionalAddress), argument('attestor', optionalAddress)] },
  disableKeys: { says: 'Stops keys at once, and what they said that had not settled. Bits: 1 relayer, 2 attestor.', accounts: [writable('operator'), signer('admin')], args: [argument('keys', u8)] },
  linkIdentity: {
    says: 'Links a GitHub user to a wallet, after a cool-down. The attestation expires within ten minutes.',
    accounts: [payer('payer'), writable('identity', identityOfArgument), readonly('operator'), signer('attestor'), signer('wallet'), system],
    args: [bumpOf('identity'), githubId, expiry],
  },
  changeWallet: { says: 'Asks for another wallet, which signs; it counts after a cool-down.', accounts: [writable('identity'), readonly('operator'), signer('attestor'), signer('wallet')], args: [expiry] },
  cancelChange: { says: 'The old wallet objects: payouts pause.', accounts: [writable('identity'), readonly('operator'), signer('wallet')] },
  settleChange: { says: 'Both wallets agree to the change, at once.', accounts: [writable('identity'), readonly('operator'), signer('oldWallet'), signer('newWallet')] },
  unlinkIdentity: { says: 'Ends the link.', accounts: [writable('identity'), readonly('operator'), signer('wallet')] },
  fundSol: { says: 'Creates a deposit of SOL.', accounts: [payer('funder'), newDeposit, readonly('operator'), system], args: depositTerms },
  fundToken: {
    says: 'Creates a deposit of a token of the classic token program, with a vault of its own.',
    accounts: [payer('funder'), newDeposit, readonly('operator'), system, writable('source', at('associatedToken', { accounts: [['wallet', 'funder'], 'mint'] })), vault, readonly('mint'), token],
    args: [...depositTerms, bumpOf('vault')],
  },
  award: {
    says: 'One or two deciders, who sign, say who earned the deposit that they saw. Two decide at once, one after 72 hours.',
    accounts: [writable('deposit'), readonly('operator')],
    args: [argument('createdSlot', u64), argument('sequence', u64), argument('shares', list(defined('share')))],
    more: { kind: 'instructionRemainingAccountsNode', isSigner: true, value: { kind: 'argumentValueNode', name: named('deciders') } },
  },
  veto: {
    says: 'Undoes an award that is not final; one that is void needs nobody.',
    accounts: [writable('deposit'), readonly('operator'), { ...signer('decider'), isOptional: true }],
  },
  payout: {
    says: 'Pays a share of a final award to the wallet of its user. Nobody has to sign.',
    accounts: [writable('deposit'), readonly('operator'), readonly('identity'), writable('wallet')],
    args: [share],
  },
  payoutToken: { number: 'payout', says: 'The same for a token.', accounts: [writable('deposit'), readonly('operator'), readonly('identity'), maybeSigner('wallet'), ...tokensTo('wallet')], args: [share, canonical] },
  cancel: { says: 'Sends an unawarded deposit back at once: by the relayer, or the funder where the relayer has no say.', accounts: [writable('deposit'), writable('funder'), readonly('operator'), signer('decider')] },
  cancelToken: { number: 'cancel', says: 'The same for a token.', accounts: [writable('deposit'), maybeSigner('funder'), readonly('operator'), signer('decider'), ...tokensTo('funder')], args: [canonical] },
  refund: { says: 'Sends an unawarded deposit back 72 hours after its deadline. Nobody has to sign.', accounts: [writable('deposit'), writable('funder')] },
  refundToken: { number: 'refund', says: 'The same for a token.', accounts: [writable('deposit'), maybeSigner('funder'), ...tokensTo('funder')], args: [canonical] },
  refundShare: {
    number: 'refund', says: 'Sends back a share that its user could not claim within 90 days. Nobody has to sign.',
    accounts: [writable('deposit'), writable('funder'), readonly('operator'), readonly('identity')], args: [share, argument('identityBump', u8)],
  },
  refundShareToken: {
    number: 'refund', says: 'The same for a token.',
    accounts: [writable('deposit'), maybeSigner('funder'), readonly('operator'), readonly('identity'), ...tokensTo('funder')], args: [share, argument('identityBump', u8), canonical],
  },
  close: { says: 'Sends the rent reserve and whatever strangers sent to the funder, seven days after the end. Nobody has to sign.', accounts: [writable('deposit'), writable('funder')] },
  closeToken: { number: 'close', says: 'The same for a token, and closes the vault.', accounts: [writable('deposit'), maybePayer('funder'), ...tokensTo('funder')], args: [canonical] },
};

const sharesItsNumber = (number: string) => Object.entries(shapes).filter(([name, shape]) => (shape.number ?? name) === number).length > 1;

function instruction(name: string, { number = name as keyof typeof instructionNumbers, says, accounts, args = [], more }: Shape): InstructionNode {
  return {
    kind: 'instructionNode',
    name: named(name),
    docs: [says],
    optionalAccountStrategy: 'omitted',
    accounts,
    arguments: [{ ...argument('discriminator', u8), defaultValueStrategy: 'omitted', defaultValue: value(instructionNumbers[number]) }, ...args],
    ...(more && { remainingAccounts: [more] }),
    discriminators: [
      { kind: 'fieldDiscriminatorNode', name: named('discriminator'), offset: 0 },
      // Those that share a number take a byte for each argument, and differ in length.
      ...(sharesItsNumber(number) ? [{ kind: 'sizeDiscriminatorNode' as const, size: 1 + args.length }] : []),
    ],
  };
}

export const instructions = (): InstructionNode[] => Object.entries(shapes).map(([name, shape]) => instruction(name, shape));
