import { readFileSync } from 'node:fs';
import { Account, Clock, FailedTransactionMetadata, LiteSvm, Rent, type TransactionMetadata } from 'litesvm/dist/internal.js';
import {
  addressBytes, addressOf, compileTransaction, createOperator, decodeDeposit, depositAddress, fundSol, localProgram, operatorAddress, programErrorOf, readEvents, signTransaction, signerFromSeed,
  systemProgram, type Address, type Deposit, type FundSolTerms, type Instruction, type ProgramEvent, type Signer,
} from '../src/index.ts';

export const sol = 1_000_000_000n;
export const hour = 3600n;
export const day = 86_400n;

export interface Outcome {
  /** Name of the program's error, `custom N` for another program's, or the runtime's words; `undefined` when it worked. */
  readonly error: string | undefined;
  readonly units: bigint;
  readonly logs: readonly string[];
  readonly events: readonly ProgramEvent[];
}

export const newSigner = (): Signer => signerFromSeed(crypto.getRandomValues(new Uint8Array(32)));
export const newAddress = (): Address => newSigner().address;

/** The program in a virtual machine of its own, with an operator, a funder of 1,000 SOL, and a payer of fees who is nobody else. */
export function openEscrow({ so = 'doubloon_escrow.so', now = 1_800_000_000n }: { so?: string; now?: bigint } = {}) {
  const vm = new LiteSvm();
  vm.addProgram(addressBytes(localProgram), readFileSync(new URL(`../${so}`, import.meta.url)));
  const [payer, admin, funder] = [newSigner(), newSigner(), newSigner()];
  const [relayer, attestor] = [newSigner(), newSigner()];
  const operator = operatorAddress({ program: localProgram, firstAdmin: admin.address }).address;

  const setTime = (time: bigint): void => {
    const clock = vm.getClock();
    vm.setClock(new Clock(clock.slot + 1n, clock.epochStartTimestamp, clock.epoch, clock.leaderScheduleEpoch, time));
  };

  function errorOf(result: TransactionMetadata | FailedTransactionMetadata): string | undefined {
    if (!(result instanceof FailedTransactionMetadata)) return undefined;
    const failure = result.err();
    const inner = typeof failure === 'object' && 'err' in failure ? failure.err() : undefined;
    if (typeof inner === 'object' && 'code' in inner) return programErrorOf(inner.code) ?? `custom ${inner.code}`;
    return /InstructionError\(\d+, (\w+)\)/.exec(result.toString())?.[1] ?? result.toString();
  }

  /** Runs all in one transaction; `payer` signs and pays besides `signers`. */
  const send = (instructions: readonly Instruction[], ...signers: readonly Signer[]): Outcome => sendFrom(payer, instructions, ...signers);

  /** The same, with another payer of the fee. */
  function sendFrom(payer: Signer, instructions: readonly Instruction[], ...signers: readonly Signer[]): Outcome {
    vm.expireBlockhash();   // the same wish twice is two transactions
    const transaction = signTransaction(compileTransaction({ payer: payer.address, blockhash: vm.latestBlockhash(), instructions }), [payer, ...signers]);
    const result = vm.sendLegacyTransaction(transaction);
    const meta = result instanceof FailedTransactionMetadata ? result.meta() : result;
    const logs = meta.logs();
    return { error: errorOf(result), units: meta.computeUnitsConsumed(), logs, events: readEvents(logs, localProgram) };
  }

  const balance = (address: Address): bigint => vm.getBalance(addressBytes(address)) ?? 0n;

  function account(address: Address): { owner: Address; lamports: bigint; data: Uint8Array } | undefined {
    const found = vm.getAccount(addressBytes(address));
    return found === null ? undefined : { owner: addressOf(found.owner()), lamports: found.lamports(), data: Uint8Array.from(found.data()) };
  }

  const setAccount = (address: Address, { owner = systemProgram, lamports = sol, data = new Uint8Array() }: { owner?: Address; lamports?: bigint; data?: Uint8Array }): void => {
    vm.setAccount(addressBytes(address), new Account(lamports, data, addressBytes(owner), false, 0n));
  };

  const deposit = (address: Address): Deposit => decodeDeposit(account(address)?.data ?? new Uint8Array());

  /** Sound terms, changed as asked. */
  const terms = (change: Partial<FundSolTerms> = {}): FundSolTerms => ({
    program: localProgram, operator, funder: funder.address, repositoryId: '1296269', issueId: '2417', nonce: 7n, amount: 2n * sol, deadline: vm.getClock().unixTimestamp + 90n * day, withRelayer: true, ...change,
  });

  /** Funds by sound terms, changed as asked, and fails loudly when that does not work. */
  function fund(change: Partial<FundSolTerms> = {}): { address: Address; terms: FundSolTerms; outcome: Outcome } {
    const wish = terms(change);
    const outcome = send([fundSol(wish)], funder);
    if (outcome.error !== undefined) throw new Error(`funding failed: ${outcome.error}\n${outcome.logs.join('\n')}`);
    return { address: depositAddress(wish).address, terms: wish, outcome };
  }

  setTime(now);
  for (const { address } of [payer, admin]) setAccount(address, { lamports: 100n * sol });
  setAccount(funder.address, { lamports: 1000n * sol });
  const created = send([createOperator({ program: localProgram, admin: admin.address, host: 'github.com', relayer: relayer.address, attestor: attestor.address })], admin);
  if (created.error !== undefined) throw new Error(`no operator: ${created.error}\n${created.logs.join('\n')}`);

  return {
    program: localProgram, payer, admin, funder, relayer, attestor, operator, created,
    send, sendFrom, balance, account, setAccount, deposit, terms, fund, setTime,
    now: () => vm.getClock().unixTimestamp,
    setRent: (lamportsPerByte: bigint) => vm.setRent(new Rent(lamportsPerByte, 1, 50)),
  };
}

export type Escrow = ReturnType<typeof openEscrow>;
