delete from schema_compatibility where version = 6;
alter table issue drop column label;
alter table repository drop column rules_at, drop column rules;
