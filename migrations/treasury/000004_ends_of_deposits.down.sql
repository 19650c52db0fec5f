delete from schema_compatibility where version = 4;
update offer set state = 'refunded' where state in ('paid', 'closed');
update deposit set state = 'refunded' where state in ('paid', 'closed');
alter table deposit drop constraint deposit_state_check, add check (state in ('held', 'refunded'));
alter table offer drop constraint offer_state_check, add check (state in ('offered', 'submitted', 'funded', 'replaced', 'withdrawn', 'expired', 'refunded'));
