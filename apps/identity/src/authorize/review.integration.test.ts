import { describe, expect, onTestFinished, test } from 'vitest';
import { openDeciding, repository, type Deciding, type Request } from '../../testing/deciding.ts';

const money = { denom: 'usdc', amount: '5000000' };
const pull = 4;

type Kind = 'review' | 'review-comment';

/** A GitHub whose pull request takes reviews; all that is asked of it has to be what GitHub knows. */
async function openReviewing() {
  const on = await openDeciding();
  onTestFinished(() => { on.github.assertConforms(); });
  return {
    ...on,
    codeOf: async (request: Request) => (await on.decide(request)).reasonCode || 'ALLOWED',
    /** What somebody says of the pull request, as a whole or of a file, and the request that names it. */
    reviews(login: string, kind: Kind, text: string) {
      const { id, commentIds: [commentId = 0] } = on.github.review(login, repository, pull, kind === 'review' ? { body: text } : { comments: [{ path: 'carry.ts', body: text }] });
      const own = kind === 'review' ? id : commentId;
      return { id: own, place: { sourceKind: kind, sourceId: String(own), ...on.issue(pull) } };
    },
    edit(kind: Kind, login: string, id: number, text: string) {
      if (kind === 'review') on.github.editReview(login, repository, id, text);
      else on.github.editReviewComment(login, repository, id, text);
    },
  };
}

const veto = (on: Deciding): Request => ({ action: 'veto', stakes: [on.stake()] });

describe.each<Kind>(['review', 'review-comment'])('a command in a %s', (kind) => {
  test('offers and vetoes like one in a comment, and the answer says who spoke', async () => {
    const on = await openReviewing();
    expect(await on.decide({ action: 'offer', money, ...on.reviews('maggie', kind, 'Good. $usdc:5$').place })).toMatchObject({ allowed: true, actor: { githubId: on.idOf('maggie') } });
    expect(await on.codeOf({ ...veto(on), ...on.reviews('linus', kind, '/veto').place })).toBe('ALLOWED');
    expect(await on.codeOf({ ...veto(on), ...on.reviews('maggie', kind, '/veto').place })).toBe('NOT_A_MAINTAINER');
  });

  test('neither awards nor cancels: GitHub does not say whether an App wrote it in a maintainer’s name', async () => {
    const on = await openReviewing();
    expect(await on.codeOf({ action: 'award', awardeeIds: [on.idOf('ada')], awardeeBps: [10_000], stakes: [on.stake()], ...on.reviews('linus', kind, '/award @ada').place })).toBe('WRITER_UNCLEAR');
    expect(await on.codeOf({ action: 'cancel', stakes: [on.stake()], ...on.reviews('linus', kind, '/cancel').place })).toBe('WRITER_UNCLEAR');
  });

  test('that somebody else wrote into it is nobody’s', async () => {
    const on = await openReviewing();
    const { id, place } = on.reviews('linus', kind, 'Well done.');
    on.edit(kind, 'grace', id, '/veto');
    expect(await on.codeOf({ ...veto(on), ...place })).toBe('EDITED');
    // An offer counts as it stands now, whoever changed it.
    on.edit(kind, 'linus', id, '$usdc:5$');
    expect(await on.codeOf({ action: 'offer', money, ...place })).toBe('ALLOWED');
    on.edit(kind, 'linus', id, '$usdc:6$');
    expect(await on.codeOf({ action: 'offer', money, ...place })).toBe('COMMAND_ABSENT');
  });

  test('counts on its own pull request only, and under its own kind of number', async () => {
    const on = await openReviewing();
    const { place } = on.reviews('linus', kind, '/veto');
    const { number } = on.github.openPull('maggie', repository, { title: 'Another', head: 'another' });
    expect(await on.codeOf({ ...veto(on), ...place, ...on.issue(number) })).toBe(kind === 'review' ? 'SOURCE_GONE' : 'SOURCE_ELSEWHERE');
    expect(await on.codeOf({ ...veto(on), ...place, issueId: on.issue(1).issueId })).toBe('SOURCE_ELSEWHERE');
    for (const sourceKind of ['issue-comment', kind === 'review' ? 'review-comment' : 'review']) expect(await on.codeOf({ ...veto(on), ...place, sourceKind })).toBe('SOURCE_GONE');
  });

  test('is nobody’s when its author’s account is deleted', async () => {
    const on = await openReviewing();
    const { place } = on.reviews('linus', kind, '/veto');
    on.github.deleteAccount('linus');
    expect(await on.codeOf({ ...veto(on), ...place })).toBe('ACTOR_UNKNOWN');
  });
});

test('what was said of a file and deleted says nothing any more', async () => {
  const on = await openReviewing();
  const { id, place } = on.reviews('linus', 'review-comment', '/veto');
  on.github.deleteReviewComment('linus', repository, id);
  expect(await on.codeOf({ ...veto(on), ...place })).toBe('SOURCE_GONE');
});
