-- Records are forgotten that every group has read, as far as a group is still there. Programs that know version 1 work with version 2.

-- When a member of the group was last there: a group that was given up keeps nothing for ever.
alter table event_log.committed add column seen_at timestamptz not null default clock_timestamp();

