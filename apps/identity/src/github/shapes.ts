import { z } from 'zod';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';
import type { Account } from '../authorize/facts.ts';

/** Numbers in JSON are exact up to 2^53: what is beyond was rounded on the way, and is nobody's id. */
export const idForm = z.number().refine((id) => Number.isSafeInteger(id) && id > 0).transform((id): GitHubId => {
  const read = parseGitHubId(String(id));
  if (read === undefined) throw new TypeError('a safe integer above 0 is an id');
  return read;
});

export const accountForm = z.object({ id: idForm, login: z.string().min(1).max(100), type: z.string(), suspended_at: z.string().nullish() });

/** In place of everybody who deleted their account. */
const ghostId = '10137';
const nobody: Account = { id: ghostId as GitHubId, login: 'ghost', kind: 'ghost', isSuspended: false };

const kinds: Partial<Record<string, Account['kind']>> = { User: 'user', Bot: 'bot', Organization: 'organization' };

/** Placeholders of an import (`Mannequin`) are nobody either. */
export function accountOf(user: z.output<typeof accountForm> | null | undefined): Account {
  if (user === null || user === undefined || user.id === ghostId) return nobody;
  return { id: user.id, login: user.login, kind: kinds[user.type] ?? 'ghost', isSuspended: (user.suspended_at ?? null) !== null };
}
