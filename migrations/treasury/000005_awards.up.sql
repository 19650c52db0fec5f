-- What becomes of a deposit after it was funded, as its account says. Programs that know version 4 take an award for nothing.
alter table deposit drop constraint deposit_state_check;
alter table deposit
  add constraint deposit_state_check check (state in ('held', 'awarded', 'paid', 'refunded', 'cancelled', 'closed')),
  -- How often the account had changed when it was last seen.
  add column sequence u64 not null default 1,
  -- Another decider undid an award: two have to decide from then on.
  add column vetoed boolean not null default false,
  add column awarded_by text[],
  add column awarded_at timestamptz,
  -- From when on the award can't be vetoed, by what the operator's account said last.
  add column final_at timestamptz,
  -- The account is gone.
  add column gone boolean not null default false,
  -- By the chain's clock: until then the account can't be gone.
  add column stands_until timestamptz not null default '-infinity',
  -- With doubted_slot: the sequence that was seen then, or null when the account seemed to be gone.
  add column doubted_sequence u64,
  add constraint deposit_award check ((awarded_by is null) = (awarded_at is null) and (awarded_by is null) = (final_at is null) and (awarded_by is not null or state <> 'awarded'));
update deposit set stands_until = seen_at + interval '7 days', gone = state = 'closed', doubted_slot = null;
drop index deposit_held;
create index deposit_standing on deposit (address) where not gone;

-- The shares of the award that stands, in their place; the amounts add up to the deposit's.
create table award_share (
  deposit text not null references deposit (address),
  place smallint not null check (place between 0 and 7),
  github_id u64 not null check (github_id > 0),
  bps integer not null check (bps between 1 and 10000),
  amount u64 not null,
  settled text check (settled in ('paid', 'refunded')),
  primary key (deposit, place)
);
create index award_share_open on award_share (github_id) where settled is null;
