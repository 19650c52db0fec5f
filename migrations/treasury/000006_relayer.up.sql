-- What the relayer does, written down before it is done. Programs that know version 5 work with version 6.

-- What a comment decided: once for each action and comment, whatever is asked again.
create table decision (
  id bigint generated always as identity primary key,
  action text not null check (action in ('award', 'veto', 'cancel')),
  source_kind text not null check (source_kind in ('issue', 'issue-comment', 'review', 'review-comment')),
  source_id u64 not null,
  repository_id u64 not null,
  issue_id u64 not null,
  actor_id u64 not null,
  actor_login text not null,
  -- The record of the identity service that says why it was allowed.
  authorized_by text not null,
  decided_at timestamptz not null,
  foreign key (repository_id, issue_id) references bounty (repository_id, issue_id),
  unique (action, source_kind, source_id)
);
create index decision_of_bounty on decision (repository_id, issue_id, id desc);

-- Everything the relayer has signed, and awards that others signed by themselves, which are sent in the same way.
create table relayer_transaction (
  signature text primary key,
  transaction bytea not null check (octet_length(transaction) <= 1232),
  -- Null until the node was asked, when a wallet put in a blockhash of its own.
  last_valid_block_height bigint,
  state text not null default 'recorded' check (state in ('recorded', 'sent', 'confirmed', 'finalized', 'expired', 'failed')),
  problem text,
  doubted_slot bigint,
  attempts integer not null default 0,
  next_at timestamptz not null,
  built_at timestamptz not null,
  -- Lamports of the relayer at most: fee, and rent of token accounts.
  cost u64 not null
);
create index relayer_transaction_due on relayer_transaction (next_at) where state in ('recorded', 'sent', 'confirmed');
create index relayer_transaction_by_age on relayer_transaction (built_at);

-- What is to happen to one deposit: by a decision, or because its time has come.
create table relayer_intent (
  id bigint generated always as identity primary key,
  action text not null check (action in ('award', 'veto', 'cancel', 'payout', 'refund', 'refund-share', 'close')),
  decision bigint references decision (id),
  deposit text not null references deposit (address),
  created_slot bigint not null,
  -- Of the account that was decided on.
  sequence u64 not null,
  -- Which share, for those that are about one.
  share smallint,
  -- For awards: [{ "githubId": "…", "bps": … }].
  shares json,
  state text not null default 'waiting' check (state in ('waiting', 'alive', 'done', 'failed')),
  -- Why it waits or has failed, fit to show.
  problem text,
  signature text references relayer_transaction (signature),
  attempts integer not null default 0,
  next_at timestamptz not null,
  created_at timestamptz not null,
  check ((action in ('award', 'veto', 'cancel')) = (decision is not null)),
  check ((action in ('payout', 'refund-share')) = (share is not null)),
  check ((action = 'award') = (shares is not null)),
  check (state <> 'alive' or signature is not null)
);
create unique index relayer_intent_of_decision on relayer_intent (decision, deposit, created_slot);
-- Of what comes by itself one at a time is open for each deposit and share, and one transaction is on its way for each.
create unique index relayer_intent_open on relayer_intent (action, deposit, coalesce(share, -1)) where decision is null and state in ('waiting', 'alive');
create unique index relayer_intent_alive on relayer_intent (deposit, coalesce(share, -1)) where state = 'alive';
create index relayer_intent_due on relayer_intent (next_at) where state = 'waiting';
create index relayer_intent_by_signature on relayer_intent (signature);

-- By the chain's clock: when it is worth looking at the identity of somebody who waits for a share.
create table payee (
  github_id u64 primary key,
  next_at timestamptz not null
);

-- Token accounts that the relayer opened for somebody, once for each mint.
create table opened_account (
  github_id u64 not null,
  mint text not null,
  signature text not null references relayer_transaction (signature),
  opened_at timestamptz not null,
  primary key (github_id, mint)
);

-- Awards that were handed out to be signed by a funder or approver.
create table award_build (
  id bigint generated always as identity primary key,
  deposit text not null references deposit (address),
  created_slot bigint not null,
  sequence u64 not null,
  wallet text not null,
  shares json not null,
  -- Who may award, by whose word the relayer signs too; null when it does not.
  actor_id u64,
  issue_number integer,
  blockhash text not null,
  last_valid_block_height bigint not null,
  built_at timestamptz not null
);
create index award_build_of_deposit on award_build (deposit, wallet);

insert into schema_compatibility (version, compatible_with) values (6, 5);
