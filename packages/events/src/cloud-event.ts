import { z } from 'zod';
import { eventTypes, type EventData, type EventType } from './event-types.ts';

// The version is part of the registered trace context format; only version 00 is defined (W3C Trace Context, 3.2.2).
const traceparent = z.string().regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);

/** The attributes of every event (CloudEvents 1.0.2, structured JSON). Attributes we don't know are dropped, as readers of v1 must be able to do. */
export const envelope = z.object({
  specversion: z.literal('1.0').describe('Version of CloudEvents'),
  id: z.string().min(1).max(200).describe('Stable across retries; readers drop an id they have seen'),
  type: z.string().min(1),
  source: z.string().min(1),
  subject: z.string().min(1).describe('Whom or what it is about, as the topic says; also the key of the record'),
  time: z.iso.datetime({ offset: true }).describe('When it happened'),
  sequence: z.string().regex(/^\d{20}$/).describe('Place among the events of its subject: 20 digits, so that it sorts as text (CloudEvents extension sequence)'),
  traceparent: traceparent.optional().describe('W3C trace context of what caused it (CloudEvents extension distributed tracing)'),
  datacontenttype: z.literal('application/json').describe('What data is'),
  dataschema: z.string().min(1),
  data: z.unknown(),
});

/** An event of ours. Narrow on `type` to know `data`. */
export type CloudEvent<T extends EventType = EventType> = {
  [K in T]: Omit<z.output<typeof envelope>, 'type' | 'data'> & { readonly type: K; readonly data: EventData<K> };
}[T];

export const schemaId = (type: EventType): string => `urn:doubloon:schema:${type}`;

const subjects: Readonly<Record<(typeof eventTypes)[EventType]['topic'], z.ZodType<string>>> = {
  bounty: z.string().regex(/^\d{1,20}\/\d{1,20}$/).describe('<repository id>/<issue id>; also the key of the record'),
  identity: z.string().regex(/^[1-9]\d{0,19}$/).describe('<GitHub user id>; also the key of the record'),
};

/** Schema of one whole event: the envelope with the constants and the data of its type. */
export const eventSchema = <T extends EventType>(type: T) =>
  envelope.extend({
    type: z.literal(type).describe('What happened, with the version of its data'),
    source: z.literal(eventTypes[type].source).describe('The app that published it, a URI reference'),
    subject: subjects[eventTypes[type].topic],
    dataschema: z.literal(schemaId(type)).describe('Identifier of the JSON Schema of data'),
    data: eventTypes[type].data,
  });

const width = 20;

/** The place of an event among those of its subject, as text that sorts. `sequence` is from 0 to below 2^64. */
export const encodeSequence = (sequence: bigint): string => sequence.toString().padStart(width, '0');
export const decodeSequence = (text: string): bigint => BigInt(text);
