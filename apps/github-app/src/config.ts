import { z } from 'zod';
import { appSettings } from '@doubloon/github';
import { tokenSetting } from '@doubloon/rpc';
import { databaseUrl, duration, serviceSettings, text, urlOf, wholeNumber, type Config, type Configuration } from '@doubloon/service';

const secret = (): z.ZodType<string, string> => z.string().refine((value) => value.length >= 32, 'has fewer than 32 characters');

// Shorter than that is no timer any more.
const interval = (): z.ZodType<number, string> => duration().refine((ms) => ms >= 1_000, 'is less than a second');

const settings = {
  ...serviceSettings,
  databaseUrl,
  eventLogUrl: { name: 'EVENT_LOG_URL', meaning: 'The event log: kafka://host:port, or postgres://… for the embedded one.', schema: urlOf('kafka', 'postgres', 'postgresql'), secret: true },
  denomsFile: { name: 'DENOMS_FILE', meaning: "The cluster's denoms, a reviewed JSON file.", schema: text() },
  apiUrl: { name: 'GITHUB_API_URL', meaning: 'The REST API: https://api.github.com, or https://host/api/v3 of an Enterprise Server.', schema: urlOf('https', 'http'), default: 'https://api.github.com' },
  ...appSettings,
  webhookSecret: { name: 'GITHUB_APP_WEBHOOK_SECRET', meaning: 'What GitHub signs deliveries with, at least 32 characters.', schema: secret(), secret: true },
  previousWebhookSecret: { name: 'GITHUB_APP_WEBHOOK_SECRET_PREVIOUS', meaning: 'The secret before it, while a rotation is under way.', schema: secret().optional(), secret: true },
  sweepEvery: { name: 'GITHUB_APP_SWEEP_EVERY', meaning: "How often the App's own delivery log at GitHub is looked through for deliveries that never arrived.", schema: interval(), default: '60s' },
  sweepPace: { name: 'GITHUB_APP_SWEEP_PACE', meaning: 'How many requests a minute that makes at most. GitHub counts 900 points a minute; an Enterprise Server without limits can be asked more often.', schema: wholeNumber({ min: 60, max: 60_000 }), default: '600' },
  rereadEvery: { name: 'GITHUB_APP_REREAD_EVERY', meaning: 'How often an issue is read again at GitHub, whatever was told of it.', schema: interval(), default: '15m' },
  kept: { name: 'GITHUB_APP_KEPT', meaning: 'How long deliveries and events are known again after they were handled. GitHub can be asked for deliveries of three days: nothing shorter than that is for anything but trying it out.', schema: duration().refine((ms) => ms >= 60_000, 'is less than a minute'), default: '30d' },
  treasuryUrl: { name: 'GITHUB_APP_TREASURY_URL', meaning: 'Where the treasury listens.', schema: urlOf('http', 'https') },
  treasuryToken: tokenSetting('GITHUB_APP_TREASURY_TOKEN', 'treasury'),
  identityUrl: { name: 'GITHUB_APP_IDENTITY_URL', meaning: 'Where the identity service listens, which knows the rules of repositories: it is asked about each offer.', schema: urlOf('http', 'https') },
  identityToken: tokenSetting('GITHUB_APP_IDENTITY_TOKEN', 'identity'),
} as const;

export const configuration = { prefix: 'GITHUB_APP_', settings } satisfies Configuration<typeof settings>;
export type GitHubAppConfig = Config<typeof settings>;
export type GitHubAppSettings = typeof settings;
