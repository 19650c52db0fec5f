drop table deposit;
drop table submission;
drop table funding_build;
drop table offer;
drop table bounty;
drop table cluster;
drop domain u64;
