import { answerBadge } from '../../../../../board/answer-badge.ts';
import { issueBadge } from '../../../../../board/badge.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => answerBadge(event, { label: 'bounty', state: '', draw: ({ bounties }) => issueBadge(bounties[0]) });
