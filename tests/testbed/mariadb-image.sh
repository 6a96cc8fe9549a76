#!/usr/bin/env bash
# mariadb-image.sh: an image with MariaDB that behaves as the official one does, of Debian's packages on the base of
# base-image.sh (half a minute and 250 MB more, once per engine). Prints the tag.
#   docker run -d -e MARIADB_ROOT_PASSWORD=x stacktop-test/mariadb:10-…
set -euo pipefail
cd "$(dirname "$0")"
version=$(cat base-image.sh mariadb-image.sh mariadb-entry.sh | sha256sum | cut -c1-12)
tag=stacktop-test/mariadb:10-$version
echo "$tag"
docker image inspect "$tag" >/dev/null 2>&1 && exit 0

./base-image.sh >/dev/null
work=$(mktemp -d)
container=
trap '[[ -z $container ]] || docker rm -f "$container" >/dev/null; rm -rf "$work"' EXIT
# Packages come from wherever those of this host come from.
install='apt-get -qq update && apt-get -qq install -y --no-install-recommends mariadb-server &&
  apt-get clean && rm -rf /var/lib/apt/lists/* /var/lib/mysql/*'
container=$(docker create --network host -e DEBIAN_FRONTEND=noninteractive stacktop-test/base:bookworm sh -c "$install")
docker start -a "$container" >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
install -m 755 mariadb-entry.sh "$work/entry"
docker cp "$work/entry" "$container:/usr/local/bin/entry" >/dev/null
docker commit -c 'ENV DEBIAN_FRONTEND=' -c 'ENV MARIADB_VERSION=10' -c 'VOLUME /var/lib/mysql' -c 'EXPOSE 3306' \
  -c 'CMD ["mariadbd"]' -c 'ENTRYPOINT ["/usr/local/bin/entry"]' "$container" "$tag" >/dev/null
