import { pathOf } from '../../../apps/identity/src/sessions/sign-in.ts';
import { isSecret } from '../../../apps/identity/src/sessions/session.ts';
import { badgeSvg } from '../../../apps/web/src/board/badge.ts';
import { atom, rss, type Feed } from '../../../apps/web/src/board/feed.ts';
import { queryOf, readFilter } from '../../../apps/web/src/board/filter.ts';
import { readRows, readSplit } from '../../../apps/web/src/deciding/read-split.ts';
import * as request from '../../../apps/web/src/request.ts';
import { ownPath } from '../../../apps/web/src/sessions/own-path.ts';
import { signInProblem } from '../../../apps/web/src/sessions/sign-in-problems.ts';
import { malformed } from '../../../apps/web/testing/well-formed.ts';
import { parseCommands } from '@doubloon/domain';
import { isDoubloonError } from '@doubloon/errors';
import { firstLine, hold, textOf, type Target } from '../target.ts';

const origin = 'https://bounties.example';
const wallet = 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95';
const transaction = Buffer.alloc(200, 7).toString('base64');

const bodies: Readonly<Record<string, { read(request: Request): Promise<unknown>; sound: object }>> = {
  wallet: { read: request.readWallet, sound: { wallet } },
  transaction: { read: request.readTransaction, sound: { transaction } },
  link: { read: request.readLink, sound: { step: 'link', user: '7', wallet } },
  signedLink: { read: request.readSignedLink, sound: { step: 'link', user: '7', transaction } },
  award: { read: request.readAwardToSign, sound: { deposit: wallet, wallet, shares: [{ githubId: '7', bps: 10_000 }] } },
  signedAward: { read: request.readSignedAward, sound: { deposit: wallet, transaction } },
  step: { read: request.readStep, sound: { step: 'veto', share: 0, wallet } },
  signedStep: { read: request.readSignedStep, sound: { step: 'veto', share: 0, transaction } },
};

const body: Target = {
  name: 'page-body',
  words: ['"step":"cancel"', '"share":7', '"bps":10000', '"shares":[]', `"wallet":"${wallet}"`, '"__proto__":{},', ...Object.keys(bodies).map((name) => `${name}\n`)],
  samples: () => Object.entries(bodies).map(([name, { sound }]) => `${name}\n${JSON.stringify(sound)}`),
  codes: ['REQUEST_INVALID'],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const [name, { read }] = Object.entries(bodies).find(([key]) => key === line) ?? ['wallet', { read: request.readWallet }];
    const found = await read(new Request(`${origin}/x`, { method: 'POST', body: Uint8Array.from(rest) }));
    const signed = found instanceof Uint8Array ? found : (found as { transaction?: Uint8Array }).transaction;
    hold(signed === undefined || (signed.length > 0 && signed.length <= 1_233), 'a transaction that no packet carries');
    if (typeof found === 'object' && found !== null && 'share' in found) hold(Number.isInteger(found.share) && Number(found.share) >= 0 && Number(found.share) < 8, 'a share that no deposit has');
    return `${name} ${typeof found}`;
  },
};

const reads: Readonly<Record<string, (text: string) => unknown>> = { offer: request.readOfferId, bounty: request.readBounty, deposit: request.readDeposit, user: request.readGitHubId };

/** What stands in an address of the pages: ids, where to return to, what the board is filtered by, how an award is split. */
const address: Target = {
  name: 'page-address',
  words: ['offer\n', 'bounty\n', 'deposit\n', 'user\n', '11-22', '0'.repeat(32), wallet, '//evil.example', '/\\evil.example', '/%2e%2e//x', '?login=ada&percent=60', '&login=bob&percent=40', '&more', 'denom=usdc&state=open&label=', '%', '%F0%9F%92%B0', 'javascript:', '@', '#'],
  samples: () => ['offer\n0123456789abcdef0123456789abcdef', 'bounty\n11-22', `deposit\n${wallet}`, 'user\n7', 'return\n/link?x=1#y', 'split\nlogin=ada&percent=60&login=%40bob&percent=40%25', 'filter\ndenom=usdc&state=open&language=C%2B%2B&label=good%20first%20issue&repository=a/b', 'problem\nlate'],
  codes: ['OFFER_ABSENT', 'BOUNTY_ABSENT', 'DEPOSIT_ABSENT', 'GITHUB_USER_ABSENT'],
  run(bytes) {
    const { line, rest } = firstLine(bytes);
    const text = textOf(rest);
    if (Object.hasOwn(reads, line)) {
      reads[line]?.(text);
      hold(/^[\w-]+$/.test(text), 'an id that is more than an id');
      return line;
    }
    signInProblem(text);
    isSecret(text);
    holdOwn(ownPath(text, origin, '/else'));
    try {
      holdOwn(pathOf(text, origin));
    } catch (error) {
      if (!isDoubloonError(error, 'REQUEST_INVALID')) throw error;
    }
    const filter = readFilter(new URLSearchParams(text));
    const again = readFilter(new URLSearchParams(queryOf(filter)));
    hold(JSON.stringify(again) === JSON.stringify(readFilter(new URLSearchParams(queryOf(again)))), 'a filter is another one in its own address');
    const split = readSplit(readRows(new URLSearchParams(text)));
    if (split.kind === 'split') {
      const [said] = parseCommands(split.comment, new Map());
      hold(said?.kind === 'award' && 'shares' in said && JSON.stringify(said.shares) === JSON.stringify(split.shares), 'the page and the comment split differently');
    }
    return `${split.kind} ${ownPath(text, origin, '/else') === '/else' ? 'elsewhere' : 'ours'} ${queryOf(filter) === '' ? '' : 'filtered'}`;
  },
};

/** As a browser reads what it is redirected to. */
function holdOwn(path: string): void {
  hold(path.startsWith('/') && !/^\/[/\\]/.test(path) && new URL(path, origin).origin === origin, `${path} leads elsewhere`);
  hold(/^[\x21-\x7e]+$/.test(path), 'what no header can hold');
}

const money = { text: '1.5', denom: 'SOL' };
/** Anybody's words where the board shows them outside of HTML. */
const shown: Target = {
  name: 'board-text',
  words: ['<script>', '</title>', ']]>', '<!--', '&amp;', '&#0;', '"', "'", '\u202e', '\ufffe', '\ud83d'],
  samples: () => ['A bug in <b>', 'x" onload="alert(1)', ']]><x>&y;'],
  run(bytes) {
    // GitHub's titles have 256 characters at most, and its labels 50.
    const text = textOf(bytes).slice(0, 2_000);
    const feed: Feed = { origin, query: queryOf(readFilter(new URLSearchParams({ label: text }))), cluster: 'localnet', bounties: [{
      id: '11-22', standing: 'open', money: [money], isFunded: true, offered: [], changedAt: '2026-01-02T03:04:05Z', deadline: '2026-03-02T03:04:05Z', funders: 1,
      issue: { repository: text, number: 3, title: text, url: `https://github.example/${text}`, isPullRequest: false, state: 'open', labels: [text], language: text },
    }] };
    for (const xml of [atom(feed), rss(feed), badgeSvg({ label: text, words: text, isMoney: true }).trimEnd()]) {
      const why = malformed(xml);
      hold(why === undefined, why ?? '');
      hold((xml.match(/<(?:entry|item|title)>/g)?.length ?? 0) <= 4 && !/<script|<!--|on\w+="/i.test(xml.replaceAll(/"[^"]*"/g, '""')), 'a text became a tag');
    }
    return text.length > 100 ? 'long' : text.isWellFormed() ? 'text' : 'half';
  },
};

export const pages: readonly Target[] = [body, address, shown];
