-- A pull request may close several issues and decides about each of them; everything else that decides belongs to one issue, under
-- whatever ids. A program that knows version 8 names the key that is gone.
alter table decision drop constraint decision_action_source_kind_source_id_key;
create unique index decision_of_source on decision (action, source_kind, source_id, (case when source_kind = 'pull-request' then issue_id else 0 end));
