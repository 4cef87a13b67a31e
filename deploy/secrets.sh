#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml mounts: `deploy/secrets.sh`. What is there is kept, so that it may be
# edited and this be run again; `deploy/secrets.sh --new nats redis` makes those anew (docs/deploy.md tells what else
# a new one needs).
set -euo pipefail

cd "$(dirname "$0")"
# What is mounted beside them is read by other users than ours, also where the checkout was made under a strict umask.
for folder in . ../observability; do
  [ ! -d "$folder" ] || find "$folder" -maxdepth 1 -type f ! -perm -a=r -exec chmod a+r {} +
done
# The folder shuts out everybody else on this machine. The files are mounted one by one, each into the containers that
# need it, whose users differ: they must be readable to all.
mkdir -p secrets
chmod 0700 secrets
cd secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# put NAME TEXT: only where there is none.
put() {
  [ -e "$1" ] && return
  (umask 077 && printf '%s\n' "$2" >".$1")
  chmod 0444 ".$1"
  mv ".$1" "$1"
  echo "made deploy/secrets/$1"
}

make_nats() {
  put nats_password "$(random)"
  local password
  password="$(cat nats_password)"
  put transporter "nats://molecart:$password@nats:4222"
  put nats_accounts.conf "accounts { SHOP { jetstream: enabled, users: [{ user: molecart, password: \"$password\" }] } }"
}

make_mongo() {
  put mongo_root_password "$(random)"
  put mongo_password "$(random)"
  put mongo_keyfile "$(random)"
  put mongo_url "mongodb://molecart:$(cat mongo_password)@mongo:27017/molecart?replicaSet=shop&w=majority&journal=true"
}

make_postgres() {
  put postgres_root_password "$(random)"
  put postgres_password "$(random)"
  put postgres_url "postgres://molecart:$(cat postgres_password)@postgres:5432/molecart"
}

make_redis() {
  put redis_password "$(random)"
  put redis_auth.conf "requirepass $(cat redis_password)"
  put redis_url "redis://:$(cat redis_password)@redis:6379"
}

make_admin() { put admin_password "$(random)"; }
make_smtp() { put smtp_url "smtp://mailpit:1025"; }

# Tokens and stored secrets are encrypted with it: a new one cannot read what the old one wrote.
make_key() { put secret_key "$(random)$(random)"; }

of() {
  case "$1" in
    nats) echo nats_password transporter nats_accounts.conf ;;
    mongo) echo mongo_password mongo_url ;;
    postgres) echo postgres_password postgres_url ;;
    redis) echo redis_password redis_auth.conf redis_url ;;
    *) echo "$0: only nats, mongo, postgres and redis can be made anew, not $1" >&2 && return 1 ;;
  esac
}

if [ "${1:-}" = "--new" ]; then
  shift
  for group in "$@"; do
    files="$(of "$group")"
    # shellcheck disable=SC2086
    rm -f $files
  done
elif [ $# -gt 0 ]; then
  echo "usage: $0 [--new nats|mongo|postgres|redis …]" >&2
  exit 2
fi

for group in nats mongo postgres redis admin smtp key; do "make_$group"; done
