-- The inbox and the outbox of an app: the same text in every app, see ../README.md.

create table schema_compatibility (
  version bigint primary key,
  compatible_with bigint not null check (compatible_with < version)
);

create table inbox (
  id bigint generated always as identity,
  key text primary key,
  kind text not null,
  subject text not null,
  -- json and not jsonb: it keeps U+0000 and lone surrogates, which people do send.
  payload json not null,
  traceparent text,
  received_at timestamptz not null default now(),
  not_before timestamptz not null default '-infinity',
  attempts integer not null default 0,
  last_error text,
  done_at timestamptz,
  dead_at timestamptz
);

create index inbox_waiting on inbox (id) where done_at is null and dead_at is null;
create index inbox_waiting_by_subject on inbox (subject, id) where done_at is null and dead_at is null;
create index inbox_done on inbox (done_at) where done_at is not null;
create index inbox_dead on inbox (dead_at) where dead_at is not null;

create table outbox (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  event_id text not null,
  topic text not null,
  key text not null,
  value json not null,
  headers json not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create index outbox_order on outbox (xid, id);

create table outbox_dead (
  id bigint primary key,
  event_id text not null,
  topic text not null,
  key text not null,
  value json not null,
  headers json not null,
  created_at timestamptz not null,
  attempts integer not null,
  reason text not null,
  died_at timestamptz not null default now()
);
