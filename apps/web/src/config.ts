import { tokenSetting } from '@doubloon/rpc';
import { serviceSettings, text, urlOf, yesOrNo, type Config, type Configuration, type Settings } from '@doubloon/service';

/** What an operator can set for the pages. */
const settings = {
  ...serviceSettings,
  origin: { name: 'WEB_ORIGIN', meaning: 'Where people reach the pages: scheme, host and port, nothing after.', schema: urlOf('https', 'http').transform((url) => new URL(url).origin) },
  treasuryUrl: { name: 'WEB_TREASURY_URL', meaning: 'The treasury service.', schema: urlOf('http', 'https') },
  treasuryToken: tokenSetting('WEB_TREASURY_TOKEN', 'treasury'),
  identityUrl: { name: 'WEB_IDENTITY_URL', meaning: 'The identity service.', schema: urlOf('http', 'https') },
  identityToken: tokenSetting('WEB_IDENTITY_TOKEN', 'identity service'),
  githubUrl: { name: 'GITHUB_URL', meaning: 'The pages of GitHub, where people sign in: https://github.com, or those of an Enterprise Server.', schema: urlOf('https', 'http').transform((url) => new URL(url).origin), default: 'https://github.com' },
  devWallet: { name: 'DEV_WALLET', meaning: 'Offers a burner wallet in the browser; never on a public cluster.', schema: yesOrNo(), default: 'false' },
  faucetUrl: { name: 'WEB_FAUCET_URL', meaning: 'The faucet of a local cluster, for the burner wallet.', schema: urlOf('http', 'https').optional() },
  addressHeader: { name: 'WEB_ADDRESS_HEADER', meaning: 'The header in which your own proxy tells the visitor’s address; without one the peer’s address counts.', schema: text().optional() },
} as const satisfies Settings;

export const configuration = { prefix: 'WEB_', settings } satisfies Configuration<typeof settings>;

export type WebConfig = Config<typeof settings>;
