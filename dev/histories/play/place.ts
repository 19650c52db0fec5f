import { randomBytes } from 'node:crypto';
import { signerFromSeed, type Signer } from '@doubloon/escrow';
import { parts, type Denom, type History, type Operation, type Part } from '../operation.ts';
import type { Repository, Stage } from './stage.ts';

export interface Player {
  readonly githubId: string;
  /** As it is now. */
  login: string;
  readonly wallet: Signer;
  /** What the website takes for the visitor's address. */
  readonly address: string;
}

/** A transaction that somebody signed, whatever became of it. */
export interface Signed {
  readonly signature: string;
  readonly by: Part;
  readonly deposit?: string;
  readonly offer?: string;
  hasLanded: boolean;
}

/** The issue of one history, and who plays on it. */
export interface Place {
  readonly stage: Stage;
  readonly history: History;
  readonly repository: Repository;
  readonly number: number;
  readonly repositoryId: string;
  readonly issueId: string;
  readonly people: Readonly<Record<Part, Player>>;
  /** What each wallet was given before anything happened, in base units. */
  readonly given: Readonly<Record<Part, Readonly<Record<Denom, bigint>>>>;
  /** Pays for what anybody does. */
  readonly nobody: Signer;
  /** All that people ever signed, in order. */
  readonly signed: Signed[];
}

const startingLamports = 100_000_000_000n;
const startingUsdc = 1_000_000_000_000n;

/** A new issue with new people, whose wallets hold what they will need. */
export async function openPlace(stage: Stage, history: History): Promise<Place> {
  const { github, localnet } = stage.stack;
  const repository = stage.repositories[history.repository];
  if (repository === undefined) throw new Error(`there is no repository ${String(history.repository)}`);
  const spends = spendersIn(history.operations);
  const given = {} as Record<Part, Record<Denom, bigint>>;
  const people = {} as Record<Part, Player>;
  const nobody = signerFromSeed(randomBytes(32));
  const granting: Promise<void>[] = [localnet.faucet.grant(nobody.address, { lamports: startingLamports })];
  for (const part of parts) {
    const nth = stage.next();
    const login = `${part}-${String(nth)}`;
    const { id } = github.addUser(login);
    if (part === 'maintainer') github.setRole(repository.name, login, 'maintain');
    const wallet = signerFromSeed(randomBytes(32));
    people[part] = { githubId: String(id), login, wallet, address: `10.${String((nth >> 16) & 255)}.${String((nth >> 8) & 255)}.${String(nth & 255)}` };
    const [sol, usdc] = [spends.sol.has(part) ? startingLamports : 0n, spends.usdc.has(part) ? startingUsdc : 0n];
    given[part] = { sol, usdc };
    if (sol > 0n) granting.push(localnet.faucet.grant(wallet.address, { lamports: sol, ...(usdc === 0n ? {} : { usdc }) }));
  }
  await Promise.all(granting);
  const { number, id } = github.openIssue(people.maintainer.login, repository.name, { title: `History ${String(history.seed)}` });
  const { repositoryId } = github.issue(repository.name, number);
  return { stage, history, repository, number, repositoryId: String(repositoryId), issueId: String(id), people, given, nobody, signed: [] };
}

/** Whoever signs something pays for it in SOL, and whoever funds USDC has some. */
function spendersIn(operations: readonly Operation[]): Readonly<Record<Denom, ReadonlySet<Part>>> {
  const [sol, usdc] = [new Set<Part>(), new Set<Part>()];
  for (const operation of operations) {
    if (operation.kind === 'link' || operation.kind === 'fund') sol.add(operation.by);
    if (operation.kind === 'fund' && wishIn(operations, operation)?.denom === 'usdc') usdc.add(operation.by);
  }
  return { sol, usdc };
}

/** What a `fund` is for. */
export function wishIn(operations: readonly Operation[], { of, wish }: { readonly of: number; readonly wish: number }) {
  const said = operations[of];
  return said?.kind === 'say' || said?.kind === 'edit' ? said.wishes[wish] : undefined;
}

/** Something for each who takes part. */
export const forEachPart = <T>(of: (part: Part) => T): Readonly<Record<Part, T>> => Object.fromEntries(parts.map((part) => [part, of(part)])) as Record<Part, T>;

/** What events, accounts and rows of the issue carry. */
export const keyOf = ({ repositoryId, issueId }: Pick<Place, 'repositoryId' | 'issueId'>): string => `${repositoryId}/${issueId}`;
