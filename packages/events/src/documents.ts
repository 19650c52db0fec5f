import { z } from 'zod';
import { eventSchema, schemaId } from './cloud-event.ts';
import { contentType } from './event-codec.ts';
import { eventTypes, type EventType } from './event-types.ts';

const types = Object.keys(eventTypes) as EventType[];
const topics = [...new Set(types.map((type) => eventTypes[type].topic))].sort();
const typesOf = (topic: string): EventType[] => types.filter((type) => eventTypes[type].topic === topic);
// What a reader may rely on: fields that are added later pass.
const jsonSchema = (schema: z.ZodType, target: 'draft-2020-12' | 'draft-7') => z.toJSONSchema(schema, { target, io: 'input' });
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Doubloon events',
    version: '1.0.0',
    description: 'What happens to bounties, and to the wallets of GitHub users, as CloudEvents 1.0 in structured JSON. The key of each record is the subject of its event; events of one subject keep their order. An event may come more than once: its id says so.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  defaultContentType: contentType,
  channels: Object.fromEntries(topics.map((topic) => [topic, {
    address: topic,
    messages: Object.fromEntries(typesOf(topic).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
  }])),
  operations: Object.fromEntries(topics.map((topic) => [`publish-${topic}`, {
    action: 'send',
    channel: { $ref: `#/channels/${topic}` },
    messages: typesOf(topic).map((type) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
  }])),
  components: {
    messages: Object.fromEntries(types.map((type) => {
      const { $schema: _, ...payload } = jsonSchema(eventSchema(type), 'draft-7');
      return [type, { name: type, summary: eventTypes[type].meaning, contentType, payload, bindings: { kafka: { key: { type: 'string' } } } }];
    })),
  },
});

interface Shape {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly required?: readonly string[];
}

const rows = ({ properties = {}, required = [] }: Shape): string =>
  Object.entries(properties).map(([name, { description = '' }]) => `| \`${name}\` | ${required.includes(name) ? 'always' : 'may be absent'} | ${description.replaceAll('<', '&lt;')} |`).join('\n');

const table = () => `# Events

<!-- Generated from packages/events/src/event-types.ts by \`npm run documents -w @doubloon/events\`; a test compares. -->

CloudEvents 1.0 in structured JSON (\`${contentType}\`). The key of a record is the subject of its event, so the events of one subject keep their order.
An event may come more than once: keep its \`id\`. Fields are only ever added to a version; readers ignore what they don't know. Amounts are base units; amounts and ids are decimal strings.
The same as AsyncAPI 3: [asyncapi.json](../packages/events/asyncapi.json); the data of each type as JSON Schema: [schemas](../packages/events/schemas).

## Every event

| attribute | | meaning |
| --- | --- | --- |
${rows(jsonSchema(eventSchema('dev.doubloon.bounty.funded.v1').omit({ data: true }), 'draft-2020-12') as Shape)}

${topics.map((topic) => `## Topic \`${topic}\`

${typesOf(topic).map((type) => `### \`${type}\`

${eventTypes[type].meaning} Published by \`${eventTypes[type].source}\`.

| data | | meaning |
| --- | --- | --- |
${rows(jsonSchema(eventTypes[type].data, 'draft-2020-12') as Shape)}
`).join('\n')}`).join('\n')}`;

/** Everything that is written down about our events, by path from the root of the repository. */
export const eventDocuments = (): ReadonlyMap<string, string> => new Map([
  ...types.map((type): [string, string] => [
    `packages/events/schemas/${type}.json`,
    json({ $id: schemaId(type), title: type, description: eventTypes[type].meaning, ...jsonSchema(eventTypes[type].data, 'draft-2020-12') }),
  ]),
  ['packages/events/asyncapi.json', json(asyncApi())],
  ['docs/events.md', table()],
]);
