/** What is published. `value` is a CloudEvent in structured JSON; records of one `key` keep their order. */
export interface LogRecord {
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A place in a topic. `offset` is a decimal string: it starts at 0 and grows by one per record of its partition. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface StoredRecord extends LogRecord, Position {
  /** When the log took it. */
  readonly timestamp: Date;
}

/** How far one partition that this consumer owns has come. */
export interface Progress {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record to be handled. */
  readonly position: string;
  /** Offset that the next published record will get, as last seen (at most some seconds old). */
  readonly end: string;
  /** When the position last moved, or was last seen to be the end. Stuck is: position is not the end, and this is long ago. */
  readonly since: Date;
}

/** Closing it finishes the record under way, commits, and hands its partitions over. */
export interface Subscription extends AsyncDisposable {
  progress(): readonly Progress[];
}

export interface SubscribeOptions {
  readonly topics: readonly string[];
  /** Each record goes to one consumer of a group. A group that nobody used before starts at the first record that is kept. */
  readonly group: string;
  /** One record of a partition at a time, in order. It may see a record twice and must not mind. */
  handle(record: StoredRecord): Promise<void>;
}

/**
 * An append-only log of events in named topics, each cut into partitions by key.
 *
 * Every method rejects with `EVENT_LOG_UNAVAILABLE` in bounded time while the log can't be reached, and with
 * `EVENT_TOPIC_UNKNOWN` for a topic that was never created (topics are named when the log is opened).
 */
export interface EventLog extends AsyncDisposable {
  /**
   * Resolves when all records are durable, with their positions in the order given. Records of one key keep the order of
   * the array and of the calls of one process. When it rejects with `EVENT_LOG_UNAVAILABLE`, some may be stored: publish
   * them again, readers know a repeated event by its id. `EVENT_TOO_LARGE` refuses the batch before any of it is stored.
   */
  publish(topic: string, records: readonly LogRecord[]): Promise<readonly Position[]>;

  /**
   * Resolves when this consumer has joined. At least once: a record is committed after `handle` has returned, also across
   * kill -9 and hand-over. When `handle` throws `PoisonRecord` the record goes to `<topic>.dead` with headers that say why
   * and where from, and its neighbours go on. When it throws anything else the same record is tried again, with growing
   * pauses, and the records behind it in its partition wait. An outage of the log is waited out.
   */
  subscribe(options: SubscribeOptions): Promise<Subscription>;

  /**
   * Every record that is kept, from the first to the ends at call time, in order per partition and without gaps; needs no group
   * and commits nothing. `EVENT_LOG_PRUNED` when what it has yet to read was pruned meanwhile.
   */
  replay(topic: string, signal?: AbortSignal): AsyncIterable<StoredRecord>;

  /**
   * Forgets what was stored before `olderThan` and was read by every group, and groups that nobody was in since then; answers how
   * many records. Offsets stay as they are. A group that is new begins at the first record that is kept. Does nothing on Kafka,
   * which prunes by itself, by `retention.ms` of each topic.
   */
  prune(topic: string, olderThan: Date): Promise<number>;

  /** The offset that the next record of each partition will get, ordered by partition. */
  ends(topic: string): Promise<readonly Position[]>;

  /** What `group` has committed: the offset of its next record in each partition, 0 where it committed nothing yet. */
  positions(topic: string, group: string): Promise<readonly Position[]>;
}

/** Thrown by a handler for a record that no retry can mend. `reason` is stored with the dead record: no secrets in it. */
export class PoisonRecord extends Error {
  override readonly name = 'PoisonRecord';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/** Where the poison records of a topic are kept. Nobody's offset waits for them. */
export const deadTopic = (topic: string): string => `${topic}.dead`;

/** What the adapters need of a logger: facts first, then a constant message (pino's order). */
export interface EventLogLogger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface EventLogOptions {
  /** Names this process to the log's own tools. */
  readonly clientId: string;
  readonly log: EventLogLogger;
  /** Topics this process uses; they and their `.dead` siblings are created when they are missing. */
  readonly topics: readonly string[];
  /** Of topics that have to be created; 6 unless told. A topic that exists keeps what it has. */
  readonly partitions?: number;
  readonly now?: () => Date;
}
