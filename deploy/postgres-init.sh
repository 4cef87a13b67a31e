#!/usr/bin/env bash
# The shop's own role, which owns its database and nothing else; runs once, on an empty volume.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --dbname postgres <<SQL
create role molecart login password '$(cat /run/secrets/postgres_password)';
create database molecart owner molecart;
revoke connect on database molecart from public;
SQL
