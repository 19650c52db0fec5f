import { z } from 'zod';
import { parseGitHubId } from '@doubloon/domain';

/** PostgreSQL takes U+0000 in no text. */
export const storable = z.string().refine((one) => !one.includes('\0'), 'must not hold U+0000');
export const githubId = z.string().refine((text) => parseGitHubId(text) !== undefined, 'is no id of GitHub');
export const webAddress = storable.max(2_000).refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'is no web address');

/** What every caller tells of an issue. */
export const issueShape = {
  repositoryId: githubId, issueId: githubId,
  repository: storable.regex(/^[^/\s]{1,100}\/[^/\s]{1,100}$/, 'is not owner/name'), number: z.number().int().min(1).max(2 ** 31 - 1), title: storable.max(1_000), url: webAddress,
};
