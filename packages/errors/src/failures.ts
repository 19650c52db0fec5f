/**
 * Every failure we name, with the facts that belong to it. Codes are published (they cross the RPC border and stand in
 * logs): add freely, never rename or reuse. Facts are JSON values, so that they survive the border; amounts and ids are
 * decimal strings. A secret is never a fact.
 */
export interface Failures {
  // configuration and start
  CONFIG_INVALID: { problems: readonly string[] };
  SCHEMA_TOO_OLD: { have: string; need: string };
  SCHEMA_INCOMPATIBLE: { have: string; need: string };

  // service border
  UNAUTHENTICATED: { method: string };
  FORBIDDEN: { method: string; caller: string };
  DEADLINE_EXCEEDED: { method: string };
  UNIMPLEMENTED: { method: string };
  SERVICE_UNAVAILABLE: { service: string };
  REQUEST_INVALID: { problem: string };
  INTERNAL: { reference: string };
  /** A code that only a newer version of the other side knows, with the sentence it sent. */
  UNKNOWN_FAILURE: { code: string; sentence: string };

  // events and the event log
  EVENT_MALFORMED: { problem: string };
  EVENT_TYPE_UNKNOWN: { type: string };
  EVENT_TOO_LARGE: { topic: string; bytes: number; limit: number };
  EVENT_TOPIC_UNKNOWN: { topic: string };
  EVENT_LOG_UNAVAILABLE: { operation: string };
}

export type FailureCode = keyof Failures;

/** One sentence for the person who meets it. A code without a sentence does not compile. */
export const sentences: { [C in FailureCode]: (facts: Failures[C]) => string } = {
  CONFIG_INVALID: ({ problems }) => `The configuration can't be used: ${problems.join('; ')}.`,
  SCHEMA_TOO_OLD: ({ have, need }) => `The database schema is at version ${have}, this program needs ${need}: run the migrations first.`,
  SCHEMA_INCOMPATIBLE: ({ have, need }) => `The database schema is at version ${have}, newer than ${need} and not marked compatible with it: update this program.`,

  UNAUTHENTICATED: ({ method }) => `${method} was called without a valid service token.`,
  FORBIDDEN: ({ method, caller }) => `${caller} may not call ${method}.`,
  DEADLINE_EXCEEDED: ({ method }) => `${method} did not finish in the time it was given.`,
  UNIMPLEMENTED: ({ method }) => `${method} is not available yet.`,
  SERVICE_UNAVAILABLE: ({ service }) => `${service} can't be reached at the moment.`,
  REQUEST_INVALID: ({ problem }) => `The request can't be used: ${problem}.`,
  INTERNAL: ({ reference }) => `Something went wrong on our side (reference ${reference}).`,
  UNKNOWN_FAILURE: ({ sentence }) => sentence,

  EVENT_MALFORMED: ({ problem }) => `The event can't be used: ${problem}.`,
  EVENT_TYPE_UNKNOWN: ({ type }) => `Events of type ${type} are not known here.`,
  EVENT_TOO_LARGE: ({ topic, bytes, limit }) => `A record for topic ${topic} has ${bytes} bytes, at most ${limit} are taken.`,
  EVENT_TOPIC_UNKNOWN: ({ topic }) => `The event log has no topic ${topic}.`,
  EVENT_LOG_UNAVAILABLE: ({ operation }) => `The event log did not answer (${operation}).`,
};

/** Whether a text that came from outside is a code of this version of the catalogue. */
export const isFailureCode = (text: string): text is FailureCode => Object.hasOwn(sentences, text);
