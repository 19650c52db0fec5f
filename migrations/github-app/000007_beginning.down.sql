delete from schema_compatibility where version = 7;
drop table beginning;
