import { readFileSync } from 'node:fs';
import type { Draw } from './draw.ts';

type Json = string | number | boolean | null | readonly Json[] | { [key: string]: Json };

/** The part of JSON Schema that GitHub's descriptions of its webhooks use. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Description {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly webhooks: Readonly<Record<string, { readonly post: { readonly requestBody: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }; readonly 'x-github': { readonly subcategory: string } } }>>;
}

export interface Webhook {
  /** As its schema is called: `issue-comment-created`. */
  readonly name: string;
  /** What `X-GitHub-Event` says: `issue_comment`. */
  readonly event: string;
}

/** Texts that hold no command of ours, and what else people and attackers write. */
const texts = [
  '', ' ', 'a', 'main', 'Grüße 🪙', 'refs/heads/main', 'line\nline\r\nline\ttab', '\u0000', 'a\u0000b', '\ud800', 'tail \udc00', '\u202e\u2066txt.exe\u2069', '\u200b\ufeff', '\u0085\u2028\u2029', '\u001b[31m', 'e\u0301\u0327'.repeat(50),
  '> $sol:0.5$', '`$sol:0.5$`', '```\n$sol:0.5$\n```', '<!-- $sol:0.5$ -->', 'since $E:mc^2$ holds', '$5 or $10', '$PATH:$HOME/bin', '$$sol:1$$$', '\\$sol:1\\$',
  "'; drop table inbox; --", '"}]}', '{{7*7}}', '${jndi:ldap://x/y}', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '[x](javascript:alert(1))', '@everyone', '../../../etc/passwd', '__proto__', 'constructor', 'null', 'NaN', 'true', '-0', '0x10', '1e400',
];
const oddKeys = ['__proto__', 'constructor', 'prototype', 'toString', '', 'hasOwnProperty', '\u0000', '$ref', 'toJSON', '__defineGetter__'];
const byFormat: Readonly<Record<string, readonly string[]>> = {
  'uri': ['https://github.com/x/y', 'https://api.github.com/repos/x/y/issues/1', 'http://127.0.0.1:9/', 'https://example.com/a%20b?c=d#e', 'urn:x:y'],
  'uri-template': ['https://api.github.com/repos/x/y{/sha}', 'https://x/{a}{?b,c}'],
  'date-time': ['2026-11-21T12:00:00Z', '2011-04-10T20:09:31Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2024-02-29T00:00:00+14:00', '2016-12-31T23:59:60Z', '2026-11-21T12:00:00.123456Z'],
  'date': ['2026-11-21', '2024-02-29'],
  'email': ['ada@example.com', 'a+b@x.y'],
};
const integers = [0, 1, 2, 42, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)];
/** Integers that JavaScript can't hold; GitHub's delivery ids have become such ones. */
const hugeIntegers = ['9007199254740993', '18446744073709551615', '170141183460469231731687303715884105727'];

/** Draws payloads that GitHub's own schemas allow, hostile ones among them. */
export function createWebhookGenerator(draw: Draw) {
  const file = import.meta.resolve('@octokit/openapi-webhooks/generated/api.github.com.json');
  const { components: { schemas }, webhooks } = JSON.parse(readFileSync(new URL(file), 'utf8')) as Description;

  const resolve = (schema: Schema): Schema => {
    let found = schema;
    while (found.$ref !== undefined) found = schemas[found.$ref.slice('#/components/schemas/'.length)] ?? {};
    const { allOf = [], ...own } = found;
    return allOf.map(resolve).reduce(merge, own);
  };
  const merge = (one: Schema, other: Schema): Schema => {
    const properties: Record<string, Schema> = { ...one.properties };
    for (const [key, inner] of Object.entries(other.properties ?? {})) properties[key] = properties[key] === undefined ? inner : merge(resolve(properties[key]), resolve(inner));
    return {
      ...one, ...other, properties, required: [...(one.required ?? []), ...(other.required ?? [])],
      ...(one.items === undefined || other.items === undefined ? {} : { items: merge(resolve(one.items), resolve(other.items)) }),
      ...both('type', typesOf(one), typesOf(other)), ...both('enum', one.enum, other.enum),
    };
  };
  const both = <T>(key: string, some: readonly T[] | undefined, others: readonly T[] | undefined): object => {
    const common = some?.filter((one) => others?.includes(one) ?? true) ?? others;
    // GitHub's own descriptions contradict themselves here and there: the later one is taken.
    return common === undefined ? {} : { [key]: common.length > 0 ? common : others };
  };
  const typesOf = ({ type }: Schema): readonly string[] | undefined => (typeof type === 'string' ? [type] : type);

  const text = (maxLength: number): string => {
    const drawn = draw.once(800) ? draw.pick(['x', '🪙', '$', '`', '[', '\n> ', '\\'] as const).repeat(20_000) : draw.pick(texts);
    return drawn.slice(0, maxLength);
  };
  const integer = ({ minimum = -Infinity, maximum = Infinity }: Schema): Json => {
    if (maximum === Infinity && minimum <= 0 && draw.once(60)) return (JSON as unknown as { rawJSON(text: string): Json }).rawJSON(draw.pick(hugeIntegers));
    const fitting = integers.filter((one) => one >= minimum && one <= maximum);
    return draw.once(3) && fitting.length > 0 ? draw.pick(fitting) : Math.max(1, minimum === -Infinity ? 1 : minimum) + draw.below(Math.min(1_000_000_000, maximum === Infinity ? 1_000_000_000 : maximum - Math.max(1, minimum)) + 1);
  };

  const object = (schema: Schema, depth: number): Json => {
    const { properties = {}, required = [], additionalProperties = true } = schema;
    const made: { [key: string]: Json } = {};
    for (const [key, inner] of Object.entries(properties)) if (required.includes(key) || (depth < 6 && !draw.once(4))) made[key] = value(inner, depth + 1);
    if (typeof additionalProperties === 'object') for (let extra = draw.below(3); extra > 0; extra--) made[`k${String(draw.below(1000))}`] = value(additionalProperties, depth + 1);
    if (additionalProperties === true && draw.once(25)) {
      const key = draw.pick(oddKeys);
      if (!Object.hasOwn(properties, key)) Object.defineProperty(made, key, { value: draw.pick<Json>([{ polluted: true }, null, 'x', [], 1]), enumerable: true });
    }
    return made;
  };

  function value(given: Schema, depth: number): Json {
    const { oneOf, anyOf, ...schema } = resolve(given);
    if (schema.enum !== undefined) return draw.pick(schema.enum);
    const branches = oneOf ?? anyOf;
    if (branches !== undefined) return value(merge(schema, resolve(draw.pick(branches))), depth);
    const types = typesOf(schema) ?? [Object.keys(schema.properties ?? {}).length > 0 ? 'object' : 'string'];
    switch (draw.pick(types)) {
      case 'null': return null;
      case 'boolean': return draw.once(2);
      case 'integer': return integer(schema);
      case 'number': return draw.pick([0, 0.5, 1, -0.001, 9.8, 1e-7].map((one) => Math.min(schema.maximum ?? one, Math.max(schema.minimum ?? one, one))));
      case 'array': {
        const { minItems = 0, maxItems = 3, items = {} } = schema;
        return Array.from({ length: minItems + draw.below(Math.max(0, Math.min(maxItems, depth < 6 ? 3 : 0) - minItems) + 1) }, () => value(items, depth + 1));
      }
      case 'object': return object(schema, depth);
      default: return schema.format !== undefined && byFormat[schema.format] !== undefined ? draw.pick(byFormat[schema.format] ?? []) : text(schema.maxLength ?? Infinity);
    }
  }

  // Some subcategories are written with hyphens; the events themselves never are.
  const all: readonly Webhook[] = Object.entries(webhooks).map(([name, { post }]) => ({ name, event: post['x-github'].subcategory.replaceAll('-', '_') }));
  return {
    all,
    /** A payload of this webhook, as the text that is sent. */
    payload({ name }: Webhook): string {
      const schema = webhooks[name]?.post.requestBody.content['application/json'].schema;
      if (schema === undefined) throw new TypeError(`GitHub has no webhook ${name}`);
      return JSON.stringify(value(schema, 0));
    },
  };
}
