drop table living_comment;
drop table intent;
drop table problem;
drop table offer;
drop table source;
drop table issue;
drop table repository;
drop table installation;
