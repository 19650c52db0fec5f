drop table identity;
drop table link_submission;
drop table link_build;
drop table allowance;
drop table session;
drop table person;
drop table cluster;
drop domain u64;
