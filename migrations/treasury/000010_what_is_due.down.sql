delete from schema_compatibility where version = 10;
drop index relayer_intent_of_deposit;
drop index deposit_to_close;
drop index deposit_held_until;
