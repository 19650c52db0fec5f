import { rss } from '../../board/feed.ts';
import { answerFeed } from '../../board/answer-feed.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => answerFeed(event, { type: 'application/rss+xml', write: rss });
