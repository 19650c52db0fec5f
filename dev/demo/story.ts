import { shareAmounts, terms } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';
import { awardByComment, awardBySignature, type Split } from './award.ts';
import { letTimePass } from './clock.ts';
import { newWallet, offerAndFund, type Funded } from './fund.ts';
import { linkWallet } from './link.ts';
import { workIsMerged } from './merge.ts';
import { paidByItself, type Due } from './payout.ts';
import { openPerson } from './person.ts';
import { readComment, readEvents } from './read.ts';
import { refundByStranger } from './refund.ts';
import type { Teller } from './teller.ts';

const repository = 'analytical-engines/difference';
/** The issue that is worked on, and one that nobody works on. */
const [issue, forgotten] = [1, 2];
/** What nobody else's clock says: enough beyond an instant for the chain to be past it. */
const margin = 60n;

/**
 * Plays the main job once, as people would: everything through GitHub and the pages, and the chain read directly for what
 * must not be believed on anybody's word. Says each step with its evidence; rejects when one does not come.
 */
export async function tellStory(stack: Stack, say: (line: string) => void): Promise<void> {
  const tell: Teller['tell'] = (what, evidence) => { say(`${what}\n${[evidence].flat().join('\n').replaceAll(/^/gm, '    ')}`); };
  const teller: Teller = { stack, tell };
  const person = (login: string, number = issue) => openPerson(stack.github, login, repository, number);
  const [ada, linus] = [person('ada'), person('linus')];
  const [adasWallet, linusWallet] = await Promise.all([newWallet(stack), newWallet(stack)]);

  // Two funders put money on it.
  const { living, funded } = await offerAndFund(teller, { login: 'ada', person: ada, text: 'I would love this.', wishes: [{ denom: 'sol', text: '0.5', amount: 500_000_000n }, { denom: 'usdc', text: '50', amount: 50_000_000n }] }, adasWallet);
  const { funded: [onTop] } = await offerAndFund(teller, { login: 'linus', person: linus, text: 'Something on top from me:', wishes: [{ denom: 'sol', text: '0.1', amount: 100_000_000n }] }, linusWallet);
  if (onTop === undefined) throw new Error('nothing was put on top');
  const subject = `${onTop.deposit.repositoryId}/${onTop.deposit.issueId}`;
  const before = ['offered', 'offered', 'offered', 'submitted', 'submitted', 'submitted', 'funded', 'funded', 'funded'];
  await readEvents(teller, 'The event log has it all, in order:', subject, before);
  await readComment(teller, ada, living, 'The same comment now says', ['**0.6 sol** funded, in escrow', '**50 usdc** funded, in escrow']);

  // Somebody does the work, with somebody else.
  const grace = await linkWallet(teller, 'grace', 'who works on it');
  await workIsMerged(teller, { repository, issue, author: 'grace', coAuthor: 'maggie', maintainer: 'linus', person: ada, living });

  // Both ways to decide: a funder's wallet and the relayer at once, and a maintainer's word with a window.
  const maggieId = String(stack.github.account('maggie').id);
  await awardBySignature(teller, { login: 'linus', wallet: linusWallet }, onTop, [{ ...grace, bps: 10_000 }]);
  const split: Split = [{ ...grace, bps: 7_000 }, { login: 'maggie', githubId: maggieId, bps: 3_000 }];
  const awards = await awardByComment(teller, { login: 'linus', person: linus }, funded, split);
  await readComment(teller, ada, living, 'The same comment says who is to get what', ['`grace`', '`maggie`', '35 usdc', 'waits for a wallet']);

  // Whoever is linked is paid when the window ends; whoever is not, when they are.
  const windowEnds = awards.reduce((latest, { finalAt }) => (finalAt > latest ? finalAt : latest), grace.coolAt) + margin;
  await paidByItself(teller, grace, [...duesOf(funded, split, 0), { of: onTop, share: 0, amount: onTop.wish.amount }], () => letTimePass(teller, 'Nobody objects. The window of three days passes on the chain, and so does the cool-down of grace’s link:', windowEnds));
  const maggie = await linkWallet(teller, 'maggie', 'who wrote it with grace and has no wallet yet');
  await paidByItself(teller, maggie, duesOf(funded, split, 1), () => letTimePass(teller, 'The link of maggie cools down:', maggie.coolAt));
  await readEvents(teller, 'The event log has it all, to the payouts:', subject, [...before, 'awarded', 'awarded', 'awarded', 'paid', 'paid', 'paid', 'paid', 'paid']);
  await readComment(teller, ada, living, 'The same comment says that all of it is paid', ['3 awarded and paid out']);

  await nobodyEarns(teller, adasWallet);
}

const duesOf = (funded: readonly Funded[], split: Split, share: number): readonly Due[] => funded.map((of) => ({ of, share, amount: shareAmounts(of.wish.amount, split.map(({ bps }) => bps))[share] ?? 0n }));

/** On another issue nothing happens until the deadline: what is in escrow goes back. */
async function nobodyEarns(teller: Teller, wallet: Awaited<ReturnType<typeof newWallet>>): Promise<void> {
  const ada = openPerson(teller.stack.github, 'ada', repository, forgotten);
  const { living, funded: [one] } = await offerAndFund(teller, { login: 'ada', person: ada, text: 'This would be nice, too.', wishes: [{ denom: 'usdc', text: '5', amount: 5_000_000n }] }, wallet);
  if (one === undefined) throw new Error('nothing was funded on the second issue');
  await letTimePass(teller, 'Nobody earns it. Time passes on the chain, past the deadline and three days of grace:', one.deposit.deadline + terms.graceSeconds + margin);
  await refundByStranger(teller, one);
  await readComment(teller, ada, living, 'Its living comment knows it', ['1 refunded']);
}
