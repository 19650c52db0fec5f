-- Programs that know version 2 work with version 5.

-- Main language, as GitHub names it.
alter table repository add column language text;

alter table issue
  add column state text not null default 'open' check (state in ('open', 'closed')),
  -- completed, not_planned, duplicate or reopened.
  add column state_reason text,
  add column is_locked boolean not null default false,
  add column labels text[] not null default '{}',
  add column closed_at timestamptz,
  -- GitHub's updated_at of what these were read from: older facts lose.
  add column facts_at timestamptz,
  -- Hash of what the treasury was told of the issue.
  add column told_hash text;

-- An issue that was transferred: it is another one there, with other ids.
create table issue_move (
  repository_id text not null,
  issue_id text not null,
  to_repository_id text not null,
  to_issue_id text not null,
  moved_at timestamptz not null,
  primary key (repository_id, issue_id),
  foreign key (repository_id, issue_id) references issue,
  foreign key (to_repository_id, to_issue_id) references issue
);
create index issue_move_to on issue_move (to_repository_id, to_issue_id);

-- A pull request that closes an issue by GitHub's own references: under way, or merged into the default branch.
create table candidate (
  repository_id text not null,
  issue_id text not null,
  -- The id of the API of pull requests, which is not the one it has as an issue.
  pull_request_id text not null,
  -- Where it was made, which may be another repository than the issue's.
  pull_repository_id text not null,
  pull_repository text not null,
  number integer not null,
  title text not null,
  url text not null,
  -- Null when the account is gone, or is nobody's who could be paid.
  author_id text,
  author_login text,
  -- [{id, login}]
  co_authors jsonb not null default '[]',
  state text not null check (state in ('open', 'merged')),
  merged_at timestamptz,
  merged_by_id text,
  merged_by_login text,
  primary key (repository_id, issue_id, pull_request_id),
  foreign key (repository_id, issue_id) references issue
);
create index candidate_pull on candidate (pull_repository_id, number);

-- What is done by itself when its time has come, unless something came between.
create table automatic_step (
  repository_id text not null,
  issue_id text not null,
  kind text not null check (kind in ('award', 'cancel')),
  -- What it follows from: the id of a pull request, or the time at which the issue was closed.
  cause text not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  -- Why it could not be done.
  problem text,
  -- What there is to tell about that.
  sentence text,
  done_at timestamptz,
  primary key (repository_id, issue_id, kind, cause),
  foreign key (repository_id, issue_id) references issue
);
create index automatic_step_due on automatic_step (due_at) where done_at is null;

insert into schema_compatibility (version, compatible_with) values (5, 2);
