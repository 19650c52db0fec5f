import {
  createTokenAccount, decodeDeposit, decodeIdentity, compileTransaction, identityAddress, localProgram, parseAddress, payout, refund as refundOf, signTransaction, transactionSignature, type Deposit, type Instruction,
} from '@doubloon/escrow';
import { depositOf } from './deciding.ts';
import type { Came, DeedOf, Doing } from './doing.ts';
import { insist, Refused } from './insist.ts';
import type { Place } from './place.ts';

/** Pays a share by the chain alone. */
export async function pay(doing: Doing<DeedOf<'pay'>>): Promise<Came> {
  const { place: { stage: { stack: { chain, operator } }, nobody }, deed, end } = doing;
  const { address, deposit } = await read(doing, deed.of);
  const share = deposit.award?.shares[deed.share];
  if (share === undefined) throw new Refused('SHARE_ABSENT', {});
  const { githubId } = share;
  const account = await insist(end, () => chain.account(identityAddress({ program: localProgram, operator, githubId }).address, 'confirmed'));
  if (account === undefined) throw new Refused('NOT_LINKED', {});
  const { wallet } = decodeIdentity(account.data);
  const { mint } = deposit;
  return send(doing, address, [
    ...(mint === undefined ? [] : [createTokenAccount({ payer: nobody.address, wallet, mint })]),
    payout({ program: localProgram, deposit: address, operator, share: deed.share, githubId, wallet, mint }),
  ]);
}

/** Sends back to its funder what nobody was awarded. */
export async function refund(doing: Doing<DeedOf<'refund'>>): Promise<Came> {
  const { address, deposit: { funder, mint } } = await read(doing, doing.deed.of);
  return send(doing, address, [
    ...(mint === undefined ? [] : [createTokenAccount({ payer: doing.place.nobody.address, wallet: funder, mint })]),
    refundOf({ program: localProgram, deposit: address, funder, mint }),
  ]);
}

async function read(doing: Doing, of: number): Promise<{ address: ReturnType<typeof parseAddress>; deposit: Deposit }> {
  const address = parseAddress(depositOf(doing, of).deposit);
  const account = await insist(doing.end, () => doing.place.stage.stack.chain.account(address, 'confirmed'));
  if (account === undefined) throw new Refused('DEPOSIT_ABSENT', {});
  return { address, deposit: decodeDeposit(account.data) };
}

/** No service of ours is asked. What the program refuses is never sent. */
async function send({ place, end }: Doing, deposit: string, instructions: readonly Instruction[]): Promise<Came> {
  const { stage: { stack: { chain }, fates }, nobody }: Place = place;
  for (;;) {
    const { blockhash } = await insist(end, () => chain.latestBlockhash());
    const transaction = signTransaction(compileTransaction({ payer: nobody.address, blockhash, instructions }), [nobody]);
    const { error } = await insist(end, () => chain.simulate(transaction));
    if (error !== undefined) throw new Refused('FAILED_ON_CHAIN', { error });
    const signature = transactionSignature(transaction);
    await insist(end, () => chain.send(transaction));
    const fate = await fates.until(signature, (known) => known?.isFinal === true, Math.min(end, Date.now() + lateMs));
    const signed = [{ signature, deposit, hasLanded: fate?.value?.hasFailed === false }];
    if (fate !== undefined) return fate.value?.hasFailed === true ? { outcome: 'refused', code: 'FAILED_ON_CHAIN', signed } : { outcome: 'done', signed };
    if (Date.now() >= end) return { outcome: 'unknown', signed };
  }
}

const lateMs = 15_000;
