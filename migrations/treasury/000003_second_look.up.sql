-- Programs that know version 2 work with version 3.

-- The newest slot that was shown when it first looked as if it had ended, or as if its money were gone; null while it looks otherwise.
alter table submission add column doubted_slot bigint;
alter table deposit add column doubted_slot bigint;

-- A transaction said to be final is looked at until its deposit is credited: what nodes say of signatures proves nothing.
drop index submission_due;
update submission s set next_at = 'infinity' where state = 'finalized' and exists (select from deposit d where d.address = s.deposit);
create index submission_due on submission (next_at) where state in ('recorded', 'sent', 'confirmed', 'finalized') and next_at < 'infinity';

insert into schema_compatibility (version, compatible_with) values (3, 2);
