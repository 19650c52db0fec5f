drop table decision;
drop table rules_seen;
