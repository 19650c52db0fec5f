import { setTimeout as sleep } from 'node:timers/promises';
import { transactionSignature } from '@doubloon/escrow';
import type { Stage } from '../play/stage.ts';

/** Looks for what the laws forbid to be so at any moment, whatever is mended later. */
export interface Losses {
  /** Sentences about what was lost since the last look. */
  look(): Promise<string[]>;
}

type Watched = Pick<Stage, 'stack' | 'app' | 'treasury' | 'identity'>;

/** A database that breaks too is asked again. */
const patience = { times: 50, pauseMs: 200 };

/** Begins with what happens from now on. */
export function openLosses({ stack: { github, node }, app, treasury, identity }: Watched): Losses {
  let waiting: (typeof github.deliveries)[number][] = [];
  let last = github.deliveries.at(-1);
  node?.takeSent();

  /** Those that were acknowledged since the last time. */
  function acknowledged(): string[] {
    const { deliveries } = github;
    const from = last === undefined ? 0 : deliveries.lastIndexOf(last) + 1;
    const fresh = [...waiting, ...deliveries.slice(from)];
    last = deliveries.at(-1);
    waiting = fresh.filter(({ outcome }) => outcome === undefined);
    return fresh.filter(({ outcome }) => outcome?.statusCode === 202).map(({ guid }) => guid);
  }

  return {
    async look() {
      const guids = acknowledged();
      // What our apps have sent they must have written down before.
      const sent = [...new Set((node?.takeSent() ?? []).map((transaction) => transactionSignature(Buffer.from(transaction, 'base64'))))];
      const [stored, written] = await Promise.all([
        guids.length === 0 ? [] : insist(() => app.query<{ one: string }>('select key as one from inbox where key = any ($1)', [guids])),
        sent.length === 0 ? [] : Promise.all([
          insist(() => treasury.query<{ one: string }>('select signature as one from submission where signature = any ($1) union all select signature from relayer_transaction where signature = any ($1)', [sent])),
          insist(() => identity.query<{ one: string }>('select signature as one from link_submission where signature = any ($1)', [sent])),
        ]).then((all) => all.flat()),
      ]);
      return [
        ...missing(guids, stored).map((guid) => `delivery ${guid} was acknowledged to GitHub and not stored`),
        ...missing(sent, written).map((signature) => `transaction ${signature} was sent and nowhere written down`),
      ];
    },
  };
}

const missing = (wanted: readonly string[], found: readonly string[]): string[] => [...new Set(wanted).difference(new Set(found))];

async function insist(ask: () => Promise<{ rows: { one: string }[] }>): Promise<string[]> {
  for (let nth = 1; ; nth++) {
    try {
      return (await ask()).rows.map(({ one }) => one);
    } catch (error) {
      if (nth === patience.times) throw error;
      await sleep(patience.pauseMs);
    }
  }
}
