import { z } from 'zod';
import { parseAddress } from '@doubloon/escrow';
import { appSettings } from '@doubloon/github';
import { callersSetting } from '@doubloon/rpc';
import { databaseUrl, duration, oneOf, parsedBy, serviceSettings, text, urlOf, type Config, type Configuration } from '@doubloon/service';
import { attestorFromFile } from './links/attestor.ts';

const origin = (...schemes: readonly string[]) => urlOf(...schemes).pipe(z.transform((url: string) => new URL(url).origin));
const withoutSlash = (...schemes: readonly string[]) => urlOf(...schemes).pipe(z.transform((url: string) => url.replace(/\/+$/, '')));

const settings = {
  ...serviceSettings,
  databaseUrl,
  eventLogUrl: { name: 'EVENT_LOG_URL', meaning: 'The event log: `kafka://host:port` or `postgres://…`.', schema: urlOf('kafka', 'postgres', 'postgresql'), secret: true },
  eventsKept: { name: 'EVENT_LOG_KEPT', meaning: 'How long events that everybody has read are kept in an event log on PostgreSQL. Kafka prunes by itself, by `retention.ms` of the topic.', schema: duration().refine((ms) => ms >= 60_000, 'is less than a minute'), default: '365d' },
  rpcUrl: { name: 'SOLANA_RPC_URL', meaning: 'JSON-RPC of a node of the cluster. May hold a key, so it is a secret.', schema: urlOf('http', 'https'), secret: true },
  wsUrl: { name: 'SOLANA_WS_URL', meaning: 'WebSocket of that node, where it is not on the next port. Only hints come over it: nothing depends on it.', schema: urlOf('ws', 'wss').optional(), secret: true },
  githubUrl: { name: 'GITHUB_URL', meaning: 'The pages of GitHub, where people sign in: https://github.com, or those of an Enterprise Server.', schema: origin('https', 'http'), default: 'https://github.com' },
  apiUrl: { name: 'GITHUB_API_URL', meaning: 'The REST API: https://api.github.com, or https://host/api/v3 of an Enterprise Server.', schema: withoutSlash('https', 'http'), default: 'https://api.github.com' },
  clientId: { name: 'GITHUB_CLIENT_ID', meaning: "The App's client id, for people who sign in.", schema: text() },
  clientSecret: { name: 'GITHUB_CLIENT_SECRET', meaning: "The App's client secret.", schema: text(), secret: true },
  ...appSettings,
  denomsFile: { name: 'DENOMS_FILE', meaning: 'The reviewed JSON file of the denoms on this cluster.', schema: text() },
  cluster: { name: 'IDENTITY_CLUSTER', meaning: 'The cluster as people know it.', schema: oneOf('localnet', 'devnet', 'testnet', 'mainnet-beta') },
  program: { name: 'IDENTITY_PROGRAM', meaning: 'Address of the escrow program.', schema: parsedBy(parseAddress) },
  upgradeAuthority: { name: 'IDENTITY_UPGRADE_AUTHORITY', meaning: 'Address of whoever was announced as able to replace the program. On a public cluster it is refused when anybody else could; one that is final needs none.', schema: parsedBy(parseAddress).optional() },
  operator: { name: 'IDENTITY_OPERATOR', meaning: 'Address of the operator account of this instance.', schema: parsedBy(parseAddress) },
  attestor: { name: 'IDENTITY_ATTESTOR_KEY_FILE', meaning: 'Solana key file of the attestor, which vouches for who signed in. Only its owner and group may read it.', schema: parsedBy(attestorFromFile) },
  nextAttestor: { name: 'IDENTITY_NEXT_ATTESTOR_KEY_FILE', meaning: 'The key file that follows it, while a change of keys is scheduled.', schema: parsedBy(attestorFromFile).optional() },
  webUrl: { name: 'IDENTITY_WEB_URL', meaning: 'Where people reach the pages: scheme, host and port. GitHub sends them back to /link/callback there.', schema: origin('https', 'http') },
  callers: callersSetting('IDENTITY_CALLERS'),
  sendEvery: { name: 'IDENTITY_SEND_EVERY', meaning: 'How often a signed transaction is sent again until it is seen.', schema: duration(), default: '2s' },
  decisionsKept: { name: 'IDENTITY_DECISIONS_KEPT', meaning: 'How long decisions about who may do what are kept, with all that they rested on.', schema: duration(), default: '730d' },
  scanEvery: { name: 'IDENTITY_SCAN_EVERY', meaning: 'How often all identities of the operator are compared with the database.', schema: duration(), default: '1m' },
} as const;

export const configuration = { prefix: 'IDENTITY_', settings } satisfies Configuration<typeof settings>;
export type IdentityConfig = Config<typeof settings>;
export type IdentitySettings = typeof settings;
