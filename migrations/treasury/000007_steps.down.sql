delete from schema_compatibility where version = 7;
alter table payee drop column standing, drop column counts_from;
alter table deposit drop column claimable_until;
drop table settlement;
drop table deposit_step;
drop table step_build;
drop index award_build_by_age;
alter table decision drop constraint decision_source_kind_check, add check (source_kind in ('issue', 'issue-comment', 'review', 'review-comment'));
