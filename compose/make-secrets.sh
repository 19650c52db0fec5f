#!/bin/sh
# `just secrets`: makes what docker-compose.yml mounts from ./secrets and does not exist yet, and never touches what does. Only the
# user who runs it can read the files, and as that user the containers run: .env says so. Run by root, they belong to 65532.
set -eu
umask 077
folder=${1:-.}
secrets=$folder/secrets
mkdir -p "$secrets"

random() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }
hash_of() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi <"$secrets/$1" | cut -d ' ' -f 1; }
missing() { [ ! -e "$secrets/$1" ]; }
# Without a line end, so that the hash of the file is the hash of the token. The shell refuses to write over a file.
make() { set -C; printf '%s' "$2" >"$secrets/$1"; set +C; echo "made $secrets/$1"; }

if missing postgres-password; then make postgres-password "$(random)"; fi
for app in treasury github-app identity; do
  name=$(printf '%s' "$app" | tr - _)
  if missing "$app-database"; then make "$app-database" "postgres://$name:$(random)@postgres:5432/$name"; fi
  if missing "$app-database-owner"; then make "$app-database-owner" "postgres://${name}_owner:$(random)@postgres:5432/$name"; fi
done
if missing github-app-webhook-secret; then make github-app-webhook-secret "$(random)"; fi

for caller in web github-app; do
  if missing "$caller-treasury-token"; then
    make "$caller-treasury-token" "$(random)"
    if ! missing treasury-callers; then echo "secrets/treasury-callers does not know this token: remove that file and run this again"; fi
  fi
done
if missing treasury-callers; then make treasury-callers "{\"web\":\"$(hash_of web-treasury-token)\",\"github-app\":\"$(hash_of github-app-treasury-token)\"}"; fi
# Nobody calls the identity service in this version: the token of this hash is kept nowhere.
if missing identity-callers; then make identity-callers "{\"web\":\"$(random)\"}"; fi

user=$(id -u):$(id -g)
if [ "$(id -u)" = 0 ]; then
  user=65532:65532
  chown -R "$user" "$secrets"
fi
if ! grep -q '^DOUBLOON_USER=' "$folder/.env" 2>/dev/null; then echo "DOUBLOON_USER=$user" >>"$folder/.env"; fi

for file in github-app-private-key solana-rpc-url; do
  if missing "$file"; then echo "still missing, and yours to put there: $secrets/$file"; fi
done
