import { z } from 'zod';
import { parseAddress } from '@doubloon/escrow';
import { keyFromFile } from '@doubloon/escrow/chain';
import { callersSetting, tokenSetting } from '@doubloon/rpc';
import { databaseUrl, duration, oneOf, parsedBy, serviceSettings, text, urlOf, wholeNumber, type Config, type Configuration } from '@doubloon/service';

const identityToken = tokenSetting('TREASURY_IDENTITY_TOKEN', 'identity service');

const settings = {
  ...serviceSettings,
  databaseUrl,
  eventLogUrl: { name: 'EVENT_LOG_URL', meaning: 'The event log: `kafka://host:port` or `postgres://…`.', schema: urlOf('kafka', 'postgres', 'postgresql'), secret: true },
  eventsKept: { name: 'EVENT_LOG_KEPT', meaning: 'How long events that everybody has read are kept in an event log on PostgreSQL. Kafka prunes by itself, by `retention.ms` of the topic.', schema: duration().refine((ms) => ms >= 60_000, 'is less than a minute'), default: '365d' },
  rpcUrl: { name: 'SOLANA_RPC_URL', meaning: 'JSON-RPC of a node of the cluster. May hold a key, so it is a secret.', schema: urlOf('http', 'https'), secret: true },
  wsUrl: { name: 'SOLANA_WS_URL', meaning: 'WebSocket of that node, where it is not on the next port. Only hints come over it: nothing depends on it.', schema: urlOf('ws', 'wss').optional(), secret: true },
  denomsFile: { name: 'DENOMS_FILE', meaning: 'The reviewed JSON file of the denoms on this cluster.', schema: text() },
  cluster: { name: 'TREASURY_CLUSTER', meaning: 'The cluster as people know it.', schema: oneOf('localnet', 'devnet', 'testnet', 'mainnet-beta') },
  program: { name: 'TREASURY_PROGRAM', meaning: 'Address of the escrow program.', schema: parsedBy(parseAddress) },
  upgradeAuthority: { name: 'TREASURY_UPGRADE_AUTHORITY', meaning: 'Address of whoever was announced as able to replace the program. On a public cluster it is refused when anybody else could; one that is final needs none.', schema: parsedBy(parseAddress).optional() },
  operator: { name: 'TREASURY_OPERATOR', meaning: 'Address of the operator account of this instance.', schema: parsedBy(parseAddress) },
  webUrl: { name: 'TREASURY_WEB_URL', meaning: 'Where people reach the pages: scheme, host and port. Links to sign begin with it.', schema: urlOf('https', 'http').pipe(z.transform((url: string) => new URL(url).origin)) },
  callers: callersSetting('TREASURY_CALLERS'),
  identityUrl: { name: 'TREASURY_IDENTITY_URL', meaning: 'Where the identity service listens, which says who may decide. Without it nobody may by a comment.', schema: urlOf('http', 'https').optional() },
  identityToken: { ...identityToken, schema: identityToken.schema.optional() },
  relayer: { name: 'TREASURY_RELAYER_KEY_FILE', meaning: 'Solana key file of the relayer, which carries what maintainers decide, and pays for payouts. Only its owner and group may read it. Without it nothing is relayed.', schema: parsedBy(keyFromFile).optional() },
  relayerBudget: { name: 'TREASURY_RELAYER_BUDGET', meaning: 'Lamports that the relayer may spend in 24 hours, on fees and on the rent of token accounts.', schema: wholeNumber(), default: '100000000' },
  relayerAccounts: { name: 'TREASURY_RELAYER_ACCOUNTS', meaning: 'How many token accounts the relayer may open for winners in 24 hours, once for each winner and mint.', schema: wholeNumber({ max: 10_000 }), default: '20' },
  refundAfter: { name: 'TREASURY_REFUND_AFTER', meaning: 'How long, by the chain’s clock, a funder can take back by themselves what nobody earned, before the relayer sends it to them.', schema: duration(), default: '10m' },
  sendEvery: { name: 'TREASURY_SEND_EVERY', meaning: 'How often a signed transaction is sent again until it is seen.', schema: duration(), default: '2s' },
  watchEvery: { name: 'TREASURY_WATCH_EVERY', meaning: 'How often the chain is asked for deposits that are awaited. For refunds it is asked a fifth as often.', schema: duration(), default: '1s' },
  scanEvery: { name: 'TREASURY_SCAN_EVERY', meaning: 'How often all deposits of the operator are compared with the database.', schema: duration(), default: '1m' },
} as const;

export const configuration = { prefix: 'TREASURY_', settings } satisfies Configuration<typeof settings>;
export type TreasurySettings = typeof settings;
export type TreasuryConfig = Config<TreasurySettings>;
