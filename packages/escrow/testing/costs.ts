import { statSync } from 'node:fs';
import {
  associatedTokenAddress, award, cancel, cancelChange, changeAdmin, changeWallet, close, compileTransaction, createOperator, createTokenAccount, depositAddress, depositLayout, disableKeys, fundSol, fundToken,
  identityAddress, identityLayout, linkIdentity, operatorAddress, operatorLayout, payout, refund, refundShare, rentReserve, scheduleKeys, settleChange, tokenProgram, unlinkIdentity, vaultAddress, veto,
  type Address, type DepositKey, type Instruction, type Signer,
} from '../src/index.ts';
import { coolDown, claim, grace72, linger, openParties, window } from './parties.ts';
import { openTokens } from './tokens.ts';
import { newAddress, newSigner, sol } from './virtual-machine.ts';

export interface Cost { readonly name: string; readonly units: number; readonly bytes: number; readonly accounts: number; readonly rent?: bigint }

const builds = { v3: 'doubloon_escrow.so', v0: 'doubloon_escrow_v0.so' } as const;

/** Program bytes of each build. */
export const programBytes = () => Object.entries(builds).map(([arch, so]) => [arch, statSync(new URL(`../${so}`, import.meta.url)).size] as const);

/**
 * Compute units of every instruction, with the best bumps; each lower bump of an address that is made costs the one of
 * `one lower bump` more. Bytes are those of a transaction with nothing else in it, signatures and payer included.
 */
export function measureCosts(so: string): Cost[] {
  const costs: Cost[] = [];
  const parties = openParties({ so });
  const { program, operator, funder, relayer, attestor } = parties;
  const tokens = openTokens(parties);
  tokens.give(funder.address, 10n * sol);

  parties.setAccount(relayer.address, { lamports: sol });

  function cost(name: string, instructions: Instruction | readonly Instruction[], signers: readonly Signer[], rent?: bigint, payer: Signer = parties.payer): number {
    const list = Array.isArray(instructions) ? instructions as readonly Instruction[] : [instructions as Instruction];
    const outcome = parties.sendFrom(payer, list, ...signers);
    if (outcome.error !== undefined) throw new Error(`${name}: ${outcome.error}\n${outcome.logs.join('\n')}`);
    const bytes = compileTransaction({ payer: payer.address, blockhash: '11111111111111111111111111111111', instructions: list }).length;
    costs.push({ name, units: Number(outcome.units), bytes, accounts: list.reduce((sum, one) => sum + one.accounts.length, 0), ...(rent !== undefined && { rent }) });
    return Number(outcome.units);
  }

  const used = new Set<bigint>();
  function termsWith(bump: number, alsoVault = false) {
    for (let nonce = 0n; ; nonce++) {
      const terms = parties.terms({ nonce, approver: parties.approver.address, deadline: parties.now() + 80_000n * 100n });
      const found = depositAddress(terms satisfies DepositKey);
      if (used.has(nonce) || found.bump !== bump || (alsoVault && vaultAddress({ program, deposit: found.address }).bump !== 255)) continue;
      used.add(nonce);
      return { terms, deposit: found.address };
    }
  }
  function idWith(bump: number): string {
    for (let id = 1000; ; id++) if (identityAddress({ program, operator, githubId: String(id) }).bump === bump && parties.identity(String(id)) === undefined) return String(id);
  }
  const depositRent = rentReserve(depositLayout.size, 0n);
  const decide = (deposit: Address, deciders: readonly Signer[], shares: readonly { githubId: string; bps: number }[]) => {
    const { createdSlot, sequence } = parties.deposit(deposit);
    return award({ program, deposit, operator, deciders: deciders.map(({ address }) => address), createdSlot, sequence, shares });
  };

  let first = newSigner();
  while (operatorAddress({ program, firstAdmin: first.address }).bump !== 255) first = newSigner();
  parties.setAccount(first.address, { lamports: sol });
  cost('create_operator', createOperator({ program, admin: first.address, host: 'github.com', relayer: newAddress(), attestor: newAddress() }), [first], rentReserve(operatorLayout.size, 0n));
  const administered = { program, operator: operatorAddress({ program, firstAdmin: first.address }).address };
  cost('schedule_keys', scheduleKeys({ ...administered, admin: first.address, relayer: newAddress(), attestor: newAddress() }), [first]);
  cost('disable_keys', disableKeys({ ...administered, admin: first.address, keys: ['relayer', 'attestor'] }), [first]);
  const next = newSigner();
  cost('change_admin', changeAdmin({ ...administered, admin: first.address, next: next.address }), [first, next]);

  const [ada, other] = [idWith(255), idWith(254)];
  const [wallet, second] = [newSigner(), newSigner()];
  const identity = { program, operator, githubId: ada };
  const link = (githubId: string, to: Signer) => linkIdentity({ program, operator, githubId, payer: parties.payer.address, attestor: attestor.address, wallet: to.address, expiry: parties.now() + 60n });
  cost('link_identity', link(ada, wallet), [attestor, wallet], rentReserve(identityLayout.size, 0n));
  cost('change_wallet', changeWallet({ ...identity, attestor: attestor.address, wallet: second.address, expiry: parties.now() + 60n }), [attestor, second]);
  cost('cancel_change', cancelChange({ ...identity, wallet: wallet.address }), [wallet]);
  cost('settle_change', settleChange({ ...identity, oldWallet: wallet.address, newWallet: second.address }), [wallet, second]);
  cost('unlink_identity', unlinkIdentity({ ...identity, wallet: second.address }), [second]);
  parties.send([link(ada, wallet)], attestor, wallet);
  parties.send([link(other, second)], attestor, second);
  parties.wait(coolDown);

  const one = termsWith(255);
  const missing = idWith(255);
  const base = { program, operator, funder: funder.address };
  const best = cost('fund_sol', fundSol(one.terms), [funder], depositRent);
  costs.push({ name: 'one lower bump', units: Number(parties.send([fundSol(termsWith(254).terms)], funder).units) - best, bytes: 0, accounts: 0 });
  const ahead = termsWith(255);
  parties.setAccount(ahead.deposit, { lamports: 1n });
  cost('fund_sol where lamports lie', fundSol(ahead.terms), [funder], depositRent);
  cost('cancel', cancel({ ...base, deposit: ahead.deposit, decider: relayer.address }), [relayer]);
  cost('award by one, one share', decide(one.deposit, [relayer], [{ githubId: ada, bps: 10_000 }]), [relayer]);
  cost('veto', veto({ program, deposit: one.deposit, operator, decider: funder.address }), [funder]);
  cost('award by two, eight shares', decide(one.deposit, [relayer, funder], [{ githubId: ada, bps: 3000 }, ...Array.from({ length: 7 }, (_, index) => ({ githubId: index === 0 ? missing : String(index), bps: 1000 }))]), [relayer, funder]);
  cost('payout', payout({ ...base, deposit: one.deposit, share: 0, githubId: ada, wallet: wallet.address }), []);
  const simple = termsWith(255);
  parties.send([fundSol(simple.terms)], funder);
  parties.send([decide(simple.deposit, [relayer, funder], [{ githubId: ada, bps: 10_000 }])], relayer, funder);
  cost('payout of a whole deposit', payout({ ...base, deposit: simple.deposit, share: 0, githubId: ada, wallet: wallet.address }), []);

  const eight = Array.from({ length: 8 }, () => termsWith(255).terms);
  cost('eight deposits funded in one', eight.map(fundSol), [], 8n * depositRent, funder);
  const four = eight.slice(0, 4).map((terms) => depositAddress(terms).address);
  cost('four awarded and paid in one', [
    ...four.map((deposit) => decide(deposit, [relayer, funder], [{ githubId: ada, bps: 10_000 }])),
    ...four.map((deposit) => payout({ ...base, deposit, share: 0, githubId: ada, wallet: wallet.address })),
  ], [funder], undefined, relayer);
  const split = depositAddress(eight[4] ?? one.terms).address;
  const users = [ada, other, idWith(253), idWith(252)];
  const wallets = [wallet, second, newSigner(), newSigner()];
  for (const index of [2, 3]) parties.send([link(users[index] ?? ada, wallets[index] ?? wallet)], attestor, wallets[index] ?? wallet);
  parties.wait(coolDown);
  cost('one awarded to four and paid in one', [
    decide(split, [relayer, funder], users.map((githubId) => ({ githubId, bps: 2500 }))),
    ...users.map((githubId, share) => payout({ ...base, deposit: split, share, githubId, wallet: wallets[share]?.address ?? wallet.address })),
  ], [funder], undefined, relayer);

  const token = termsWith(255, true);
  const money = { ...base, deposit: token.deposit, mint: tokens.mint };
  tokens.give(wallet.address, 0n);
  tokens.give(second.address, 0n);
  cost('fund_token', fundToken({ ...token.terms, mint: tokens.mint, amount: sol }), [funder], depositRent + rentReserve(165, 0n));
  parties.send([decide(token.deposit, [relayer, funder], [{ githubId: ada, bps: 5000 }, { githubId: '5', bps: 5000 }])], relayer, funder);
  cost('payout of a token', payout({ ...money, share: 0, githubId: ada, wallet: wallet.address }), []);
  const cancelled = termsWith(255, true);
  parties.send([fundToken({ ...cancelled.terms, mint: tokens.mint, amount: sol })], funder);
  cost('cancel of a token', cancel({ ...money, deposit: cancelled.deposit, decider: relayer.address }), [relayer]);
  const late = termsWith(255, true);
  parties.send([fundToken({ ...late.terms, mint: tokens.mint, amount: sol })], funder);
  const transfer = new Uint8Array(10).fill(0);
  transfer.set([12, 1]);
  transfer[9] = 6;
  const ata = (holder: Address) => associatedTokenAddress({ wallet: holder, mint: tokens.mint }).address;
  cost('token program: transfer alone', { program: tokenProgram, accounts: [{ address: ata(funder.address), signer: false, writable: true }, { address: tokens.mint, signer: false, writable: false }, { address: ata(second.address), signer: false, writable: true }, { address: funder.address, signer: true, writable: false }], data: transfer }, [funder]);
  // A few units of it depend on the keys, some of the time.
  const made = Array.from({ length: 5 }, () => {
    cost('token program: canonical account made', createTokenAccount({ payer: parties.payer.address, wallet: bestHolder(tokens.mint), mint: tokens.mint }), []);
    return costs.pop();
  });
  costs.push(...made.filter((one) => one !== undefined).sort((a, b) => a.units - b.units).slice(0, 1));

  parties.wait(window + claim);
  cost('refund of a share', refundShare({ ...base, deposit: one.deposit, share: 1, githubId: missing }), []);
  const left = depositAddress(eight[6] ?? one.terms).address;
  parties.setTime(late.terms.deadline + grace72);
  cost('refund', refund({ program, deposit: left, funder: funder.address }), []);
  cost('refund of a token', refund({ ...money, deposit: late.deposit }), []);
  parties.wait(linger);
  cost('close', close({ program, deposit: left, funder: funder.address }), []);
  cost('close of a token', close({ ...money, deposit: late.deposit }), []);
  return costs;
}

function bestHolder(mint: Address): Address {
  for (;;) {
    const holder = newAddress();
    if (associatedTokenAddress({ wallet: holder, mint }).bump === 255) return holder;
  }
}

const number = (value: number | bigint): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** The whole of COSTS.md. */
export function renderCosts(): string {
  const measured = measureCosts(builds.v3);
  return [
    '# What the program costs',
    '',
    'Written by `just escrow-costs` from the committed builds in LiteSVM; a test compares. Compute units are exact and the same for both builds. They are those of the whole transaction, with the best bumps: each bump that is lower, of an address that is made, costs what `one lower bump` says.',
    'Bytes are those of a transaction with nothing else in it. Rent is what the payer puts in, at 6,960 lamports a byte or at what the cluster asks if that is more; the funder gets it back at `close`. Accounts of identities and operators stay.',
    '',
    `Program: ${programBytes().map(([arch, bytes]) => `${number(bytes)} bytes as SBPF ${arch}`).join(', ')}.`,
    '',
    '| what | compute units | transaction bytes | accounts | rent in lamports |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...measured.map(({ name, units, bytes, accounts, rent }) => `| ${name} | ${number(units)} | ${bytes === 0 ? '' : number(bytes)} | ${accounts === 0 ? '' : accounts} | ${rent === undefined ? '' : number(rent)} |`),
    '',
    'For comparison, what the Solana Foundation publishes for its own escrow program (solana-program/escrow): 4,802 at best to create an escrow and 18,819 to deposit, 15,342 to withdraw.',
    '',
  ].join('\n');
}
