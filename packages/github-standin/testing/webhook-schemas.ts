import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

const file = import.meta.resolve('@octokit/openapi-webhooks/generated/api.github.com.json');
const { components, webhooks } = JSON.parse(readFileSync(new URL(file), 'utf8')) as { components: object; webhooks: Record<string, object> };
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'github', components });

/** What is wrong with a webhook's payload by GitHub's own schema for the event; empty when nothing is. */
export function webhookProblems(event: string, action: string | null, payload: unknown): string[] {
  const name = (action === null ? event : `${event}-${action}`).replaceAll('_', '-');
  if (webhooks[name] === undefined) throw new TypeError(`GitHub has no webhook ${name}`);
  const check = ajv.getSchema(`github#/components/schemas/webhook-${name}`);
  if (check === undefined) throw new TypeError(`GitHub has no schema for ${name}`);
  return check(payload) === true ? [] : (check.errors ?? []).map((it) => `${it.instancePath} ${it.message ?? it.keyword}`);
}
