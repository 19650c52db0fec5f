// The least that startApp can start: Node, a server on the internal port, ready. The baseline of a service's start, and of a page.
import { createServer } from 'node:http';

const page = process.env['PAGE'] ?? '';
createServer((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end(page); }).listen(Number(process.env['INTERNAL_PORT']), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
