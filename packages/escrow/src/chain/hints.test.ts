import { expect, test } from 'vitest';
import { webSocketOf } from './hints.ts';

test.each([['http://127.0.0.1:8899', 'ws://127.0.0.1:8900/'], ['https://api.example/?key=1', 'wss://api.example/?key=1'], ['https://node.example:8443/rpc', 'wss://node.example:8444/rpc']])('the WebSocket of %s', (rpcUrl, wsUrl) => {
  expect(webSocketOf(rpcUrl)).toBe(wsUrl);
});
