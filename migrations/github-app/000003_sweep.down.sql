delete from schema_compatibility where version = 3;
drop index issue_reread;
alter table issue drop column reread_tags;
alter table issue drop column reread_at;
drop table missed_delivery;
drop table sweep;
