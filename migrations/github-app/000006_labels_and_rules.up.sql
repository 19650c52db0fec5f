-- Programs that know version 2 work with version 6.

alter table repository
  -- What its rules file said about what we show there, when it was asked for last.
  add column rules jsonb,
  add column rules_at timestamptz;

-- The label that we set last, or none. People may do with it what they like.
alter table issue add column label text;

insert into schema_compatibility (version, compatible_with) values (6, 2);
