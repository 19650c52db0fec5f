-- Ids of GitHub and amounts in base units span u64, more than bigint holds: numeric(20).
create domain u64 as numeric(20) check (value between 0 and 18446744073709551615);

-- One row: the chain this database belongs to.
create table cluster (
  one boolean primary key default true check (one),
  genesis_hash text not null,
  pinned_at timestamptz not null
);

-- One row per issue or pull request. Whoever writes an event of it locks this row first, so that the order in which
-- events are published is the order of their sequence.
create table bounty (
  repository_id u64 not null,
  issue_id u64 not null,
  repository text not null,
  number integer not null,
  title text not null,
  url text not null,
  sequence bigint not null default 0,
  primary key (repository_id, issue_id)
);

create table offer (
  id text primary key check (id ~ '^[0-9a-f]{32}$'),
  place bigint generated always as identity,
  source_kind text not null check (source_kind in ('issue', 'issue-comment', 'review', 'review-comment')),
  source_id u64 not null,
  nth integer not null check (nth >= 0),
  source_url text not null,
  repository_id u64 not null,
  issue_id u64 not null,
  offered_by u64 not null,
  offered_by_login text not null,
  denom text not null,
  -- Null is SOL.
  mint text,
  decimals smallint not null check (decimals between 0 and 255),
  amount u64 not null check (amount > 0),
  nonce u64 not null,
  state text not null default 'offered' check (state in ('offered', 'submitted', 'funded', 'replaced', 'withdrawn', 'expired', 'refunded')),
  -- How often it was opened: an edit can bring back what an earlier edit took away.
  opened integer not null default 1,
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  -- The wish to end it. It is kept while a signed transaction is alive.
  ending text check (ending in ('edited', 'deleted', 'cancelled')),
  replaced_by text references offer (id),
  foreign key (repository_id, issue_id) references bounty (repository_id, issue_id),
  unique (source_kind, source_id, denom, amount, nth)
);
create index offer_of_bounty on offer (repository_id, issue_id, place);
create index offer_by_nonce on offer (nonce);
create index offer_to_expire on offer (expires_at) where state = 'offered';

-- Each unsigned transaction that was handed out: what a signed one is compared with, and which addresses are worth watching.
create table funding_build (
  id bigint generated always as identity primary key,
  offer_id text not null references offer (id),
  wallet text not null,
  deposit text not null,
  deadline timestamptz not null,
  blockhash text not null,
  last_valid_block_height bigint not null,
  built_at timestamptz not null
);
create index funding_build_of_offer on funding_build (offer_id, wallet);
create index funding_build_by_age on funding_build (built_at);

create table submission (
  signature text primary key,
  place bigint generated always as identity,
  offer_id text not null references offer (id),
  wallet text not null,
  deposit text not null,
  deadline timestamptz not null,
  transaction bytea not null check (octet_length(transaction) <= 1232),
  -- Null until the node was asked, when the wallet put in a blockhash of its own.
  last_valid_block_height bigint,
  state text not null default 'recorded' check (state in ('recorded', 'sent', 'confirmed', 'finalized', 'expired', 'failed')),
  problem text,
  attempts integer not null default 0,
  next_at timestamptz not null,
  submitted_at timestamptz not null
);
create index submission_of_offer on submission (offer_id, place desc);
-- One that may still land, or has landed, per offer: two tabs and two wallets can't both be on their way.
create unique index submission_alive on submission (offer_id) where state in ('recorded', 'sent', 'confirmed', 'finalized');
create index submission_due on submission (next_at) where state in ('recorded', 'sent', 'confirmed');

-- Deposits that were read from finalized state and stand under our terms.
create table deposit (
  address text primary key,
  created_slot bigint not null,
  offer_id text not null references offer (id),
  funder text not null,
  amount u64 not null,
  deadline timestamptz not null,
  with_relayer boolean not null,
  approver text,
  signature text,
  -- The finalized slot it was last read at.
  slot bigint not null,
  state text not null default 'held' check (state in ('held', 'refunded')),
  seen_at timestamptz not null
);
create index deposit_of_offer on deposit (offer_id);
create index deposit_held on deposit (address) where state = 'held';
