delete from schema_compatibility where version = 11;
drop index relayer_intent_decided;
