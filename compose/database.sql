-- One app's database and its two users, by psql with the variables app, owner_password and app_password: the owner, as whom
-- migrations run, and the app, which reads and writes rows and can change no table.
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\set owner :app _owner

create role :"owner" login password :'owner_password';
create role :"app" login password :'app_password';
create database :"app" owner :"owner";
revoke all on database :"app" from public;
grant connect on database :"app" to :"app";

\connect :app
alter default privileges for role :"owner" in schema public grant select, insert, update, delete on tables to :"app";
alter default privileges for role :"owner" in schema public grant usage, select on sequences to :"app";
