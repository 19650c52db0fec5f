-- The embedded event log: topics cut into partitions, records with gapless offsets, what each group has committed.
create schema event_log;

create table event_log.partition (
  topic text not null,
  partition int not null,
  -- The row lock on this counter is what puts offsets in commit order: readers never step over a record that commits late.
  next_offset bigint not null default 0,
  primary key (topic, partition)
);

create table event_log.record (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  value text not null,
  -- json and not jsonb: a log gives back what it was given.
  headers json not null,
  stored_at timestamptz not null default clock_timestamp(),
  primary key (topic, partition, "offset")
);

create table event_log.committed (
  "group" text not null,
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  primary key ("group", topic, partition)
);
