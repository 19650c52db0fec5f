import { setTimeout as sleep } from 'node:timers/promises';
import { isDoubloonError } from '@doubloon/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addressBytes, addressOf, associatedTokenAddress, award, awardStanding, cancel, compileTransaction, createOperator, createTokenAccount, customErrorOf, decodeBase58, decodeDeposit, decodeIdentity, decodeOperator, depositAddress,
  depositLayout, effectiveWallet, fundSol, fundToken, identityAddress, linkIdentity, memo, operatorAddress, parseTransaction, payout, programErrorOf, signTransaction, signerFromSeed, systemProgram, tokenProgram,
  transactionSignature, vaultAddress, type Address, type Instruction, type Signer,
} from '../src/index.ts';
import type { Chain, Commitment, SignatureStatus } from '../src/chain/index.ts';

export interface ChainUnderTest extends AsyncDisposable {
  readonly chain: Chain;
  /** The escrow program on it. */
  readonly program: Address;
  /** Resolves once the lamports are confirmed. */
  airdrop(address: Address, lamports: bigint): Promise<unknown>;
}

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const stranger = () => addressOf(random(32));
const rank: Readonly<Record<Commitment, number>> = { processed: 0, confirmed: 1, finalized: 2 };
const sol = 1_000_000_000n;

function transfer(from: Address, to: Address, lamports: bigint): Instruction {
  const data = new Uint8Array(12);
  const view = new DataView(data.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(4, lamports, true);
  return { program: systemProgram, accounts: [{ address: from, signer: true, writable: true }, { address: to, signer: false, writable: true }], data };
}

/** Makes a mint of the classic token program, of which `holder` gets `amount` base units. */
function newMint(mint: Address, holder: Address, amount: bigint): Instruction[] {
  const space = 82n;
  const creation = new Uint8Array(52);
  const view = new DataView(creation.buffer);
  view.setBigUint64(4, (space + 128n) * 6960n, true);
  view.setBigUint64(12, space, true);
  creation.set(addressBytes(tokenProgram), 20);
  const supply = new Uint8Array(9).with(0, 7);
  new DataView(supply.buffer).setBigUint64(1, amount, true);
  const account = associatedTokenAddress({ wallet: holder, mint }).address;
  return [
    { program: systemProgram, accounts: [{ address: holder, signer: true, writable: true }, { address: mint, signer: true, writable: true }], data: creation },
    { program: tokenProgram, accounts: [{ address: mint, signer: false, writable: true }], data: Uint8Array.of(20, 6, ...addressBytes(holder), 0) },
    createTokenAccount({ payer: holder, wallet: holder, mint }),
    { program: tokenProgram, accounts: [{ address: mint, signer: false, writable: true }, { address: account, signer: false, writable: true }, { address: holder, signer: true, writable: false }], data: supply },
  ];
}

/** What every chain adapter, on every validator, has to keep. Waits for conditions; the slowest is finality and a blockhash growing old. */
export function chainContract(name: string, open: () => Promise<ChainUnderTest>): void {
  describe(`Chain on ${name}`, { timeout: 180_000 }, () => {
    let under: ChainUnderTest;
    let chain: Chain;
    let payer: Signer;

    beforeAll(async () => {
      under = await open();
      chain = under.chain;
      payer = signerFromSeed(random(32));
      await under.airdrop(payer.address, 20n * sol);
    }, 120_000);
    afterAll(() => under[Symbol.asyncDispose]());

    async function build(instructions: readonly Instruction[], blockhash?: string, others: readonly Signer[] = []): Promise<Uint8Array> {
      return signTransaction(compileTransaction({ payer: payer.address, blockhash: blockhash ?? (await chain.latestBlockhash()).blockhash, instructions }), [payer, ...others]);
    }

    async function until<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 120_000): Promise<T> {
      for (const start = performance.now(); performance.now() - start < limitMs; await sleep(100)) {
        const found = await ask();
        if (found !== undefined) return found;
      }
      throw new Error(`${what} did not happen in ${limitMs} ms`);
    }

    function status(signature: string, commitment: Commitment): Promise<SignatureStatus> {
      return until(`${commitment} of ${signature}`, async () => {
        const [found] = await chain.signatureStatuses([signature]);
        return found !== undefined && rank[found.commitment] >= rank[commitment] ? found : undefined;
      });
    }

    async function land(instructions: readonly Instruction[], commitment: Commitment = 'confirmed'): Promise<SignatureStatus> {
      return status(await chain.send(await build(instructions)), commitment);
    }

    /** Sends what must not land, then something that does: once that is confirmed, the first still has no status. */
    async function expectNeverLands(transaction: Uint8Array): Promise<void> {
      await chain.send(transaction).catch((error: unknown) => {
        if (!isDoubloonError(error, 'CHAIN_REFUSED')) throw error;
      });
      await land([memo(`after ${transactionSignature(transaction)}`)]);
      expect(await chain.signatureStatuses([transactionSignature(transaction)], { searchHistory: true })).toEqual([undefined]);
    }

    test('has one genesis hash', async () => {
      const hash = await chain.genesisHash();
      expect(decodeBase58(hash)).toHaveLength(32);
      expect(await chain.genesisHash()).toBe(hash);
    });

    test('gives a blockhash that is valid for a while', async () => {
      const { blockhash, lastValidBlockHeight } = await chain.latestBlockhash();
      expect(decodeBase58(blockhash)).toHaveLength(32);
      const height = await chain.blockHeight('confirmed');
      expect(lastValidBlockHeight).toBeGreaterThan(height);
      expect(lastValidBlockHeight).toBeLessThan(height + 400n);
    });

    test('takes a blockhash that it gave, and none that it never knew', async () => {
      const { blockhash } = await chain.latestBlockhash();
      expect(await chain.blockhashValid(blockhash, 'processed')).toBe(true);
      expect(await chain.blockhashValid(stranger(), 'processed')).toBe(false);
    });

    test('goes forward, and the surer the later', async () => {
      for (const ask of [chain.slot, chain.blockHeight]) {
        const seen = [await ask('finalized'), await ask('confirmed'), await ask('processed')];
        expect(seen).toEqual([...seen].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }
      const slot = await chain.slot('confirmed');
      await until('a later slot', async () => (await chain.slot('confirmed')) > slot || undefined);
    });

    test('tells the time that programs read', async () => {
      const time = await chain.time();
      expect(time).toBeGreaterThan(1_700_000_000n);
      expect(await chain.time()).toBeGreaterThanOrEqual(time);
    });

    test('takes a transaction once, lets its status only grow, and shows what it wrote at every commitment', async () => {
      const receiver = stranger();
      const before = await chain.slot('processed');
      const transaction = await build([transfer(payer.address, receiver, sol)]);
      expect(await chain.send(transaction)).toBe(transactionSignature(transaction));
      const seen: Commitment[] = [];
      const final = await until('finality', async () => {
        const [found] = await chain.signatureStatuses([transactionSignature(transaction)]);
        if (found !== undefined && seen.at(-1) !== found.commitment) seen.push(found.commitment);
        return found?.commitment === 'finalized' ? found : undefined;
      });
      expect(seen.map((commitment) => rank[commitment])).toEqual(seen.map((commitment) => rank[commitment]).sort());
      expect(final).toEqual({ slot: final.slot, commitment: 'finalized' });
      expect(final.slot).toBeGreaterThanOrEqual(before);
      expect(await chain.slot('finalized')).toBeGreaterThanOrEqual(final.slot);
      for (const commitment of ['processed', 'confirmed', 'finalized'] as const) {
        const account = await chain.account(receiver, commitment);
        expect(account).toMatchObject({ owner: systemProgram, lamports: sol, executable: false });
        expect(account?.data).toHaveLength(0);
        expect(account?.slot).toBeGreaterThanOrEqual(final.slot);
      }
      expect(await chain.signatureStatuses([transactionSignature(transaction)], { searchHistory: true })).toEqual([final]);
    });

    test('makes nothing twice of the same bytes', async () => {
      const receiver = stranger();
      const transaction = await build([transfer(payer.address, receiver, sol)]);
      const repeat = () => chain.send(transaction).catch((error: unknown) => {
        if (!isDoubloonError(error, 'CHAIN_REFUSED')) throw error;
      });
      const signature = await chain.send(transaction);
      await repeat();
      await status(signature, 'confirmed');
      await repeat();
      await land([memo('after the repeats')]);
      expect((await chain.account(receiver, 'confirmed'))?.lamports).toBe(sol);
    });

    test('keeps places in lists, absent accounts and unknown signatures among them', async () => {
      const absent = Array.from({ length: 150 }, stranger);
      const accounts = await chain.accounts([...absent.slice(0, 120), payer.address, ...absent.slice(120)], 'confirmed');
      expect(accounts.map((account) => account !== undefined)).toEqual(Array.from({ length: 151 }, (_, index) => index === 120));
      expect(await chain.account(stranger(), 'finalized')).toBeUndefined();
      expect(await chain.accounts([], 'confirmed')).toEqual([]);
      const known = await build([memo('known')]);
      await status(await chain.send(known), 'confirmed');
      const unknown = transactionSignature(await build([memo(`never sent ${stranger()}`)]));
      expect((await chain.signatureStatuses([unknown, transactionSignature(known), unknown])).map((found) => found !== undefined)).toEqual([false, true, false]);
    });

    test('says nothing of accounts for a slot that it has not reached', async () => {
      const slot = await chain.slot('finalized');
      expect(await chain.account(payer.address, 'finalized', slot)).toBeDefined();
      await expect(chain.account(payer.address, 'finalized', slot + 1_000_000n)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
    });

    test('shows a final state under a slot that was final, with its clock', async () => {
      const { slot: landedAt } = await land([transfer(payer.address, stranger(), sol)], 'finalized');
      const addresses = [...Array.from({ length: 120 }, stranger), payer.address];
      const state = await until('a final state', async () => chain.finalState(addresses).catch((error: unknown) => {
        if (!isDoubloonError(error, 'CHAIN_UNAVAILABLE')) throw error;
        return undefined;
      }));
      expect(state.slot).toBeGreaterThanOrEqual(landedAt);
      expect(state.reached).toBeGreaterThanOrEqual(state.slot);
      expect(state.slot).toBeLessThanOrEqual(await chain.slot('finalized'));
      expect(state.time).toBeGreaterThan(1_700_000_000n);
      expect(state.accounts.map((account) => account !== undefined)).toEqual(addresses.map((address) => address === payer.address));
    });

    test('asks rent by the byte', async () => {
      const [empty, thousand] = [await chain.minimumBalance(0), await chain.minimumBalance(1000)];
      expect(empty).toBeGreaterThan(0n);
      expect((thousand - empty) * 128n).toBe(empty * 1000n);
    });

    test('prices a message', async () => {
      const message = (transaction: Uint8Array) => parseTransaction(transaction).message;
      expect(await chain.fee(message(await build([memo('fee')])))).toBe(5000n);
      // A cluster can't price what it can't run; Surfpool prices it all the same.
      expect([undefined, 5000n]).toContain(await chain.fee(message(await build([memo('fee')], stranger()))));
      expect(await chain.prioritizationFee([payer.address])).toBeGreaterThanOrEqual(0n);
      expect(await chain.prioritizationFee([])).toBeGreaterThanOrEqual(0n);
    });

    test('simulates without leaving a trace, signed or not', async () => {
      const receiver = stranger();
      const signed = await build([transfer(payer.address, receiver, sol)]);
      const unsigned = compileTransaction({ payer: payer.address, blockhash: (await chain.latestBlockhash()).blockhash, instructions: [transfer(payer.address, receiver, sol)] });
      for (const transaction of [signed, unsigned]) {
        const before = (await chain.account(payer.address, 'confirmed'))?.lamports ?? 0n;
        const { error, logs, unitsConsumed, lamports } = await chain.simulate(transaction, [payer.address, receiver]);
        expect(error).toBeUndefined();
        // The fee is gone, too.
        expect(lamports).toEqual([before - sol - 5_000n, sol]);
        expect((await chain.simulate(transaction)).lamports).toEqual([]);
        expect(logs).toContain(`Program ${systemProgram} success`);
        expect(unitsConsumed).toBeGreaterThan(0n);
      }
      expect(await chain.account(receiver, 'processed')).toBeUndefined();
      const tooMuch = await chain.simulate(await build([transfer(payer.address, receiver, 1_000_000n * sol)]));
      expect(customErrorOf(tooMuch.error)).toEqual({ instruction: 0, number: 1 });
    });

    test('never lands a blockhash that it does not know', async () => {
      await expectNeverLands(await build([transfer(payer.address, stranger(), sol)], stranger()));
    });

    test('never lands a signature that is wrong', async () => {
      const transaction = await build([transfer(payer.address, stranger(), sol)]);
      transaction[10] = (transaction[10] ?? 0) ^ 1;
      await expectNeverLands(transaction);
    });

    test('never lands a blockhash that has grown old', async () => {
      const { blockhash, lastValidBlockHeight } = await chain.latestBlockhash();
      const transaction = await build([transfer(payer.address, stranger(), sol)], blockhash);
      await until('the end of the blockhash', async () => (await chain.blockHeight('confirmed')) > lastValidBlockHeight || undefined, 165_000);
      expect(await chain.blockhashValid(blockhash, 'processed')).toBe(false);
      await expectNeverLands(transaction);
    });

    test('refuses what is no transaction', async () => {
      await expect(chain.send(random(200).with(0, 1))).rejects.toMatchObject({ name: 'DoubloonError' });
    });

    test('runs the escrow: its errors have numbers, its accounts are found by their bytes', async () => {
      const { program } = under;
      const [relayer, attestor] = [stranger(), stranger()];
      expect((await chain.account(program, 'confirmed'))?.executable).toBe(true);
      await land([createOperator({ program, admin: payer.address, host: 'github.com', relayer, attestor })]);
      const operator = operatorAddress({ program, firstAdmin: payer.address }).address;
      const issueId = String(new DataView(random(8).buffer).getBigUint64(0) | 1n);
      const key = { program, operator, funder: payer.address, repositoryId: '1296269', issueId };
      const now = await chain.time();
      const terms = { ...key, amount: sol, deadline: now + 86_400n, withRelayer: true };

      const early = [fundSol({ ...terms, nonce: 1n, deadline: now })];
      const simulated = customErrorOf((await chain.simulate(await build(early))).error);
      expect(simulated?.instruction).toBe(0);
      expect(programErrorOf(simulated?.number ?? 0)).toBe('DEADLINE_OUT_OF_BOUNDS');
      const failed = customErrorOf((await land(early)).error);
      expect(failed).toEqual(simulated);

      const landed = await land([fundSol({ ...terms, nonce: 2n }), fundSol({ ...terms, nonce: 3n })]);
      expect(landed.error).toBeUndefined();
      const expected = [2n, 3n].map((nonce) => depositAddress({ ...key, nonce }).address).sort();
      const { issueId: id, amount } = depositLayout.fields;
      const idBytes = new Uint8Array(8);
      new DataView(idBytes.buffer).setBigUint64(0, BigInt(issueId), true);
      const byIssue = { offset: id.offset, bytes: idBytes };
      const found = await chain.programAccounts(program, { dataSize: depositLayout.size, memcmp: [byIssue, { offset: depositLayout.fields.funder.offset, bytes: addressBytes(payer.address) }] }, 'confirmed');
      expect(found.map(({ address }) => address).sort()).toEqual(expected);
      for (const { account } of found) expect(decodeDeposit(account.data)).toMatchObject({ state: 'funded', amount: sol, issueId, createdSlot: landed.slot });
      expect(await chain.programAccounts(program, { dataSize: depositLayout.size + 8, memcmp: [byIssue] }, 'confirmed')).toEqual([]);
      expect(await chain.programAccounts(program, { memcmp: [byIssue, { offset: amount.offset, bytes: new Uint8Array(8) }] }, 'confirmed')).toEqual([]);
    });

    test('runs the escrow: two keys award, a fresh link waits, a token goes into its vault and back', async () => {
      const { program } = under;
      const [admin, relayer, attestor, wallet, minted] = Array.from({ length: 5 }, () => signerFromSeed(random(32))) as [Signer, Signer, Signer, Signer, Signer];
      const works = async (instructions: readonly Instruction[], ...others: readonly Signer[]) =>
        expect((await status(await chain.send(await build(instructions, undefined, others)), 'confirmed')).error).toBeUndefined();
      const data = async (address: Address) => (await chain.account(address, 'confirmed'))?.data ?? new Uint8Array();
      const held = async (address: Address) => new DataView((await data(address)).slice().buffer).getBigUint64(64, true);

      const operator = operatorAddress({ program, firstAdmin: admin.address }).address;
      await works([transfer(payer.address, admin.address, sol), createOperator({ program, admin: admin.address, host: 'github.com', relayer: relayer.address, attestor: attestor.address })], admin);
      const mint = minted.address;
      await works(newMint(mint, payer.address, 5_000_000n), minted);

      const terms = { program, operator, funder: payer.address, repositoryId: '1296269', issueId: '42', deadline: await chain.time() + 86_400n, withRelayer: true };
      await works([fundSol({ ...terms, nonce: 1n, amount: sol }), fundToken({ ...terms, nonce: 2n, amount: 3_000_000n, mint })]);
      const [coins, tokens] = [1n, 2n].map((nonce) => depositAddress({ ...terms, nonce }).address) as [Address, Address];
      const source = associatedTokenAddress({ wallet: payer.address, mint }).address;
      expect([await held(vaultAddress({ program, deposit: tokens }).address), await held(source)]).toEqual([3_000_000n, 2_000_000n]);

      const githubId = '583231';
      await works([linkIdentity({ program, operator, githubId, payer: payer.address, attestor: attestor.address, wallet: wallet.address, expiry: await chain.time() + 300n })], attestor, wallet);
      const { createdSlot, sequence } = decodeDeposit(await data(coins));
      await works([award({ program, deposit: coins, operator, deciders: [payer.address, relayer.address], createdSlot, sequence, shares: [{ githubId, bps: 10_000 }] })], relayer);
      const [told, now] = [decodeOperator(await data(operator)), await chain.time()];
      expect(awardStanding(decodeDeposit(await data(coins)), told, now)).toBe('final');
      // Only 72 hours make a link payable, and no clock of a real validator can be put forward.
      expect(effectiveWallet(decodeIdentity(await data(identityAddress({ program, operator, githubId }).address)), told, now)).toEqual({ kind: 'waiting' });
      const early = customErrorOf((await chain.simulate(await build([payout({ program, deposit: coins, operator, share: 0, githubId, wallet: wallet.address })]))).error);
      expect(programErrorOf(early?.number ?? 0)).toBe('IDENTITY_UNPAYABLE');

      await works([cancel({ program, deposit: tokens, operator, funder: payer.address, decider: relayer.address, mint })], relayer);
      expect(decodeDeposit(await data(tokens)).state).toBe('cancelled');
      expect(await held(source)).toBe(5_000_000n);
    });
  });
}
