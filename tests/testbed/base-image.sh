#!/usr/bin/env bash
# base-image.sh [TAG]: an image with PostgreSQL 15, Redis 7, nginx, curl and a shell, made of Debian's packages (500 MB,
# about a minute), for trials with real programs where no registry can be reached. Needs root, debootstrap and an engine.
#   docker run -d TAG redis-server --appendonly yes
#   docker run -d TAG nginx -g 'daemon off;'
#   docker run -d TAG su postgres -c '/usr/lib/postgresql/15/bin/initdb -D /var/lib/postgresql/data &&
#     exec /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/data -c listen_addresses=*'
set -euo pipefail
tag=${1:-stacktop-test/base:bookworm}
docker image inspect "$tag" >/dev/null 2>&1 && exit 0
command -v debootstrap >/dev/null || {
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends debootstrap >/dev/null
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packages=nginx-light,redis-server,postgresql,curl,procps,iproute2
debootstrap --variant=minbase --include="$packages" bookworm "$work/root" >"$work/log" 2>&1 || {
  tail -5 "$work/log" >&2
  exit 1
}
rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
tar -C "$work/root" -c . | docker import -c 'LABEL stacktop.test=1' - "$tag"
