import { answerBadge } from '../../../../board/answer-badge.ts';
import { repositoryBadge } from '../../../../board/badge.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => answerBadge(event, { label: 'bounties', state: 'open', draw: repositoryBadge });
