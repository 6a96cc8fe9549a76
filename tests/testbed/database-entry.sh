#!/bin/sh
# The entry program of the test databases: what it is told, and what it does before and behind the server, is what the
# official images of PostgreSQL and Redis are told and do.
set -eu

as() { user=$1; shift; exec setpriv --reuid="$user" --regid="$user" --init-groups "$0" "$@"; }

told() { # the value of a variable, or what is in the file that NAME_FILE names
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  [ -n "$value" ] || [ -z "$file" ] || value=$(cat "$file")
  printf %s "$value"
}

first_start() {
  user=$(told POSTGRES_USER); user=${user:-postgres}
  password=$(told POSTGRES_PASSWORD)
  database=$(told POSTGRES_DB); database=${database:-$user}
  if [ -z "$password" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
    exit 1
  fi
  echo "$password" >/tmp/password
  initdb --username="$user" --pwfile=/tmp/password -E UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-} >/tmp/initdb.log
  rm /tmp/password
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  # The first server listens on no network: whoever waits for a network sees the last one only.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start >/tmp/first.log
  [ "$database" = postgres ] ||
    echo 'CREATE DATABASE :"db";' | psql -X -q -v ON_ERROR_STOP=1 -v db="$database" -U "$user" -d postgres
  for script in /docker-entrypoint-initdb.d/*.sql; do
    [ ! -e "$script" ] || psql -X -q -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$script"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop >>/tmp/first.log
}

case ${1:-} in
-*) set -- "$SERVER" "$@" ;;
esac
case ${1:-} in
postgres)
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chown -R postgres "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    as postgres "$@"
  fi
  [ -s "$PGDATA/PG_VERSION" ] || first_start
  ;;
redis-server)
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    as redis "$@"
  fi
  ;;
esac
exec "$@"
