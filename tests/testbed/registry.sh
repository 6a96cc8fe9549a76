#!/usr/bin/env bash
# registry.sh [DIR]: unpack the registry that this machine's own release has as a package (docker-registry) into DIR
# (target/testbed/registry by default), without installing anything. `nodes.sh registry` runs it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$root/target/testbed/registry}
[[ -e $dir/complete ]] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$dir"
apt=(apt-get -qq -o APT::Sandbox::User=root)
cd "$work"
"${apt[@]}" download docker-registry 2>/dev/null || { "${apt[@]}" update && "${apt[@]}" download docker-registry; }
dpkg -x docker-registry*.deb "$dir"
"$dir/usr/bin/docker-registry" --version
touch "$dir/complete"
