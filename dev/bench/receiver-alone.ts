// The App's receiver with the App's way of storing, and nothing of its work: what accepting costs by itself.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openIntake, storeDelivery } from '../../apps/github-app/src/webhooks/intake.ts';
import { createReceiver } from '../../apps/github-app/src/webhooks/receive.ts';

const quiet = { info() {}, warn() {}, error() {} };
const intake = openIntake(process.env['DATABASE_URL'] ?? '', quiet);
const server = createServer(createReceiver({ secrets: { current: process.env['WEBHOOK_SECRET'] ?? '' }, store: (delivery) => storeDelivery(intake, delivery) }));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
// Ends with whoever started it.
process.once('disconnect', () => process.exit());
