import { expect, test } from 'vitest';
import { ada, claim, coolDown, grace, grace72, linger, openAwardable, openParties, whole } from '../testing/parties.ts';
import { openTokens, tokenAccountBytes } from '../testing/tokens.ts';
import { newAddress, newSigner, sol, type Escrow } from '../testing/virtual-machine.ts';
import {
  cancel, cancelChange, changeAdmin, changeWallet, close, createOperator, disableKeys, fundSol, fundToken, instructionNumbers, linkIdentity, payout, refund, refundShare, scheduleKeys, settleChange, tokenProgram,
  unlinkIdentity, veto, type Address, type Instruction, type Signer,
} from './index.ts';

type Name = keyof typeof instructionNumbers;

/** One sound call, ready to be made, in a world where it works. */
interface Call {
  readonly of: string;
  readonly escrow: Pick<Escrow, 'send' | 'account' | 'setAccount' | 'program' | 'operator'>;
  readonly wish: Instruction;
  readonly signers: readonly Signer[];
  /** Changes that are somebody's right: whoever signs may pay, and whoever is attested may be linked. */
  readonly free?: readonly string[];
}

function openToken() {
  const parties = openParties();
  const tokens = openTokens(parties);
  tokens.give(parties.funder.address, 10n * sol);
  const { wallet } = parties.link(ada);
  tokens.give(wallet.address, 0n);
  parties.wait(coolDown);
  const { deposit, terms } = tokens.fund();
  const base = { program: parties.program, deposit, operator: parties.operator, mint: tokens.mint, funder: parties.funder.address };
  return { parties, tokens, wallet, deposit, terms, base };
}

function openLinked(change = false) {
  const parties = openParties();
  const [wallet, next] = [newSigner(), newSigner()];
  parties.link(ada, wallet);
  parties.wait(coolDown);
  if (change) parties.change(ada, next);
  return { parties, wallet, next, key: { program: parties.program, operator: parties.operator, githubId: ada } };
}

const administered = () => {
  const parties = openParties();
  return { parties, base: { program: parties.program, operator: parties.operator, admin: parties.admin.address } };
};

/** Every instruction of the program: one that is missing here is a type error. */
const calls: Readonly<Record<Name, () => Call[]>> = {
  createOperator() {
    const parties = openParties();
    const admin = newSigner();
    parties.setAccount(admin.address, { lamports: sol });
    return [{ of: 'createOperator', escrow: parties, wish: createOperator({ program: parties.program, admin: admin.address, host: 'github.com', relayer: newAddress(), attestor: newAddress() }), signers: [admin] }];
  },
  changeAdmin() {
    const { parties, base } = administered();
    const next = newSigner();
    return [{ of: 'changeAdmin', escrow: parties, wish: changeAdmin({ ...base, next: next.address }), signers: [parties.admin, next], free: ['another signer at 2'] }];
  },
  scheduleKeys() {
    const { parties, base } = administered();
    return [{ of: 'scheduleKeys', escrow: parties, wish: scheduleKeys({ ...base, relayer: newAddress(), attestor: newAddress() }), signers: [parties.admin] }];
  },
  disableKeys() {
    const { parties, base } = administered();
    return [{ of: 'disableKeys', escrow: parties, wish: disableKeys({ ...base, keys: ['relayer', 'attestor'] }), signers: [parties.admin] }];
  },
  linkIdentity() {
    const parties = openParties();
    const [wallet, paying] = [newSigner(), newSigner()];
    parties.setAccount(paying.address, { lamports: sol });
    const wish = linkIdentity({ program: parties.program, operator: parties.operator, githubId: ada, payer: paying.address, attestor: parties.attestor.address, wallet: wallet.address, expiry: parties.now() + 60n });
    return [{ of: 'linkIdentity', escrow: parties, wish, signers: [parties.attestor, wallet, paying], free: ['another signer at 0', 'another signer at 4', '0 also at 4'] }];
  },
  changeWallet() {
    const { parties, next, key } = openLinked();
    return [{ of: 'changeWallet', escrow: parties, wish: changeWallet({ ...key, attestor: parties.attestor.address, wallet: next.address, expiry: parties.now() + 60n }), signers: [parties.attestor, next], free: ['another signer at 3'] }];
  },
  cancelChange() {
    const { parties, wallet, key } = openLinked(true);
    return [{ of: 'cancelChange', escrow: parties, wish: cancelChange({ ...key, wallet: wallet.address }), signers: [wallet] }];
  },
  settleChange() {
    const { parties, wallet, next, key } = openLinked(true);
    return [{ of: 'settleChange', escrow: parties, wish: settleChange({ ...key, oldWallet: wallet.address, newWallet: next.address }), signers: [wallet, next] }];
  },
  unlinkIdentity() {
    const { parties, wallet, key } = openLinked();
    return [{ of: 'unlinkIdentity', escrow: parties, wish: unlinkIdentity({ ...key, wallet: wallet.address }), signers: [wallet] }];
  },
  fundSol() {
    const parties = openParties();
    return [{ of: 'fundSol', escrow: parties, wish: fundSol(parties.terms({ approver: parties.approver.address })), signers: [parties.funder] }];
  },
  fundToken() {
    const { parties, tokens } = openToken();
    return [{ of: 'fundToken', escrow: parties, wish: fundToken(tokens.terms({ nonce: 8n })), signers: [parties.funder] }];
  },
  award() {
    const [one, two] = [openAwardable(), openAwardable()];
    return [
      { of: 'award by one', escrow: one.parties, wish: one.parties.awarding(one.deposit, [one.parties.relayer]), signers: [one.parties.relayer] },
      // Without its second key it is the award of one, and with a share less it does not add up.
      { of: 'award by two', escrow: two.parties, wish: two.parties.awarding(two.deposit, [two.parties.relayer, two.parties.funder]), signers: [two.parties.relayer, two.parties.funder], free: ['without 2', 'without 3', '2 and 3 swapped'] },
    ];
  },
  veto() {
    const { parties, deposit } = openAwardable();
    parties.decide(deposit, [parties.relayer]);
    const base = { program: parties.program, deposit, operator: parties.operator };
    const cleared = openAwardable();
    cleared.parties.decide(cleared.deposit, [cleared.parties.relayer]);
    cleared.parties.send([disableKeys({ ...base, operator: cleared.parties.operator, admin: cleared.parties.admin.address, keys: ['relayer'] })], cleared.parties.admin);
    return [
      { of: 'veto', escrow: parties, wish: veto({ ...base, decider: parties.funder.address }), signers: [parties.funder] },
      { of: 'clearing of a void award', escrow: cleared.parties, wish: veto({ program: base.program, deposit: cleared.deposit, operator: cleared.parties.operator }), signers: [], free: ['one account more'] },
    ];
  },
  payout() {
    const { parties, deposit, wallet } = openAwardable();
    parties.decide(deposit, [parties.relayer, parties.funder]);
    const token = openToken();
    token.parties.decide(token.deposit, [token.parties.relayer, token.parties.funder]);
    return [
      { of: 'payout', escrow: parties, wish: payout({ program: parties.program, deposit, operator: parties.operator, share: 0, githubId: ada, wallet: wallet.address }), signers: [] },
      { of: 'payout of a token', escrow: token.parties, wish: payout({ ...token.base, share: 0, githubId: ada, wallet: token.wallet.address }), signers: [] },
    ];
  },
  cancel() {
    const { parties, deposit } = openAwardable();
    const alone = openAwardable({ withRelayer: false, approver: undefined });
    const token = openToken();
    return [
      { of: 'cancel', escrow: parties, wish: cancel({ program: parties.program, deposit, operator: parties.operator, funder: parties.funder.address, decider: parties.relayer.address }), signers: [parties.relayer] },
      { of: 'cancel by the funder', escrow: alone.parties, wish: cancel({ program: parties.program, deposit: alone.deposit, operator: alone.parties.operator, funder: alone.parties.funder.address, decider: alone.parties.funder.address }), signers: [alone.parties.funder], free: ['1 and 3 swapped', '1 also at 3', '3 also at 1'] },
      { of: 'cancel of a token', escrow: token.parties, wish: cancel({ ...token.base, decider: token.parties.relayer.address }), signers: [token.parties.relayer] },
    ];
  },
  refund() {
    const { parties, deposit, terms } = openAwardable();
    parties.setTime(terms.deadline + grace72);
    const token = openToken();
    token.parties.setTime(token.terms.deadline + grace72);
    const share = openAwardable();
    share.parties.decide(share.deposit, [share.parties.relayer, share.parties.funder], whole(grace));
    share.parties.wait(claim);
    const tokenShare = openToken();
    tokenShare.parties.decide(tokenShare.deposit, [tokenShare.parties.relayer, tokenShare.parties.funder], whole(grace));
    tokenShare.parties.wait(claim);
    return [
      { of: 'refund', escrow: parties, wish: refund({ program: parties.program, deposit, funder: parties.funder.address }), signers: [] },
      { of: 'refund of a token', escrow: token.parties, wish: refund(token.base), signers: [] },
      { of: 'refund of a share', escrow: share.parties, wish: refundShare({ program: parties.program, deposit: share.deposit, operator: share.parties.operator, funder: share.parties.funder.address, share: 0, githubId: grace }), signers: [] },
      { of: 'refund of a share of a token', escrow: tokenShare.parties, wish: refundShare({ ...tokenShare.base, share: 0, githubId: grace }), signers: [] },
    ];
  },
  close() {
    const { parties, deposit } = openAwardable();
    parties.cancelBy(deposit, parties.relayer);
    parties.wait(linger);
    const token = openToken();
    token.parties.send([cancel({ ...token.base, decider: token.parties.relayer.address })], token.parties.relayer);
    token.parties.wait(linger);
    const vault = token.tokens.vaultOf(token.deposit);
    token.parties.setAccount(vault, { owner: tokenProgram, lamports: token.parties.balance(vault), data: tokenAccountBytes({ mint: token.tokens.mint, holder: vault, amount: 5n }) });
    return [
      { of: 'close', escrow: parties, wish: close({ program: parties.program, deposit, funder: parties.funder.address }), signers: [] },
      { of: 'close of a token', escrow: token.parties, wish: close(token.base), signers: [] },
    ];
  },
};

function* changes({ escrow, wish }: Call, stranger: Signer, foreign: ReadonlyMap<string, Address>): Generator<readonly [string, Instruction]> {
  const place = (index: number, change: Partial<Instruction['accounts'][number]>): Instruction => ({ ...wish, accounts: wish.accounts.map((account, at) => (at === index ? { ...account, ...change } : account)) });
  const accounts = wish.accounts;
  for (const [index, account] of accounts.entries()) {
    if (account.signer) {
      yield [`no signature at ${index}`, place(index, { signer: false })];
      yield [`another signer at ${index}`, place(index, { address: stranger.address })];
    } else {
      yield [`somebody else at ${index}`, place(index, { address: stranger.address })];
    }
    if (account.writable) yield [`read-only at ${index}`, place(index, { writable: false })];
    yield [`nothing at ${index}`, place(index, { address: newAddress() })];
    yield [`the program at ${index}`, place(index, { address: escrow.program })];
    for (const [what, address] of foreign) yield [`${what} at ${index}`, place(index, { address })];
    for (const [other, { address }] of accounts.entries()) if (address !== account.address) yield [`${other} also at ${index}`, place(index, { address })];
    for (let other = index + 1; other < accounts.length; other++) {
      const swapped = [...accounts];
      [swapped[index], swapped[other]] = [accounts[other] ?? account, account];
      yield [`${index} and ${other} swapped`, { ...wish, accounts: swapped }];
    }
    yield [`without ${index}`, { ...wish, accounts: accounts.filter((_, at) => at !== index) }];
  }
  const extra = { address: stranger.address, signer: false, writable: false };
  for (const count of [1, 2, 3, 4, 5]) yield [count === 1 ? 'one account more' : `${count} accounts more`, { ...wish, accounts: [...accounts, ...new Array<typeof extra>(count).fill(extra)] }];
  for (let length = 0; length < wish.data.length; length++) yield [`data cut to ${length}`, { ...wish, data: wish.data.slice(0, length) }];
  for (const more of [1, 2, 8, 10, 100]) yield [`data longer by ${more}`, { ...wish, data: Uint8Array.of(...wish.data, ...new Uint8Array(more)) }];
}

test.each(Object.keys(instructionNumbers) as Name[])('[Accretion L, I] %s takes no other signer, owner, kind, length, order, role or data than its own', { timeout: 120_000 }, (name) => {
  for (const call of calls[name]()) {
    const { escrow, wish, signers, free = [] } = call;
    const stranger = newSigner();
    escrow.setAccount(stranger.address, { lamports: 100n * sol });
    // What the program's own accounts look like in other hands, other lengths and other versions.
    const foreign = new Map<string, Address>([['the operator', escrow.operator]]);
    for (const [index, { address }] of wish.accounts.entries()) {
      const account = escrow.account(address);
      if (account?.owner !== escrow.program) continue;
      const forge = (what: string, change: { owner?: Address; data?: Uint8Array }) => {
        const forged = newAddress();
        escrow.setAccount(forged, { ...account, ...change });
        foreign.set(`${what} of ${index}`, forged);
      };
      forge('a copy under another owner', { owner: newAddress() });
      forge('a shorter copy', { data: account.data.slice(0, -8) });
      forge('a longer copy', { data: Uint8Array.of(...account.data, ...new Uint8Array(8)) });
      forge('a copy of another version', { data: account.data.with(1, 2) });
      forge('a copy without a kind', { data: account.data.with(0, 0) });
      forge('a copy of another kind', { data: account.data.with(0, (account.data[0] ?? 0) % 3 + 1) });
    }
    const watched = [...wish.accounts.map(({ address }) => address), escrow.operator];
    const state = () => watched.map((address) => { const { lamports, data, owner } = escrow.account(address) ?? {}; return [address, lamports, owner, data?.join()]; });
    const before = state();
    const known = new Map([...signers, stranger].map((signer) => [signer.address, signer]));
    for (const [what, changed] of changes(call, stranger, foreign)) {
      const same = changed.accounts.every((account, index) => account.address === wish.accounts[index]?.address && account.signer === wish.accounts[index].signer && account.writable === wish.accounts[index].writable);
      if (free.includes(what) || (same && changed.accounts.length === wish.accounts.length && changed.data.length === wish.data.length)) continue;
      const asked = [...new Set(changed.accounts.filter(({ signer }) => signer).map(({ address }) => address))];
      const able = asked.flatMap((address) => known.get(address) ?? []);
      // Somebody whose key nobody has can't be made to sign.
      if (able.length < asked.length) continue;
      const outcome = escrow.send([changed], ...able);
      expect(outcome.error, `${call.of}: ${what}`).toBeDefined();
      // By us, and not by the runtime when all is done; what only the token program writes is its own to refuse.
      if (what.startsWith('read-only') && !(name === 'fundToken' && what === 'read-only at 4')) expect(outcome.error, `${call.of}: ${what}`).toBe('ACCOUNT_NOT_WRITABLE');
    }
    expect(state(), call.of).toEqual(before);
    expect(escrow.send([wish], ...signers).error, call.of).toBeUndefined();
  }
});
