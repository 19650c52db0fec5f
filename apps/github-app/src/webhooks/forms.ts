import { z } from 'zod';

/** GitHub's ids are numbers below 2^53 in webhooks. As decimal text from here on. */
export const id = z.number().int().positive().refine(Number.isSafeInteger).transform(String);

/** Of an issue or pull request, as much as a column of ours holds; a row that can't be written would hold up all that follows on its issue. */
export const number = z.number().int().min(1).max(2 ** 31 - 1);

/** `owner/name` of a repository. It stands in paths of the API: nothing else may lead anywhere. */
export const fullName = z.string().regex(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/);
