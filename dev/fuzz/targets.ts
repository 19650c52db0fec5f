import type { Target } from './target.ts';
import { chain } from './targets/chain.ts';
import { comments } from './targets/comments.ts';
import { githubAnswers } from './targets/github-answers.ts';
import { nodeAnswers } from './targets/node-answers.ts';
import { pages } from './targets/pages.ts';
import { services } from './targets/services.ts';
import { settings } from './targets/settings.ts';
import { webhooks } from './targets/webhooks.ts';

/** Every parser that reads outside bytes. */
export const targets: readonly Target[] = [...webhooks, ...comments, ...chain, ...nodeAnswers, ...githubAnswers, ...services, ...settings, ...pages];
