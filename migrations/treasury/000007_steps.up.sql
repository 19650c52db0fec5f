-- Steps that people sign by themselves, and what of a settled share only who settled it knows. Programs that know version 6 work with version 7.

alter table decision drop constraint decision_source_kind_check, add check (source_kind in ('issue', 'issue-comment', 'review', 'review-comment', 'pull-request', 'closing'));

-- Steps that were handed out to be signed.
create table step_build (
  id bigint generated always as identity primary key,
  deposit text not null references deposit (address),
  step text not null check (step in ('veto', 'cancel', 'refund', 'refund-share', 'payout', 'close')),
  share smallint,
  wallet text not null,
  -- { "program": "…", "accounts": [{ "address": "…", "signer": …, "writable": … }], "data": base64 }
  instruction json not null,
  blockhash text not null,
  last_valid_block_height bigint not null,
  built_at timestamptz not null
);
create index step_build_of_deposit on step_build (deposit, wallet);
create index step_build_by_age on step_build (built_at);
create index award_build_by_age on award_build (built_at);

-- What a signed transaction of somebody's own is for.
create table deposit_step (
  signature text primary key references relayer_transaction (signature) on delete cascade,
  deposit text not null references deposit (address),
  step text not null check (step in ('award', 'veto', 'cancel', 'refund', 'refund-share', 'payout', 'close')),
  share smallint,
  wallet text not null,
  submitted_at timestamptz not null
);
create index deposit_step_of_deposit on deposit_step (deposit, submitted_at);

-- How money left escrow, where that was seen: of a share, or, at place -1, of a whole deposit. It outlives the transactions that are kept to be sent.
create table settlement (
  deposit text not null references deposit (address),
  place smallint not null check (place between -1 and 7),
  signature text not null,
  -- The wallet that a share was paid to.
  wallet text,
  primary key (deposit, place)
);

-- Until when shares of the award can be claimed, by what the operator's account said last; null before it was looked at.
alter table deposit add column claimable_until timestamptz;

-- What the chain said of the identity of somebody who waits for a share, when it was looked at last; null before that.
alter table payee
  add column standing text check (standing in ('nobody', 'linking', 'changing', 'contested', 'wallet')),
  -- By the chain's clock: from when on a link or a change that is under way counts.
  add column counts_from timestamptz;

insert into schema_compatibility (version, compatible_with) values (7, 6);
