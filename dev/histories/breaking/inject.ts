import { setTimeout as sleep } from 'node:timers/promises';
import type { RpcProxy } from '../../rpc-proxy/rpc-proxy.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Deed, NodeFault } from './break.ts';
import { familyOf, signalAll } from './processes.ts';

type Lasting = Exclude<Deed, { what: 'kills' | 'again' | 'hook' | 'api' }>;

/** Delays of a network that is slow. */
const slowMs = 150;

/** What must not break twice at once. */
export const subjectOf = (deed: Lasting): string => (deed.what === 'way' ? `way to ${deed.to}` : deed.what === 'stall' ? deed.who : deed.what === 'restart' ? 'postgres' : deed.what);

/** Breaks it for its time, or until it is over, and heals it. */
export async function breakFor(stack: Stack, deed: Lasting, over: AbortSignal): Promise<void> {
  const lasts = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: over }).catch(() => undefined);
  switch (deed.what) {
    case 'stall': {
      const pids = deed.who === 'postgres' ? await familyOf(stack.postgres.pid) : [stack.app(deed.who).pid];
      signalAll(pids, 'SIGSTOP');
      await lasts(deed.forMs);
      signalAll(pids, 'SIGCONT');
      return;
    }
    case 'way': {
      const proxies = stack.neighbours[deed.to];
      for (const proxy of proxies) {
        if (deed.how === 'cut') await proxy.cut();
        else if (deed.how === 'reset') proxy.reset();
        else if (deed.how === 'half-open') proxy.halfOpen();
        else proxy.delay(slowMs);
      }
      await lasts(deed.forMs);
      for (const proxy of proxies) {
        if (deed.how === 'half-open') proxy.reset();
        await proxy.heal();
      }
      return;
    }
    case 'restart': return stack.postgres.restart(deed.how);
    case 'broker':
      await stack.broker?.stop(deed.how === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await lasts(deed.forMs);
      await stack.broker?.restart();
      return;
    case 'node': {
      if (stack.node === undefined) throw new Error('the stack was started without a node that can fail');
      const end = await nodeFails[deed.how](stack.node);
      await lasts(deed.forMs);
      await end();
      return;
    }
    case 'clock': {
      const { faults } = stack.github;
      faults.skew(faults.skewMs + deed.byMs);
    }
  }
}

const nodeFails: Readonly<Record<NodeFault, (node: RpcProxy) => (() => void | Promise<void>) | Promise<() => void | Promise<void>>>> = {
  drop: (node) => node.dropSends(),
  'lose-answers': (node) => node.loseSendAnswers('bad-gateway'),
  internal: (node) => node.answerError('internal'),
  'bad-gateway': (node) => node.answerError('bad-gateway'),
  never: (node) => node.answerNever(),
  late: (node) => node.answerLate(400),
  behind: (node) => node.beBehind(),
  'forget-statuses': (node) => node.forgetStatuses(),
  'unknown-blockhash': (node) => node.claimExpired(),
  silent: (node) => { node.silenceWebSockets(); return () => node.comeBack(); },
  away: async (node) => { await node.goAway(); return () => node.comeBack(); },
  cut: async (node) => { await node.cut(); return () => undefined; },
};
