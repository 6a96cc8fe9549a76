#!/usr/bin/env bash
# rabbitmq-image.sh: an image with RabbitMQ that behaves as the official one does, of Debian's packages on the base of
# base-image.sh (a minute and 200 MB more, once per engine). Prints the tag.
#   docker run -d --hostname mq -e RABBITMQ_DEFAULT_USER=ada -e RABBITMQ_DEFAULT_PASS=x stacktop-test/rabbitmq:3-…
set -euo pipefail
cd "$(dirname "$0")"
version=$(cat base-image.sh rabbitmq-image.sh | sha256sum | cut -c1-12)
tag=stacktop-test/rabbitmq:3-$version
echo "$tag"
docker image inspect "$tag" >/dev/null 2>&1 && exit 0

./base-image.sh >/dev/null
work=$(mktemp -d)
container=
trap '[[ -z $container ]] || docker rm -f "$container" >/dev/null; rm -rf "$work"' EXIT
# Packages come from wherever those of this host come from. The package starts a server, whose state is not the image's.
install='apt-get -qq update && printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d &&
  apt-get -qq install -y --no-install-recommends rabbitmq-server && apt-get clean &&
  rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq/mnesia /var/lib/rabbitmq/.erlang.cookie /usr/sbin/policy-rc.d'
container=$(docker create --network host -e DEBIAN_FRONTEND=noninteractive stacktop-test/base:bookworm sh -c "$install")
docker start -a "$container" >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
cat >"$work/entry" <<'ENTRY'
#!/bin/sh
# As the official image does: the server runs as its own user, which also has the cookie.
set -eu
if [ "${1:-}" = rabbitmq-server ]; then
  chown -R rabbitmq /var/lib/rabbitmq /var/log/rabbitmq
  exec setpriv --reuid rabbitmq --regid rabbitmq --clear-groups "$@"
fi
exec "$@"
ENTRY
chmod 755 "$work/entry"
docker cp "$work/entry" "$container:/usr/local/bin/entry" >/dev/null
path=PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
docker commit -c 'ENV DEBIAN_FRONTEND=' -c 'ENV RABBITMQ_VERSION=3' -c 'ENV HOME=/var/lib/rabbitmq' -c "ENV $path" \
  -c 'ENV RABBITMQ_LOGS=-' -c 'VOLUME /var/lib/rabbitmq' -c 'EXPOSE 5672' -c 'CMD ["rabbitmq-server"]' \
  -c 'ENTRYPOINT ["/usr/local/bin/entry"]' "$container" "$tag" >/dev/null
