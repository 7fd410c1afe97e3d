#!/bin/sh
# A real Prometheus with the packaged rules before a pareia under load: it must see what is done, alert when Evolution is
# taken away, stop when it is back, and alert when pareia is gone. The rules wait for seconds here, where they wait for
# minutes in earnest. Everything is on loopback, and ends with this script.
#
# Usage: tests/monitoring/drill.sh [BINARY]     (PORT=19590: where Prometheus listens)
set -eu
cd "$(dirname "$0")/../.."
binary=${1:-target/debug/pareia}
prometheus=http://127.0.0.1:${PORT:-19590}
work=$(mktemp -d)
started=''

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }

finish() {
    for pid in $started; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# address FILE WORDS: the host:port of the first line of FILE that has WORDS, as soon as it is there.
address() {
    for _ in $(seq 200); do
        found=$(sed -n "/$2/s/.*http:\/\/\([0-9.:]*\).*/\1/p" "$1" | head -n 1)
        [ -n "$found" ] && { say "$found"; return; }
        sleep 0.05
    done
    fail "no $2 in $1: $(cat "$1")"
}

# value QUERY: the number that Prometheus answers; empty where there is none.
value() {
    curl -sfG "$prometheus/api/v1/query" --data-urlencode "query=$1" |
        sed -n 's/.*"value":\[[0-9.]*,"\([^"]*\)"\].*/\1/p'
}

# until_value WHAT QUERY: waits until the query answers something.
until_value() {
    begun=$(date +%s)
    while [ -z "$(value "$2")" ]; do
        [ $(($(date +%s) - begun)) -lt 60 ] || fail "never: $1"
        sleep 0.2
    done
    say "$1: after $(($(date +%s) - begun)) s"
}

firing() { say "count(ALERTS{alertname=\"$1\",alertstate=\"firing\"}) > 0"; }

simulate() {
    "$binary" sim --listen "$1" --api-key drill-key --instant >"$work/sim" 2>&1 &
    sim=$!
    started="$started $sim"
}

say 'pareia, its simulated Evolution, Prometheus'
simulate 127.0.0.1:0
evolution=$(address "$work/sim" http)
export PAREIA_DATA="$work/data"
printf 'drill-key' | "$binary" credential add --type whatsapp_evolution --base-url "http://$evolution" \
    --api-token-stdin --id drill >/dev/null 2>&1
"$binary" user add loja >/dev/null 2>&1
token=$("$binary" token create loja 2>/dev/null)
: >"$work/log"
"$binary" serve --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0 --qr-timeout 5 2>>"$work/log" &
pareia=$!
started="$started $pareia"
api=$(address "$work/log" 'listening on')
metrics=$(address "$work/log" 'metrics at')
sed 's/for: [0-9]*m$/for: 2s/; s/\[5m\]/[20s]/' packaging/monitoring/pareia-alerts.yml >"$work/pareia-alerts.yml"
sed "s/15s/1s/; s/127.0.0.1:9464/$metrics/" packaging/monitoring/prometheus.yml >"$work/prometheus.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
    --web.listen-address="${prometheus#http://}" >"$work/prometheus.log" 2>&1 &
started="$started $!"

# Four callers, each with a bounded number of calls.
calls() {
    for n in $(seq 2000); do
        [ -e "$work/over" ] && return
        curl -s -o /dev/null --max-time 10 -H "Authorization: Bearer $token" -d "{\"channel\":\"whatsapp_evolution\",
            \"channelInstanceId\":\"loja-$1-$((n % 20))\",\"channelPhoneOrId\":\"5521991856227\"}" \
            "http://$api/api/messaging/instance" || true
    done
}
for n in 1 2 3 4; do
    calls "$n" &
    started="$started $!"
done

until_value 'pareia is scraped' 'up{job="pareia"} == 1'
until_value 'calls are counted' 'sum(rate(pareia_http_requests_total{status="200"}[10s])) > 0'
until_value 'numbers are counted' 'pareia_instances{status="connecting"} > 10'
[ -z "$(value 'count(ALERTS{alertstate="firing"}) > 0')" ] || fail "something fires while all is well"
say "under load: $(value 'sum(rate(pareia_http_requests_total[10s]))' | cut -c1-6) requests/s, a scrape takes \
$(value 'max_over_time(scrape_duration_seconds[30s])' | cut -c1-6) s and has $(value 'scrape_samples_scraped') samples"

say 'Evolution is taken away'
kill "$sim"
until_value 'PareiaServerDown fires' "$(firing PareiaServerDown)"
until_value 'PareiaRequestsFail fires' "$(firing PareiaRequestsFail)"

say 'Evolution is back'
simulate "$evolution"
until_value 'PareiaServerDown is over' "absent($(firing PareiaServerDown))"
until_value 'PareiaRequestsFail is over' "absent($(firing PareiaRequestsFail))"

say 'pareia is killed'
: >"$work/over"
kill -9 "$pareia"
until_value 'PareiaDown fires' "$(firing PareiaDown)"
say 'monitoring drill: ok'
