drop table history;
drop function place_now(u64, u64);
drop function places_of(u64, u64);
drop table issue_move;
drop table bounty_money;
drop index bounty_by_name;
alter table bounty
  drop column is_pull_request, drop column state, drop column state_reason, drop column labels, drop column language, drop column seen_at,
  drop column standing, drop column changed_at, drop column deadline, drop column funders, drop column currencies;
