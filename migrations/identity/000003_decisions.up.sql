-- What `.github/doubloon.yml` said when it was seen, and whose the repository was: money stays bound by what held when it
-- was given. A row for each change, and none for a file that could not be understood.
create table rules_seen (
  id bigint generated always as identity primary key,
  repository_id u64 not null check (repository_id > 0),
  owner_id u64 not null check (owner_id > 0),
  -- Of the file's blob; empty without a file.
  sha text not null,
  rules jsonb not null,
  seen_at timestamptz not null
);
create index rules_seen_of_repository on rules_seen (repository_id, seen_at desc, id desc);

-- Every decision about who may do what, with all that it rested on.
create table decision (
  id uuid primary key,
  decided_at timestamptz not null,
  action text not null,
  repository_id u64 not null,
  issue_id u64,
  actor_id u64,
  allowed boolean not null,
  reason_code text,
  -- The request, the facts and what GitHub answered to which question. Texts of people only as their sha256.
  inputs jsonb not null,
  check (allowed = (reason_code is null))
);
create index decision_of_issue on decision (repository_id, issue_id, decided_at desc);
create index decision_by_age on decision (decided_at);
