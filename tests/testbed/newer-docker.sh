#!/usr/bin/env bash
# newer-docker.sh [DIR]: unpack Docker Engine 26.1, its client, containerd and Compose v2.26 of Debian's next release into
# DIR (target/testbed/newer by default), beside the system's own 20.10, without installing anything.
#   DIR/usr/libexec/docker/cli-plugins/docker-compose    stand-alone, or copied into ~/.docker/cli-plugins
#   DIR/usr/sbin/dockerd, DIR/usr/bin/{docker,containerd,ctr,containerd-shim-runc-v2}
# runc is the system's: the newer one needs a newer C library. The mirror is the one of the machine's own apt sources.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$root/target/testbed/newer}
[[ -e $dir/complete ]] && exit 0

uri=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '$1 == "URIs:" { print $2; exit }')
[[ -n $uri ]] || uri=$(awk '$1 == "deb" { print ($2 ~ /^\[/) ? $3 : $2; exit }' /etc/apt/sources.list)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$dir"
printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
  "$uri" >"$work/next.sources"

# Lists and cache of its own: the system's package state stays as it is.
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/next.sources" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work" && "${apt[@]}" download docker-compose docker.io docker-cli containerd tini)
for package in "$work"/*.deb; do dpkg -x "$package" "$dir"; done
"$dir/usr/libexec/docker/cli-plugins/docker-compose" version
"$dir/usr/sbin/dockerd" --version
touch "$dir/complete"
