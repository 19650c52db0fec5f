import { fail, ok, type Finding } from './finding.ts';
import { valueOf, type AppName, type Instance } from './instance.ts';

type Said = readonly [app: AppName, name: string];

/** What several apps are told, and must be told alike. */
const same: readonly { readonly what: string; readonly said: readonly Said[] }[] = [
  { what: 'the address of the pages', said: [['web', 'WEB_ORIGIN'], ['treasury', 'TREASURY_WEB_URL'], ['identity', 'IDENTITY_WEB_URL']] },
  { what: "GitHub's API", said: [['github-app', 'GITHUB_API_URL'], ['identity', 'GITHUB_API_URL']] },
  { what: "GitHub's pages", said: [['web', 'GITHUB_URL'], ['identity', 'GITHUB_URL']] },
  { what: 'the App', said: [['github-app', 'GITHUB_APP_ID'], ['identity', 'GITHUB_APP_ID']] },
  { what: "the App's key", said: [['github-app', 'GITHUB_APP_PRIVATE_KEY'], ['identity', 'GITHUB_APP_PRIVATE_KEY']] },
  { what: 'the cluster', said: [['treasury', 'TREASURY_CLUSTER'], ['identity', 'IDENTITY_CLUSTER']] },
  { what: 'the escrow program', said: [['treasury', 'TREASURY_PROGRAM'], ['identity', 'IDENTITY_PROGRAM']] },
  { what: 'who may replace it', said: [['treasury', 'TREASURY_UPGRADE_AUTHORITY'], ['identity', 'IDENTITY_UPGRADE_AUTHORITY']] },
  { what: 'the operator account', said: [['treasury', 'TREASURY_OPERATOR'], ['identity', 'IDENTITY_OPERATOR']] },
];

/** Whether apps that must be told the same are. */
export const checkAgreement = (instance: Instance): readonly Finding[] => same.flatMap(({ what, said }) => {
  const values = said.flatMap(([app, name]) => {
    const value = valueOf(instance, app, name);
    return value === undefined ? [] : [{ app, name, value: comparable(value) }];
  });
  if (values.length < 2) return [];
  const [first] = values;
  const check = `agreement.${(first?.name ?? '').toLowerCase().replaceAll('_', '-')}`;
  const other = values.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return [ok(check, `Every service is told the same of ${what}.`)];
  return [fail(check, `${other.name} of ${other.app} says something else than ${first.name} of ${first.app}: both are ${what}.`, `Set ${values.map(({ app: of, name }) => `${name} of ${of}`).join(' and ')} to the same.`)];
});

// With and without a slash at the end is one address.
const comparable = (text: string): string => URL.parse(text)?.href ?? text;
