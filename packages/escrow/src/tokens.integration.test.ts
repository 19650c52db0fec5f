import { describe, expect, test } from 'vitest';
import { ada, claim, coolDown, grace, grace72, linger, openParties } from '../testing/parties.ts';
import { mintBytes, openTokens, tokenAccountBytes } from '../testing/tokens.ts';
import { newAddress, newSigner, sol } from '../testing/virtual-machine.ts';
import {
  addressOf, associatedTokenAddress, cancel, close, createTokenAccount, depositLayout, fundToken, parseAddress, payout, refund, refundShare, rentReserve, systemProgram, tokenProgram, wrappedSol, type Address, type Instruction,
} from './index.ts';

const token2022 = parseAddress('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
const amount = 50_000_000n;
const at = (wish: Instruction, index: number, change: Partial<Instruction['accounts'][number]>): Instruction => ({ ...wish, accounts: wish.accounts.map((account, place) => (place === index ? { ...account, ...change } : account)) });

/** A funder with 1,000 tokens, a deposit of 50, and Ada linked and ready. */
function openFunded(so?: string) {
  const parties = openParties(so === undefined ? {} : { so });
  const freezer = newSigner();
  const tokens = openTokens(parties, { freezer: freezer.address });
  const source = tokens.give(parties.funder.address, 1_000_000_000n);
  const { wallet } = parties.link(ada);
  parties.wait(coolDown);
  const { deposit, vault, outcome, terms } = tokens.fund();
  expect(outcome.error, outcome.logs.join('\n')).toBeUndefined();
  const base = { program: parties.program, deposit, operator: parties.operator, mint: tokens.mint };
  const paying = (change: object = {}) => payout({ ...base, share: 0, githubId: ada, wallet: wallet.address, ...change });
  const award = () => { expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBeUndefined(); };
  return { parties, tokens, freezer, source, wallet, deposit, vault, outcome, terms, base, paying, award };
}

describe.each(['doubloon_escrow.so', 'doubloon_escrow_v0.so'])('a token deposit by %s', (so) => {
  test('is funded with exactly its amount, paid to the canonical account, and closed with vault and rent to the funder', () => {
    const { parties, tokens, source, wallet, deposit, vault, outcome, paying, base, award } = openFunded(so);
    const rent = rentReserve(depositLayout.size, 0n) + rentReserve(165, 0n);
    expect(tokens.held(source)).toBe(1_000_000_000n - amount);
    expect(tokens.held(vault)).toBe(amount);
    expect(parties.deposit(deposit)).toMatchObject({ state: 'funded', mint: tokens.mint, amount });
    expect(outcome.events).toEqual([{ kind: 'fundToken', account: deposit, sequence: 1n, amount }]);
    expect(parties.balance(deposit) + parties.balance(vault)).toBe(rent);
    award();
    tokens.give(wallet.address, 0n);
    expect(parties.send([paying()]).error).toBeUndefined();
    expect(tokens.of(wallet.address)).toBe(amount);
    expect(parties.deposit(deposit).state).toBe('paid');
    parties.wait(linger);
    const before = parties.balance(parties.funder.address);
    expect(parties.send([close({ ...base, funder: parties.funder.address })]).error).toBeUndefined();
    expect(parties.balance(parties.funder.address) - before).toBe(rent);
    expect(parties.account(vault)).toBeUndefined();
    expect(parties.account(deposit)).toBeUndefined();
  });
});

describe('funding', () => {
  test('[Accretion H2, H3, M2, M3; OpenQ H-8] refuses Token-2022, by its program and by its mints', () => {
    const { parties, tokens } = openFunded();
    const wish = fundToken(tokens.terms({ nonce: 8n }));
    expect(parties.send([at(wish, 7, { address: token2022 })], parties.funder).error).toBe('TOKEN_PROGRAM_WRONG');
    const foreign = newAddress();
    parties.setAccount(foreign, { owner: token2022, data: mintBytes() });
    expect(parties.send([fundToken(tokens.terms({ nonce: 8n, mint: foreign }))], parties.funder).error).toBe('TOKEN_PROGRAM_WRONG');
  });

  test('[Accretion I] refuses wrapped SOL, accounts that are no mint, and mints that are not initialised', () => {
    const { parties, tokens } = openFunded();
    const outcome = (mint: Address) => parties.send([fundToken(tokens.terms({ nonce: 8n, mint }))], parties.funder).error;
    parties.setAccount(wrappedSol, { owner: tokenProgram, data: mintBytes({ decimals: 9 }) });
    expect(outcome(wrappedSol)).toBe('MINT_REFUSED');
    expect(outcome(associatedTokenAddress({ wallet: parties.funder.address, mint: tokens.mint }).address)).toBe('MINT_REFUSED');
    expect(outcome(newAddress())).toBe('TOKEN_PROGRAM_WRONG');
    // Anybody finds a holder whose address has a 1 where a mint says that it is initialised.
    expect(outcome(tokens.give(addressOf(new Uint8Array(32).fill(1)), amount))).toBe('MINT_REFUSED');
    const raw = newAddress();
    parties.setAccount(raw, { owner: tokenProgram, data: mintBytes({ initialized: false }) });
    expect(outcome(raw)).toBe('MINT_REFUSED');
  });

  test('refuses nothing, more than there is, other people\'s tokens, and tokens of another mint', () => {
    const { parties, tokens } = openFunded();
    const outcome = (change: object) => tokens.fund({ nonce: 8n, ...change }).outcome.error;
    expect(outcome({ amount: 0n })).toBe('AMOUNT_TOO_SMALL');
    expect(outcome({ amount: 2n ** 64n - 1n })).toBe('custom 1');
    expect(outcome({ source: tokens.give(newAddress(), amount) })).toBe('custom 4');
    const other = openTokens(parties);
    expect(outcome({ source: other.give(parties.funder.address, amount) })).toBe('custom 3');
    expect(outcome({})).toBeUndefined();
  });

  test('[Accretion M4] works where lamports lie at both new addresses, and once', () => {
    const { parties, tokens } = openFunded();
    const terms = tokens.terms({ nonce: 8n });
    const wish = fundToken(terms);
    for (const index of [1, 5]) parties.setAccount(wish.accounts[index]?.address ?? newAddress(), { lamports: 7n });
    expect(parties.send([wish], parties.funder).error).toBeUndefined();
    expect(parties.send([wish], parties.funder).error).toBe('ACCOUNT_EXISTS');
  });

  test('[fake vault] makes the vault where its seeds lead and nowhere else', () => {
    const { parties, tokens } = openFunded();
    const wish = fundToken(tokens.terms({ nonce: 8n }));
    const ownKey = newSigner();
    expect(parties.send([at(wish, 5, { address: ownKey.address, signer: true })], parties.funder, ownKey).error).toBe('ADDRESS_SIGNED');
    expect(parties.send([at(wish, 5, { address: ownKey.address })], parties.funder).error).toBe('PrivilegeEscalation');
    expect(parties.send([at(wish, 5, { address: tokens.give(parties.funder.address, 0n, newAddress()) })], parties.funder).error).toBe('ACCOUNT_EXISTS');
    expect(parties.send([{ ...wish, data: wish.data.with(75, (wish.data[75] ?? 1) - 1) }], parties.funder).error).toBe('BUMP_NOT_CANONICAL');
  });

  test('a funder without the lamports for both accounts is told so', () => {
    const { parties, tokens } = openFunded();
    parties.setAccount(parties.funder.address, { lamports: rentReserve(depositLayout.size, 0n) + 10n });
    expect(tokens.fund({ nonce: 8n }).outcome.error).toBe('FUNDS_TOO_SMALL');
  });
});

describe('paying out', () => {
  test('[fake vault] only from the vault of the deposit', () => {
    const { parties, tokens, wallet, paying, award } = openFunded();
    award();
    tokens.give(wallet.address, 0n);
    const richer = tokens.fund({ nonce: 8n, amount: 10n * amount }).vault;
    for (const vault of [richer, tokens.give(parties.funder.address, amount, newAddress()), tokens.give(newAddress(), amount, newAddress())]) {
      expect(parties.send([at(paying(), 4, { address: vault })]).error).toBe('VAULT_WRONG');
    }
    expect(parties.send([paying()]).error).toBeUndefined();
    expect(tokens.held(richer)).toBe(10n * amount);
  });

  test('[Accretion C1] only in the recorded mint: not another one, not as SOL', () => {
    const { parties, tokens, wallet, paying, award, deposit, base } = openFunded();
    award();
    tokens.give(wallet.address, 0n);
    const other = openTokens(parties);
    other.give(wallet.address, 0n);
    expect(parties.send([paying({ mint: other.mint })]).error).toBe('MINT_WRONG');
    expect(parties.send([at(paying(), 5, { address: other.mint })]).error).toBe('MINT_WRONG');
    expect(parties.pay(deposit, 0, ada, wallet.address).error).toBe('MINT_WRONG');
    expect(parties.send([at(paying(), 7, { address: token2022 })]).error).toBe('TOKEN_PROGRAM_WRONG');
    const inSol = parties.fund({ nonce: 8n }).address;
    parties.decide(inSol, [parties.relayer, parties.funder]);
    expect(parties.send([payout({ ...base, deposit: inSol, share: 0, githubId: ada, wallet: wallet.address })]).error).toBe('MINT_WRONG');
  });

  test('to the canonical account of the wallet, or to another of theirs that they sign for, and to nobody else\'s', () => {
    const { parties, tokens, wallet, paying, award, vault } = openFunded();
    award();
    tokens.give(wallet.address, 0n);
    const own = tokens.give(wallet.address, 0n, newAddress());
    const thief = tokens.give(newAddress(), 0n);
    const chosen = paying({ tokenAccount: own });
    expect(parties.send([at(chosen, 3, { signer: false })]).error).toBe('DESTINATION_WRONG');
    expect(parties.send([at(chosen, 6, { address: thief })], wallet).error).toBe('DESTINATION_WRONG');
    expect(parties.send([at(paying(), 6, { address: thief })]).error).toBe('DESTINATION_WRONG');
    expect(parties.send([at(chosen, 6, { address: vault })], wallet).error).toBe('DESTINATION_WRONG');
    expect(parties.send([at(chosen, 6, { address: newAddress() })], wallet).error).toBe('DESTINATION_WRONG');
    expect(parties.send([chosen], wallet).error).toBeUndefined();
    expect(tokens.held(own)).toBe(amount);
  });

  test('not to a canonical account whose holder was changed, nor to what another program made look like one', () => {
    const { parties, tokens, wallet, paying, award } = openFunded();
    award();
    const canonical = associatedTokenAddress({ wallet: wallet.address, mint: tokens.mint }).address;
    for (const [owner, holder] of [[tokenProgram, newAddress()], [newAddress(), wallet.address]] as const) {
      parties.setAccount(canonical, { owner, lamports: 3_000_000n, data: tokenAccountBytes({ mint: tokens.mint, holder, amount: 0n }) });
      expect(parties.send([paying()]).error).toBe('DESTINATION_WRONG');
    }
  });

  test('a first-time recipient gets an account in the same transaction, paid by whoever sends it', () => {
    const { parties, tokens, wallet, paying, award } = openFunded();
    award();
    expect(parties.send([paying()]).error).toBe('DESTINATION_WRONG');
    const creating = createTokenAccount({ payer: parties.payer.address, wallet: wallet.address, mint: tokens.mint });
    expect(parties.send([creating, paying()]).error).toBeUndefined();
    expect(tokens.of(wallet.address)).toBe(amount);
    expect(parties.send([creating]).error).toBeUndefined();
  });

  test('[OpenQ H-8] a frozen vault makes it wait and loses nothing', () => {
    const { parties, tokens, freezer, wallet, vault, paying, award, deposit } = openFunded();
    award();
    tokens.give(wallet.address, 0n);
    const turn = (number: number): Instruction => ({ program: tokenProgram, accounts: [{ address: vault, signer: false, writable: true }, { address: tokens.mint, signer: false, writable: false }, { address: freezer.address, signer: true, writable: false }], data: Uint8Array.of(number) });
    expect(parties.send([turn(10)], freezer).error).toBeUndefined();
    expect(parties.send([paying()]).error).toBe('custom 17');
    expect(parties.deposit(deposit)).toMatchObject({ state: 'awarded', award: { shares: [{ settled: undefined }] } });
    expect(parties.send([turn(11)], freezer).error).toBeUndefined();
    expect(parties.send([paying()]).error).toBeUndefined();
  });

  test('[OpenQ H-2] a token of which there is one is paid like any other, and can not be divided', () => {
    const { parties, wallet, deposit: coins, base } = openFunded();
    const tokens = openTokens(parties, { decimals: 0 });
    tokens.give(parties.funder.address, 1n);
    tokens.give(wallet.address, 0n);
    const { deposit, outcome } = tokens.fund({ nonce: 9n, amount: 1n });
    expect(outcome.error).toBeUndefined();
    expect(parties.decide(deposit, [parties.relayer, parties.funder], [{ githubId: ada, bps: 9999 }, { githubId: grace, bps: 1 }]).error).toBe('SHARE_TOO_SMALL');
    expect(parties.decide(deposit, [parties.relayer, parties.funder]).error).toBeUndefined();
    expect(parties.send([payout({ ...base, deposit, mint: tokens.mint, share: 0, githubId: ada, wallet: wallet.address })]).error).toBeUndefined();
    expect(tokens.of(wallet.address)).toBe(1n);
    expect(parties.deposit(coins).state).toBe('funded');
  });

  test('[OpenQ H-4, H-5, H-6] what is sent back of one deposit blocks no payout of another on the same issue', () => {
    const { parties, tokens, wallet, paying, award, base } = openFunded();
    const hostile = openTokens(parties);
    hostile.give(parties.funder.address, amount);
    const other = hostile.fund({ nonce: 9n, amount });
    award();
    expect(parties.send([cancel({ ...base, deposit: other.deposit, mint: hostile.mint, funder: parties.funder.address, decider: parties.relayer.address })], parties.relayer).error).toBeUndefined();
    tokens.give(wallet.address, 0n);
    expect(parties.send([paying()]).error).toBeUndefined();
    expect(tokens.of(wallet.address)).toBe(amount);
  });

  test('shares add up to the last base unit', () => {
    const { parties, tokens, deposit, base, wallet } = openFunded();
    const other = parties.link(grace).wallet;
    parties.decide(deposit, [parties.relayer, parties.funder], [{ githubId: ada, bps: 3333 }, { githubId: grace, bps: 6667 }]);
    parties.wait(coolDown);
    for (const [share, githubId, one] of [[1, grace, other], [0, ada, wallet]] as const) {
      tokens.give(one.address, 0n);
      expect(parties.send([payout({ ...base, share, githubId, wallet: one.address })]).error).toBeUndefined();
    }
    expect([tokens.of(wallet.address), tokens.of(other.address)]).toEqual([16_665_000n, 33_335_000n]);
  });
});

describe('sending back', () => {
  test('cancel, refund and the refund of a share go to the funder\'s canonical account and nobody else\'s', () => {
    const { parties, tokens, base, terms } = openFunded();
    const funder = parties.funder.address;
    const thief = tokens.give(newAddress(), 0n);
    const [first, second] = [tokens.fund({ nonce: 8n }).deposit, tokens.fund({ nonce: 9n, deadline: terms.deadline }).deposit];
    parties.decide(second, [parties.relayer, parties.funder], [{ githubId: grace, bps: 10_000 }]);
    const before = tokens.of(funder);
    const cancelling = cancel({ ...base, deposit: first, funder, decider: parties.relayer.address });
    expect(parties.send([at(cancelling, 6, { address: thief })], parties.relayer).error).toBe('DESTINATION_WRONG');
    expect(parties.send([cancelling], parties.relayer).error).toBeUndefined();
    parties.setTime(terms.deadline + grace72 + claim);
    const refunding = refund({ ...base, funder });
    expect(parties.send([at(refunding, 4, { address: thief })]).error).toBe('DESTINATION_WRONG');
    expect(parties.send([at(refunding, 2, { address: thief })]).error).toBe('VAULT_WRONG');
    expect(parties.send([refund({ program: base.program, deposit: base.deposit, funder })]).error).toBe('MINT_WRONG');
    expect(parties.send([refunding]).error).toBeUndefined();
    const unclaimed = refundShare({ ...base, deposit: second, funder, share: 0, githubId: grace });
    expect(parties.send([at(unclaimed, 6, { address: thief })]).error).toBe('DESTINATION_WRONG');
    expect(parties.send([unclaimed]).error).toBeUndefined();
    expect(tokens.of(funder) - before).toBe(3n * amount);
    expect(parties.deposit(second).state).toBe('refunded');
  });

  test('the funder may sign for another account of theirs', () => {
    const { parties, tokens, base, terms } = openFunded();
    const own = tokens.give(parties.funder.address, 0n, newAddress());
    parties.setTime(terms.deadline + grace72);
    expect(parties.send([refund({ ...base, funder: parties.funder.address, tokenAccount: own })], parties.funder).error).toBeUndefined();
    expect(tokens.held(own)).toBe(amount);
  });
});

describe('closing', () => {
  function openEnded() {
    const opened = openFunded();
    opened.parties.send([cancel({ ...opened.base, funder: opened.parties.funder.address, decider: opened.parties.relayer.address })], opened.parties.relayer);
    opened.parties.wait(linger);
    return { ...opened, closing: close({ ...opened.base, funder: opened.parties.funder.address }) };
  }

  test('[OpenQ H-3] stray tokens go to the funder, and change no amount', () => {
    const { parties, tokens, vault, closing } = openEnded();
    const rent = parties.account(vault)?.lamports ?? 0n;
    parties.setAccount(vault, { owner: tokenProgram, lamports: rent + sol, data: tokenAccountBytes({ mint: tokens.mint, holder: vault, amount: 33n }) });
    const before = tokens.of(parties.funder.address);
    const thief = tokens.give(newAddress(), 0n);
    expect(parties.send([at(closing, 4, { address: thief })]).error).toBe('DESTINATION_WRONG');
    const lamports = parties.balance(parties.funder.address);
    expect(parties.send([closing]).error).toBeUndefined();
    expect(tokens.of(parties.funder.address) - before).toBe(33n);
    expect(parties.balance(parties.funder.address) - lamports).toBe(rent + sol + rentReserve(depositLayout.size, 0n));
  });

  test('a vault that was frozen with a stray unit in it waits to be closed, and one without closes', () => {
    const { parties, tokens, vault, closing } = openEnded();
    const lamports = parties.account(vault)?.lamports ?? 0n;
    const freeze = (amount: bigint, state: 'frozen' | 'ready') => { parties.setAccount(vault, { owner: tokenProgram, lamports, data: tokenAccountBytes({ mint: tokens.mint, holder: vault, amount, state }) }); };
    freeze(1n, 'frozen');
    expect(parties.send([closing]).error).toBe('custom 17');
    freeze(0n, 'frozen');
    expect(parties.send([closing]).error).toBeUndefined();
    expect(parties.account(vault)).toBeUndefined();
  });

  test('without strays the funder needs no token account', () => {
    const { parties, tokens, closing, source } = openEnded();
    parties.setAccount(source, { owner: systemProgram, lamports: 1n });
    expect(tokens.held(source)).toBe(0n);
    expect(parties.send([closing]).error).toBeUndefined();
  });

  test('[fake vault] takes no other vault, and leaves none behind', () => {
    const { parties, tokens, closing, deposit } = openEnded();
    const other = tokens.fund({ nonce: 8n }).vault;
    expect(parties.send([at(closing, 2, { address: other })]).error).toBe('VAULT_WRONG');
    expect(parties.send([at(closing, 5, { address: token2022 })]).error).toBe('TOKEN_PROGRAM_WRONG');
    expect(parties.send([close({ program: parties.program, deposit, funder: parties.funder.address })]).error).toBe('MINT_WRONG');
    expect(parties.send([closing]).error).toBeUndefined();
    expect(tokens.held(other)).toBe(amount);
  });
});
