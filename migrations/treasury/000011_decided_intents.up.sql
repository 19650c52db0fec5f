-- Whether an award and a veto of it oppose each other is asked for each of them, each second. Programs that know version 10 work with version 11.
create index relayer_intent_decided on relayer_intent (deposit, sequence) where decision is not null;

insert into schema_compatibility (version, compatible_with) values (11, 10);
