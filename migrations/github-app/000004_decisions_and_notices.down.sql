delete from schema_compatibility where version = 4;
drop table awardee;
drop table notice;
drop table named_awardee;
alter table problem drop column command;
alter table source drop column attempted_at;
