#!/usr/bin/env bash
# Exchanges the nodes of one service after the other for ones of the new image, without a moment in which none answers:
# `deploy/rolling.sh [SERVICE …]`.
set -euo pipefail

cd "$(dirname "$0")/.."
services=("$@")
# Who is asked comes before who asks, and the gateways come last.
[ $# -gt 0 ] || services=(config idempotency pricing products inventory users payments notifications carts orders api)

# MOLECART_PULL may stand in .env, which only compose reads.
if docker compose config | grep -q "pull_policy: never"; then docker compose build; else docker compose pull "${services[@]}"; fi

for service in "${services[@]}"; do
  mapfile -t old < <(docker compose ps --quiet "$service")
  count=${#old[@]}
  if [ "$count" -eq 0 ]; then
    echo "$service does not run: docker compose up --wait $service" >&2
    exit 1
  fi
  echo "$service: $count more, of the new image"
  docker compose up --detach --wait --no-deps --no-recreate --scale "$service=$((2 * count))" "$service"
  for container in "${old[@]}"; do
    # The container's own time to stop, which is longer than its drain.
    docker stop "$container" >/dev/null
    docker rm "$container" >/dev/null
  done
  echo "$service: exchanged"
done
