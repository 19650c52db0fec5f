// What somebody would write in an afternoon: node:http, an HMAC over the body, one insert. The baseline of the receiver.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const secret = process.env['WEBHOOK_SECRET'] ?? '';
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: Number(process.env['CONNECTIONS']) });
await pool.query('create table if not exists delivery (guid text primary key, event text not null, payload json not null, received_at timestamptz not null default now())');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
    const given = Buffer.from(String(request.headers['x-hub-signature-256']));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.writeHead(401).end();
      return;
    }
    pool.query('insert into delivery (guid, event, payload) values ($1, $2, $3) on conflict do nothing', [request.headers['x-github-delivery'], request.headers['x-github-event'], body.toString()]).then(
      () => response.writeHead(202, { 'content-length': 0 }).end(),
      () => response.writeHead(503, { 'content-length': 0 }).end(),
    );
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
// Ends with whoever started it.
process.once('disconnect', () => process.exit());
