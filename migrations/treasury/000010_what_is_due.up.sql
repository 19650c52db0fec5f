-- What is due is looked for each second: among deposits whose time is over, and intents that were tried. Programs that know version 9 work with version 10.
create index deposit_held_until on deposit (deadline) where state = 'held';
create index deposit_to_close on deposit (stands_until) where not gone and state not in ('held', 'awarded');
create index relayer_intent_of_deposit on relayer_intent (deposit) where decision is null;

insert into schema_compatibility (version, compatible_with) values (10, 9);
