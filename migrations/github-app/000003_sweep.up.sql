-- Programs that know version 2 work with version 3.

-- How far the App's delivery log was looked through. One row per App: another App has another log.
create table sweep (
  app_id text primary key,
  -- By GitHub's clock: every delivery before it is in the inbox, or in missed_delivery.
  reached timestamptz,
  -- When the last round ended well, by our clock.
  good_at timestamptz
);

-- Deliveries that the log knows and the inbox does not: each is fetched and put in the inbox.
create table missed_delivery (
  guid text primary key,
  -- Of its newest attempt. They rise with time.
  delivery_id numeric(20) not null,
  delivered_at timestamptz not null,
  attempts integer not null default 0,
  not_before timestamptz not null default '-infinity',
  -- Why it could not be fetched.
  problem text,
  given_up_at timestamptz
);
create index missed_delivery_waiting on missed_delivery (delivered_at) where given_up_at is null;

-- When an issue is read again at GitHub, whatever was told of it meanwhile. Spread out from the start.
alter table issue add column reread_at timestamptz not null default now() + random() * interval '15 minutes';
-- What its last reading was answered with: the same tags mean that nothing has changed since.
alter table issue add column reread_tags text[];
create index issue_reread on issue (reread_at) where deleted_at is null;

insert into schema_compatibility (version, compatible_with) values (3, 2);
