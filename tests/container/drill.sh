#!/bin/sh
# The container of packaging/docker/Dockerfile without Docker: its last stage made by hand of a debootstrapped Debian, with the
# environment, user, volume, command and health check that stand in the file, and the limits of compose.yml: nothing may be
# written but the volume and /tmp, no capabilities, no network but the loopback. `make container-drill` runs it; it needs
# root, and skips with a word where something is missing.
#
#   tests/container/drill.sh [BINARY]     the release binary of this checkout, unless another is named
set -eu

# What it looks for is Portuguese.
export PAREIA_LANG=pt

here=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-$here/target/release/pareia}
place=${PAREIA_DRILL:-$here/target/container-drill}
dockerfile=$here/packaging/docker/Dockerfile
base=$place/bookworm
image=$place/image
volume=$place/volume

skip() {
    echo "SKIPPED: the container drill: $1"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip 'it needs root'
for program in debootstrap unshare nsenter ip curl; do
    command -v "$program" >/dev/null 2>&1 || skip "$program is not here (apt-get install debootstrap util-linux iproute2 curl)"
done
unshare --mount --pid --net --fork true 2>/dev/null || skip 'namespaces cannot be unshared here'
[ -f "$binary" ] || { echo "no binary $binary: cargo build --release --locked" >&2; exit 1; }

mkdir -p "$place"
if [ ! -x "$base/usr/bin/setpriv" ]; then
    echo "== a clean Debian 12 in $base (about a minute)"
    rm -rf "$base"
    debootstrap --variant=minbase bookworm "$base" >"$place/debootstrap.log" 2>&1 ||
        skip "debootstrap failed, see $place/debootstrap.log"
fi

# ---- The Dockerfile -------------------------------------------------------------------------------------------------

# said INSTRUCTION: what the last stage says after it, a line for each.
said() {
    awk '/^FROM /{text = ""} {text = text $0 "\n"} END {printf "%s", text}' "$dockerfile" | sed -n "s/^$1 //p"
}
# words: the words of an instruction in the form of a JSON list.
words() { tr -d '[]",'; }

environment="PATH=/usr/local/bin:/usr/bin:/bin $(said ENV)"
user=$(said USER)
mount_point=$(said VOLUME)
program=$(said ENTRYPOINT | words)
command=$(said CMD | words)
health=$(said HEALTHCHECK | sed 's/.* CMD //' | words)
target=$(said COPY | sed -n 's/^--from=build .* //p')

rm -rf "$image" "$volume"
cp -a "$base" "$image"
cp "$binary" "$image$target"
said RUN | while read -r line; do chroot "$image" sh -c "$line"; done
# As Docker makes a volume: with owner and mode of the folder of the image.
cp -a "$image$mount_point" "$volume"

# ---- The container --------------------------------------------------------------------------------------------------

unshared='' leader=''
# begin COMMAND...: the container with that command as its process 1; its output in container.log.
begin() {
    # shellcheck disable=SC2016,SC2086 # for the inner shell; words
    unshare --mount --pid --net --uts --ipc --fork --kill-child=KILL sh -c '
        set -e
        image=$1 volume=$2 mount_point=$3 user=$4
        shift 4
        mount --make-rprivate /
        mount --bind "$image" "$image"
        mount -o remount,bind,ro "$image"
        mount -t proc -o nosuid,nodev,noexec proc "$image/proc"
        mount -t tmpfs -o size=16m,mode=1777,nosuid,nodev,noexec tmpfs "$image/tmp"
        mount --bind "$volume" "$image$mount_point"
        ip link set lo up
        ulimit -n 16384
        exec chroot "$image" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --bounding-set=-all \
            --inh-caps=-all --no-new-privs env -i "$@"
    ' sh "$image" "$volume" "$mount_point" "$user" $environment "$@" >"$place/container.log" 2>&1 </dev/null &
    unshared=$!
    leader=''
    for _ in $(seq 100); do
        leader=$(pgrep -P "$unshared" || :)
        [ -z "$leader" ] || return 0
        sleep 0.05
    done
}
# inside COMMAND...: as `docker exec` does.
inside() {
    # shellcheck disable=SC2086 # words
    nsenter -t "$leader" -m -p -n -u -i -r -- setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups \
        --bounding-set=-all --inh-caps=-all --no-new-privs env -i $environment "$@"
}
# end SIGNAL: its exit code in `code`.
end() {
    kill -"$1" "$leader" 2>/dev/null || :
    code=0
    wait "$unshared" || code=$?
    unshared=''
}
trap 'if [ -n "$unshared" ]; then end KILL; fi' EXIT

# ---- What is looked at ----------------------------------------------------------------------------------------------

also_shown=$place/container.log
# shellcheck source=tests/drills/checks.sh
. "$here/tests/drills/checks.sh"
refused() { ! "$@"; }
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$leader/status" | tr '\t' ' ' | sed 's/ *$//'; }
is_healthy() {
    for _ in $(seq 100); do
        # shellcheck disable=SC2086 # words
        if inside $health; then return 0; fi
        sleep 0.1
    done
    return 1
}
# call NAME: a POST.
call() {
    nsenter -t "$leader" -n curl -s -m 30 -X POST http://127.0.0.1:3000/api/messaging/instance -H "Authorization: Bearer $token" \
        -d "{\"channel\":\"whatsapp_evolution\",\"channelInstanceId\":\"$1\",\"channelPhoneOrId\":\"5521991856227\"}"
}

echo '== the demonstration, with a root that cannot be written'
begin "$program" demo --once
code=0
wait "$unshared" || code=$?
unshared=''
is 'demo --once ends with' 0 "$code"

echo "== $program $command"
# shellcheck disable=SC2086 # words
begin $program $command
check "healthy, says: $health" is_healthy
is 'user and group' "$user" "$(status Uid | cut -d ' ' -f 1):$(status Gid | cut -d ' ' -f 1)"
is 'groups' '' "$(status Groups)"
is 'capabilities, now and ever' '0000000000000000 0000000000000000' "$(status CapEff) $(status CapBnd)"
is 'no new privileges' 1 "$(status NoNewPrivs)"
check 'the root cannot be written' refused inside sh -c ": >/etc/x || : >$target"
is 'mode of the volume' 700 "$(stat -c %a "$volume")"
is 'owner and mode of the database' "$user 600" "$(stat -c '%u:%g %a' "$volume/pareia.db")"
check 'it says the set-up link' inside pareia setup-link

echo '== beside an Evolution'
inside pareia sim --listen 127.0.0.1:8080 --api-key a-key >"$place/sim.log" 2>&1 </dev/null &
sim=$!
printf a-key | inside pareia credential add --type whatsapp_evolution --base-url http://127.0.0.1:8080 --api-token-stdin \
    >"$place/credential.log"
inside pareia user add loja >"$place/user.log"
token=$(inside pareia token create loja 2>"$place/token.log")
call my-store >"$place/answer.json"
check 'a call is answered with a code' grep -q data:image/png "$place/answer.json"

check 'a backup into the volume' inside pareia backup "$mount_point/before.db"
check 'with its key' test -s "$volume/before.key"

echo '== a stop, and a start with the same volume'
kill -STOP "$leader"
# shellcheck disable=SC2086 # words
check 'it is not healthy while it hangs' refused inside $health
kill -CONT "$leader"
begun=$(date +%s)
end TERM
is 'a stop ends with' 0 "$code"
check 'within ten seconds' test $(($(date +%s) - begun)) -le 10
wait "$sim" 2>/dev/null || :
# shellcheck disable=SC2086 # words
begin $program $command
check 'healthy again' is_healthy
call my-store >"$place/answer.json"
check 'token and server are still there' grep -q evolution_unreachable "$place/answer.json"
end TERM

echo '== a folder of root as the volume, as Docker makes one for a path that is not there'
volume=$place/foreign
rm -rf "$volume"
mkdir -m 755 "$volume"
# shellcheck disable=SC2086 # words
begin $program $command
code=0
wait "$unshared" || code=$?
unshared=''
check 'it does not start' test "$code" -ne 0
check "and names the folder: $(tail -n 1 "$place/container.log")" grep -qF "$mount_point" "$place/container.log"

conclude
