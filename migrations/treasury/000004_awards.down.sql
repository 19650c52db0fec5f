-- Version 3 knows of no award, and holds for sent back whatever is over.
update offer set state = 'refunded' where state = 'paid';
alter table offer drop constraint offer_state_check;
alter table offer add constraint offer_state_check check (state in ('offered', 'submitted', 'funded', 'replaced', 'withdrawn', 'expired', 'refunded'));
drop table award_share;
alter table deposit drop constraint deposit_award;
alter table deposit drop constraint deposit_state_check;
update deposit set state = case when state in ('held', 'awarded') then 'held' else 'refunded' end;
alter table deposit add constraint deposit_state_check check (state in ('held', 'refunded'));
drop index deposit_standing;
alter table deposit
  drop column sequence, drop column vetoed, drop column awarded_by, drop column awarded_at, drop column final_at,
  drop column closed, drop column stands_until, drop column doubted_sequence;
create index deposit_held on deposit (address) where state = 'held';
