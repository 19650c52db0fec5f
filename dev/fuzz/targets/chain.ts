import { VersionedTransaction } from '@solana/web3.js';
import {
  addressBytes, checkSigned, compileTransaction, decodeBase58, decodeDeposit, decodeIdentity, decodeOperator, depositLayout, encodeBase58, fundSol, identityLayout, linkIdentity, localProgram as program, memo, operatorLayout,
  parseAddress, parseTransaction, readEvents, setComputeUnitLimit, setComputeUnitPrice, signedBy, signerFromSeed, signTransaction,
} from '@doubloon/escrow';
import { firstLine, hold, textOf, type Target } from '../target.ts';

const [wallet, attestor, operator] = [1, 2, 3].map((fill) => signerFromSeed(new Uint8Array(32).fill(fill))) as [ReturnType<typeof signerFromSeed>, ReturnType<typeof signerFromSeed>, ReturnType<typeof signerFromSeed>];
const blockhash = encodeBase58(new Uint8Array(32).fill(9));
const fund = fundSol({ program, operator: operator.address, repositoryId: '11', issueId: '22', funder: wallet.address, nonce: 33n, amount: 500_000_000n, deadline: 1_800_000_000n, withRelayer: true });
const link = linkIdentity({ program, operator: operator.address, githubId: '7', payer: wallet.address, wallet: wallet.address, attestor: attestor.address, expiry: 1_800_000_000n });
const around = [setComputeUnitLimit(60_000), setComputeUnitPrice(1n)];
const compiled = (instructions: Parameters<typeof compileTransaction>[0]['instructions']) => compileTransaction({ payer: wallet.address, blockhash, instructions });
const funding = signTransaction(compiled([...around, fund, memo('Doubloon')]), [wallet]);
const linking = signTransaction(compiled([...around, link]), [wallet]);
/** The same as version 0, which has one more byte and lookup tables at its end. */
const versioned = Uint8Array.from([...funding.subarray(0, 65), 0x80, ...funding.subarray(65), 0]);

const transaction: Target = {
  name: 'transaction',
  words: [],
  samples: () => [funding, linking, versioned, compiled([fund])],
  codes: ['TRANSACTION_MALFORMED', 'TRANSACTION_TOO_LARGE', 'TRANSACTION_VERSION_UNSUPPORTED'],
  run(bytes) {
    const parsed = parseTransaction(bytes);
    // What is taken here is the same for the library by which it is sent: no byte means two things.
    const theirs = VersionedTransaction.deserialize(bytes);
    hold(Buffer.from(theirs.serialize()).equals(bytes), 'what is read is not all there is');
    hold(Buffer.from(theirs.message.serialize()).equals(parsed.message), 'another message is signed than the one that was read');
    hold(theirs.message.recentBlockhash === parsed.blockhash && theirs.message.staticAccountKeys[0]?.toBase58() === parsed.payer, 'another payer or blockhash');
    hold(theirs.message.compiledInstructions.length === parsed.instructions.length && theirs.message.compiledInstructions.every(({ data }, at) => Buffer.from(data).equals(parsed.instructions[at]?.data ?? new Uint8Array())), 'other instructions');
    for (const [at, { signer, writable }] of parsed.accounts.entries()) hold(theirs.message.isAccountSigner(at) === signer && theirs.message.isAccountWritable(at) === writable, 'another role of an account');
    return `${String(parsed.version)} ${String(parsed.usesLookupTables)} ${String(parsed.instructions.length)}`;
  },
};

/** The first byte says whether the attestor is still to sign. What is `signed` is signed anew over whatever the message became, so that more is looked at than the signature. */
const signed: Target = {
  name: 'signed-transaction',
  words: [],
  samples: () => [[0, funding], [0, versioned], [1, linking], [2, funding], [3, linking]].map(([kind, bytes]) => Uint8Array.from([kind as number, ...(bytes as Uint8Array)])),
  codes: ['TRANSACTION_REFUSED'],
  run(bytes) {
    const [kind = 0] = bytes;
    const withAttestor = (kind & 1) === 1;
    const expected = withAttestor ? link : fund;
    const checked = checkSigned((kind & 2) === 0 ? bytes.subarray(1) : resigned(bytes.subarray(1)), { program, builds: [{ wallet: wallet.address, instruction: expected }], ...(withAttestor ? { attestor: attestor.address } : {}) });
    const parsed = parseTransaction((kind & 2) === 0 ? bytes.subarray(1) : resigned(bytes.subarray(1)));
    const calls = parsed.instructions.filter((one) => one.program === program);
    hold(calls.length === 1 && Buffer.from(calls[0]?.data ?? []).equals(expected.data), 'it took another call than the one that was handed out');
    hold(expected.accounts.every(({ address }, at) => calls[0]?.accounts[at]?.address === address), 'it took other accounts');
    hold(!parsed.usesLookupTables && signedBy(parsed).includes(wallet.address), 'it took what the wallet did not sign');
    hold(!withAttestor || parsed.payer !== attestor.address, 'it took what the attestor pays for');
    return `taken ${String(kind)} ${checked.blockhash === blockhash ? '' : 'another blockhash'} ${String(parsed.instructions.length)}`;
  },
};

function resigned(bytes: Uint8Array): Uint8Array {
  try {
    return signTransaction(bytes, [wallet]);
  } catch {
    return bytes;
  }
}

function account(layout: { discriminator: number; size: number }, fill: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  bytes.set([layout.discriminator, 1, 255, 1]);
  fill(bytes);
  return bytes;
}

const accounts: Target = {
  name: 'account',
  words: [],
  samples: () => [
    account(operatorLayout, (bytes) => { bytes.set(addressBytes(wallet.address), 104); }),
    account(identityLayout, (bytes) => { bytes.set(addressBytes(wallet.address), 96); bytes[40] = 7; }),
    account(depositLayout, (bytes) => { bytes.set([2, 1, 0, 1, 2, 2, 3], 3); bytes[144] = 11; bytes.set([7, 0, 0, 0, 0, 0, 0, 0, 8], 240); bytes.set([0x88, 0x13, 0x88, 0x13], 304); }),
    account(depositLayout, (bytes) => { bytes[3] = 4; }),
  ],
  codes: ['ACCOUNT_MALFORMED'],
  run(bytes) {
    const decode = [decodeOperator, decodeIdentity, decodeDeposit][(bytes[0] ?? 1) - 1] ?? decodeDeposit;
    const read = decode(bytes);
    const shown = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${String(one)}n` : one instanceof Uint8Array ? [...one] : one));
    // The place in memory says nothing, and what was read does not change with it.
    const moved = Buffer.concat([Buffer.of(1, 2, 3), bytes]);
    const again = decode(moved.subarray(3));
    moved.fill(0xff);
    hold(shown(read) === shown(again), 'it reads from around the account');
    if ('award' in read) hold((read.award?.shares.length ?? 0) <= 8, 'more shares than there can be');
    return 'state' in read ? `${read.state} ${String('award' in read && read.award?.shares.length)}` : 'operator';
  },
};

const logs: Target = {
  name: 'program-logs',
  words: [`Program ${program} invoke [1]\n`, `Program ${program} success\n`, `Program ${program} failed: x\n`, 'Program data: ', 'Program 11111111111111111111111111111111 invoke [2]\n', 'Log truncated'],
  samples: () => [`Program ${program} invoke [1]\nProgram data: ${Buffer.concat([Buffer.of(1, 10, 0, 0, 0, 0, 0, 0), addressBytes(wallet.address), Buffer.alloc(16, 1)]).toString('base64')}\nProgram ${program} success`],
  run(bytes) {
    const events = readEvents(textOf(bytes).split('\n'), program);
    for (const { account: address, amount, sequence } of events) hold(addressBytes(address).length === 32 && amount >= 0n && sequence >= 0n, 'an event of no account');
    return events.map(({ kind }) => kind).slice(0, 2).join();
  },
};

const base58: Target = {
  name: 'base58',
  words: ['1', 'z', '0', 'O', 'l', 'I', '11111111111111111111111111111111'],
  samples: () => [wallet.address, encodeBase58(new Uint8Array(64).fill(255))],
  codes: ['ADDRESS_INVALID'],
  run(bytes) {
    const { line } = firstLine(bytes);
    hold(encodeBase58(decodeBase58(line)) === line, 'one value has two writings');
    return `address ${String(addressBytes(parseAddress(line)).length)}`;
  },
};

export const chain: readonly Target[] = [transaction, signed, accounts, logs, base58];
