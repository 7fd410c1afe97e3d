#!/bin/sh
# The whole life of an installation on a clean Debian 12 under a real systemd: install, second run, reboot, upgrades
# that succeed and that fail in each way, uninstall, purge. `make install-drill` runs it; it needs root, debootstrap and
# systemd-nspawn, and skips with a word where they are missing.
#
#   tests/install/drill.sh [BINARY]      the release binary of this checkout, unless another is named
#   PAREIA_DRILL_PART=domain             only what concerns Caddy
set -eu

# What it looks for is Portuguese.
export PAREIA_LANG=pt

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

# shellcheck source=tests/drills/checks.sh
. "$here/tests/drills/checks.sh"
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
copies() { find "$root/var/backups/pareia" -mindepth 1 -maxdepth 1 -type d | wc -l; }
data=/var/lib/pareia
late() { inside sh -c "sqlite3 $data/pareia.before-*/pareia.db \"SELECT name FROM users WHERE id = 'u9'\""; }
# make_late: the database as a newer version would have made it, beside the present one, for the binary `migrates`.
make_late() {
    inside sqlite3 "$data/pareia.db" ".backup $data/next.db"
    inside sqlite3 "$data/next.db" \
        "INSERT INTO refinery_schema_history VALUES (99, 'x', '', '0'); INSERT INTO users (id, name, role, createdAt) VALUES ('u9', 'tarde', 'owner', 1)"
    inside chown pareia: "$data/next.db"
}
# begin_upgrade BINARY ARGUMENTS...: install.sh in the background, until the new binary is in its place.
begin_upgrade() {
    upgrade_to=$1
    shift
    inside /opt/pareia/install.sh --upgrade --binary "/opt/pareia/$upgrade_to" "$@" >"$place/install.log" 2>&1 </dev/null &
    upgrade=$!
    for _ in $(seq 100); do
        if ls "$root"/var/backups/pareia/*/unfinished >/dev/null 2>&1 && [ "$(version)" = 'pareia 9.9.9' ] &&
            [ ! -e "$root/var/lib/pareia/next.db" ]; then break; fi
        sleep 0.1
    done
}
# end_upgrade SIGNAL: to the install.sh that begin_upgrade began; its exit code in `code`.
end_upgrade() {
    # The oldest: what it asks of a program runs for a moment in a process with the same command line.
    running=$(pgrep -o -f -x "/bin/sh /opt/pareia/install.sh --upgrade --binary /opt/pareia/$upgrade_to.*") || :
    is 'an install.sh runs' 1 "$(echo "$running" | grep -c .)"
    if [ -n "$running" ]; then kill -s "$1" "$running"; fi
    wait "$upgrade" 2>/dev/null && code=0 || code=$?
}
users() { inside pareia user list 2>/dev/null | tail -n +2 | awk '{ print $1 }' | sort | tr '\n' ' '; }

# fake NAME BODY: a program that says it is pareia 9.9.9, and does that when it serves.
fake() {
    printf '%s\n' '#include <stdio.h>' '#include <string.h>' '#include <stdlib.h>' '#include <unistd.h>' \
        '#include <sys/socket.h>' '#include <sys/un.h>' \
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
fake ready-then-ends 'struct sockaddr_un to = { AF_UNIX }; strcpy(to.sun_path, getenv("NOTIFY_SOCKET"));
    if (to.sun_path[0] == 64) to.sun_path[0] = 0;
    sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "READY=1", 7, 0, (void *)&to, 2 + strlen(getenv("NOTIFY_SOCKET")));
    sleep(1); return 1;'
# It brings the tables up to date, as a newer version does, and then hangs: the drill has made what it would have made.
fake migrates 'if (!chdir(getenv("PAREIA_DATA"))) rename("next.db", "pareia.db"); for (;;) pause();'
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
before=$(sha256sum "$root/usr/bin/true"; stat -c '%a %U %Y' "$root/usr/bin/true")
install --binary /usr/bin/true
is 'another program is refused' 1 "$code"
is 'and left alone' "$before" "$(sha256sum "$root/usr/bin/true"; stat -c '%a %U %Y' "$root/usr/bin/true")"
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
is 'what systemd finds wrong in the unit' '' "$(inside systemd-analyze verify /etc/systemd/system/pareia.service 2>&1)"

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
sent() { inside pareia credential list --json | grep fingerprint; }
for run in first second; do
    install --binary /opt/pareia/pareia --admin ana --admin-password-file /root/password \
        --evolution-url http://127.0.0.1:8080/ --evolution-key-file /root/key
    is "$run run" 0 "$code"
    is 'users' 'ana ' "$(users)"
    is 'credentials' 1 "$(inside pareia credential list --json | grep -c '"id"')"
done
check 'the password that was not given is said' has "$place/install.log" 'a senha de ana NÃO foi mudada'
before=$(sent)
printf 'another-key' >"$root/root/key"
install --binary /opt/pareia/pareia --evolution-url http://127.0.0.1:8080 --evolution-key-file /root/key
is 'another key for the same server' 0 "$code"
check 'is the one it has' test "$before" != "$(sent)"
is 'credentials' 1 "$(inside pareia credential list --json | grep -c '"id"')"
check 'the link is no longer shown' sh -c "! grep -F '#/setup' '$place/install.log'"
check 'the key lies sealed' sh -c "! grep -rFe the-key -e another-key '$root/var/lib/pareia' '$root/etc/pareia'"
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
    if [ "$kind" = migrates ]; then make_late; fi
    install --upgrade --binary "/opt/pareia/$kind" --wait 10
    is "back after $took s, exit code" 1 "$code"
    tail_log
    is 'version' "$("$binary" --version)" "$(version)"
    is 'readyz' 200 "$(ready)"
    is 'users' "$wanted" "$(users)"
    is 'active' active "$(inside systemctl is-active pareia)"
    is 'copies: the one of the upgrade that succeeded' 1 "$(copies)"
done
check 'what came late is kept and said' grep -q 'ficou em /var/lib/pareia/pareia.before-.*/pareia.db$' "$place/install.log"
is 'and has what was written' tarde "$(late)"
is 'of root in the data' '' "$(find "$root/var/lib/pareia" -uid 0)"
inside sh -c 'rm -r /var/lib/pareia/pareia.before-*'

echo '== a setting with which it does not start'
install --binary /opt/pareia/newer --listen 192.0.2.1:3000 --wait 10
is "back after $took s, exit code" 1 "$code"
is 'readyz' 200 "$(ready)"
is 'the setting' 'PAREIA_LISTEN=127.0.0.1:3000' "$(grep ^PAREIA_LISTEN= "$root/etc/pareia/pareia.env")"

echo '== install.sh killed in the middle of an upgrade'
begin_upgrade hangs --listen 192.0.2.1:3000
end_upgrade KILL
install --binary /opt/pareia/newer
is "the next run puts it right in $took s, exit code" 0 "$code"
tail_log
is 'readyz' 200 "$(ready)"
is 'the setting of the one that was killed is gone' 'PAREIA_LISTEN=127.0.0.1:3000' "$(grep ^PAREIA_LISTEN= "$root/etc/pareia/pareia.env")"

echo '== a version that is ready for a moment and ends, and install.sh killed'
begin_upgrade ready-then-ends
end_upgrade KILL
install --binary /opt/pareia/newer
is "taken back in $took s, exit code" 0 "$code"
check 'and not kept' has "$place/install.log" 'voltar à versão anterior'
is 'readyz' 200 "$(ready)"

echo '== power loss while going back, with tables that a newer version has changed'
make_late
begin_upgrade migrates
end_upgrade KILL
# As a going back leaves it that came no further than the first file.
echo back >"$(echo "$root"/var/backups/pareia/*/unfinished)"
cp --remove-destination "$root/opt/pareia/newer" "$root/usr/local/bin/pareia"
power_off
boot
check 'the newer database is where it was, and no empty one made' \
    test "$(inside sqlite3 /var/lib/pareia/pareia.db "SELECT name FROM users WHERE id = 'u9'")" = tarde
install --rollback
is 'the next run finishes it' 0 "$code"
tail_log
is 'readyz' 200 "$(ready)"
is 'users' 'ana loja ' "$(users)"
is 'what came late is kept' tarde "$(late)"
inside sh -c 'rm -r /var/lib/pareia/pareia.before-*'

echo '== a full disk while going back: nothing is lost, and the next run finishes'
make_late
begin_upgrade migrates --wait 5
# The folder on a disk of its own, which has no room for a second database.
size=$(inside sh -c 'du -ck /var/lib/pareia/pareia.* | tail -n 1 | cut -f 1')
inside mkdir /mnt/data
inside sh -c "mount -t tmpfs -o size=$((size + 100))k,mode=0700,uid=\$(id -u pareia),gid=\$(id -g pareia) tmpfs /mnt/data && cp -a /var/lib/pareia/pareia.* /mnt/data/ && mount --bind /mnt/data /var/lib/pareia"
wait "$upgrade" && code=0 || code=$?
is 'exit code' 3 "$code"
tail_log
is 'the newer one is there' tarde "$(inside sqlite3 /var/lib/pareia/pareia.db "SELECT name FROM users WHERE id = 'u9'")"
inside mount -o remount,size=64M /var/lib/pareia
install --rollback
is 'the next run finishes it' 0 "$code"
tail_log
is 'readyz' 200 "$(ready)"
is 'users' 'ana loja ' "$(users)"
inside systemctl stop pareia
inside sh -c 'umount /var/lib/pareia && rm -f /var/lib/pareia/pareia.* ; cp -a /mnt/data/pareia.db /mnt/data/pareia.key /var/lib/pareia/ && umount /mnt/data && rmdir /mnt/data'
check 'on its own disk again' inside systemctl start pareia

echo '== a link that the service has planted'
inside sh -c 'cp /etc/passwd /root/passwd && runuser -u pareia -- ln -s /etc/passwd /var/lib/pareia/pareia.back.db'
make_late
install --upgrade --binary /opt/pareia/migrates --wait 5
is 'back, exit code' 1 "$code"
check 'it was not followed' inside cmp /etc/passwd /root/passwd
is 'owner' root "$(stat -c %U "$root/etc/passwd")"
inside sh -c 'rm -r /var/lib/pareia/pareia.before-*'

echo '== a missing binary, a missing environment file'
rm "$root/usr/local/bin/pareia"
install --binary /opt/pareia/newer
is 'exit code' 0 "$code"
is 'readyz' 200 "$(ready)"
rm "$root/etc/pareia/pareia.env"
install --binary /opt/pareia/newer
is 'exit code' 0 "$code"
is 'readyz' 200 "$(ready)"

echo '== another prefix, and back'
install --binary /opt/pareia/newer --prefix /opt/zap
is 'exit code' 0 "$code"
check 'one binary' test -x "$root/opt/zap/bin/pareia" -a ! -e "$root/usr/local/bin/pareia"
is 'readyz' 200 "$(ready)"
install --rollback
is 'exit code' 0 "$code"
check 'one binary' test ! -e "$root/opt/zap/bin/pareia" -a -x "$root/usr/local/bin/pareia"
is 'readyz' 200 "$(ready)"

echo '== another user, another data folder'
for option in --user=other --data=/srv/other; do
    running=$(pid)
    install --binary /opt/pareia/newer "$option"
    is "$option is refused" 2 "$code"
    is 'and the process runs on' "$running" "$(pid)"
done
check 'and no folder was made' test ! -e "$root/srv/other"

echo '== the data on another disk, by a link'
inside systemctl stop pareia
inside sh -c 'mkdir /opt/disk && mv /var/lib/pareia /opt/disk/data && ln -s /opt/disk/data /var/lib/pareia'
install --binary /opt/pareia/newer
is 'where systemd takes none, exit code' 2 "$code"
check 'says what to do' has "$place/install.log" 'use --data'
install --uninstall
inside sh -c 'rm /var/lib/pareia && ln -s /opt/disk/data /srv/linked'
data=/srv/linked
install --binary /opt/pareia/newer --data "$data"
is 'elsewhere, exit code' 0 "$code"
is 'users' 'ana loja ' "$(users)"
running=$(pid)
install --binary /opt/pareia/newer
is 'a second run, exit code' 0 "$code"
check 'changes nothing' sh -c "! grep '^- ' '$place/install.log'"
is 'the process' "$running" "$(pid)"
install --rollback
is 'a copy of the data elsewhere is not gone back to' 1 "$code"
is 'the process' "$running" "$(pid)"
make_late
install --upgrade --binary /opt/pareia/migrates --wait 5
is 'back, exit code' 1 "$code"
is 'users' 'ana loja ' "$(users)"
is 'what came late is kept' tarde "$(late)"
install --uninstall
data=/var/lib/pareia
inside sh -c 'rm -r /opt/disk/data/pareia.before-*; rm /srv/linked && mv /opt/disk/data /var/lib/pareia'
install --binary /opt/pareia/newer --data "$data"
is 'back in its folder' 0 "$code"
is 'users' 'ana loja ' "$(users)"

echo '== Ctrl-C in the middle of an upgrade, and a reader that goes away'
begin_upgrade hangs
end_upgrade TERM
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
install --upgrade --binary /opt/pareia/ends --wait 5
is 'one more that fails, and is not what rollback goes back to' 1 "$code"
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

conclude
