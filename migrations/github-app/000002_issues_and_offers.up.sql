-- GitHub's limits count by installation, so what we do there has one pace, whichever process does it.
create table installation (
  id text primary key,
  -- GitHub said to come back after this.
  not_before timestamptz,
  -- When we created something there, oldest first, an hour back.
  created_at timestamptz[] not null default '{}'
);

create table repository (
  id text primary key,
  full_name text not null,
  -- Null until a delivery names it.
  installation_id text,
  seen_at timestamptz not null
);

create table issue (
  repository_id text not null references repository,
  -- The id of the issues API, for pull requests too.
  id text not null,
  number integer not null check (number > 0),
  title text not null,
  url text not null,
  is_pull_request boolean not null,
  -- Somebody asked how this works.
  help boolean not null default false,
  deleted_at timestamptz,
  primary key (repository_id, id)
);
-- Deliveries about pull requests name the number only.
create index issue_number on issue (repository_id, number);

-- A text on GitHub that holds, or once held, commands.
create table source (
  kind text not null check (kind in ('issue', 'issue-comment', 'review', 'review-comment')),
  id text not null,
  repository_id text not null,
  issue_id text not null,
  url text not null,
  author_id text not null,
  author_login text not null,
  -- GitHub's updated_at of the text that was read last: an older one loses.
  updated_at timestamptz not null,
  revision integer not null,
  -- When its slash commands were done: they count once, however often its creation is told.
  obeyed_at timestamptz,
  deleted_at timestamptz,
  primary key (kind, id),
  foreign key (repository_id, issue_id) references issue
);
create index source_issue on source (repository_id, issue_id);

-- Every offer a source ever made. An offer's identity is its source and which of the equal (denom, amount) pairs it is.
create table offer (
  source_kind text not null,
  source_id text not null,
  denom text not null,
  amount text not null,
  nth integer not null,
  -- Place in the text as it was read last; null when it is not in it any more.
  ordinal integer,
  -- The treasury's id of it; null until it was opened, or when it was refused.
  offer_id text,
  -- Base units of this offer that an earlier wording of it has put in escrow: only the difference is asked for.
  covered text not null default '0',
  cancelled_at timestamptz,
  primary key (source_kind, source_id, denom, amount, nth),
  foreign key (source_kind, source_id) references source
);

-- What to tell people about a source, in the order of its text.
create table problem (
  repository_id text not null,
  issue_id text not null,
  source_kind text not null,
  source_id text not null,
  ordinal integer not null,
  sentence text not null,
  primary key (source_kind, source_id, ordinal),
  foreign key (source_kind, source_id) references source
);
create index problem_issue on problem (repository_id, issue_id);

-- What has to happen outside of this database. Written with the state it follows from, done afterwards, in order per issue.
create table intent (
  position bigint generated always as identity primary key,
  key text not null unique,
  repository_id text not null,
  issue_id text not null,
  work jsonb not null,
  traceparent text,
  attempts integer not null default 0,
  problem text,
  done_at timestamptz,
  foreign key (repository_id, issue_id) references issue
);
create index intent_undone on intent (repository_id, issue_id, position) where done_at is null;
create index intent_done on intent (done_at) where done_at is not null;

-- One row per issue that has, or may get, a living comment: the comment, and when it has to be looked at again.
create table living_comment (
  repository_id text not null,
  issue_id text not null,
  comment_id text,
  node_id text,
  -- Hash of the text it shows; null when that has to be written in any case.
  hash text,
  -- Hash of where the money stood when it was written, and when edits told nothing new about that: those are held back.
  money text,
  written_at timestamptz,
  quiet_at timestamptz[] not null default '{}',
  -- Set before a comment is created and cleared when its id is known: in between, GitHub is asked whether it exists.
  creating_at timestamptz,
  recreated integer not null default 0,
  -- Why no comment is written here any more.
  given_up text,
  -- Grows with every reason to look; what was looked at before the last one has to be looked at again.
  wanted bigint not null default 0,
  due_at timestamptz,
  -- GitHub or our own pace says wait: no reason to look is reason enough to be earlier.
  not_before timestamptz,
  attempts integer not null default 0,
  problem text,
  primary key (repository_id, issue_id),
  foreign key (repository_id, issue_id) references issue
);
create index living_comment_of_comment on living_comment (comment_id);
create index living_comment_due on living_comment (due_at) where due_at is not null;
