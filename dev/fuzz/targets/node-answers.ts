import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileTransaction, encodeBase58, memo, parseAddress, parseTransaction, systemProgram } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { firstLine, hold, textOf, type Target } from '../target.ts';

const address = parseAddress('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');
const unsigned = compileTransaction({ payer: address, blockhash: encodeBase58(new Uint8Array(32).fill(9)), instructions: [memo('x')] });
const signature = encodeBase58(new Uint8Array(64));

/** Each call of the port, with what a sound node answers. */
const calls: Readonly<Record<string, { ask(chain: Chain): Promise<unknown>; result: unknown }>> = {
  genesisHash: { ask: (chain) => chain.genesisHash(), result: address },
  latestBlockhash: { ask: (chain) => chain.latestBlockhash(), result: { context: { slot: 5 }, value: { blockhash: address, lastValidBlockHeight: 150 } } },
  blockhashValid: { ask: (chain) => chain.blockhashValid(address, 'confirmed'), result: { context: { slot: 5 }, value: true } },
  slot: { ask: (chain) => chain.slot('finalized'), result: 5 },
  time: { ask: (chain) => chain.time(), result: { context: { slot: 5 }, value: [{ owner: systemProgram, lamports: 1, data: [Buffer.alloc(40).toString('base64'), 'base64'], executable: false, rentEpoch: 0 }] } },
  account: { ask: (chain) => chain.account(address, 'finalized', 3n), result: { context: { slot: 5 }, value: [{ owner: systemProgram, lamports: 1, data: ['AAEC', 'base64'], executable: false, rentEpoch: 0 }] } },
  programAccounts: { ask: (chain) => chain.programAccounts(address, { dataSize: 3 }, 'finalized'), result: { context: { slot: 5 }, value: [{ pubkey: address, account: { owner: systemProgram, lamports: 1, data: ['AAEC', 'base64'], executable: false, rentEpoch: 0 } }] } },
  minimumBalance: { ask: (chain) => chain.minimumBalance(3), result: 890_880 },
  fee: { ask: (chain) => chain.fee(parseTransaction(unsigned).message), result: { context: { slot: 5 }, value: 5_000 } },
  prioritizationFee: { ask: (chain) => chain.prioritizationFee([address]), result: [{ slot: 5, prioritizationFee: 1 }, { slot: 4, prioritizationFee: 9 }] },
  simulate: { ask: (chain) => chain.simulate(unsigned, [address]), result: { context: { slot: 5 }, value: { err: null, logs: ['x'], unitsConsumed: 3, accounts: [{ owner: systemProgram, lamports: 1, data: ['', 'base64'], executable: false, rentEpoch: 0 }] } } },
  send: { ask: (chain) => chain.send(unsigned), result: signature },
  statuses: { ask: (chain) => chain.signatureStatuses([signature]), result: { context: { slot: 5 }, value: [{ slot: 5, confirmations: null, err: { InstructionError: [0, { Custom: 6 }] }, confirmationStatus: 'finalized' }] } },
};

let asking: Promise<{ chain: Chain; say(bytes: Uint8Array): void }> | undefined;
const node = () => (asking ??= (async () => {
  let answer: Uint8Array = new Uint8Array();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('end', () => {
      const id = (JSON.parse(body) as { id: unknown }).id;
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from(Buffer.from(answer).toString('latin1').replace('"ID"', () => JSON.stringify(id)), 'latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { chain: openChain({ rpcUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` }), say: (bytes) => { answer = bytes; } };
})());

/** All of an answer: what is a number for us is exact, and nothing has another type than it says. */
function holdShape(call: string, read: unknown): void {
  const visit = (value: unknown): void => {
    hold(typeof value !== 'number' || call === 'statuses' || call === 'simulate', `${call} answers a number, which can lose digits`);
    if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) Object.values(value).forEach(visit);
  };
  visit(read);
  const types: Readonly<Record<string, string>> = { genesisHash: 'string', blockhashValid: 'boolean', slot: 'bigint', time: 'bigint', minimumBalance: 'bigint', prioritizationFee: 'bigint', send: 'string' };
  const type = types[call];
  hold(type === undefined || typeof read === type, `${call} answers ${typeof read}`);
  if (call === 'account' && read !== undefined) hold((read as { data: unknown }).data instanceof Uint8Array && parseAddress((read as { owner: string }).owner) !== undefined, 'an account without bytes or owner');
}

/** The call on the first line, then the node's answer to it; `"ID"` stands for the id of the question. */
export const nodeAnswers: readonly Target[] = [{
  name: 'node-answer',
  words: ['"error":{"code":-32005,"message":"x"},', '"result":', '"context":{"slot":', '"value":null', '"confirmationStatus":"processed"', '"err":null', '18446744073709551615', '"data":["","base64"]', ...Object.keys(calls).map((call) => `${call}\n`)],
  samples: () => Object.entries(calls).map(([call, { result }]) => `${call}\n${JSON.stringify({ jsonrpc: '2.0', id: 'ID', result })}`),
  codes: ['CHAIN_UNAVAILABLE', 'CHAIN_ANSWER_MALFORMED', 'CHAIN_REFUSED'],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const call = Object.hasOwn(calls, line) ? line : 'account';
    const { chain, say } = await node();
    say(rest);
    const read = await calls[call]?.ask(chain);
    holdShape(call, read);
    return `${call} ${read === undefined ? 'nothing' : typeof read} ${textOf(rest).length > 300 ? 'long' : ''}`;
  },
}];
