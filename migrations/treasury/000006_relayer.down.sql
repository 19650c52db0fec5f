delete from schema_compatibility where version = 6;
drop table award_build;
drop table opened_account;
drop table payee;
drop table relayer_intent;
drop table relayer_transaction;
drop table decision;
