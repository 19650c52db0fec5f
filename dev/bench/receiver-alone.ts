// The App's receiver with the App's way of storing, and nothing of its work: what accepting costs by itself.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPool, storeInbox } from '@doubloon/postgres';
import { newTraceparent } from '@doubloon/service';
import { subjectOf } from '../../apps/github-app/src/delivery.ts';
import { createReceiver } from '../../apps/github-app/src/receive.ts';

const pool = openPool({ url: process.env['DATABASE_URL'] ?? '', name: 'receiver', max: Number(process.env['CONNECTIONS']) });
const server = createServer(createReceiver({
  secrets: { current: process.env['WEBHOOK_SECRET'] ?? '' },
  store: ({ guid, event, payload }) => storeInbox(pool, { key: guid, kind: event, subject: subjectOf(guid, payload), payload: { event, payload }, traceparent: newTraceparent() }),
}));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
