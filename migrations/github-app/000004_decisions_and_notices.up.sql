-- Programs that know version 2 work with version 4.

-- When its creation said that its author works on the issue.
alter table source add column attempted_at timestamptz;

-- The slash command that a problem is about: it goes when the text is deleted, or the command was done after all, and not when the text is edited.
alter table problem add column command text check (command in ('award', 'veto', 'cancel'));

-- Whom an award names, as GitHub knew them when it was read first: whoever has the login later is not paid for it.
create table named_awardee (
  source_kind text not null,
  source_id text not null,
  -- Place among the shares, from 0.
  place integer not null,
  github_id text not null,
  login text not null,
  bps integer not null,
  account_since timestamptz not null,
  primary key (source_kind, source_id, place),
  foreign key (source_kind, source_id) references source
);

-- Comments beside the living one: for somebody who is awarded and has no wallet, and for a time in which an award can be vetoed. Each at most once.
create table notice (
  repository_id text not null,
  issue_id text not null,
  kind text not null check (kind in ('wallet', 'window')),
  -- The GitHub user, or what decided.
  subject text not null,
  intended_at timestamptz not null,
  -- When GitHub was asked for it last without an answer that was kept.
  tried_at timestamptz,
  comment_id text,
  primary key (repository_id, issue_id, kind, subject),
  foreign key (repository_id, issue_id) references issue
);

-- Whose share of an issue is not settled yet: what becomes of their wallet is news there.
create table awardee (
  repository_id text not null,
  issue_id text not null,
  github_id text not null,
  -- When something was heard of it.
  news_at timestamptz,
  primary key (repository_id, issue_id, github_id),
  foreign key (repository_id, issue_id) references issue
);
create index awardee_user on awardee (github_id);

insert into schema_compatibility (version, compatible_with) values (4, 2);
