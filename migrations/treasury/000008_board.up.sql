-- Issues as they are now, where they were before, and what the board shows of them. A program that knows version 7 would leave all of it as it was.

alter table bounty
  add column is_pull_request boolean not null default false,
  add column state text not null default 'open' check (state in ('open', 'closed', 'deleted')),
  add column state_reason text not null default '' check (state_reason in ('', 'completed', 'not_planned', 'duplicate')),
  add column labels text[] not null default '{}',
  add column language text not null default '',
  -- As GitHub dates what was seen of it.
  add column seen_at timestamptz not null default '-infinity',
  -- Null is not on the board.
  add column standing text check (standing in ('open', 'awarded', 'paid', 'ended')),
  -- When something last happened to its money; null until that was worked out for the first time.
  add column changed_at timestamptz(3),
  -- The earliest of what is in escrow.
  add column deadline timestamptz,
  add column funders integer not null default 0,
  -- `denom:mint`, for SOL `sol:`.
  add column currencies text[] not null default '{}';
create index bounty_on_board on bounty (changed_at desc, repository_id desc, issue_id desc) where standing is not null;
create index bounty_by_label on bounty using gin (labels) where standing is not null;
create index bounty_by_name on bounty (lower(repository), number);
create index bounty_to_chart on bounty (repository_id) where changed_at is null;

-- What of each currency is in escrow for a bounty of the board, what is only offered, and what was paid.
create table bounty_money (
  repository_id u64 not null,
  issue_id u64 not null,
  -- As in `currencies`.
  currency text not null,
  decimals smallint not null,
  funded numeric not null,
  offered numeric not null,
  paid numeric not null,
  primary key (repository_id, issue_id, currency),
  foreign key (repository_id, issue_id) references bounty (repository_id, issue_id)
);

-- A transferred issue has other ids. What was promised to the ones before keeps them, on chain too.
create table issue_move (
  from_repository_id u64 not null,
  from_issue_id u64 not null,
  to_repository_id u64 not null,
  to_issue_id u64 not null,
  seen_at timestamptz not null,
  primary key (from_repository_id, from_issue_id),
  unique (to_repository_id, to_issue_id),
  check ((from_repository_id, from_issue_id) <> (to_repository_id, to_issue_id))
);

-- All ids that an issue has, or had, in no order; these alone when it was never transferred.
create function places_of(u64, u64) returns table (repository_id u64, issue_id u64) language sql stable rows 1 as $$
  with recursive place (repository_id, issue_id) as (
    select $1, $2
    union
    select n.repository_id, n.issue_id from place p cross join lateral (
      select m.to_repository_id, m.to_issue_id from issue_move m where m.from_repository_id = p.repository_id and m.from_issue_id = p.issue_id
      union all
      select m.from_repository_id, m.from_issue_id from issue_move m where m.to_repository_id = p.repository_id and m.to_issue_id = p.issue_id
    ) n (repository_id, issue_id)
  )
  select repository_id, issue_id from place
$$;

-- The ids that it has now: where no move leads away from, or, when it went in a circle, where the newest led.
create function place_now(u64, u64) returns table (repository_id u64, issue_id u64) language sql stable rows 1 as $$
  select p.repository_id, p.issue_id from places_of($1, $2) p
  left join issue_move away on away.from_repository_id = p.repository_id and away.from_issue_id = p.issue_id
  left join issue_move here on here.to_repository_id = p.repository_id and here.to_issue_id = p.issue_id
  order by away.seen_at is not null, here.seen_at desc nulls last limit 1
$$;

-- The events of a bounty, which leave the outbox when they are published.
create table history (
  place bigint generated always as identity primary key,
  repository_id u64 not null,
  issue_id u64 not null,
  event_id text not null unique,
  kind text not null,
  at timestamptz not null,
  data json not null
);
create index history_of_bounty on history (repository_id, issue_id, place);

-- Of what happened before, the rows still tell when it was offered, funded and awarded.
insert into history (repository_id, issue_id, event_id, kind, at, data)
select * from (
  select repository_id, issue_id, id || ':offered:' || opened, 'offered', offered_at as at, json_build_object('offerId', id, 'denom', denom, 'amount', amount::text) from offer
  union all
  select o.repository_id, o.issue_id, d.address || ':funded', 'funded', d.seen_at, json_strip_nulls(json_build_object('offerId', o.id, 'denom', o.denom, 'amount', d.amount::text, 'deposit', d.address, 'funder', d.funder, 'signature', d.signature))
  from deposit d join offer o on o.id = d.offer_id
  union all
  select o.repository_id, o.issue_id, d.address || ':awarded:' || d.sequence, 'awarded', d.awarded_at, json_build_object('offerId', o.id, 'denom', o.denom, 'amount', d.amount::text, 'deposit', d.address, 'funder', d.funder, 'by', d.awarded_by)
  from deposit d join offer o on o.id = d.offer_id where d.state = 'awarded'
) before order by at;
