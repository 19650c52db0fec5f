-- Programs that know version 3 work with version 4: an end that they don't know is one that they can't name.

alter table offer drop constraint offer_state_check, add check (state in ('offered', 'submitted', 'funded', 'replaced', 'withdrawn', 'expired', 'refunded', 'paid', 'closed'));
alter table deposit drop constraint deposit_state_check, add check (state in ('held', 'refunded', 'paid', 'closed'));

insert into schema_compatibility (version, compatible_with) values (4, 3);
