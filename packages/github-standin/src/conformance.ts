import addFormats from 'ajv-formats';
import { OpenAPIBackend, type Document, type Operation, type ValidationResult } from 'openapi-backend';
import description from '../openapi/github.json' with { type: 'json' };
import type { OperationId } from '../openapi/operations.ts';

/** Where a request of ours or an answer of the stand-in differs from GitHub's own description, or asks for what is not here yet. */
export interface Mismatch {
  readonly kind: 'request' | 'answer' | 'missing';
  readonly method: string;
  readonly path: string;
  readonly operation: OperationId | undefined;
  /** Of the answer, for `kind: 'answer'`. */
  readonly status: number | undefined;
  readonly problems: readonly string[];
}

export interface ApiRequest {
  readonly method: string;
  /** Below the API's root, without the query, still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

export interface Matched {
  readonly id: OperationId;
  readonly params: Readonly<Record<string, string>>;
}

export interface Conformance {
  match(request: ApiRequest): Matched | undefined;
  /** What is wrong with the request; empty when nothing is. */
  checkRequest(request: ApiRequest, operation: OperationId): string[];
  /** What is wrong with the answer; empty when nothing is. A status that GitHub does not list for the operation is wrong. */
  checkAnswer(body: unknown, operation: OperationId, status: number): string[];
}

/** GitHub may give these for any operation, whether or not its description lists them. */
const everywhere = new Set([301, 307, 400, 401, 403, 404, 406, 410, 415, 422, 429, 500, 501, 502, 503]);

const said = ({ errors }: ValidationResult): string[] =>
  (errors ?? []).map((it) => `${it.instancePath === '' ? '/' : it.instancePath} ${it.message ?? it.keyword}${it.keyword === 'additionalProperties' ? `: ${String(it.params['additionalProperty'])}` : ''}`);

/** The properties of a body that GitHub's description does not know. GitHub ignores them; we want to hear of a typing error. */
function unknownProperties(body: unknown, operation: Operation): string[] {
  const content = (operation.requestBody as { content?: Record<string, { schema?: { properties?: object; oneOf?: object; anyOf?: object } }> } | undefined)?.content?.['application/json'];
  const properties = content?.schema?.properties;
  if (properties === undefined || content?.schema?.oneOf !== undefined || content?.schema?.anyOf !== undefined) return [];
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  return Object.keys(body).filter((name) => !Object.hasOwn(properties, name)).map((name) => `/requestBody has a property that GitHub's description does not know: ${name}`);
}

/** The backend's own matching goes through the whole description for each request. What says most of a path literally is meant. */
function routeOf({ path, method, operationId }: Operation & { path: string; method: string }) {
  const [template, literal] = [/\{([^}]+)\}/g, path.replaceAll(/\{[^}]+\}/g, '')];
  return {
    id: operationId as OperationId, method, literal: literal.length, names: [...path.matchAll(template)].map((it) => it[1] ?? ''),
    pattern: new RegExp(`^${path.split(template).map((part, at) => (at % 2 === 0 ? RegExp.escape(part) : '([^/]+)')).join('')}/?$`),
  };
}

/** GitHub's description, cut to the operations we answer, ready to check requests and answers with. */
export async function openConformance(): Promise<Conformance> {
  const backend = new OpenAPIBackend({
    definition: description as unknown as Document,
    quick: true,
    ajvOpts: { strict: false, allErrors: true },
    customizeAjv: (ajv) => addFormats.default(ajv),
  });
  await backend.init();
  const operations = new Map(backend.router.getOperations().map((it) => [it.operationId as OperationId, it]));
  const operationOf = (id: OperationId): Operation => {
    const operation = operations.get(id);
    if (operation === undefined) throw new TypeError(`${id} is not in the description`);
    return operation;
  };

  const routes = [...operations.values()].map(routeOf).sort((one, other) => other.literal - one.literal);

  return {
    match({ method, path }) {
      for (const route of routes) {
        if (route.method !== method.toLowerCase()) continue;
        const values = route.pattern.exec(path)?.slice(1);
        if (values !== undefined) return { id: route.id, params: Object.fromEntries(route.names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')])) };
      }
      return undefined;
    },
    checkRequest(request, id) {
      const operation = operationOf(id);
      const result = backend.validator.validateRequest({ ...request, headers: { ...request.headers }, query: { ...request.query } }, operation);
      return [...said(result), ...unknownProperties(request.body, operation)];
    },
    checkAnswer(body, id, status) {
      const operation = operationOf(id);
      const listed = Object.keys(operation.responses ?? {});
      if (!listed.includes(String(status))) return everywhere.has(status) ? [] : [`status ${status} is not one of ${listed.join(', ')}`];
      const content = (operation.responses?.[String(status)] as { content?: object } | undefined)?.content;
      if (content === undefined) return body === undefined ? [] : ['the answer has a body, GitHub\'s has none'];
      return said(backend.validator.validateResponse(body, operation, status));
    },
  };
}
