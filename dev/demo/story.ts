import { randomBytes } from 'node:crypto';
import { decodeDeposit, parseAddress, signerFromSeed, signTransaction } from '@doubloon/escrow';
import { openEventLog, type Position } from '@doubloon/events';
import { openPerson } from './person.ts';
import type { Stack } from '../stack/stack.ts';
import { until } from './until.ts';

const repository = 'analytical-engines/difference';
const issue = 1;
const lamportsPerSol = 1_000_000_000n;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Told {
  readonly type: string;
  readonly id: string;
  readonly data: { readonly offerId?: string };
}

/**
 * Plays the main job once, as a person would: everything through GitHub's API and the pages, and the chain read directly
 * for what must not be believed on anybody's word. Says each step with its evidence; rejects when one does not come.
 */
export async function tellStory({ github, webUrl, chain, localnet, eventLogUrl, operator }: Stack, say: (line: string) => void): Promise<void> {
  const ada = openPerson(github, 'ada', repository, issue);
  const tell = (what: string, evidence: string) => { say(`${what}\n    ${evidence.replaceAll('\n', '\n    ')}`); };

  const comment = await ada.comment('I would love this. $sol:0.5$');
  tell('ada comments on an issue: I would love this. $sol:0.5$', comment.html_url);

  const before = await until('the living comment', () => ada.livingComment((body) => body.includes('/fund/')));
  tell(`The bot answers with its one living comment (${before.html_url}):`, before.text);

  const offerId = /\/fund\/([0-9a-f]{32})/.exec(before.body)?.[1] ?? '';
  const link = `${webUrl}/fund/${offerId}`;
  const page = await fetch(link);
  const html = await page.text();
  if (!page.ok || !html.includes('What you sign')) throw new Error(`the fund page answered ${String(page.status)}`);
  tell('The link shows the terms, rendered on the server:', link);

  const wallet = signerFromSeed(randomBytes(32));
  await localnet.faucet.airdrop(wallet.address, 2n * lamportsPerSol);
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const reply = await fetch(`${link}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin: webUrl }, body: JSON.stringify(body) });
    const answer = (await reply.json()) as T;
    if (!reply.ok) throw new Error(`${path} answered ${String(reply.status)}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const built = await post<{ transaction: string; deposit: string; deadline: string }>('prepare', { wallet: wallet.address });
  const signed = signTransaction(Buffer.from(built.transaction, 'base64'), [wallet]);
  const { signature } = await post<{ signature: string }>('submit', { transaction: Buffer.from(signed).toString('base64') });
  tell(`The wallet ${wallet.address} signs and hands the bytes in:`, `signature ${signature}`);

  const address = parseAddress(built.deposit);
  const { account, deposit } = await until('the deposit in finalized state', async () => {
    const finalizedSlot = await chain.slot('finalized');
    const found = await chain.account(address, 'finalized');
    const read = found && { account: found, deposit: decodeDeposit(found.data) };
    return read && read.deposit.createdSlot <= finalizedSlot ? read : undefined;
  });
  if (deposit.amount !== lamportsPerSol / 2n || deposit.operator !== operator || deposit.funder !== wallet.address) throw new Error('the deposit on chain is not the one that was signed');
  tell('The deposit stands in finalized state, read from the chain itself:', [
    `deposit   ${address} (made in slot ${String(deposit.createdSlot)}, owned by ${account.owner})`,
    `amount    ${String(deposit.amount)} lamports`,
    `funder    ${deposit.funder}`,
    `issue     ${deposit.repositoryId}/${deposit.issueId}`,
    `deadline  ${new Date(Number(deposit.deadline) * 1000).toISOString()}`,
  ].join('\n'));

  await using log = await openEventLog(eventLogUrl, { clientId: 'demo', log: quiet, topics: ['bounty'] });
  const told = await until('the event bounty.funded', async () => {
    const seen: (Told & Position)[] = [];
    for await (const { value, topic, partition, offset } of log.replay('bounty')) {
      const event = JSON.parse(value) as Told;
      if (event.data.offerId === offerId) seen.push({ ...event, topic, partition, offset });
    }
    return seen.some(({ type }) => type === 'dev.doubloon.bounty.funded.v1') ? seen : undefined;
  });
  tell('The event log has it all, in order:', told.map(({ type, id, topic, partition, offset }) => `${topic} ${String(partition)}@${offset}  ${type}  id ${id}`).join('\n'));

  const after = await until('the living comment to say funded', () => ada.livingComment((body) => body.includes('**0.5 sol** funded, in escrow')));
  if (after.html_url !== before.html_url) throw new Error('there are two living comments');
  tell(`The same comment now says (${after.html_url}):`, after.text);
}
