import { expect, vi } from 'vitest';
import type { Signer } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { personAt, type Line, type RemoteComment } from './line.ts';

export const repository = 'analytical-engines/difference';
const patience = { timeout: 90_000, interval: 100 };
const { DepositState, OfferState } = treasury;

/** Issues with money in escrow, what people decide about them, and what is shown of that. */
export function fundedIn(line: () => Line) {
  const person = (login: string) => personAt(line().github, login, repository);
  const idOf = (login: string) => String(line().github.account(login).id);
  const bountyOf = ({ id }: { id: number }) => line().treasury.getBounty({ repositoryId: String(line().github.issue(repository, 1).repositoryId), issueId: String(id) });
  const ours = async ({ number }: { number: number }): Promise<RemoteComment[]> => (await person('ada').comments(number)).filter(({ user }) => user.login.endsWith('[bot]'));
  /** Waits until the living comment says this, and answers all of it. */
  const says = (issue: { number: number }, words: string) => vi.waitFor(async () => {
    const body = (await ours(issue))[0]?.body ?? '';
    expect(body).toContain(words);
    return body;
  }, patience);
  /** Waits until the App shows these beside a comment, and nothing else. */
  const shows = (comment: { id: number }, ...signs: string[]) => vi.waitFor(async () => {
    const shown = (await person('ada').reactions(comment.id)).filter(({ user }) => user.login.endsWith('[bot]'));
    expect(shown.map(({ content }) => content).sort()).toEqual(signs.sort());
  }, patience);
  /** Waits until so much that is offered is in escrow, from this wallet or new ones. */
  const fund = async (issue: { id: number }, many = 1, wallet?: Signer) => {
    const offers = await vi.waitFor(async () => {
      const open = (await bountyOf(issue)).offers.filter(({ state }) => state === OfferState.OFFERED);
      expect(open).toHaveLength(many);
      return open;
    }, patience);
    for (const { id } of offers) await line().fund(id, wallet);
    await vi.waitFor(async () => { expect((await bountyOf(issue)).offers.filter(({ state }) => state === OfferState.OFFERED || state === OfferState.SUBMITTED)).toEqual([]); }, patience);
  };
  return {
    person, idOf, bountyOf, ours, says, shows, fund, patience,
    /** An issue on which ada offered `text`, all of it funded. */
    async issue(text = '$sol:0.5$', wallet?: Signer) {
      const issue = await person('ada').openIssue('An issue with money');
      await person('ada').comment(issue.number, text);
      await fund(issue, text.split('$ ').length, wallet);
      return issue;
    },
    /** Waits until all deposits of an issue stand so. */
    stands: (issue: { id: number }, ...states: (keyof typeof DepositState)[]) => vi.waitFor(async () => { expect((await bountyOf(issue)).deposits.map(({ state }) => DepositState[state])).toEqual(states); }, patience),
  };
}
