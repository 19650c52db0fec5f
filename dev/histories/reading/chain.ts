import {
  addressBytes, associatedTokenAddress, decodeDeposit, decodeIdentity, depositLayout, identityAddress, localProgram, rentReserve, vaultAddress, type Address, type Deposit,
} from '@doubloon/escrow';
import type { Final } from '../final.ts';
import { parts, type Denom, type Part } from '../operation.ts';
import { keyOf, type Place } from '../play/place.ts';
import type { Stage } from '../play/stage.ts';
import { spendingOf, type Spending } from './spending.ts';

type Stands = Pick<Final, 'accounts' | 'received' | 'links'>;

interface Found {
  readonly address: Address;
  readonly deposit: Deposit;
  readonly lamports: bigint;
}

/** Base units in a token account: bytes 64 to 72 of it, little-endian. */
const tokensIn = (data: Uint8Array | undefined): bigint => (data === undefined ? 0n : new DataView(data.buffer, data.byteOffset).getBigUint64(64, true));
const denomOf = ({ mint }: Deposit): Denom => (mint === undefined ? 'sol' : 'usdc');

/** Every deposit of the operator in finalized state, by the key of its issue. */
export async function depositsOf({ stack: { chain, operator } }: Stage): Promise<ReadonlyMap<string, readonly Found[]>> {
  const filters = { dataSize: depositLayout.size, memcmp: [{ offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) }] };
  const found = (await chain.programAccounts(localProgram, filters, 'finalized')).map(({ address, account: { data, lamports } }) => ({ address, deposit: decodeDeposit(data), lamports }));
  return Map.groupBy(found, ({ deposit }) => `${deposit.repositoryId}/${deposit.issueId}`);
}

/** What stands on the chain of each issue, by its key. */
export async function chainOf(stage: Stage, places: readonly Place[]): Promise<ReadonlyMap<string, Stands>> {
  const { stack: { chain, operator, localnet: { mints } } } = stage;
  const reserve = rentReserve(depositLayout.size, await chain.minimumBalance(depositLayout.size));
  const [deposits, spent] = await Promise.all([depositsOf(stage), spendingOf(stage, places, reserve)]);
  const wanted = new Map<Address, undefined>();
  const want = (address: Address): Address => {
    wanted.set(address, undefined);
    return address;
  };
  const asked = places.map((place) => ({
    place,
    deposits: (deposits.get(keyOf(place)) ?? []).map((found) => ({ ...found, vault: found.deposit.mint && want(vaultAddress({ program: localProgram, deposit: found.address }).address) })),
    people: parts.map((part) => {
      const { wallet: { address: wallet }, githubId } = place.people[part];
      return { part, wallet: want(wallet), tokens: want(associatedTokenAddress({ wallet, mint: mints.usdc }).address), identity: want(identityAddress({ program: localProgram, operator, githubId }).address) };
    }),
  }));
  const addresses = [...wanted.keys()];
  const accounts = await chain.accounts(addresses, 'finalized');
  const read = new Map(addresses.map((address, index) => [address, accounts[index]]));

  return new Map(asked.map(({ place, deposits: found, people }) => [keyOf(place), {
    accounts: found.map(({ address, deposit, lamports, vault }) => ({
      address, denom: denomOf(deposit), amount: deposit.amount, state: deposit.state,
      award: deposit.award && { by: deposit.award.by, shares: deposit.award.shares.map(({ githubId, bps, settled }) => ({ githubId, bps, isPaid: settled === 'paid', isRefunded: settled === 'refunded' })) },
      held: vault === undefined ? lamports - reserve : tokensIn(read.get(vault)?.data),
    })),
    received: Object.fromEntries(people.map(({ part, wallet, tokens }) => {
      const { sol, usdc, rents } = spentBy(spent.get(keyOf(place)) ?? [], part);
      // Rent is no money of a bounty: it comes back to who paid it when an account is closed.
      const back = rents.filter(({ deposit }) => !found.some(({ address }) => address === deposit)).reduce((sum, { lamports }) => sum + lamports, 0n);
      return [part, { sol: (read.get(wallet)?.lamports ?? 0n) - place.given[part].sol + sol - back, usdc: tokensIn(read.get(tokens)?.data) - place.given[part].usdc + usdc }];
    })) as Final['received'],
    links: Object.fromEntries(people.flatMap(({ part, identity }) => {
      const account = read.get(identity);
      const linked = account && decodeIdentity(account.data);
      return linked?.state === 'linked' ? [[part, linked.wallet]] : [];
    })),
  }]));
}

function spentBy(all: readonly Spending[], part: Part): { sol: bigint; usdc: bigint; rents: { deposit: string; lamports: bigint }[] } {
  const mine = all.filter(({ by }) => by === part);
  return {
    sol: mine.reduce((sum, { sol }) => sum + sol, 0n),
    usdc: mine.reduce((sum, { usdc }) => sum + usdc, 0n),
    rents: mine.flatMap(({ rent }) => (rent === undefined ? [] : [rent])),
  };
}
