-- Version 4 knows of no award.
drop table award_share;
alter table deposit drop constraint deposit_award;
alter table deposit drop constraint deposit_state_check;
update deposit set state = case state when 'awarded' then 'held' when 'cancelled' then 'refunded' else state end;
alter table deposit add constraint deposit_state_check check (state in ('held', 'refunded', 'paid', 'closed'));
drop index deposit_standing;
alter table deposit
  drop column sequence, drop column vetoed, drop column awarded_by, drop column awarded_at, drop column final_at,
  drop column gone, drop column stands_until, drop column doubted_sequence;
create index deposit_held on deposit (address) where state = 'held';
