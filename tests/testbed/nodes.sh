#!/usr/bin/env bash
# nodes.sh: private Docker engines, each in network, mount and UTS namespaces of its own, joined by one switch; as a
# swarm, they are a real one of several nodes on one machine. Needs root.
#   nodes.sh up N [DIR]      start engines 1..N (of DIR, see newer-docker.sh; else the system's dockerd); print their sockets
#   nodes.sh swarm N         make them one swarm: node 1 manages, the others work
#   nodes.sh cut I           take node I off the switch
#   nodes.sh heal I          put it back
#   nodes.sh kill I          kill -9 engine I
#   nodes.sh restart I       stop engine I, if it runs, and start it again on its data; also after kill
#   nodes.sh socket I        print the socket of engine I
#   nodes.sh registry I DIR [FILE]  run the registry of DIR (see registry.sh) beside engine I, which finds it at
#                            127.0.0.1:5000; FILE has who may use it, as htpasswd writes it
#   nodes.sh down            stop all and remove every namespace and file
# NODES names the folder of this set of nodes; several sets live beside each other. Addresses are 10.99.0.<I> in each.
#
# Never start a second dockerd in the host's own namespaces: it shares the firewall and deletes the first one's bridge.
set -euo pipefail
NODES=${NODES:-${TMPDIR:-/tmp}/stacktop-nodes}
# Namespaces and control groups are named for the whole machine, so their names carry the folder's hash.
set_id=stn$(printf %s "$NODES" | cksum | cut -d' ' -f1)
switch=$set_id-switch

socket() { echo "$NODES/n$1/docker.sock"; }
answers() { curl -sf -o /dev/null --unix-socket "$(socket "$1")" http://engine/_ping; }
on() { local i=$1; shift; docker -H "unix://$(socket "$i")" "$@"; }

make_switch() {
  [[ -e /run/netns/$switch ]] && return
  ip netns add "$switch"
  ip -n "$switch" link add br0 type bridge
  ip -n "$switch" link set lo up
  ip -n "$switch" link set br0 up
}

make_namespace() {
  local i=$1 name=$set_id-n$1
  [[ -e /run/netns/$name ]] && return
  ip netns add "$name"
  ip -n "$switch" link add "v$i" type veth peer name eth0 netns "$name"
  ip -n "$switch" link set "v$i" master br0 up
  ip -n "$name" addr add "10.99.0.$i/24" dev eth0
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
  ip -n "$name" route add default via 10.99.0.254
}

# On a machine under load an engine gives up on its own containerd before that has started: it is tried once more.
start_engine() {
  launch "$1" || { kill_containerd "$1"; launch "$1"; } && return
  echo "engine $1 does not answer:" >&2
  tail -5 "$NODES/n$1/log" >&2
  return 1
}

launch() {
  local i=$1 home=$NODES/n$1
  mkdir -p "$home/cgroup"
  # Not the system's settings: the engine refuses one that is given twice.
  echo '{}' >"$home/daemon.json"
  # There is no registry to be found: a look-up fails at once instead of holding each task up for 20 s.
  echo 'nameserver 127.0.0.1' >"$home/resolv.conf"
  rm -f "$home/docker.pid"
  # Which release engine I is was decided by the first start; a restart keeps it.
  local path=$PATH
  [[ -s $home/release ]] && path="$(<"$home/release")/usr/sbin:$(<"$home/release")/usr/bin:$PATH"
  # sysfs must be mounted anew inside the network namespace, else the engine sees the host's interfaces; the tree of
  # control groups is bound back under it.
  PATH=$path setsid nsenter --net="/run/netns/$set_id-n$i" unshare --uts --mount sh -ec "
    hostname node-$i
    mount --rbind /sys/fs/cgroup '$home/cgroup'
    mount -t sysfs sysfs /sys
    mount --rbind '$home/cgroup' /sys/fs/cgroup
    mount --bind '$home/resolv.conf' /etc/resolv.conf
    echo \$\$ >'$home/pid'
    exec dockerd --config-file '$home/daemon.json' --data-root '$home/data' --exec-root '$home/exec' \
      --pidfile '$home/docker.pid' -H 'unix://$(socket "$i")' --cgroup-parent '/$set_id-n$i'" \
    >>"$home/log" 2>&1 </dev/null &
  local engine=$!
  for _ in $(seq 300); do
    answers "$i" && return
    kill -0 "$engine" 2>/dev/null || return 1
    sleep .1
  done
  return 1
}

up() {
  local count=$1 release=${2:-}
  make_switch
  for i in $(seq "$count"); do
    if ! answers "$i"; then
      mkdir -p "$NODES/n$i"
      echo "$release" >"$NODES/n$i/release"
      make_namespace "$i"
      start_engine "$i"
    fi
    socket "$i"
  done
}

swarm() {
  on 1 swarm init --advertise-addr 10.99.0.1 >/dev/null
  local token
  token=$(on 1 swarm join-token -q worker)
  for i in $(seq 2 "$1"); do on "$i" swarm join --token "$token" 10.99.0.1:2377 >/dev/null; done
  on 1 node ls
}

registry() {
  local home=$NODES/n$1 inside=(nsenter --net="/run/netns/$set_id-n$1")
  printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: "%s/registry"}}\nhttp: {addr: "127.0.0.1:5000"}\n' \
    "$home" >"$home/registry.yml"
  [[ -z ${3:-} ]] || printf 'auth: {htpasswd: {realm: test, path: "%s"}}\n' "$3" >>"$home/registry.yml"
  [[ ! -s $home/registry.pid ]] || kill "$(<"$home/registry.pid")" 2>/dev/null || true
  setsid "${inside[@]}" "$2/usr/bin/docker-registry" serve "$home/registry.yml" >"$home/registry.log" 2>&1 </dev/null &
  local server=$!
  echo "$server" >"$home/registry.pid"
  for _ in $(seq 100); do
    kill -0 "$server" && "${inside[@]}" curl -s -o /dev/null http://127.0.0.1:5000/v2/ && return
    sleep .1
  done
  tail -5 "$home/registry.log" >&2
  return 1
}

running() { [[ -e $NODES/n$1/pid ]] && kill -0 "$(<"$NODES/n$1/pid")" 2>/dev/null; }

stop_engine() {
  running "$1" || return 0
  kill "$(<"$NODES/n$1/pid")"
  for _ in $(seq 150); do
    running "$1" || return 0
    sleep .1
  done
}

kill_engine() {
  local pid
  pid=$(<"$NODES/n$1/pid")
  kill -9 "$pid"
  while running "$1"; do sleep .05; done
  kill_containerd "$1"
}

# It would hold the lock of the data against the next start.
kill_containerd() {
  local pid_file=$NODES/n$1/exec/containerd/containerd.pid
  [[ -s $pid_file ]] && kill -9 "$(<"$pid_file")" 2>/dev/null || true
}

namespaces() { ip netns list 2>/dev/null | awk -v id="$set_id-" 'index($1, id) == 1 { print $1 }'; }

# Engines and their shims are known by the network namespace, containers, which have one of their own, by the control group.
processes() {
  {
    for name in $(namespaces); do ip netns pids "$name"; done
    find /sys/fs/cgroup -path "*/$set_id-n*/cgroup.procs" -exec cat {} +
  } 2>/dev/null | sort -un
}

# Nothing of the set is wanted any more, so no engine is asked to stop its containers one by one.
down() {
  local name i pids
  for i in $(seq 100); do
    pids=$(processes)
    [[ -n $pids ]] || break
    xargs kill -9 <<<"$pids" 2>/dev/null || true
    sleep .05
  done
  for name in $(namespaces); do ip netns del "$name"; done
  for i in 1 2 3; do
    awk -v dir="$NODES/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount -l 2>/dev/null || true
  done
  find /sys/fs/cgroup -depth -type d -path "*/$set_id-n*" -exec rmdir {} + 2>/dev/null || true
  rm -rf "$NODES"
}

case ${1:-} in
  up) up "${2:?how many}" "${3:-}" ;;
  swarm) swarm "${2:?how many}" ;;
  cut) ip -n "$switch" link set "v${2:?which}" down ;;
  heal) ip -n "$switch" link set "v${2:?which}" up ;;
  kill) kill_engine "${2:?which}" ;;
  restart) stop_engine "${2:?which}" && start_engine "$2" ;;
  registry) registry "${2:?which}" "${3:?where it was unpacked}" "${4:-}" ;;
  socket) socket "${2:?which}" ;;
  down) down ;;
  *) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
