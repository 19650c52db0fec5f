import type { Stack } from '../stack/stack.ts';
import type { Funded } from './fund.ts';

type Known = Awaited<ReturnType<Stack['treasury']['getBounty']>>['deposits'][number];

/** What the treasury knows of a deposit, by finalized state. */
export async function depositOf({ treasury }: Pick<Stack, 'treasury'>, { address, deposit: { repositoryId, issueId } }: Pick<Funded, 'address' | 'deposit'>): Promise<Known | undefined> {
  return (await treasury.getBounty({ repositoryId, issueId })).deposits.find((one) => one.address === address);
}
