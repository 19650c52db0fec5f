-- Ids of GitHub span u64, more than bigint holds: numeric(20).
create domain u64 as numeric(20) check (value between 0 and 18446744073709551615);

-- One row: the chain this database belongs to.
create table cluster (
  one boolean primary key default true check (one),
  genesis_hash text not null,
  pinned_at timestamptz not null
);

-- How somebody was called when they were last seen. The login is display: it is not a key anywhere.
create table person (
  github_id u64 primary key check (github_id > 0),
  login text not null,
  seen_at timestamptz not null
);

-- Secrets only as their sha256, but for the verifier of a sign-in, which is worth nothing without the code it goes with.
create table session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  -- Null while it is nobody's.
  github_id u64 references person (github_id),
  began_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  -- The sign-in under way; gone as soon as it was answered.
  state_hash bytea check (octet_length(state_hash) = 32),
  code_verifier text,
  return_to text,
  check ((state_hash is null) = (code_verifier is null) and (state_hash is null) = (return_to is null))
);
create index session_by_end on session (expires_at);

-- Until when somebody has used up what they may ask for; a row of the past says nothing and is deleted.
create table allowance (
  subject text primary key,
  used_until timestamptz not null
);
create index allowance_by_end on allowance (used_until);

-- Each unsigned transaction that was handed out: what a signed one is compared with.
create table link_build (
  id bigint generated always as identity primary key,
  step text not null check (step in ('link', 'change', 'cancel-change', 'settle-change', 'unlink')),
  github_id u64 not null check (github_id > 0),
  wallet text not null,
  other_wallet text,
  -- Both or none: which key is to vouch, and until when that holds, in unix seconds of the chain.
  attestor text,
  expiry bigint,
  blockhash text not null,
  last_valid_block_height bigint not null,
  built_at timestamptz not null,
  check ((attestor is null) = (expiry is null))
);
create index link_build_of_user on link_build (github_id, wallet, id desc);
create index link_build_by_age on link_build (built_at);

-- Each signed transaction that was taken, written before the attestor signs it: one intent, by the hash of what is signed.
create table link_submission (
  message_hash bytea primary key check (octet_length(message_hash) = 32),
  place bigint generated always as identity,
  signature text not null unique,
  step text not null check (step in ('link', 'change', 'cancel-change', 'settle-change', 'unlink')),
  github_id u64 not null check (github_id > 0),
  wallet text not null,
  other_wallet text,
  attestor text,
  expiry bigint,
  transaction bytea not null check (octet_length(transaction) <= 1232),
  -- When the attestor had signed; null before, and where it does not sign.
  attested_at timestamptz,
  -- Null until the node was asked, when the wallet put in a blockhash of its own.
  last_valid_block_height bigint,
  state text not null default 'recorded' check (state in ('recorded', 'sent', 'confirmed', 'finalized', 'expired', 'failed')),
  problem text,
  attempts integer not null default 0,
  next_at timestamptz not null,
  -- The newest slot that was shown when it first looked as if it had ended; null while it looks otherwise.
  doubted_slot bigint,
  submitted_at timestamptz not null,
  check ((attestor is null) = (expiry is null) and (attested_at is null or attestor is not null))
);
create index link_submission_of_user on link_submission (github_id, place desc);
-- The attestor vouches for one at a time per user. What wallets sign alone is nothing that whoever signed in may stand in the way of.
create unique index link_submission_alive on link_submission (github_id) where attestor is not null and state in ('recorded', 'sent', 'confirmed');
create index link_submission_due on link_submission (next_at) where state in ('recorded', 'sent', 'confirmed');

-- What was last read of each identity account in finalized state, and told. All of it can be read again from the chain.
create table identity (
  github_id u64 primary key check (github_id > 0),
  account text not null unique,
  state text not null check (state in ('linked', 'changing', 'contested', 'unlinked')),
  wallet text not null,
  pending_wallet text,
  -- Grows with each change of the account, and with each end of an attestor.
  sequence u64 not null,
  -- The finalized slot it was read at.
  slot bigint not null,
  seen_at timestamptz not null
);
