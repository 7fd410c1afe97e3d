#!/bin/sh
# pareia below a path behind a real nginx and a real Caddy with TLS, set up with the very blocks of docs/proxies.md, each once
# as it takes the path away and once as it leaves it: the page with its files, a login with its cookie, the call for a
# code, a connect link, the webhook. Everything is on loopback, and ends with this script.
#
# Usage: tests/proxies/drill.sh [BINARY]     (PORT=19643: where the proxies listen)
set -eu
cd "$(dirname "$0")/../.."
case ${1:-target/debug/pareia} in
    /*) binary=$1 ;;
    *) binary=$PWD/${1:-target/debug/pareia} ;;
esac
host=localhost:${PORT:-19643}
base=https://$host/pareia
password='uma senha que ninguem sabe'
work=$(mktemp -d)
proxy=''
started=''

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $variant: $*" >&2; exit 1; }
variant='before any proxy'

finish() {
    for pid in $proxy $started; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# until_so WHAT COMMAND...: waits until the command succeeds.
until_so() {
    what=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    fail "never: $what"
}

# block LANGUAGE N: the N-th block of that language in docs/proxies.md, for the address of this pareia.
block() {
    awk -v fence="\`\`\`$1" -v wanted="$2" '
        $0 == "```" { inside = 0 }
        inside { print }
        $0 == fence { inside = ++seen == wanted }' docs/proxies.md | sed "s/127\.0\.0\.1:3000/$api/"
}

# ask ARGUMENTS...: as a browser on the page asks, with the cookies that it has.
ask() {
    curl -sS --max-time 30 --cacert "$work/cert.pem" -b "$work/cookies" -c "$work/cookies" -H "Origin: https://$host" "$@"
}

# status ARGUMENTS...: the status of the answer, which is in $work/answer.
status() { ask -o "$work/answer" -w '%{http_code}' "$@"; }

# expect STATUS ARGUMENTS...
expect() {
    expected=$1
    shift
    got=$(status "$@") || fail "$*"
    [ "$got" = "$expected" ] || fail "$* is answered $got: $(head -c 300 "$work/answer")"
}

start_nginx() {
    cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxied;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:${host#*:} ssl http2;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        $1
    }
}
CONF
    nginx -e "$work/nginx.log" -c "$work/nginx.conf" >"$work/proxy" 2>&1 &
    proxy=$!
}

start_caddy() {
    cat >"$work/Caddyfile" <<CONF
{
    admin off
    auto_https off
    skip_install_trust
}
https://$host {
    bind 127.0.0.1
    tls $work/cert.pem $work/key.pem
    $1
}
CONF
    HOME=$work caddy run --config "$work/Caddyfile" --adapter caddyfile >"$work/proxy" 2>&1 &
    proxy=$!
}

the_page() {
    case $(ask -o "$work/answer" -w '%{http_code} %{redirect_url}' "$base") in
        30[128]" $base/") ;;
        *) fail "$base does not lead to $base/: $(head -c 300 "$work/answer")" ;;
    esac
    expect 200 "$base/"
    files=$(grep -o '"assets/[^"]*"' "$work/answer" | tr -d '"' | sort -u)
    [ "$(say "$files" | wc -l)" -ge 3 ] || fail "the page names no files"
    for file in $files; do expect 200 "$base/$file"; done
    got=$(status "https://$host/livez")
    ! grep -q "status" "$work/answer" || fail "pareia answers beside its path: $got"
}

the_login() {
    rm -f "$work/cookies"
    expect 401 -H 'X-Forwarded-For: 203.0.113.9' -d '{"name":"ana","password":"outra senha qualquer"}' "$base/api/session"
    expect 200 -d "{\"name\":\"ana\",\"password\":\"$password\"}" -D "$work/head" "$base/api/session"
    grep -i '^set-cookie:' "$work/head" | tr -d '\r' >"$work/set"
    [ -s "$work/set" ] || fail 'the login sets no cookie'
    grep -qvi 'Path=/pareia/.*Secure\|Secure.*Path=/pareia/' "$work/set" && fail "a cookie for elsewhere: $(cat "$work/set")"
    expect 200 "$base/api/session"
    ask -v -o /dev/null "https://$host/outro/" 2>"$work/said" || true
    grep -qi '^> cookie:' "$work/said" && fail 'another program on the host is sent the cookie'
    expect 403 -H 'Origin: https://evil.example' -X DELETE "$base/api/session"
    grep -q '203\.0\.113\.9' "$work/log" && fail 'a caller says itself where it calls from'
    expect 200 -X DELETE "$base/api/session"
}

the_calls() {
    token_header="Authorization: Bearer $token"
    expect 200 -H "$token_header" "$base/api/messaging/instance" -d "{\"channel\":\"whatsapp_evolution\",
        \"channelInstanceId\":\"$1\",\"channelPhoneOrId\":\"5521991856227\"}"
    grep -q '"qrCode":"' "$work/answer" || fail "no code: $(head -c 300 "$work/answer")"
    expect 200 -H "$token_header" -X POST "$base/api/messaging/instance/$1/link"
    grep -q "\"url\":\"$base/c#" "$work/answer" || fail "a link to elsewhere: $(cat "$work/answer")"
    expect 200 "$base/c"
    webhook=$("$binary" credential webhook drill 2>/dev/null | grep -o "$base/webhooks/evolution/[A-Za-z0-9_-]*" | head -n 1)
    [ -n "$webhook" ] || fail 'the webhook is not below the path'
    expect 200 -d '{"event":"connection.update"}' "$webhook"
}

# rehearse WHAT NAME: everything, behind the proxy that was just started.
rehearse() {
    variant=$1
    until_so 'the proxy answers' curl -sf --cacert "$work/cert.pem" "$base/livez"
    the_page
    the_login
    the_calls "$2"
    kill "$proxy"
    wait "$proxy" 2>/dev/null || true
    proxy=''
    say "$1: ok"
}

missing=''
for program in nginx caddy openssl curl; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
if [ -n "$missing" ]; then
    say "SKIPPED: the sub-path behind real proxies:$missing not here (apt-get install nginx caddy openssl curl)"
    exit 0
fi

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
export PAREIA_DATA="$work/data"
: >"$work/log"
"$binary" sim --listen 127.0.0.1:0 --api-key drill-key --instant >"$work/sim" 2>&1 &
started="$started $!"
until_so 'the simulation says where it listens' grep -q 'http://' "$work/sim"
evolution=$(sed -n 's/.*\(http:\/\/[0-9.:]*\).*/\1/p' "$work/sim" | head -n 1)
printf 'drill-key' | "$binary" credential add --type whatsapp_evolution --base-url "$evolution" \
    --api-token-stdin --id drill >/dev/null 2>&1
"$binary" user add ana --admin >/dev/null 2>&1
printf '%s' "$password" | "$binary" user password ana >/dev/null 2>&1
token=$("$binary" token create ana 2>/dev/null)
"$binary" serve --listen 127.0.0.1:0 --public-url "$base" --trusted-proxy 127.0.0.1 --qr-timeout 10 2>>"$work/log" &
started="$started $!"
until_so 'pareia says where it listens' grep -q 'listening on' "$work/log"
api=$(sed -n 's/.*listening on http:\/\/\([0-9.:]*\).*/\1/p' "$work/log" | head -n 1)

start_nginx "$(block nginx 2)"
rehearse 'nginx, which takes the path away' loja-1
start_nginx "$(block nginx 2 | sed "s/$api\/;/$api;/")"
rehearse 'nginx, which leaves the path' loja-2
start_caddy "$(block caddyfile 2)"
rehearse 'Caddy, which takes the path away' loja-3
start_caddy "$(block caddyfile 3)"
rehearse 'Caddy, which leaves the path' loja-4
say 'proxies drill: ok'
