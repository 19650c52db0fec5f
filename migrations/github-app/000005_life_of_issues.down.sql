delete from schema_compatibility where version = 5;
drop table automatic_step;
drop table candidate;
drop table issue_move;
alter table issue drop column told_hash, drop column facts_at, drop column closed_at, drop column labels, drop column is_locked, drop column state_reason, drop column state;
alter table repository drop column language;
