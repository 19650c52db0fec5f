/** What somebody did and was told to be done: by GitHub, or by the treasury for a signed transaction. */
export type Act =
  | { readonly kind: 'offer'; readonly source: string; readonly lamports: bigint }
  | { readonly kind: 'edit'; readonly source: string; readonly lamports: bigint }
  | { readonly kind: 'fund'; readonly source: string; readonly signature: string; readonly deposit: string }
  /** The chain did not take that transaction in time, so that it is no funding. */
  | { readonly kind: 'lapse'; readonly source: string; readonly signature: string }
  | { readonly kind: 'delete'; readonly source: string }
  /** Nobody funded it in time. */
  | { readonly kind: 'expire'; readonly source: string };

export type State = 'offered' | 'funded' | 'replaced' | 'withdrawn' | 'expired';

interface Offer {
  readonly source: string;
  readonly lamports: bigint;
  state: State;
}

/** What has to be true of an issue in the end. */
export interface Expected {
  readonly offers: readonly Readonly<Offer>[];
  readonly funded: bigint;
  readonly offered: bigint;
  readonly deposits: readonly { readonly address: string; readonly signature: string; readonly lamports: bigint }[];
  /** Signatures of transactions that came too late. */
  readonly lapsed: readonly string[];
  /** How many sentences there are about what could not be done. */
  readonly problems: number;
  /** How often each kind of event is told. */
  readonly events: Readonly<Record<string, number>>;
}

/** Where everything stands when nothing moves any more, read from GitHub, the chain, the databases and the event log. */
export interface Final {
  /** Texts of the App's comments on the issue. */
  readonly living: readonly string[];
  /** The App's reactions to each comment that was written, in their kinds; none for one that is gone. */
  readonly reactions: Readonly<Record<string, readonly string[] | undefined>>;
  readonly offers: readonly { readonly source: string; readonly lamports: bigint; readonly state: string }[];
  /** Rows of the treasury, and accounts of the program on the chain. */
  readonly deposits: readonly { readonly address: string; readonly signature: string | null; readonly lamports: bigint }[];
  readonly accounts: readonly { readonly address: string; readonly lamports: bigint }[];
  readonly submissions: readonly { readonly signature: string; readonly state: string }[];
  /** Records of the issue in the order of their partition, repeated ones too. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly sequence: bigint; readonly partition: number }[];
  readonly unhandled: Readonly<Record<string, number>>;
  readonly dead: Readonly<Record<string, number>>;
}

/** What the acts come to, by the rules of the product and nothing of its code. */
export function expected(acts: readonly Act[]): Expected {
  const offers: Offer[] = [];
  let deposits: { address: string; signature: string; lamports: bigint }[] = [];
  const lapsed: string[] = [];
  const events: Record<string, number> = {};
  let problems = 0;
  const tell = (type: string, times = 1): void => { events[type] = (events[type] ?? 0) + times; };
  const open = (source: string, lamports: bigint): void => {
    offers.push({ source, lamports, state: 'offered' });
    tell('offered');
  };
  const end = (offer: Offer | undefined, state: State, event: string = state): void => {
    if (offer?.state !== 'offered') return;
    offer.state = state;
    tell(event);
  };
  for (const act of acts) {
    const standing = offers.findLast(({ source, state }) => source === act.source && (state === 'offered' || state === 'funded'));
    switch (act.kind) {
      case 'offer': open(act.source, act.lamports); break;
      case 'fund':
        if (standing === undefined) break;
        standing.state = 'funded';
        deposits.push({ address: act.deposit, signature: act.signature, lamports: standing.lamports });
        tell('submitted');
        tell('funded');
        break;
      case 'lapse':
        if (standing?.state !== 'funded') break;
        standing.state = 'offered';
        deposits = deposits.filter(({ signature }) => signature !== act.signature);
        lapsed.push(act.signature);
        tell('funded', -1);
        tell('submission-expired');
        break;
      case 'edit':
        // What is in escrow stays: more is asked for beyond it, less is only told to be too late.
        if (standing?.state !== 'funded') {
          end(standing, 'replaced');
          open(act.source, act.lamports);
        } else if (act.lamports > standing.lamports) open(act.source, act.lamports - standing.lamports);
        else problems += 1;
        break;
      case 'delete': end(standing, 'withdrawn'); break;
      case 'expire': end(standing, 'expired', 'offer-expired'); break;
    }
  }
  const sum = (state: State): bigint => offers.filter((offer) => offer.state === state).reduce((total, { lamports }) => total + lamports, 0n);
  return { offers, funded: sum('funded'), offered: sum('offered'), deposits, lapsed, problems, events };
}

/** What is wrong with where everything stands, as sentences; none when it is as it has to be. */
export function judge(acts: readonly Act[], final: Final): string[] {
  const wanted = expected(acts);
  return [
    ...judgeRest(final),
    ...judgeOffers(wanted, final),
    ...judgeMoney(wanted, final),
    ...judgeEvents(wanted, final),
    ...judgeComment(wanted, final),
    ...acts.filter(({ kind }) => kind === 'offer').flatMap(({ source }) => {
      const kinds = final.reactions[source];
      return kinds === undefined || kinds.join() === 'eyes' ? [] : [`the reactions to ${source} are ${kinds.join() || 'none'}, and not one pair of eyes`];
    }),
  ];
}

function judgeRest({ unhandled, dead }: Final): string[] {
  const say = (counts: Readonly<Record<string, number>>, word: string) => Object.entries(counts).filter(([, count]) => count > 0).map(([name, count]) => `${String(count)} of ${name} ${word}`);
  return [...say(unhandled, 'wait'), ...say(dead, 'are dead')];
}

function judgeOffers({ offers }: Expected, final: Final): string[] {
  const shown = (list: Final['offers']) => list.map(({ source, lamports, state }) => `${source}:${String(lamports)}:${state}`).sort().join(', ');
  return shown(offers) === shown(final.offers) ? [] : [`the offers are ${shown(final.offers) || 'none'}, and not ${shown(offers)}`];
}

function judgeMoney({ deposits, lapsed }: Expected, final: Final): string[] {
  const rows = (list: Final['deposits']) => list.map(({ address, signature, lamports }) => `${address}:${signature ?? 'no signature'}:${String(lamports)}`).sort().join(', ');
  const accounts = (list: Final['accounts']) => list.map(({ address, lamports }) => `${address}:${String(lamports)}`).sort().join(', ');
  const sent = final.submissions.map(({ signature, state }) => `${signature}:${state}`).sort().join(', ');
  const landed = [...deposits.map(({ signature }) => `${signature}:finalized`), ...lapsed.map((signature) => `${signature}:expired`)].sort().join(', ');
  return [
    ...(rows(deposits) === rows(final.deposits) ? [] : [`the deposits in the treasury are ${rows(final.deposits) || 'none'}, and not ${rows(deposits)}`]),
    ...(accounts(deposits) === accounts(final.accounts) ? [] : [`the deposits on the chain are ${accounts(final.accounts) || 'none'}, and not ${accounts(deposits)}`]),
    ...(landed === sent ? [] : [`the signed transactions are ${sent || 'none'}, and not ${landed}`]),
  ];
}

function judgeEvents({ events: wanted }: Expected, { events }: Final): string[] {
  const first = [...new Map(events.toReversed().map((event) => [event.id, event])).values()].sort((a, b) => events.indexOf(a) - events.indexOf(b));
  const counts = Object.entries(Object.groupBy(first, ({ type }) => type)).map(([type, of]) => `${type} ${String(of?.length)}`).sort().join(', ');
  const all = Object.entries(wanted).map(([type, count]) => `${type} ${String(count)}`).sort().join(', ');
  const isInOrder = first.every(({ sequence }, place) => sequence === BigInt(place + 1));
  return [
    ...(counts === all ? [] : [`the events are ${counts || 'none'}, and not ${all}`]),
    ...(new Set(events.map(({ partition }) => partition)).size > 1 ? ['the events of one issue are in more than one partition'] : []),
    ...(isInOrder ? [] : [`the events are not in order and without gaps: ${first.map(({ sequence }) => String(sequence)).join(', ')}`]),
  ];
}

function judgeComment({ offers, funded, offered, problems }: Expected, { living }: Final): string[] {
  const [text = ''] = living;
  if (living.length !== 1) return [`there are ${String(living.length)} living comments`];
  const count = (state: State): number => offers.filter((offer) => offer.state === state).length;
  const has = (what: RegExp): number => text.match(what)?.length ?? 0;
  const lines: [string, number, number][] = [
    ['totals', has(new RegExp(`^- ${totals(funded, offered)}$`, 'gm')), 1],
    ['rows', has(/^\| (?!From|---)/gm), count('funded') + count('offered')],
    ['rows of what is funded', has(/^\|.*\| funded \|/gm), count('funded')],
    ['links to fund', has(/^- \[Fund /gm), count('offered')],
    ['replaced', Number(/(\d+) replaced by an edit/.exec(text)?.[1] ?? 0), count('replaced')],
    ['withdrawn', Number(/(\d+) withdrawn/.exec(text)?.[1] ?? 0), count('withdrawn')],
    ['expired', Number(/(\d+) expired unfunded/.exec(text)?.[1] ?? 0), count('expired')],
    ['sentences about what was not done', has(/an edit changes nothing about what is funded/g), problems],
  ];
  return lines.filter(([, is, wanted]) => is !== wanted).map(([what, is, wanted]) => `the living comment has ${String(is)} ${what}, and not ${String(wanted)}`);
}

function totals(funded: bigint, offered: bigint): string {
  const rest = `${sol(offered)} sol offered and not funded yet`;
  const held = `\\*\\*${sol(funded)} sol\\*\\* funded, in escrow`;
  if (funded === 0n) return rest;
  return offered === 0n ? held : `${held}, ${rest}`;
}

/** Decimal text of lamports, with the dot escaped for a pattern. */
export const sol = (lamports: bigint): string => (Number(lamports) / 1e9).toString().replace('.', '\\.');
