import { isSilent } from '../generate/repositories.ts';
import type { Final } from '../final.ts';
import type { Expected } from '../model/expected.ts';
import type { AwardOf } from '../model/money.ts';
import type { History } from '../operation.ts';
import { shownIn } from './shown.ts';

/** Beside the living comment there are two kinds of comments, each once: to who has no wallet, and to who may veto. */
export function judgeNotices(history: History, { deposits, texts, links }: Expected, final: Final): string[] {
  const shown = final.ours.map(shownIn).flatMap((one) => (one.kind === 'notice' ? [one] : []));
  const keys = shown.map(({ about, of }) => `${about} ${of}`);
  const isQuiet = isSilent(history.repository);
  const made = deposits.flatMap(({ address, award, undone }) => [...undone.map((one) => ({ address, award: one.award, isUndone: true })), ...(award === undefined ? [] : [{ address, award, isUndone: false }])]);

  // Who links later was without a wallet before, and may have been told.
  const waits = ({ shares, round }: AwardOf): string[] => shares.filter(({ to }) => (links.get(to) ?? 5) >= round).map(({ to }) => `wallet ${final.people[to].githubId}`);
  const windowOf = (award: AwardOf, address: string): string | undefined => {
    const comment = texts.find(({ at }) => at === award.at)?.id;
    return comment === undefined ? `window deposit ${address} ` : `window issue-comment/${comment}`;
  };
  const may = new Set(isQuiet ? [] : made.flatMap(({ award }) => waits(award)));
  const windows = isQuiet ? [] : made.map(({ award, address, isUndone }) => ({ key: windowOf(award, address) ?? '', isSure: !isUndone && award.by === 'relayer' }));
  const isAllowed = (key: string): boolean => may.has(key) || windows.some((one) => (one.key.endsWith(' ') ? key.startsWith(one.key) : key === one.key));
  return [
    ...keys.filter((key, place) => keys.indexOf(key) !== place).map((key) => `doubled: notice ${key}`),
    ...keys.filter((key) => !isAllowed(key)).map((key) => `wrong: notice ${key}, for which there is no reason`),
    // What comments awarded is always told. Of what anybody can bring about there is enough for a day at some point, and what a
    // veto undid at once nobody need have seen.
    ...[...new Set(windows.filter(({ isSure }) => isSure).map(({ key }) => key))].filter((key) => !keys.includes(key)).map((key) => `lost: notice ${key}`),
  ];
}
