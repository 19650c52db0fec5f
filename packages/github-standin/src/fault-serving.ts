import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiFault } from './faults.ts';

const isDone = (fault: ApiFault): boolean => 'done' in fault && fault.done === true;

/**
 * Lets a fault of the script happen to a request, or answers it as it should be. `handle` does what was asked, and answers
 * what a fault that only changes the answer has it say.
 */
export async function withFault<Sent>({ incoming, reply, fault, now, handle, send }: {
  incoming: FastifyRequest; reply: FastifyReply; fault: ApiFault | undefined; now: () => Date;
  handle: (fault?: ApiFault) => Sent; send: (sent: Sent) => Promise<FastifyReply>;
}): Promise<FastifyReply> {
  if (fault === undefined) return send(handle());
  if (isDone(fault)) handle();
  switch (fault.kind) {
    case 'hang':
      if (typeof fault.done === 'object') setTimeout(handle, fault.done.afterMs).unref();
      return reply.hijack();
    case 'reset':
      reply.hijack();
      incoming.raw.socket.resetAndDestroy();
      return reply;
    case 'unavailable':
      // What stands before GitHub's API answers, and it knows no JSON.
      return reply.code(fault.status ?? 502).header('date', now().toUTCString()).type('text/html').send('<html><body><h1>This page is taking too long to load.</h1></body></html>');
    case 'slow': {
      const sent = handle();
      await sleep(fault.ms, undefined, { ref: false });
      return send(sent);
    }
    default: return send(handle(fault));
  }
}
