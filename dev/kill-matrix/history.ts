import { randomBytes } from 'node:crypto';
import { parseAddress, signerFromSeed, signTransaction, transactionSignature, type Address } from '@doubloon/escrow';
import type { Pool } from 'pg';
import { openPerson, type Person } from '../demo/person.ts';
import { until } from '../demo/until.ts';
import type { Stack } from '../stack/stack.ts';
import type { Act } from './oracle.ts';

const repository = 'analytical-engines/difference';
const lamportsPerSol = 1_000_000_000n;

/** An issue of its own for one history. */
export interface Place {
  readonly number: number;
  readonly issueId: string;
  readonly repositoryId: string;
}

export interface Playing {
  readonly stack: Stack;
  readonly treasury: Pool;
  /** How long each step waits for the one before it to have its effect. */
  readonly patienceMs: number;
  readonly random: () => number;
  /** What was done so far, in order; what is under way when a process dies is there as soon as it was acknowledged. */
  readonly acts: Act[];
  /** Signatures of the transactions that were handed in, answered or not. */
  readonly signatures: string[];
}

/** Opens an issue that nobody offered money on. */
export async function openIssue({ github }: Stack, title: string): Promise<Place> {
  const reply = await fetch(`${github.apiUrl}/repos/${repository}/issues`, {
    method: 'POST', body: JSON.stringify({ title }),
    headers: { authorization: `Bearer ${github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' },
  });
  if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to a new issue`);
  const { number } = (await reply.json()) as { number: number };
  const { id, repositoryId } = github.issue(repository, number);
  return { number, issueId: String(id), repositoryId: String(repositoryId) };
}

export const personOn = ({ github }: Stack, { number }: Place, login: string): Person => openPerson(github, login, repository, number);

/** Comments an offer. */
export async function offer({ stack, acts }: Playing, place: Place, login: string, lamports: bigint): Promise<string> {
  const { id } = await personOn(stack, place, login).comment(`For whoever does it: ${command(lamports)}`);
  const source = String(id);
  acts.push({ kind: 'offer', source, lamports });
  return source;
}

/**
 * Plays one history to its end: an offer, an edit of it, its funding, an edit after that, and a second offer that is deleted.
 * Each step waits for the one before it, as people do. `ending` says whether the last edit asks for more than is funded, or for less.
 */
export async function play(playing: Playing, place: Place, ending: 'more' | 'less', already?: string): Promise<void> {
  const { stack, acts, random } = playing;
  const [ada, grace] = [personOn(stack, place, 'ada'), personOn(stack, place, 'grace')];
  const [first, second, third] = [draw(random), draw(random), draw(random)];
  const source = already ?? (await offer(playing, place, 'ada', first));
  await offerIn(playing, source, 'offered', 1);
  const other = await offer(playing, place, 'grace', third);

  await ada.edit(Number(source), `I thought again: ${command(second)}`);
  acts.push({ kind: 'edit', source, lamports: second });
  const { id: offerId } = await offerIn(playing, source, 'offered', 2);

  const takeBack = async (): Promise<void> => {
    await offerIn(playing, other, 'offered', 1);
    await grace.remove(Number(other));
    acts.push({ kind: 'delete', source: other });
  };
  await Promise.all([fundUntilItLands(playing, source, offerId), takeBack()]);

  const last = ending === 'more' ? second + draw(random) : second - 50_000_000n;
  await ada.edit(Number(source), `And once more: ${command(last)}`);
  acts.push({ kind: 'edit', source, lamports: last });
}

/** Makes the newest offer of a source one that nobody funded in time. */
export async function letExpire(playing: Playing, source: string): Promise<void> {
  const { id } = await offerIn(playing, source, 'offered', 1);
  await playing.treasury.query("update offer set expires_at = now() - interval '1 second' where id = $1", [id]);
  playing.acts.push({ kind: 'expire', source });
}

/** From 0.1 to 0.999 sol. */
const draw = (random: () => number): bigint => BigInt(100 + Math.floor(random() * 900)) * 1_000_000n;

const command = (lamports: bigint): string => `$sol:${(Number(lamports) / 1e9).toString()}$`;

/** Waits until a source has so many offers and the newest is in this state. */
async function offerIn({ treasury, patienceMs }: Playing, source: string, state: string, count: number): Promise<{ id: string }> {
  return until(`offer ${String(count)} of comment ${source} to be ${state}`, async () => {
    const { rows } = await treasury.query<{ id: string; state: string }>('select id, state from offer where source_id = $1 order by place', [source]);
    const newest = rows.at(-1);
    return rows.length === count && newest?.state === state ? newest : undefined;
  }, patienceMs);
}

/** A transaction lives for some seconds here: whoever was too late, because nobody was there to send it, signs another one. */
async function fundUntilItLands(playing: Playing, source: string, offerId: string): Promise<void> {
  const { stack, treasury, acts, patienceMs } = playing;
  for (;;) {
    const { signature, deposit } = await fund(playing, offerId);
    acts.push({ kind: 'fund', source, signature, deposit });
    const state = await until(`offer ${offerId} to be funded, or to be open again`, async () => {
      const { rows: [offer] } = await treasury.query<{ state: string; sent: string }>('select offer.state, submission.state as sent from offer join submission on submission.offer_id = offer.id where signature = $1', [signature]);
      return offer?.state === 'funded' || offer?.sent === 'expired' ? offer.state : undefined;
    }, patienceMs);
    if (state === 'funded') return;
    if ((await stack.chain.account(deposit, 'finalized')) !== undefined) throw new Error(`transaction ${signature} was said to be too late, and it has landed`);
    acts.push({ kind: 'lapse', source, signature });
  }
}

/** Funds an offer as a person with a wallet does, who tries again while nobody answers. */
async function fund({ stack, patienceMs, signatures }: Playing, offerId: string): Promise<{ signature: string; deposit: Address }> {
  const wallet = signerFromSeed(randomBytes(32));
  await stack.localnet.faucet.airdrop(wallet.address, 2n * lamportsPerSol);
  const insist = <T>(what: string, ask: () => Promise<T>): Promise<T> => until(what, () => ask().catch(() => undefined), patienceMs);
  for (;;) {
    const built = await insist('the transaction to be built', () => stack.treasury.buildFunding({ offerId, wallet: wallet.address }));
    const transaction = signTransaction(built.transaction, [wallet]);
    const signature = transactionSignature(transaction);
    signatures.push(signature);
    const isTaken = await insist('the signed transaction to be answered', () => stack.treasury.submitFunding({ offerId, transaction }).then(() => true, (error: { code?: string }) => {
      if (error.code === 'BLOCKHASH_EXPIRED') return false;
      throw error;
    }));
    if (isTaken) return { signature, deposit: parseAddress(built.deposit) };
  }
}
