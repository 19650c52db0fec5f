delete from schema_compatibility where version = 3;
drop index submission_due;
create index submission_due on submission (next_at) where state in ('recorded', 'sent', 'confirmed');
alter table deposit drop column doubted_slot;
alter table submission drop column doubted_slot;
