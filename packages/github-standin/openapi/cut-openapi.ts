// Brings GitHub's OpenAPI description to a temporary folder, keeps the operations we use, and writes them to
// `github.json` beside this file. The package unpacks to 385 MB, so it is never a dependency.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from './operations.ts';

const source = '@octokit/openapi@23.0.2';
const wanted: ReadonlySet<string> = new Set(operations);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is for readers and not for a validator. `properties` may well hold a property of such a name, so it is entered with `names`. */
const prose = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'tags', 'x-octokit', 'x-github', 'deprecated']);

function lean(value: Json, names = false): Json {
  if (Array.isArray(value)) return value.map((item) => lean(item));
  if (!isObject(value)) return value;
  const kept = Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => names || !prose.has(key))
      .map(([key, item]) => [key, lean(item, key === 'properties' && !names)]),
  );
  return names ? kept : withNull(kept);
}

/** Says "or null" in the words of JSON Schema where OpenAPI's `nullable` alone does not reach a validator. */
function withNull(schema: JsonObject): JsonObject {
  const { nullable, ...rest } = schema;
  if (nullable !== true) return schema;
  if (rest['type'] === undefined) return { anyOf: [{ enum: [null] }, rest] };
  const values = rest['enum'];
  return Array.isArray(values) && !values.includes(null) ? { ...schema, enum: [...values, null] } : schema;
}

function references(value: Json, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) value.forEach((item) => references(item, found));
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string') found.add(item);
      else references(item, found);
    }
  }
  return found;
}

function at(document: JsonObject, reference: string): Json {
  let here: Json | undefined = document;
  for (const step of reference.replace(/^#\//, '').split('/')) here = isObject(here) ? here[step.replaceAll('~1', '/')] : undefined;
  if (here === undefined) throw new Error(`${reference} is not in the description`);
  return here;
}

/**
 * Mends what GitHub's description has wrong: the list of installations wants an account to be a user and an enterprise at once, and
 * a pull request wants the repository it comes from, which is null once that fork was deleted, as GitHub's description of the webhook `pull_request.labeled` says,
 * and the events of an issue leave out closing and reopening, which only its timeline has though both list them (docs "Issue event types").
 */
function mend(document: JsonObject): void {
  const kinds = (at(document, '#/components/schemas/issue-event-for-issue') as { anyOf: Json[] }).anyOf;
  if (JSON.stringify(kinds).includes('state-change-issue-event')) throw new Error('the events of an issue are right now: leave out their mending');
  kinds.push({ $ref: '#/components/schemas/state-change-issue-event' });
  const schema = at(document, '#/paths/~1app~1installations/get/responses/200/content/application~1json/schema') as JsonObject;
  if (!JSON.stringify(schema).includes('"allOf"')) throw new Error('the list of installations is right now: leave out its mending');
  schema['items'] = { $ref: '#/components/schemas/installation' };
  for (const name of ['pull-request', 'pull-request-simple']) {
    const head = at(document, `#/components/schemas/${name}/properties/head/properties`) as JsonObject;
    if (JSON.stringify(head['repo']).includes('null')) throw new Error(`the head of a ${name} is right now: leave out its mending`);
    head['repo'] = { nullable: true, allOf: [head['repo'] ?? null] };
  }
}

function cut(document: JsonObject): JsonObject {
  const paths: JsonObject = {};
  const missing = new Set(wanted);
  for (const [path, item] of Object.entries(document['paths'] as JsonObject)) {
    for (const [method, operation] of Object.entries(item as JsonObject)) {
      const id = isObject(operation) ? operation['operationId'] : undefined;
      if (typeof id !== 'string' || !wanted.has(id)) continue;
      missing.delete(id);
      paths[path] = { ...(paths[path] as JsonObject | undefined), [method]: lean(operation as Json) };
    }
  }
  if (missing.size > 0) throw new Error(`not in the description: ${[...missing].join(', ')}`);

  const components: Record<string, JsonObject> = {};
  const queue = [...references(paths)];
  const done = new Set<string>();
  for (let reference = queue.pop(); reference !== undefined; reference = queue.pop()) {
    if (done.has(reference)) continue;
    done.add(reference);
    const [, , kind, name] = reference.split('/');
    if (kind === undefined || name === undefined) throw new Error(`unexpected reference ${reference}`);
    const value = lean(at(document, reference));
    (components[kind] ??= {})[name] = value;
    queue.push(...references(value));
  }
  return { openapi: document['openapi'] as Json, info: { title: `Cut from ${source}`, version: '1.1.4', license: { name: 'MIT' } }, paths, components: components as JsonObject };
}

const folder = await mkdtemp(join(tmpdir(), 'cut-openapi-'));
try {
  const packed = execFileSync('npm', ['pack', source, '--silent'], { cwd: folder, encoding: 'utf8' }).trim();
  const file = 'package/generated/api.github.com.json';
  execFileSync('tar', ['xzf', packed, file], { cwd: folder });
  const document = JSON.parse(await readFile(join(folder, file), 'utf8')) as JsonObject;
  mend(document);
  const text = `${JSON.stringify(cut(document))}\n`;
  await writeFile(new URL('github.json', import.meta.url), text);
  process.stdout.write(`github.json: ${wanted.size} operations, ${text.length} bytes\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
