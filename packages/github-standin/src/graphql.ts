import { readFileSync } from 'node:fs';
import { buildSchema, execute, GraphQLError, parse, specifiedRules, validate, type DocumentNode } from 'graphql';
import type { Call } from './call.ts';
import { nodeId } from './github-ids.ts';
import { Nodes, notResolved } from './graphql-nodes.ts';
import { eventNodeId } from './issue-events.ts';
import type { Budget } from './rate-limits.ts';
import { Refusal } from './refusal.ts';
import { accountNodeId } from './shape-account.ts';
import { issueNodeId } from './shape-issue.ts';
import { reviewCommentNodeId, reviewNodeId } from './shape-review.ts';
import { findAccount, findRepository, type World } from './world.ts';

const schema = buildSchema(readFileSync(new URL('../graphql/github.graphql', import.meta.url), 'utf8'));

/** What GraphQL answers, with status 200 also when it could not. */
export interface GraphQLAnswer {
  readonly body: { readonly data?: unknown; readonly errors?: readonly Said[] };
  /** It was no query of GitHub's schema, or of the part of it that is here. */
  readonly isInvalid: boolean;
}

interface Said { readonly message: string; readonly [more: string]: unknown }

const locationsOf = (error: GraphQLError) => (error.locations ?? []).map(({ line, column }) => ({ line, column }));

/** An error of validation in GitHub's words, where they are known. */
function invalid(error: GraphQLError): Said {
  const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (field !== undefined && type !== undefined)
    return { path: [], extensions: { code: 'undefinedField', typeName: type, fieldName: field }, locations: locationsOf(error), message: `Field '${field}' doesn't exist on type '${type}'` };
  return { path: [], extensions: { code: 'invalid' }, locations: locationsOf(error), message: error.message };
}

/** An error of execution: with GitHub's `type` beside the message, and not among the extensions. */
function failed(error: GraphQLError): Said {
  const { originalError, extensions } = error;
  const type = originalError instanceof Refusal ? (originalError.status === 404 ? 'NOT_FOUND' : 'FORBIDDEN') : extensions['type'];
  if (type === undefined) throw originalError ?? error;
  return { type, path: error.path, locations: locationsOf(error), message: error.message };
}

function nodeOf(world: World, nodes: Nodes, call: Call, id: string): unknown {
  const account = world.accounts.find((it) => accountNodeId(it) === id);
  if (account !== undefined && !account.isSuspended) return nodes.actor(account);
  for (const repository of world.repositories.filter((it) => call.sees(it))) {
    if (nodeId('R', repository.id) === id) return nodes.repository(repository);
    for (const issue of repository.issues) {
      if (issueNodeId(issue) === id) return nodes.issue(issue);
      const comment = issue.comments.find((it) => nodeId('IC', repository.id, it.id) === id);
      if (comment !== undefined) return nodes.comment(comment);
      const event = issue.events.find((it) => eventNodeId(issue, it) === id);
      if (event?.kind === 'closed' || event?.kind === 'reopened') return nodes.event(issue, event);
      const review = issue.pullRequest?.reviews.find((it) => reviewNodeId(it) === id);
      if (review !== undefined) return nodes.review(review);
      const ofReview = issue.pullRequest?.reviewComments.find((it) => reviewCommentNodeId(it) === id);
      if (ofReview !== undefined) return nodes.reviewComment(ofReview);
    }
  }
  throw notResolved(`a node with the global id of '${id}'`);
}

function rootOf(call: Call, budget: Budget | undefined) {
  const { world, caller } = call;
  const nodes = new Nodes(call);
  const person = (login: string, isFine: (type: string) => boolean, what: string): unknown => {
    const account = findAccount(world, login);
    if (account === undefined || account.isSuspended || !isFine(account.type)) throw notResolved(`a ${what} with the login of '${login}'`);
    return nodes.actor(account);
  };
  return {
    id: 'Q', node: ({ id }: { id: string }) => nodeOf(world, nodes, call, id), nodes: ({ ids }: { ids: readonly string[] }) => ids.map((id) => {
      try {
        return nodeOf(world, nodes, call, id);
      } catch (error) {
        return error;
      }
    }),
    repository({ owner, name, followRenames }: { owner: string; name: string; followRenames: boolean }) {
      const named = findRepository(world, owner, name) ?? (followRenames ? world.formerNames.get(`${owner}/${name}`.toLowerCase()) : undefined);
      if (named === undefined || !world.repositories.includes(named) || !call.sees(named)) throw notResolved(`a Repository with the name '${owner}/${name}'`);
      return nodes.repository(named);
    },
    repositoryOwner: ({ login }: { login: string }) => person(login, (type) => type !== 'Bot', 'RepositoryOwner'),
    user: ({ login }: { login: string }) => person(login, (type) => type === 'User', 'User'),
    viewer() {
      const account = caller.kind === 'person' ? caller.account : undefined;
      if (account === undefined) throw new GraphQLError('Resource not accessible by integration', { extensions: { type: 'FORBIDDEN' } });
      return nodes.actor(account);
    },
    rateLimit() {
      const told = budget?.headers();
      return told === undefined ? null : { cost: 1, limit: Number(told['x-ratelimit-limit']), remaining: Number(told['x-ratelimit-remaining']), used: Number(told['x-ratelimit-used']), resetAt: new Date(Number(told['x-ratelimit-reset']) * 1000).toISOString() };
    },
  };
}

/** Answers a query, by the cut of GitHub's schema: what it does not have is the error of what does not exist. */
export function answerGraphQL(call: Call, budget: Budget | undefined, asked: { query: string; variables?: Readonly<Record<string, unknown>>; operationName?: string }): GraphQLAnswer {
  let document: DocumentNode;
  try {
    document = parse(asked.query);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { isInvalid: true, body: { errors: [{ ...invalid(error), message: `Parse error: ${error.message}` }] } };
  }
  const problems = validate(schema, document, specifiedRules);
  if (problems.length > 0) return { isInvalid: true, body: { errors: problems.map(invalid) } };
  const result = execute({ schema, document, rootValue: rootOf(call, budget), ...(asked.variables === undefined ? {} : { variableValues: asked.variables }), ...(asked.operationName === undefined ? {} : { operationName: asked.operationName }) });
  if (result instanceof Promise) throw new TypeError('nothing here waits');
  const { data, errors } = result;
  // Without a path it is about a variable that is missing or wrong.
  const said = errors?.map((it) => (it.path === undefined ? invalid(it) : failed(it)));
  return { isInvalid: errors?.some((it) => it.path === undefined) ?? false, body: { ...(data === undefined ? {} : { data }), ...(said === undefined ? {} : { errors: said }) } };
}
