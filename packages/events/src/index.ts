export { bountyEvent, type BountyEventFacts, type BountyEventName } from './bounty-event.ts';
export { decodeSequence, encodeSequence, schemaId, type CloudEvent } from './cloud-event.ts';
export { contentType, decodeEvent, encodeEvent, toRecord, topicOf } from './event-codec.ts';
export {
  PoisonRecord, deadTopic, type EventLog, type EventLogLogger, type EventLogOptions, type LogRecord, type Position, type Progress, type StoredRecord,
  type SubscribeOptions, type Subscription,
} from './event-log.ts';
export { identityEvent, type IdentityEventFacts, type IdentityEventName } from './identity-event.ts';
export { eventTypes, isEventType, type BountyEventType, type EventData, type EventType, type IdentityEventType } from './event-types.ts';
export { openEventLog } from './open-event-log.ts';
export { publisher } from './publisher.ts';
