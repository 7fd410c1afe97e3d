#!/bin/sh
# Throws what openapi.json allows, and what it forbids, at a live server beside the simulated Evolution: no answer may
# be other than described. Usage: run.sh PAREIA_BINARY [SCHEMATHESIS_OPTION ...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pareia=$1
shift
work=$(mktemp -d)
sim='' serve=''
finish() {
    for process in $sim $serve; do kill "$process" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap finish EXIT

# address FILE: the first address that a program wrote there.
address() {
    for _ in $(seq 200); do
        found=$(grep -o 'http://[0-9.:]*' "$1" | head -n 1 || true)
        if [ -n "$found" ]; then echo "$found"; return; fi
        sleep 0.05
    done
    cat "$1" >&2
    exit 1
}

export PAREIA_DATA="$work/data"
"$pareia" sim --listen 127.0.0.1:0 --api-key fuzzed-key --instant >"$work/sim" 2>&1 &
sim=$!
PAREIA_UPSTREAM=$(address "$work/sim")
export PAREIA_UPSTREAM
printf 'fuzzed-key' | "$pareia" credential add --type whatsapp_evolution --base-url "$PAREIA_UPSTREAM" --api-token-stdin --id evo >/dev/null 2>&1
"$pareia" user add fuzz --admin >/dev/null 2>&1
token=$("$pareia" token create fuzz 2>/dev/null)
PAREIA_TOKEN_ID=$("$pareia" token list --json | sed -n 's/^ *"id": "\(.*\)",$/\1/p')
export PAREIA_TOKEN_ID
"$pareia" serve --listen 127.0.0.1:0 --qr-timeout 5 --trusted-proxy 127.0.0.1 >"$work/serve" 2>&1 &
serve=$!
url=$(address "$work/serve")
SCHEMATHESIS_HOOKS="$here/hooks.py"
export SCHEMATHESIS_HOOKS
cd "$work"
# Not by responses: it would revoke its own token.
schemathesis --config-file "$here/schemathesis.toml" run "$url/openapi.json" --header "Authorization: Bearer $token" --request-timeout 30 \
    --phases examples,coverage,fuzzing --seed 1 --workers 2 --suppress-health-check all "$@"
