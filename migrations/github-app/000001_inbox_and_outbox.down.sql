drop table outbox_dead;
drop table outbox;
drop table inbox;
drop table schema_compatibility;
