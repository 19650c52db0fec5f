import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operations } from '../openapi/operations.ts';
import { openConformance, type ApiRequest } from './conformance.ts';

const request = (method: string, path: string, more: Partial<ApiRequest> = {}): ApiRequest => ({ method, path, query: {}, headers: {}, body: undefined, ...more });

test('the description holds exactly the operations we answer, and is small', () => {
  const text = readFileSync(new URL('../openapi/github.json', import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> };
  expect(Object.values(paths).flatMap((it) => Object.values(it).map((operation) => operation.operationId)).sort()).toEqual([...operations].sort());
  expect(text.length).toBeLessThan(1_000_000);
});

test('a path finds its operation and its decoded parameters', async () => {
  const conformance = await openConformance();
  expect(conformance.match(request('DELETE', '/repos/a/b/issues/7/labels/bounty%3A%20paid'))).toEqual({ id: 'issues/remove-label', params: { owner: 'a', repo: 'b', issue_number: '7', name: 'bounty: paid' } });
  expect(conformance.match(request('GET', '/repos/a/b/issues/comments/7'))?.id).toBe('issues/get-comment');
  expect(conformance.match(request('PUT', '/repos/a/b/issues/7'))).toBeUndefined();
  expect(conformance.match(request('GET', '/nowhere'))).toBeUndefined();
});

test('a request is checked in path, query and body, and for names GitHub does not know', async () => {
  const conformance = await openConformance();
  const check = (more: Partial<ApiRequest>) => conformance.checkRequest(request('POST', '/repos/a/b/issues/7/comments', more), 'issues/create-comment');
  expect(check({ body: { body: 'x' } })).toEqual([]);
  expect(check({})).not.toEqual([]);
  expect(check({ body: { body: 'x', extra: 1 } })).toEqual(["/requestBody has a property that GitHub's description does not know: extra"]);
  expect(check({ body: { body: 'x' }, query: { page: '1' } })).toEqual(['/query must NOT have additional properties: page']);
  expect(conformance.checkRequest(request('GET', '/repos/a/b/issues/seven'), 'issues/get')).toEqual(['/path/issue_number must be integer']);
  expect(conformance.checkRequest(request('GET', '/repos/a/b/issues/7/comments', { query: { since: 'yesterday' } }), 'issues/list-comments')).not.toEqual([]);
});

test('an answer is checked by its status, with formats, and null only where GitHub says so', async () => {
  const conformance = await openConformance();
  const reaction = { id: 1, node_id: 'x', user: null, content: 'eyes', created_at: '2026-03-01T12:00:00Z' };
  const check = (body: unknown, status = 201) => conformance.checkAnswer(body, 'reactions/create-for-issue', status);
  expect(check(reaction)).toEqual([]);
  expect(check({ ...reaction, content: null })).not.toEqual([]);
  expect(check({ ...reaction, created_at: 'yesterday' })).toEqual(['/created_at must match format "date-time"']);
  expect(check({ ...reaction, content: 'shrug' })).not.toEqual([]);
  expect(check(reaction, 204)).toEqual(['status 204 is not one of 200, 201, 422']);
  expect(check({ message: 'Not Found' }, 404)).toEqual([]);
  expect(conformance.checkAnswer({}, 'issues/delete-comment', 204)).toEqual(["the answer has a body, GitHub's has none"]);
});
