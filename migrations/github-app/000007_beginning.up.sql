-- When the records of this database began: what was decided by words before that, only the treasury and the chain know. Programs that
-- know version 6 work with version 7.

-- One row.
create table beginning (
  one boolean primary key default true check (one),
  at timestamptz not null,
  -- When the issues that carry our comment from before were looked for; null while they still have to be.
  found_at timestamptz
);
insert into beginning (at, found_at) select case when there then '-infinity' else now() end, case when there then now() end from (select exists (select from inbox) as there) as before;

insert into schema_compatibility (version, compatible_with) values (7, 6);
