import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localProgram } from '@doubloon/escrow';
import { startFaultProxy } from '../fault-proxy/fault-proxy.ts';
import {
  accountsShown, answered, answerLost, blockhashUnknown, dropped, errorOf, late, never, programAccountsHidden, rubbish, shifted, statusesClaimed, statusesForgotten, type ErrorKind, type RubbishKind,
} from './faults.ts';
import { readCall, type Call, type Commitment, type Fault, type Reply } from './json-rpc.ts';
import { behind, takeView, type Ask } from './view.ts';

/** Which calls a fault strikes: those of some methods, and only the next so many. All, until it is ended, unless told. */
export interface Reach {
  readonly methods?: readonly string[];
  readonly times?: number;
}

/** Ends one fault. */
export type End = () => void;

/** A JSON-RPC and WebSocket proxy before a real node, which can fail as nodes do. Of faults on one method the newest comes first. */
export interface RpcProxy extends AsyncDisposable {
  readonly url: string;
  readonly wsUrl: string;
  /** How often a method was called. */
  calls(method: string): number;
  /** The transactions that were handed over, in base64, in their order, whatever became of them. */
  sent(): readonly string[];
  /** The same, and none of them is kept any longer. */
  takeSent(): readonly string[];
  /** Open WebSockets, those included that lead nowhere. */
  webSockets(): number;

  /** Transactions are answered with their signature and never passed on. */
  dropSends(times?: number): End;
  /** Transactions are passed on, and whoever sent them does not learn of it. */
  loseSendAnswers(how: 'error' | 'bad-gateway' | 'silence', times?: number): End;

  answerLate(ms: number, reach?: Reach): End;
  answerNever(reach?: Reach): End;
  answerError(kind: ErrorKind, reach?: Reach): End;
  answerRubbish(kind: RubbishKind, reach?: Reach): End;

  /** The node is so many slots behind, or stays where it is now: it knows slots, statuses and the accounts of the programs as they were. */
  beBehind(slots?: number, programs?: readonly string[]): Promise<End>;
  forgetStatuses(): End;
  /** Accounts are not there: at the commitments, and in lists of a program if `inLists`. */
  hideAccounts(options?: { readonly addresses?: readonly string[]; readonly commitments?: readonly Commitment[]; readonly inLists?: boolean }): End;
  /** An account has other lamports, at the commitments. */
  claimLamports(address: string, lamports: number, commitments?: readonly Commitment[]): End;
  /** Every signature, whether it came or not, is as sure as this; with `err`, it failed. */
  claimStatuses(commitment: Commitment, err?: unknown): End;
  /** Slots at the commitments are so much higher, or lower, than they are. */
  claimSlots(by: number, commitments?: readonly Commitment[]): End;
  claimBlockHeights(by: number, commitments?: readonly Commitment[]): End;
  /** No blockhash is known any more: not in simulations, not in what is sent. */
  claimExpired(): End;
  claimGenesis(hash: string): End;
  /** A fault of the test's own. */
  strike(fault: Fault, reach?: Reach): End;

  /** Every connection ends; new ones are taken. */
  cut(): Promise<void>;
  /** Every connection ends; new ones are refused until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** WebSockets stay open and say nothing, those too that are opened now, until `heal`; those struck stay silent after it. */
  silenceWebSockets(): void;
  /** Ends every fault. */
  heal(): Promise<void>;
}

interface Struck { readonly fault: Fault; readonly methods: readonly string[] | undefined; left: number }

const every = ['processed', 'confirmed', 'finalized'] as const;
const accountReads = ['getAccountInfo', 'getMultipleAccounts'];
const viewEveryMs = 100;

/** Stands before the node at `rpcUrl`, whose WebSocket is at `wsUrl`. */
export async function startRpcProxy({ rpcUrl, wsUrl }: { rpcUrl: string; wsUrl: string }): Promise<RpcProxy> {
  await using opening = new AsyncDisposableStack();
  const faults: Struck[] = [];
  const counts = new Map<string, number>();
  const transactions: string[] = [];

  const pass = async (body: string): Promise<Reply> => {
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return { status: answer.status, body: await answer.text() };
  };
  const ask: Ask = async (method, params = []) => (JSON.parse((await pass(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))).body) as { result: unknown }).result;

  /** Through all faults that strike this call, the newest first. */
  const answer = (call: Call): Promise<Reply | undefined> => {
    const struck = faults.filter(({ methods, left }) => left > 0 && (methods === undefined || methods.includes(call.method)));
    for (const one of struck) one.left -= 1;
    const through = (index: number): Promise<Reply | undefined> => {
      const one = struck[index];
      // A fault behind one that never answers is never asked: whoever waits for it waits for ever too.
      return one === undefined ? pass(call.body) : one.fault(call, async () => (await through(index + 1)) ?? new Promise<never>(() => undefined));
    };
    return through(0);
  };

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const call = readCall(Buffer.concat(chunks).toString());
      counts.set(call.method, (counts.get(call.method) ?? 0) + 1);
      if (call.method === 'sendTransaction') transactions.push(String(call.params[0]));
      const reply = await answer(call);
      if (reply !== undefined) write(response, reply);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opening.defer(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }));
  const node = new URL(wsUrl);
  const http = opening.use(await startFaultProxy({ to: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } }));
  const ws = opening.use(await startFaultProxy({ to: { host: node.hostname, port: Number(node.port) } }));

  const strike = (fault: Fault, { methods, times = Infinity }: Reach = {}): End => {
    const one: Struck = { fault, methods, left: times };
    faults.unshift(one);
    return () => { one.left = 0; };
  };
  const both = (...ends: readonly End[]): End => () => { for (const end of ends) end(); };
  const reached = (times?: number) => ({ methods: ['sendTransaction'], ...(times === undefined ? {} : { times }) });

  const timers = new Set<NodeJS.Timeout>();
  opening.defer(() => { for (const timer of timers) clearInterval(timer); });

  const goAway = async (): Promise<void> => { await Promise.all([http.cut(), ws.cut()]); };
  const comeBack = async (): Promise<void> => { await Promise.all([http.heal(), ws.heal()]); };
  const running = opening.move();
  return {
    url: `http://127.0.0.1:${String(http.port)}`,
    wsUrl: `ws://127.0.0.1:${String(ws.port)}`,
    calls: (method) => counts.get(method) ?? 0,
    sent: () => transactions,
    takeSent: () => transactions.splice(0),
    webSockets: ws.connections,

    dropSends: (times) => strike(dropped, reached(times)),
    loseSendAnswers: (how, times) => strike(answerLost(how), reached(times)),
    answerLate: (ms, reach) => strike(late(ms), reach),
    answerNever: (reach) => strike(never, reach),
    answerError: (kind, reach) => strike(errorOf(kind), reach),
    answerRubbish: (kind, reach) => strike(rubbish(kind), reach),

    async beBehind(slots = Infinity, programs = [localProgram]) {
      const views = [await takeView(ask, programs)];
      const viewNow = () => {
        const newest = views.at(-1)?.slots.processed ?? 0;
        while (views.length > 1 && (views[1]?.slots.processed ?? 0) <= newest - slots) views.shift();
        return views[0] ?? raise('there is no view');
      };
      const timer = Number.isFinite(slots) ? setInterval(() => { takeView(ask, programs).then((view) => views.push(view), () => undefined); }, viewEveryMs).unref() : undefined;
      if (timer !== undefined) timers.add(timer);
      return both(strike(behind(viewNow)), () => { clearInterval(timer); });
    },
    forgetStatuses: () => strike(statusesForgotten, { methods: ['getSignatureStatuses'] }),
    hideAccounts({ addresses, commitments = every, inLists = false } = {}) {
      const isHidden = (address: string) => addresses?.includes(address) ?? true;
      const single = strike(accountsShown((account, address) => (isHidden(address) ? null : account), commitments), { methods: accountReads });
      return inLists ? both(single, strike(programAccountsHidden(isHidden), { methods: ['getProgramAccounts'] })) : single;
    },
    claimLamports: (address, lamports, commitments = every) => strike(accountsShown((account, of) => (of === address && account !== null ? { ...account, lamports } : account), commitments), { methods: accountReads }),
    claimStatuses: (commitment, err) => strike(statusesClaimed(commitment, err), { methods: ['getSignatureStatuses'] }),
    claimSlots: (by, commitments = every) => strike(shifted(by, commitments), { methods: ['getSlot'] }),
    claimBlockHeights: (by, commitments = every) => strike(shifted(by, commitments), { methods: ['getBlockHeight'] }),
    claimExpired: () => strike(blockhashUnknown, { methods: ['sendTransaction', 'simulateTransaction', 'isBlockhashValid'] }),
    claimGenesis: (hash) => strike(answered(hash), { methods: ['getGenesisHash'] }),
    strike,

    async cut() {
      await goAway();
      await comeBack();
    },
    goAway,
    comeBack,
    silenceWebSockets: () => { ws.halfOpen(); },
    async heal() {
      faults.length = 0;
      for (const timer of timers) clearInterval(timer);
      await comeBack();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function write(response: ServerResponse, { status, headers = {}, body, isCutShort = false }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  if (!isCutShort) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.destroy());
}

function raise(problem: string): never {
  throw new Error(problem);
}
