#!/bin/sh
# The whole life of an installation on a clean Debian 12 under a real systemd: install, second run, reboot, upgrades
# that succeed and that fail in each way, uninstall, purge. `make install-drill` runs it; it needs root, debootstrap and
# systemd-nspawn, and skips with a word where they are missing.
#
#   tests/install/drill.sh [BINARY]      the release binary of this checkout, unless another is named
#   PAREIA_DRILL_PART=domain             only what concerns Caddy
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-$here/target/release/pareia}
place=${PAREIA_DRILL:-$here/target/install-drill}
base=$place/bookworm
root=$place/root

skip() {
    echo "SKIPPED: the install drill: $1"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip 'it needs root'
for program in debootstrap systemd-nspawn nsenter cc; do
    command -v "$program" >/dev/null 2>&1 || skip "$program is not here (apt-get install debootstrap systemd-container gcc)"
done
[ -f "$binary" ] || { echo "no binary $binary: cargo build --release --locked" >&2; exit 1; }

mkdir -p "$place"
if [ ! -x "$base/usr/bin/sqlite3" ]; then
    echo "== a clean Debian 12 in $base (about a minute)"
    rm -rf "$base"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,udev,curl,sqlite3 bookworm "$base" \
        >"$place/debootstrap.log" 2>&1 || skip "debootstrap failed, see $place/debootstrap.log"
fi

# ---- The machine ----------------------------------------------------------------------------------------------------

nspawn='' leader=''
boot() {
    rm -f "$root"/etc/systemd/system/network-online.target.wants/*
    systemd-nspawn -q -D "$root" -b --register=no --keep-unit --machine="pareia-drill-$$" --private-network \
        --console=read-only >"$place/console.log" 2>&1 </dev/null &
    nspawn=$!
    for _ in $(seq 300); do
        leader=$(pgrep -P "$nspawn" -x systemd || :)
        if [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then return; fi
        sleep 0.1
    done
    echo 'the machine does not boot' >&2
    exit 1
}
inside() { nsenter -t "$leader" -m -p -u -n -i -r -W/ -- "$@"; }
power_off() {
    if [ -z "$nspawn" ]; then return; fi
    inside systemctl poweroff >/dev/null 2>&1 || :
    wait "$nspawn" || :
    nspawn=''
}
trap power_off EXIT

# ---- What is looked at ----------------------------------------------------------------------------------------------

failed=0
ok() { printf 'ok    %s\n' "$1"; }
bad() {
    printf 'BAD   %s\n' "$1"
    failed=$((failed + 1))
}
# check WHAT COMMAND...: whether the command succeeds.
check() {
    what=$1
    shift
    if "$@" >"$place/check.log" 2>&1; then ok "$what"; else
        bad "$what"
        sed 's/^/      /' "$place/check.log"
    fi
}
# is WHAT EXPECTED FOUND
is() { if [ "$2" = "$3" ]; then ok "$1: $3"; else bad "$1: $3, not $2"; fi; }
has() { grep -qF -- "$2" "$1"; }

# install ARGUMENTS...: install.sh in the machine; its output in install.log, its exit code in `code`, its time in `took`.
install() {
    begun=$(date +%s.%N)
    code=0
    inside /opt/pareia/install.sh "$@" >"$place/install.log" 2>&1 </dev/null || code=$?
    took=$(echo "$(date +%s.%N) $begun" | awk '{ printf "%.1f", $1 - $2 }')
}
tail_log() { sed 's/^/      /' "$place/install.log"; }
# Everything outside the data folder with mode, owner, time and content.
files() {
    (cd "$root" && find etc/pareia etc/systemd usr/local/bin var/backups/pareia -type f 2>/dev/null | sort |
        xargs -r stat -c '%n %a %U %Y' && find etc/systemd etc/pareia -type f -print0 | sort -z | xargs -0 -r sha256sum)
    grep pareia "$root/etc/passwd" "$root/etc/group" || :
}
modes() { (cd "$root" && find "$@" -printf '%m %u:%g %p\n'); }
ready() { inside curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:3000/readyz; }
version() { inside /usr/local/bin/pareia --version; }
pid() { inside systemctl show pareia -p MainPID --value; }
users() { inside pareia user list 2>/dev/null | tail -n +2 | awk '{ print $1 }' | sort | tr '\n' ' '; }

# fake NAME BODY: a program that says it is pareia 9.9.9, and does that when it serves.
fake() {
    printf '%s\n' '#include <stdio.h>' '#include <string.h>' '#include <stdlib.h>' '#include <unistd.h>' \
        'int main(int c, char **v) { if (c > 1 && !strcmp(v[1], "--version")) { puts("pareia 9.9.9"); return 0; }' \
        "$2 }" >"$place/$1.c"
    cc -o "$root/opt/pareia/$1" "$place/$1.c"
}

# ---- The drill ------------------------------------------------------------------------------------------------------

rm -rf "$root"
cp -a "$base" "$root"
mkdir -p "$root/opt/pareia/packaging"
cp "$here/install.sh" "$root/opt/pareia/"
cp -r "$here/packaging/systemd" "$root/opt/pareia/packaging/"
cp "$binary" "$root/opt/pareia/pareia"
# The same program with other bytes: an upgrade that succeeds.
cp "$binary" "$root/opt/pareia/newer"
printf '\0' >>"$root/opt/pareia/newer"
fake ends 'fprintf(stderr, "cannot go on\n"); return 1;'
fake hangs 'for (;;) pause();'
# It brings the tables up to date, as a newer version does, and then hangs: the drill has made what it would have made.
fake migrates 'rename("/var/lib/pareia/next.db", "/var/lib/pareia/pareia.db"); for (;;) pause();'
printf '#!/bin/sh\necho pareia 9.9.9\n' >"$root/opt/pareia/cannot-run"
chmod 755 "$root/opt/pareia/cannot-run"

if [ "${PAREIA_DRILL_PART:-all}" = all ]; then
boot
echo '== another program has the port'
inside systemd-run -q --unit=taken systemd-socket-activate -l 127.0.0.1:3000 /bin/cat
install --binary /opt/pareia/pareia
is 'exit code' 1 "$code"
check 'says so' has "$place/install.log" '127.0.0.1:3000 já está em uso'
check 'and what to do' has "$place/install.log" '--listen'
install --binary /opt/pareia/pareia --listen 127.0.0.1:3001
is 'on another port' 0 "$code"
inside systemctl stop taken
install --uninstall --purge

echo '== install'
install --dry-run --binary /opt/pareia/pareia
check '--dry-run says the steps' has "$place/install.log" 'criar o usuário de sistema pareia'
check '--dry-run changes nothing' test ! -e "$root/etc/pareia" -a ! -e "$root/usr/local/bin/pareia"
install --binary /bin/true
is 'another program is refused' 1 "$code"
check 'and left alone' inside cmp /bin/true /usr/bin/true
printf 'uma senha que ninguém sabe\n' >"$root/root/password"
install --binary=/opt/pareia/pareia --listen 127.0.0.1:3000
is "installed in $took s, exit code" 0 "$code"
check 'the set-up link is shown' has "$place/install.log" 'http://127.0.0.1:3000/#/setup/'
is 'readyz' 200 "$(ready)"
check 'the journal does not have the link' sh -c "! nsenter -t $leader -m -p -r journalctl -u pareia | grep -F '#/setup'"
is 'systemd knows that it is ready' notify "$(inside systemctl show pareia -p Type --value)"
modes etc/pareia etc/systemd/system/pareia.service usr/local/bin/pareia var/lib/pareia | sed 's/^/      /'
is 'modes of the data' '600 700 ' "$(modes var/lib/pareia -name 'pareia*' | awk '{ print $1 }' | sort -u | tr '\n' ' ')"
exposure=$(inside systemd-analyze security pareia --no-pager | sed -n 's/.*exposure level for pareia.service: \([0-9.]*\).*/\1/p')
check "exposure $exposure is at most 1.2" awk "BEGIN { exit !($exposure <= 1.2) }"
inside systemd-analyze verify /etc/systemd/system/pareia.service 2>&1 | sed 's/^/      /'

echo '== demo --once inside the same hardening'
sed -e 's|serve$|demo --once|' -e 's|^Type=.*|Type=oneshot|' -e '/^Restart/d' -e '/^Watchdog/d' \
    "$root/etc/systemd/system/pareia.service" >"$root/etc/systemd/system/pareia-demo.service"
inside systemctl daemon-reload
check 'all behave' inside systemctl start pareia-demo
inside journalctl -u pareia-demo -o cat --no-pager | grep -E 'ok$|FALHOU' | sed 's/^/      /'
rm "$root/etc/systemd/system/pareia-demo.service"
inside systemctl daemon-reload

echo '== a second run changes nothing'
before=$(files) running=$(pid)
install --binary /opt/pareia/pareia
is 'exit code' 0 "$code"
is 'the process' "$running" "$(pid)"
if [ "$before" = "$(files)" ]; then ok 'files, modes and times'; else bad 'files, modes and times'; fi

echo '== what the doctor finds'
check 'nothing bad' inside pareia doctor
inside pareia doctor 2>&1 | sed 's/^/      /'

echo '== an administrator and an Evolution'
printf 'the-key' >"$root/root/key"
for run in first second; do
    install --binary /opt/pareia/pareia --admin ana --admin-password-file /root/password \
        --evolution-url http://127.0.0.1:8080 --evolution-key-file /root/key
    is "$run run" 0 "$code"
    is 'users' 'ana ' "$(users)"
    is 'credentials' 1 "$(inside pareia credential list --json | grep -c '"id"')"
done
check 'the link is no longer shown' sh -c "! grep -F '#/setup' '$place/install.log'"
check 'the key lies sealed' sh -c "! grep -rF the-key '$root/var/lib/pareia' '$root/etc/pareia'"
mkdir -p "$root/etc/systemd/system/pareia.service.d"
printf '[Service]\nEnvironment=PAREIA_EVOLUTION_URL=http://127.0.0.1:8081\nLoadCredential=evolution-key:/root/key\n' \
    >"$root/etc/systemd/system/pareia.service.d/drill.conf"
inside systemctl daemon-reload
check 'with a systemd credential' inside systemctl restart pareia
is 'credentials' 2 "$(inside pareia credential list --json | grep -c '"id"')"
rm -r "$root/etc/systemd/system/pareia.service.d"
inside systemctl daemon-reload
check 'and without' inside systemctl restart pareia
inside pareia user add loja >/dev/null 2>&1
is "root's commands leave nothing of root's" '' "$(find "$root/var/lib/pareia" -uid 0)"

echo '== reboot'
power_off
boot
is 'readyz' 200 "$(ready)"

echo '== killed, it comes back'
inside systemctl kill -s KILL pareia
sleep 3
is 'readyz' 200 "$(ready)"

echo '== the watchdog starts a program anew that hangs'
mkdir -p "$root/etc/systemd/system/pareia.service.d"
printf '[Service]\nWatchdogSec=4\nTimeoutStopSec=2\n' >"$root/etc/systemd/system/pareia.service.d/drill.conf"
inside systemctl daemon-reload
inside systemctl restart pareia
hung=$(pid)
sleep 6
is 'a healthy one stays' "$hung" "$(pid)"
inside systemctl kill -s STOP pareia
sleep 10
if [ "$(pid)" != "$hung" ]; then ok 'a hung one is replaced'; else bad 'a hung one stays'; fi
is 'readyz' 200 "$(ready)"
rm -r "$root/etc/systemd/system/pareia.service.d"
inside systemctl daemon-reload
inside systemctl restart pareia

echo '== an upgrade that succeeds'
install --upgrade --binary /opt/pareia/newer
is "in $took s, exit code" 0 "$code"
check 'the new one is there' cmp "$root/opt/pareia/newer" "$root/usr/local/bin/pareia"
is 'readyz' 200 "$(ready)"
is 'users' 'ana loja ' "$(users)"
grep 'pronto; fora' "$place/install.log" | sed 's/^/      /'
find "$root/var/backups/pareia" -mindepth 1 -printf '      %m %u %P\n' | sort -k 3

for kind in ends cannot-run hangs migrates; do
    echo "== an upgrade to a binary that $kind"
    wanted='ana loja '
    if [ "$kind" = migrates ]; then
        inside sqlite3 /var/lib/pareia/pareia.db ".backup /var/lib/pareia/next.db"
        inside sqlite3 /var/lib/pareia/next.db \
            "INSERT INTO refinery_schema_history VALUES (99, 'x', '', '0'); INSERT INTO users (id, name, role, createdAt) VALUES ('u9', 'tarde', 'owner', 1)"
        inside chown pareia: /var/lib/pareia/next.db
        (sleep 3 && touch "$root/var/lib/pareia/pareia.db.v11") &
    fi
    install --upgrade --binary "/opt/pareia/$kind" --wait 10
    is "back after $took s, exit code" 1 "$code"
    tail_log
    is 'version' "$("$binary" --version)" "$(version)"
    is 'readyz' 200 "$(ready)"
    is 'users' "$wanted" "$(users)"
    is 'active' active "$(inside systemctl is-active pareia)"
done
check 'what came late is kept and said' has "$place/install.log" '/after/pareia.db'
is 'and has what was written' tarde "$(sqlite3 "$(find "$root/var/backups/pareia" -path '*after/pareia.db')" "SELECT name FROM users WHERE id = 'u9'" 2>/dev/null ||
    inside sh -c "sqlite3 /var/backups/pareia/*/after/pareia.db \"SELECT name FROM users WHERE id = 'u9'\"")"

echo '== a setting with which it does not start'
install --binary /opt/pareia/newer --listen 192.0.2.1:3000 --wait 10
is "back after $took s, exit code" 1 "$code"
is 'readyz' 200 "$(ready)"
is 'the setting' 'PAREIA_LISTEN=127.0.0.1:3000' "$(grep ^PAREIA_LISTEN= "$root/etc/pareia/pareia.env")"

echo '== install.sh killed in the middle of an upgrade'
inside /opt/pareia/install.sh --upgrade --binary /opt/pareia/hangs >"$place/killed.log" 2>&1 </dev/null &
for _ in $(seq 100); do
    if ls "$root"/var/backups/pareia/*/unfinished >/dev/null 2>&1 && [ "$(version)" = 'pareia 9.9.9' ]; then break; fi
    sleep 0.1
done
kill -KILL "$(pgrep -f -x '/bin/sh /opt/pareia/install.sh --upgrade --binary /opt/pareia/hangs')" || :
wait "$!" 2>/dev/null || :
install --binary /opt/pareia/newer
is "the next run puts it right in $took s, exit code" 0 "$code"
tail_log
is 'readyz' 200 "$(ready)"

echo '== Ctrl-C in the middle of an upgrade, and a reader that goes away'
inside /opt/pareia/install.sh --upgrade --binary /opt/pareia/hangs >"$place/install.log" 2>&1 </dev/null &
for _ in $(seq 100); do
    if [ "$(version)" = 'pareia 9.9.9' ]; then break; fi
    sleep 0.1
done
kill -TERM "$(pgrep -f -x '/bin/sh /opt/pareia/install.sh --upgrade --binary /opt/pareia/hangs')" || :
wait "$!" && code=0 || code=$?
is 'exit code' 130 "$code"
tail_log
is 'readyz' 200 "$(ready)"
inside sh -c '/opt/pareia/install.sh --upgrade --binary /opt/pareia/hangs --wait 5 2>&1 | true'
is 'readyz' 200 "$(for _ in $(seq 100); do
    [ "$(version)" != 'pareia 9.9.9' ] && [ "$(ready)" = 200 ] && break
    sleep 0.2
done; ready)"
is 'version' "$("$binary" --version)" "$(version)"
sleep 4

echo '== a disk without space for the copy'
mkdir -p "$root/var/backups/pareia"
inside mount -t tmpfs -o size=64k tmpfs /var/backups/pareia
install --upgrade --binary /opt/pareia/pareia
is 'exit code' 1 "$code"
sleep 1
is 'readyz' 200 "$(ready)"
inside umount /var/backups/pareia

echo '== rollback'
install --upgrade --binary /opt/pareia/pareia
is 'upgraded' 0 "$code"
install --rollback
is "back in $took s, exit code" 0 "$code"
check 'the one before is there' cmp "$root/opt/pareia/newer" "$root/usr/local/bin/pareia"
is 'readyz' 200 "$(ready)"

echo '== uninstall'
install --uninstall
is 'exit code' 0 "$code"
check 'unit and binary are gone' test ! -e "$root/etc/systemd/system/pareia.service" -a ! -e "$root/usr/local/bin/pareia"
check 'the data stayed' test -f "$root/var/lib/pareia/pareia.db" -a -f "$root/var/lib/pareia/pareia.key"
install --uninstall
is 'again' 0 "$code"
install --binary /opt/pareia/pareia
is 'installed again, on the same data' 0 "$code"
is 'users' 'ana loja ' "$(users)"

echo '== purge'
install --uninstall --purge
is 'exit code' 0 "$code"
left=$(find "$root/etc" "$root/var/lib" "$root/var/backups" "$root/usr/local" -name '*pareia*' 2>/dev/null)
is 'what is left' '' "$left$(grep pareia "$root/etc/passwd" "$root/etc/group" || :)"
install --uninstall --purge
is 'again' 0 "$code"
power_off

echo '== an image'
"$here/install.sh" --root "$root" --binary "$binary" >"$place/install.log" 2>&1 && code=0 || code=$?
is 'exit code' 0 "$code"
boot
is 'readyz after its first boot' 200 "$(for _ in 1 2 3 4 5; do [ "$(ready)" = 200 ] && break; sleep 1; done; ready)"
is 'modes' '700 600 ' "$(modes var/lib/pareia -maxdepth 1 '(' -name pareia -o -name pareia.db ')' | sort -r | awk '{ printf "%s ", $1 }')"
power_off

fi

# with_caddy: whether Debian's Caddy can be had for a second machine.
with_caddy() {
    [ -x "$place/bookworm-caddy/usr/bin/caddy" ] && return
    rm -rf "$place/bookworm-caddy"
    cp -a "$base" "$place/bookworm-caddy"
    cp /etc/resolv.conf "$place/bookworm-caddy/etc/resolv.conf"
    for command in 'apt-get update' 'apt-get install -y --no-install-recommends caddy'; do
        # shellcheck disable=SC2086 # words
        DEBIAN_FRONTEND=noninteractive chroot "$place/bookworm-caddy" $command >"$place/caddy.log" 2>&1 || return 1
    done
}

echo '== a domain, behind the Caddy of Debian'
if with_caddy; then
    cp -a "$root/opt" "$place/opt"
    rm -rf "$root"
    cp -a "$place/bookworm-caddy" "$root"
    rm -rf "$root/opt"
    mv "$place/opt" "$root/opt"
    printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
    # A certificate of Caddy's own authority: Let's Encrypt is out of reach here.
    printf '{\n\tlocal_certs\n\tskip_install_trust\n}\n\nother.example.org {\n\trespond 200\n}\n' >"$root/etc/caddy/Caddyfile"
    boot
    install --binary /opt/pareia/pareia --domain zap.example.org
    is "installed in $took s, exit code" 0 "$code"
    tail_log
    check 'the set-up link has the domain' has "$place/install.log" 'https://zap.example.org/#/setup/'
    https() { inside curl -s -k -o /dev/null -w '%{http_code}' --resolve "$1:443:127.0.0.1" "https://$1/livez"; }
    for _ in $(seq 50); do if [ "$(https zap.example.org)" = 200 ]; then break; fi; sleep 0.2; done
    is 'https' 200 "$(https zap.example.org)"
    is 'http leads there' 308 "$(inside curl -s -o /dev/null -w '%{http_code}' -H 'Host: zap.example.org' http://127.0.0.1/)"
    is 'the other site' 200 "$(https other.example.org)"
    before=$(files; cd "$root" && find etc/caddy -type f -print0 | sort -z | xargs -0 stat -c '%n %Y')
    install --binary /opt/pareia/pareia --domain zap.example.org
    if [ "$before" = "$(files; cd "$root" && find etc/caddy -type f -print0 | sort -z | xargs -0 stat -c '%n %Y')" ]; then
        ok 'a second run changes nothing'
    else bad 'a second run changes something'; fi
    install --binary /opt/pareia/pareia --domain other.example.org
    is 'a domain that Caddy has already' 1 "$code"
    tail_log
    is 'the other site' 200 "$(https other.example.org)"
    is 'and ours' 200 "$(https zap.example.org)"
    if [ "$before" = "$(files; cd "$root" && find etc/caddy -type f -print0 | sort -z | xargs -0 stat -c '%n %Y')" ]; then
        ok 'nothing changed'
    else bad 'something changed'; fi
    install --uninstall
    is 'Caddy keeps the rest' 200 "$(https other.example.org)"
    check 'and nothing of ours' sh -c "! grep -r pareia '$root/etc/caddy'"
    power_off
else
    echo "SKIPPED: the domain: no caddy for the machine, see $place/caddy.log"
fi

if [ "$failed" -eq 0 ]; then echo 'all is well'; else
    echo "$failed checks failed" >&2
    exit 1
fi
