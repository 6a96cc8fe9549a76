#!/usr/bin/env bash
# base-image.sh: images with PostgreSQL 15 and Redis 7 that behave as the official ones do, of Debian's packages (500 MB
# in all, about a minute, once per engine), for trials with real programs where no registry can be reached. Needs root
# and an engine; debootstrap is installed if it is missing. Prints the two tags.
#   docker run -d -e POSTGRES_PASSWORD=x stacktop-test/postgres:15-…
#   docker run -d stacktop-test/redis:7-… --appendonly yes
set -euo pipefail
cd "$(dirname "$0")"
base=stacktop-test/base:bookworm
version=$(cat base-image.sh database-entry.sh | sha256sum | cut -c1-12)
postgres=stacktop-test/postgres:15-$version
redis=stacktop-test/redis:7-$version
printf '%s\n%s\n' "$postgres" "$redis"

is_there() { docker image inspect "$1" >/dev/null 2>&1; }
is_there "$postgres" && is_there "$redis" && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_base() {
  command -v debootstrap >/dev/null || {
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends debootstrap
  } >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  local packages=nginx-light,redis-server,postgresql,curl,procps,iproute2
  debootstrap --variant=minbase --include="$packages" bookworm "$work/root" >"$work/log" 2>&1 || {
    tail -5 "$work/log" >&2
    exit 1
  }
  rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
  tar -C "$work/root" -c . | docker import -c 'LABEL stacktop.test=1' - "$base" >/dev/null
}

# make TAG PROGRAM FOLDER SIGNAL CHANGE…: the base with the entry program, and what the official image declares.
make() {
  local tag=$1 program=$2 folder=$3 signal=$4 container changes=()
  shift 4
  for change in "$@" "ENV SERVER=$program" "WORKDIR $folder" "VOLUME $folder" "CMD [\"$program\"]" \
    'ENTRYPOINT ["/usr/local/bin/entry"]'; do
    changes+=(-c "$change")
  done
  container=$(docker create --stop-signal "$signal" "$base" none)
  install -m 755 database-entry.sh "$work/entry"
  docker cp "$work/entry" "$container:/usr/local/bin/entry" >/dev/null
  docker commit "${changes[@]}" "$container" "$tag" >/dev/null
  docker rm "$container" >/dev/null
}

is_there "$base" || make_base
path=PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
make "$postgres" postgres /var/lib/postgresql/data SIGINT "ENV $path" 'ENV PG_MAJOR=15' \
  'ENV PGDATA=/var/lib/postgresql/data' 'EXPOSE 5432'
make "$redis" redis-server /data SIGTERM "ENV $path" 'ENV REDIS_VERSION=7' 'EXPOSE 6379'
