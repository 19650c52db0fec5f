import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAsk } from './ask.ts';
import { readPerson } from './people.ts';
import { openReading } from './reader.ts';
import { readRulesFile } from './repository.ts';

/** A GitHub that answers everything alike, which the stand-in has no reason to. */
async function readerOf(status: number, headers: Readonly<Record<string, string>> = {}) {
  const server = createServer((_, response) => { response.writeHead(status, headers).end(); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }));
  const tokens = { of: () => Promise.resolve({ installationId: '1', authorization: undefined }), forget: () => undefined };
  return openReading({ ask: openAsk({ timeoutMs: 5_000 }), tokens, apiUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, now: () => new Date() })();
}

test('rules and people that are said to be elsewhere are not taken as absent: nobody knows', async () => {
  const reader = await readerOf(301, { location: '/repositories/2/contents/.github/doubloon.yml' });
  await expect(readRulesFile(reader, '1')).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  await expect(readPerson(reader, { githubId: '1' })).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
});

test('what is absent is absent', async () => {
  const reader = await readerOf(404);
  await expect(readRulesFile(reader, '1')).resolves.toBe(undefined);
  await expect(readPerson(reader, { githubId: '1' })).resolves.toBe(undefined);
});

test('an answer without a body is none', async () => {
  await expect(readRulesFile(await readerOf(200, { etag: '"x"' }), '1')).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
});
