#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is empty. The passwords are those of the URLs the services get.
set -eu

password_of() { sed -E 's|^[a-z]+://[^:]+:([^@]+)@.*$|\1|' "/run/secrets/$1"; }

for app in treasury github_app identity; do
  secret=$(printf '%s' "$app" | tr _ -)-database
  OWNER_PASSWORD=$(password_of "$secret-owner") APP_PASSWORD=$(password_of "$secret") \
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=app="$app" --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --file=/etc/doubloon/database.sql
done
