#!/bin/sh
# Installs pareia: as a systemd service where root runs it on a machine with systemd, else the binary alone. A second
# run changes nothing. An upgrade goes back by itself if the new version does not become ready.
# Instala o pareia: como serviço do systemd quando root o roda, senão só o binário.
set -eu
umask 022

usage() {
    cat <<'EOF'
Uso: ./install.sh [opções]          (como root: instala e liga o serviço; senão: só o binário)

  --binary ARQUIVO       instala este binário em vez de compilar (padrão onde o pareia está ao lado deste script)
  --prefix PASTA         instala em PASTA/bin (padrão: /usr/local como root, senão ~/.local)
  --no-service           só o binário, mesmo como root

Serviço (root e systemd):
  --data PASTA           pasta de dados (padrão: /var/lib/pareia)
  --listen ENDEREÇO      onde escuta (padrão: 127.0.0.1:3000)
  --user NOME            usuário do sistema que o roda (padrão: pareia)
  --domain NOME          página com TLS em https://NOME, pelo Caddy do Debian
  --evolution-url URL    cadastra este servidor Evolution, com a chave global em:
    --evolution-key-file ARQUIVO   um arquivo ("-": a entrada padrão)
  --admin NOME           cria este administrador; a senha vem de:
    --admin-password-file ARQUIVO  um arquivo ("-": a entrada padrão); sem ele, do link de configuração
  --wait SEGUNDOS        quanto uma versão nova tem para ficar pronta (padrão: 180)

  --upgrade              só atualiza: recusa onde não há serviço instalado
  --rollback             volta à versão, à configuração e, se preciso, aos dados de antes da última atualização
  --uninstall            desinstala; os dados ficam
    --purge              apaga também os dados, as cópias e a configuração
  --root PASTA           instala na imagem montada em PASTA, sem tocar nesta máquina
  --dry-run              só mostra o que faria
  --help                 mostra isto

O que não for dito numa segunda vez fica como está. --opção=valor também vale.

Exemplos:
  sudo ./install.sh
  sudo ./install.sh --domain zap.loja.com.br --admin ana
  sudo ./install.sh --binary ./pareia --evolution-url http://localhost:8080 --evolution-key-file /root/chave
  sudo ./install.sh --upgrade --binary ./pareia-novo
EOF
}

# A terminal that is gone does not end an upgrade half-way.
say() { printf '%s\n' "$*" 2>/dev/null || :; }
warn() { printf 'install.sh: %s\n' "$*" >&2 2>/dev/null || :; }
fail() {
    warn "$1"
    exit "${2:-1}"
}

# do_step WHAT COMMAND...: one change, said before it is made; with --dry-run only said.
do_step() {
    say "- $1"
    shift
    if [ "$dry" = no ]; then "$@"; fi
}

prefix='' binary='' data='' listen='' user='' domain='' evolution='' evolution_key='' admin='' admin_password=''
root='' dry=no only=install purge=no service=auto wait_limit=180

while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
        --prefix | --binary | --data | --listen | --user | --domain | --root | --wait | --evolution-url | \
            --evolution-key-file | --admin | --admin-password-file)
            if [ $# -eq 0 ] || [ -z "$1" ]; then fail "$option precisa de um valor (veja --help)" 2; fi
            value=$1
            shift
            ;;
        --*=*)
            # Once more, as two words.
            value=${option#*=}
            option=${option%%=*}
            case $option in
                --no-service | --upgrade | --rollback | --uninstall | --purge | --dry-run | --help)
                    fail "$option não tem valor (veja --help)" 2
                    ;;
            esac
            set -- "$option" "$value" "$@"
            continue
            ;;
    esac
    case $option in
        --prefix) prefix=$value ;;
        --binary) binary=$value ;;
        --data) data=$value ;;
        --listen) listen=$value ;;
        --user) user=$value ;;
        --domain) domain=$value ;;
        --root) root=$value ;;
        --wait) wait_limit=$value ;;
        --evolution-url) evolution=$value ;;
        --evolution-key-file) evolution_key=$value ;;
        --admin) admin=$value ;;
        --admin-password-file) admin_password=$value ;;
        --no-service) service=no ;;
        --upgrade | --rollback | --uninstall)
            if [ "$only" != install ]; then fail "$option e --$only não combinam" 2; fi
            only=${option#--}
            ;;
        --purge) purge=yes ;;
        --dry-run) dry=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "opção desconhecida: $option (veja --help)" 2 ;;
    esac
done

# ---- What was asked for makes sense -------------------------------------------------------------------------------

# check_path OPTION PATH: an absolute path that needs no quotes anywhere, where the service may see it.
check_path() {
    case $2 in
        *[!A-Za-z0-9/._-]* | *//* | */../* | */..) fail "$1: use só letras, números e / . _ - no caminho: $2" 2 ;;
        /*) ;;
        *) fail "$1 deve começar com /: $2" 2 ;;
    esac
}

# check_visible OPTION PATH: the service sees nothing below these.
check_visible() {
    case $2/ in
        /home/* | /root/* | /run/* | /tmp/* | /var/tmp/* | /dev/* | /proc/* | /sys/*)
            fail "$1: o serviço não enxerga $2 (ProtectHome, PrivateTmp); use outra pasta" 2
            ;;
    esac
}

case $wait_limit in '' | *[!0-9]*) fail "--wait deve ser um número de segundos" 2 ;; esac
case $user in [!a-z_]* | *[!a-z0-9_-]*) fail "--user deve ser um nome de usuário do sistema: $user" 2 ;; esac
case $domain in
    *[!A-Za-z0-9.-]* | [.-]* | *..* | *.) fail "--domain deve ser só o nome, como zap.loja.com.br: $domain" 2 ;;
    '' | *.*) ;;
    *) fail "--domain deve ser um nome completo, como zap.loja.com.br: $domain" 2 ;;
esac
case $listen in
    '' | *:[0-9]*) ;;
    *) fail "--listen deve ser endereço:porta, como 127.0.0.1:3000: $listen" 2 ;;
esac
case $listen in *[!]A-Za-z0-9.:[_-]*) fail "--listen deve ser endereço:porta, como 127.0.0.1:3000: $listen" 2 ;; esac
if [ "$purge" = yes ] && [ "$only" != uninstall ]; then fail '--purge vai com --uninstall' 2; fi
if [ -n "$evolution_key" ] && [ -z "$evolution" ]; then fail '--evolution-key-file vai com --evolution-url' 2; fi
if [ -n "$admin_password" ] && [ -z "$admin" ]; then fail '--admin-password-file vai com --admin' 2; fi
if [ "$evolution_key" = - ] && [ "$admin_password" = - ]; then fail 'só um dos dois pode vir da entrada padrão' 2; fi
if [ -n "$evolution" ] && [ -z "$evolution_key" ]; then
    fail '--evolution-url precisa da chave: --evolution-key-file ARQUIVO, ou - para a entrada padrão' 2
fi
for secret in "$evolution_key" "$admin_password"; do
    case $secret in '' | -) continue ;; esac
    [ -r "$secret" ] || fail "não consigo ler $secret" 2
done
if [ "$only" = uninstall ] || [ "$only" = rollback ]; then
    if [ -n "$binary$evolution$admin$domain$listen" ]; then fail "--$only não combina com opções de instalação" 2; fi
fi
if [ -n "$root" ]; then
    [ -d "$root" ] || fail "--root: não achei a pasta $root" 2
    root=$(cd "$root" && pwd -P)
    [ "$root" != / ] || root=''
fi
if [ -n "$root" ] && [ -n "$evolution$admin" ]; then
    fail '--evolution-url e --admin são para a máquina que roda: numa imagem, todas as cópias teriam a mesma chave' 2
fi
if [ -n "$root" ] && [ "$only" = rollback ]; then fail '--rollback é para a máquina que roda' 2; fi

is_root=no
if [ "$(id -u)" -eq 0 ]; then is_root=yes; fi
if [ "$service" = auto ]; then
    service=no
    if [ "$is_root" = yes ] && { [ -n "$root" ] || [ -d /run/systemd/system ]; }; then service=yes; fi
    if [ -n "$root" ] && [ "$dry" = yes ]; then service=yes; fi
fi
if [ "$service" = no ] && [ -n "$data$listen$user$domain$evolution$admin" ]; then
    if [ "$is_root" = no ]; then fail 'o serviço pede root: sudo ./install.sh ...' 2; fi
    fail 'o serviço pede systemd, que não roda aqui; numa imagem use --root PASTA' 2
fi
if [ -n "$root" ] && [ "$is_root" = no ] && [ "$dry" = no ]; then fail '--root pede root' 2; fi

here=$(cd "$(dirname "$0")" && pwd)
unit=$root/etc/systemd/system/pareia.service
enabled=$root/etc/systemd/system/multi-user.target.wants/pareia.service
variables=$root/etc/pareia/pareia.env
copies=$root/var/backups/pareia
caddyfile=$root/etc/caddy/Caddyfile
site=$root/etc/caddy/pareia.caddy
installed=no

# ---- What is there --------------------------------------------------------------------------------------------------

# setting_of FILE NAME: what a unit or an environment file says, the last of several, without the quotes around it.
setting_of() {
    sed -n "s/^$2=//p" "$1" 2>/dev/null | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
}
of_variables() { setting_of "$variables" "$1"; }

# read_service UNIT VARIABLES: the binary, the user and the data folder of a service that those two files describe.
read_service() {
    found_binary=$(setting_of "$1" ExecStart)
    found_binary=${found_binary%% *}
    found_user=$(setting_of "$1" User)
    found_data=$(setting_of "$2" PAREIA_DATA)
    [ -n "$found_data" ] || found_data=$(setting_of "$1" Environment=PAREIA_DATA)
    : "${found_data:=/var/lib/pareia}"
}

# real PATH: without links where it is there, for what does not follow them.
real() { if [ -z "$root" ] && [ -d "$1" ]; then (cd "$1" && pwd -P); else printf '%s\n' "$1"; fi; }

# check_inside PATH: a link of the image that leads out of it leads into this machine.
check_inside() {
    nearest=$1
    while [ ! -e "$nearest" ] && [ ! -L "$nearest" ]; do nearest=$(dirname "$nearest"); done
    case $(readlink -f "$nearest") in
        "$root" | "$root"/*) ;;
        *) fail "--root: na imagem, $nearest é um link para fora dela; faça-o relativo ou monte o destino na imagem" 2 ;;
    esac
}

# check_moved OPTION ASKED INSTALLED: what an installed service has stays: its data would be left behind.
check_moved() {
    if [ -z "$2" ] || [ "$2" = "$3" ]; then return 0; fi
    fail "$1: o serviço instalado usa $3. Para mudar: $0 --uninstall (os dados ficam), mova a pasta se for ela, e instale com $1 $2" 2
}

# read_installed: what is installed, and where everything goes.
read_installed() {
    if [ -f "$unit" ]; then
        installed=yes
        read_service "$unit" "$variables"
        check_moved --user "$user" "$found_user"
        check_moved --data "$data" "$found_data"
        [ -n "$prefix" ] || prefix=${found_binary%/bin/pareia}
        user=$found_user data=$found_data
    fi
    [ -n "$data" ] || data=$(of_variables PAREIA_DATA)
    : "${prefix:=/usr/local}" "${data:=/var/lib/pareia}" "${user:=pareia}"
    folder=$(real "$root$data")
    check_path --prefix "$prefix"
    check_path --data "$data"
    check_visible --prefix "$prefix"
    check_visible --data "$data"
    if [ "$data" = /var/lib/pareia ] && [ -L "$root$data" ] && [ "$only" != uninstall ]; then
        fail "$data é um link, e o systemd não aceita um ali (StateDirectory): monte o disco nesse lugar, ou use --data" 2
    fi
    if [ -n "$root" ]; then
        for path in "$root$prefix/bin" "$folder" "$copies" "$(dirname "$unit")" "$(dirname "$enabled")" \
            "$(dirname "$variables")" "$(dirname "$caddyfile")"; do
            check_inside "$path"
        done
    else
        check_visible --data "$folder"
    fi
}

work=''
# A folder for drafts, where a program may be run.
make_work() {
    for place in "${TMPDIR:-/tmp}" /var/tmp /run "${HOME:-/}"; do
        work=$(mktemp -d "$place/pareia-install.XXXXXX" 2>/dev/null) || continue
        printf '#!/bin/sh\n' >"$work/probe"
        chmod 700 "$work/probe"
        if "$work/probe" 2>/dev/null; then return; fi
        rm -rf "$work"
    done
    fail 'não achei uma pasta temporária onde um programa possa rodar (veja TMPDIR e noexec)'
}
# What has to be put right before this script ends, however it ends: nothing, the start of a stopped service, or the
# way back to the version before.
pending=nothing
leave() {
    status=$?
    trap '' INT TERM
    trap - EXIT
    case $pending in
        start) (start) || : ;;
        back) (give_up) || status=$? ;;
    esac
    if [ -n "$work" ]; then rm -rf "$work"; fi
    exit "$status"
}

# take_lock: one installation of the service at a time. A binary alone is put into place by one renaming.
take_lock() {
    if [ "$service" = no ] || [ "$dry" = yes ] || [ -n "$root" ]; then return; fi
    command -v flock >/dev/null 2>&1 || return 0
    exec 9>/run/pareia-install.lock
    # Not at once: a child of one that was killed has the lock for a moment longer.
    flock -w 2 9 || fail 'outro install.sh está rodando nesta máquina'
}

# ---- The binary -----------------------------------------------------------------------------------------------------

# as_caller COMMAND...: as whoever called sudo, with their PATH: root seldom has a cargo, and leaves files that they
# cannot replace.
as_caller() { sudo -u "$SUDO_USER" -H sh -lc '"$@"' sh "$@"; }

# build: builds the checkout and names the result in `binary`. An archive of a release has it beside this script.
build() {
    if [ ! -e "$here/Cargo.toml" ] && [ -f "$here/pareia" ]; then
        binary=$here/pareia
        return
    fi
    caller=''
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ] && as_caller cargo --version >/dev/null 2>&1; then
        caller=as_caller
        CARGO_TARGET_DIR=''
    fi
    [ -n "$caller" ] || command -v cargo >/dev/null 2>&1 ||
        fail 'não achei o cargo: instale o Rust (https://rustup.rs) ou passe --binary ARQUIVO'
    command -v cc >/dev/null 2>&1 ||
        fail 'não achei um compilador C (cc): instale-o (Debian/Ubuntu: apt-get install gcc) ou passe --binary ARQUIVO'
    binary=${CARGO_TARGET_DIR:-$here/target}/release/pareia
    if [ "$dry" = yes ]; then
        if [ ! -f "$binary" ]; then say '- compilar (leva alguns minutos)'; fi
        return
    fi
    printf 'Compilando (leva alguns minutos)…\n' >&2
    (cd "$here" && $caller cargo build --release --locked) || fail 'a compilação falhou'
}

# take_binary: copies the binary into the work folder and runs only the copy, which must say that it is pareia.
take_binary() {
    if [ -z "$binary" ]; then build; fi
    version='pareia (a compilar)'
    if [ "$dry" = yes ] && [ ! -e "$binary" ]; then return; fi
    [ -f "$binary" ] || fail "não achei o binário $binary"
    cp "$binary" "$work/pareia" || fail "não consigo ler $binary"
    chmod 755 "$work/pareia"
    limit=''
    if command -v timeout >/dev/null 2>&1; then limit='timeout 10'; fi
    # shellcheck disable=SC2086 # two words, or none
    version=$(cd "$work" && $limit ./pareia --version 2>/dev/null </dev/null | head -n 1) || version=''
    case $version in
        'pareia '[0-9]*) ;;
        '') fail "$binary não roda nesta máquina (outra arquitetura, ou uma glibc mais antiga?)" ;;
        *) fail "$binary não é o pareia: diz ser \"$(printf '%.60s' "$version")\"" ;;
    esac
}

# put FILE TARGET MODE [GROUP]: beside its place first, then moved, so that no half copy is ever read or run.
put() {
    if same "$1" "$2"; then return; fi
    mkdir -p "$(dirname "$2")" || fail "não consigo criar $(dirname "$2") (rode como root ou use --prefix)"
    # With what an interrupted one has left.
    rm -f "$(dirname "$2")"/.pareia-new.*
    fresh=$(dirname "$2")/.pareia-new.$$
    # Nobody else reads it before it has its mode.
    if ! { (umask 077 && cp "$1" "$fresh") && { [ -z "${4:-}" ] || chown "$4" "$fresh"; } && chmod "$3" "$fresh" &&
        flush "$fresh" && mv -f "$fresh" "$2"; }; then
        rm -f "$fresh"
        fail "não consigo escrever em $(dirname "$2"): falta espaço ou permissão"
    fi
    flush "$(dirname "$2")"
}

# flush FILE...: onto the disk; all of it where this sync takes no names.
flush() { sync "$@" 2>/dev/null || sync; }

# same FILE FILE: whether both are there and alike.
same() { [ -f "$1" ] && [ -f "$2" ] && cmp -s "$1" "$2"; }

# ---- Without a service ----------------------------------------------------------------------------------------------

install_binary() {
    take_binary
    if same "$work/pareia" "$target"; then
        say "$version já está em $target"
    else
        do_step "pôr $version em $target" put "$work/pareia" "$target" 755
    fi
    if [ "$dry" = yes ]; then return; fi
    case :$PATH: in
        *":$prefix/bin:"*) pareia=pareia ;;
        *)
            pareia=$prefix/bin/pareia
            # shellcheck disable=SC2016 # the reader's shell is to expand it
            printf 'Para chamá-lo só de "pareia": export PATH="%s:$PATH"\n' "$prefix/bin"
            ;;
    esac
    cat <<EOF

Próximo passo — veja funcionando, sem configurar nada:
  $pareia demo

Depois, com a sua Evolution API:
  $pareia serve
e abra no navegador o link de configuração que ele mostra.
EOF
}

# ---- Drafts of the unit and of the environment file -----------------------------------------------------------------

# set_variable NAME VALUE: in the draft; in place of a line of that name, or of its example.
set_variable() {
    NAME=$1 VALUE=$2 awk '
        BEGIN { name = ENVIRON["NAME"] "="; line = name ENVIRON["VALUE"] }
        index($0, name) == 1 || (!done && index($0, "#" name) == 1) { if (!done) print line; done = 1; next }
        { print }
        END { if (!done) print line }' "$work/pareia.env" >"$work/env" && mv "$work/env" "$work/pareia.env"
}

make_drafts() {
    if [ ! -f "$here/packaging/systemd/pareia.service" ]; then
        fail "não achei packaging/systemd ao lado de $0: rode o install.sh de dentro da pasta do pareia"
    fi
    sed -e "s|/usr/local/bin/pareia|$prefix/bin/pareia|g" -e "s|^User=.*|User=$user|" -e '/^Group=/d' \
        "$here/packaging/systemd/pareia.service" >"$work/pareia.service"
    if [ "$data" != /var/lib/pareia ]; then
        sed -e "s|^StateDirectory=.*|ReadWritePaths=$data|" -e '/^StateDirectoryMode=/d' \
            -e "s|^Environment=PAREIA_DATA=.*|Environment=PAREIA_DATA=$data|" "$work/pareia.service" >"$work/unit"
        mv "$work/unit" "$work/pareia.service"
    fi
    if [ -f "$variables" ]; then cp "$variables" "$work/pareia.env"; else
        cp "$here/packaging/systemd/pareia.env" "$work/pareia.env"
    fi
    if [ "$(of_variables PAREIA_DATA)" != "$data" ]; then set_variable PAREIA_DATA "$data"; fi
    if [ -n "$listen" ]; then set_variable PAREIA_LISTEN "$listen"; fi
    if [ -n "$domain" ] && [ -z "$old_domain" ]; then
        set_variable PAREIA_PUBLIC_URL "https://$domain"
        set_variable PAREIA_TRUSTED_PROXY 127.0.0.1,::1
    fi
}

# ---- User and folders -----------------------------------------------------------------------------------------------

user_exists() {
    if [ -n "$root" ]; then grep -q "^$user:" "$root/etc/passwd" 2>/dev/null; else id -u "$user" >/dev/null 2>&1; fi
}

add_user() {
    set -- --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin "$user"
    if [ -n "$root" ]; then useradd --root "$root" "$@"; else useradd "$@"; fi ||
        fail "não consegui criar o usuário $user"
}

# owner: user and group as numbers, which are those of the image where one is made.
owner() {
    if [ -n "$root" ]; then sed -n "s/^$user:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1:\2/p" "$root/etc/passwd"; else
        printf '%s:%s' "$(id -u "$user")" "$(id -g "$user")"
    fi 2>/dev/null || :
}

make_folder() {
    mkdir -p "$folder" || fail "não consigo criar $folder"
    chmod 700 "$folder"
    # With what a pareia that root ran has left in it.
    chown -hR "$(owner)" "$folder"
}

prepare_folders() {
    if [ -d "$folder" ] && [ ! -e "$folder/pareia.db" ] && [ -n "$(ls -A "$folder")" ]; then
        fail "$data já tem outras coisas, e nenhum pareia.db: escolha outra pasta com --data" 2
    fi
    if ! user_exists; then do_step "criar o usuário de sistema $user" add_user; fi
    if [ ! -d "$folder" ] || [ "$(stat -c '%u:%g %a' "$folder")" != "$(owner) 700" ]; then
        do_step "criar a pasta de dados $data (0700, de $user)" make_folder
    fi
}

# ---- The service ----------------------------------------------------------------------------------------------------

property() { systemctl show pareia.service -p "$1" --value 2>/dev/null; }

# start: with a count of failures that begins anew.
start() {
    systemctl daemon-reload
    systemctl reset-failed pareia.service 2>/dev/null || :
    begun=$(date +%s)
    systemctl start --no-block pareia.service
}

# wait_ready: whether the service becomes ready in time and stays so for three seconds. `why` says what it did instead.
wait_ready() {
    steady=0
    while :; do
        waited=$(($(date +%s) - begun))
        state=$(property ActiveState)/$(property SubState)
        case $state in
            active/running) steady=$((steady + 1)) ;;
            */auto-restart | failed/*)
                why='terminou em vez de ficar pronto'
                return 1
                ;;
            *)
                if [ "$steady" -gt 0 ]; then
                    why='ficou pronto e terminou em seguida'
                    return 1
                fi
                ;;
        esac
        if [ "$steady" -gt 15 ]; then return 0; fi
        if [ "$waited" -ge "$wait_limit" ] && [ "$steady" -eq 0 ]; then
            why="não ficou pronto em $wait_limit s"
            return 1
        fi
        sleep 0.2
    done
}

# last_words: what was logged of the service's last start, by itself and by systemd.
last_words() {
    journalctl --sync 2>/dev/null || :
    run=$(property InvocationID) || run=''
    if [ -n "$run" ]; then
        journalctl "_SYSTEMD_INVOCATION_ID=$run" + "INVOCATION_ID=$run" -n 8 -o cat --no-pager 2>/dev/null | sed 's/^/    /' || :
    fi
}

is_enabled() { [ -L "$enabled" ]; }

enable() {
    if [ -n "$root" ]; then
        mkdir -p "$(dirname "$enabled")"
        ln -sf /etc/systemd/system/pareia.service "$enabled"
    else
        systemctl -q enable pareia.service
    fi
}

put_files() {
    if ! same "$work/pareia" "$target"; then
        do_step "pôr $version em $target" put "$work/pareia" "$target" 755
    fi
    if ! same "$work/pareia.env" "$variables"; then
        do_step "escrever $variables" put "$work/pareia.env" "$variables" 640 "0:$(owner | cut -d : -f 2)"
    fi
    if ! same "$work/pareia.service" "$unit"; then
        do_step "escrever $unit" put "$work/pareia.service" "$unit" 644
    fi
}

first_start() {
    start
    if wait_ready; then return; fi
    warn "o serviço $why. O que ele disse:"
    last_words >&2
    fail "corrija (por exemplo com --listen) e rode de novo; o que foi instalado ficou. Estado: systemctl status pareia"
}

# ---- Upgrade, and the way back --------------------------------------------------------------------------------------

# as_user COMMAND...: what root does in a folder of the service's user, where links may lie, that user does.
as_user() { runuser -u "$user" -- "$@"; }
as_service() { as_user "$target" --data "$data" "$@"; }

# begin_copy: what an upgrade replaces, in a folder of its own that only root reads, while the service still runs. Only
# what is there.
begin_copy() {
    mkdir -p "$copies" && chmod 700 "$copies" || return 1
    copies=$(real "$copies")
    rm -rf "$copies"/*.partial
    copy=$copies/$(date -u +%Y%m%dT%H%M%SZ)
    mkdir -m 700 "$copy.partial" || return 1
    for file in "$found_binary" "$unit" "$variables"; do
        if [ -e "$file" ]; then cp -p "$file" "$copy.partial/" || return 1; fi
    done
    needed=$(du -ck "$folder"/pareia.db "$folder"/pareia.db-wal 2>/dev/null | awk 'END { print $1 + 64 }')
    [ "$(df -Pk "$copies" | awk 'END { print $4 }')" -ge "$needed" ]
}

# copy_data: the files of the stopped service, compared afterwards: a command beside it may have written.
copy_data() {
    for name in pareia.db pareia.db-wal pareia.key; do
        rm -f "$copy.partial/$name"
        if [ ! -e "$folder/$name" ]; then continue; fi
        (umask 077 && as_user cat "$folder/$name" >"$copy.partial/$name") || return 1
    done
    for name in pareia.db pareia.db-wal pareia.key; do
        if [ -e "$folder/$name" ] || [ -e "$copy.partial/$name" ]; then
            as_user cat "$folder/$name" | cmp -s - "$copy.partial/$name" || return 1
        fi
    done
}

# end_copy: with the data. It gets its name when all of it is on the disk; "unfinished" says how far an upgrade was.
end_copy() {
    { copy_data || copy_data; } && echo upgrade >"$copy.partial/unfinished" &&
        flush "$copy.partial"/* "$copy.partial" && mv "$copy.partial" "$copy" && flush "$copies"
}

# no_copy WHAT FOLLOWS: the copy failed.
no_copy() {
    rm -rf "$copy.partial"
    fail "não consegui copiar para $copies (falta espaço? outro comando gravava?): nada mudou, e $1"
}

# remove_copy: under another name first: half of a copy is none.
remove_copy() { mv "$copy" "$copy.partial" && rm -rf "$copy.partial"; }

# has_newer_tables: whether the binary says that a newer version has changed the tables. Whatever else keeps it from
# them, as a full disk, is no reason to put others in their place.
has_newer_tables() {
    said=$(as_user timeout 60 "$target" --data "$data" user list 2>&1 >/dev/null </dev/null) || :
    case $said in *'o banco de dados é da versão '*' e este pareia conhece até a '*) return 0 ;; esac
    return 1
}

# restore_data: by the binary itself, which verifies the copied database, changes nothing before it is there as a whole,
# finishes after a crash what it began, and keeps the present one beside it.
restore_data() {
    back=$folder/pareia.back.db
    restored=no
    # shellcheck disable=SC2016 # of the inner shell
    if as_user sh -c 'umask 077; rm -f "$1"; cat >"$1"' sh "$back" <"$copy/pareia.db" &&
        { [ ! -e "$copy/pareia.db-wal" ] ||
            as_user sh -c 'umask 077; rm -f "$1"; cat >"$1"' sh "$back-wal" <"$copy/pareia.db-wal"; } &&
        as_service restore --json "$back" >"$work/restored" </dev/null; then restored=yes; fi
    rm -f "$back" "$back-wal" "$back-shm"
    [ "$restored" = yes ] || return 1
    warn "o banco de dados tinha mudado de formato e voltou ao de antes, de $(basename "$copy")."
    warn "O que foi gravado desde então (até $(date -u +%H:%M:%SZ)) NÃO está nele; ficou em $(sed -n 's/.*"kept": "\(.*\)".*/\1/p' "$work/restored")/pareia.db"
}

# put_back NAME TARGET MODE [GROUP]: what the copy has of it; what was not there before goes.
put_back() { if [ -e "$copy/$1" ]; then put "$copy/$1" "$2" "$3" "${4:-}"; else rm -f "$2"; fi; }

# go_back: to what `copy` has, and starts it. Data that the older version opens stay as they are. Runs in a shell of
# its own: user, data and binary are those of the copy.
go_back() {
    trap '' INT TERM
    echo back >"$copy/unfinished" || :
    systemctl stop pareia.service 2>/dev/null || :
    newer_binary=$(setting_of "$unit" ExecStart)
    newer_binary=${newer_binary%% *}
    read_service "$copy/pareia.service" "$copy/pareia.env"
    user=$found_user data=$found_data target=$found_binary folder=$(real "$found_data")
    # What fails is said, and the rest is tried all the same.
    if [ -e "$copy/pareia" ]; then
        (put_back pareia "$target" 755) || :
        if [ "$newer_binary" != "$target" ]; then rm -f "$newer_binary" || :; fi
    fi
    (put_back pareia.env "$variables" 640 "0:$(owner | cut -d : -f 2)") || :
    (put_back pareia.service "$unit" 644) || :
    if [ -e "$copy/pareia.db" ] && has_newer_tables && ! restore_data; then
        fail "o banco de dados de antes não pôde voltar (falta espaço?); o serviço ficou parado e nada foi apagado: ele está em $copy. Corrija e rode de novo: $0" 3
    fi
    start || :
    if wait_ready; then
        remove_copy || :
        return 0
    fi
    warn "o de antes também $why. O que ele disse:"
    last_words >&2
    fail "nada foi apagado: veja $copy e systemctl status pareia" 3
}
take_back() { (go_back); }

# replace_service: with a copy of what is there, and back to it where the new version does not become ready.
replace_service() {
    say "- copiar binário e configuração para $copies, parar o serviço, copiar os dados, trocar, iniciar, esperar até $wait_limit s"
    if [ "$dry" = yes ]; then
        put_files
        return
    fi
    older=$(timeout 10 "$found_binary" --version 2>/dev/null | head -n 1) || older=''
    begin_copy || no_copy 'o serviço não parou'
    # The stop first: the copy has all that was answered.
    stopped=$(date +%s)
    pending=start
    systemctl stop pareia.service
    end_copy || no_copy 'o serviço volta'
    pending=back
    why='não pôde ser posto no lugar'
    put_files
    start
    wait_ready || exit 1
    pending=nothing
    rm -f "$copy/unfinished"
    if [ "$found_binary" != "$target" ]; then rm -f "$found_binary"; fi
    say "  $version pronto; fora do ar por $(($(date +%s) - stopped - 3)) s. Para voltar: $0 --rollback"
    prune_copies
}

# give_up: back to the version before, said with the time it took.
give_up() {
    warn "$version $why. O que ele disse:"
    last_words >&2
    warn "voltando a ${older:-a versão anterior}"
    go_back
    warn "a atualização não deu certo: ${older:-a versão anterior} está no ar de novo, $(($(date +%s) - stopped)) s depois da parada"
}

# newest_copy: in `copy`; whether there is one.
newest_copy() {
    copies=$(real "$copies")
    copy=$(find "$copies" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*Z' 2>/dev/null | sort | tail -n 1)
    [ -n "$copy" ]
}

# The three newest copies stay.
prune_copies() {
    find "$copies" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*Z' | sort -r | tail -n +4 | while read -r old; do
        rm -rf "$old"
    done
}

# is_well: whether the service runs, and goes on running.
is_well() {
    case $(property ActiveState) in
        active | activating)
            begun=$(date +%s)
            wait_ready
            ;;
        *) return 1 ;;
    esac
}

# finish_interrupted: an upgrade whose install.sh was killed is taken back, unless the service is well with it. A way back
# that was begun is finished.
taken_back=no
finish_interrupted() {
    if ! newest_copy || [ ! -e "$copy/unfinished" ]; then return 0; fi
    if ! grep -qx back "$copy/unfinished" && is_well; then
        do_step 'a última atualização foi interrompida, mas o serviço está pronto: fica como está' rm -f "$copy/unfinished"
    else
        do_step 'a última atualização foi interrompida: voltar à versão anterior' take_back
        taken_back=yes
    fi
}

roll_back() {
    if [ "$installed" = no ]; then fail 'não há serviço pareia instalado' 1; fi
    if [ "$taken_back" = no ]; then
        newest_copy || fail "não há cópia de uma atualização em $copies"
        # One of before an uninstallation knows nothing of data that were moved since.
        read_service "$copy/pareia.service" "$copy/pareia.env"
        [ "$found_user $found_data" = "$user $data" ] ||
            fail "a cópia em $copy é de $found_data, do usuário $found_user: os dados estão agora em $data, de $user. Nada mudou"
        do_step "voltar ao que está em $copy" take_back
    fi
    if [ "$dry" = yes ]; then return; fi
    read_service "$unit" "$variables"
    # The address may be another one again.
    if find_site; then
        write_draft "$variables"
        if ! has_site; then do_step "escrever o site $domain em $site" write_site; fi
    fi
    say "$(timeout 10 "$found_binary" --version 2>/dev/null | head -n 1) no ar"
}

# ---- Caddy ----------------------------------------------------------------------------------------------------------

import='import /etc/caddy/pareia.caddy'

# local_address FILE: where a proxy on this machine reaches the service of that environment file.
local_address() {
    setting_of "$1" PAREIA_LISTEN | sed -e 's/^0\.0\.0\.0:/127.0.0.1:/' -e 's/^\[::\]:/[::1]:/'
}

# check_caddy: whether install_caddy could do its part.
check_caddy() {
    if [ -n "$root" ]; then fail "instale o caddy na imagem antes: chroot $root apt-get install caddy"; fi
    command -v apt-get >/dev/null 2>&1 || fail 'instale o Caddy (https://caddyserver.com) e rode de novo'
}

install_caddy() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q caddy >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q caddy; } >/dev/null ||
        fail 'o apt não tem o pacote caddy: instale-o (https://caddyserver.com/docs/install) e rode de novo'
}

# port_is_taken PORT: whether another program has the port.
port_is_taken() {
    command -v ss >/dev/null 2>&1 && [ -n "$(ss -Hltn "sport = :$1" 2>/dev/null)" ]
}

# prepare_site: Caddy, and a draft of the site that it takes beside the sites it has. Before anything is installed.
prepare_site() {
    if [ ! -f "$caddyfile" ]; then
        check_caddy
        for port in 80 443; do
            if port_is_taken "$port"; then
                fail "a porta $port já é de outro programa: use-o como proxy (docs/vps.md) em vez de --domain"
            fi
        done
        do_step 'instalar o Caddy' install_caddy
    fi
    write_draft "$work/pareia.env"
    if [ -z "$root" ] && [ "$dry" = no ] && ! has_site; then check_site; fi
}

# write_draft VARIABLES: the site, which leads to the service of that environment file.
write_draft() {
    cat >"$work/pareia.caddy" <<EOF
# A página e a API do pareia, com TLS. Escrito por install.sh --domain.
$domain {
	reverse_proxy $(local_address "$1")
}
EOF
}

# find_site: the domain of the site that is there, in `domain`; whether there is one.
find_site() {
    domain=$(sed -n 's/^\([A-Za-z0-9.-]*\) {$/\1/p' "$site" 2>/dev/null | head -n 1)
    [ -n "$domain" ]
}

# has_site: whether Caddy has the site of the draft.
has_site() { same "$work/pareia.caddy" "$site" && grep -qxF "$import" "$caddyfile" 2>/dev/null; }

# check_site: beside the Caddyfile, for what it imports from there.
check_site() {
    draft=$caddyfile.pareia
    rm -f "$draft"
    (
        umask 077
        grep -vxF "$import" "$caddyfile" >"$draft" || :
        printf '\nimport %s\n' "$work/pareia.caddy" >>"$draft"
    )
    if ! caddy validate --config "$draft" --adapter caddyfile >"$work/caddy.log" 2>&1; then
        rm -f "$draft"
        grep -v '"level":"info"' "$work/caddy.log" >&2 || :
        fail "o Caddy recusa o site $domain ao lado do que já está em $caddyfile: nada mudou"
    fi
    rm -f "$draft"
}

# put_caddyfile: with the mode and the owner that it has, and where it lies if it is a link.
put_caddyfile() {
    place=$(readlink -f "$caddyfile")
    put "$work/Caddyfile" "$place" "$(stat -c %a "$place")" "$(stat -c %u:%g "$place")"
}

write_site() {
    put "$work/pareia.caddy" "$site" 644
    if ! grep -qxF "$import" "$caddyfile"; then
        cp "$caddyfile" "$work/Caddyfile"
        printf '\n%s\n' "$import" >>"$work/Caddyfile"
        put_caddyfile
    fi
    if [ -n "$root" ]; then return; fi
    systemctl -q enable caddy
    systemctl reload-or-restart caddy || fail 'o Caddy não inicia com o site: journalctl -u caddy -n 20'
}

remove_site() {
    rm -f "$site"
    if [ -f "$caddyfile" ] && grep -qxF "$import" "$caddyfile"; then
        grep -vxF "$import" "$caddyfile" >"$work/Caddyfile" || :
        put_caddyfile
    fi
}

# ---- What the service is told by its own commands -------------------------------------------------------------------

# has FIELD VALUE LIST...: whether a list of the service has that value.
has() {
    field=$1 wanted=$2
    shift 2
    as_service "$@" --json 2>/dev/null | tr -d ' \n' | grep -qF "\"$field\":\"$wanted\""
}

# credential_of URL: the id of the credential with that address, however it was added; nothing where there is none.
credential_of() {
    as_service credential list --json 2>/dev/null | awk -v url="$1" -F '"' '
        $2 == "id" { id = $4 }
        $2 == "baseUrl" { found = $4; sub("/+$", "", found); sub("/+$", "", url); if (found == url) { print id; exit } }'
}

set_up_evolution() {
    id=''
    if [ "$dry" = no ]; then id=$(credential_of "$evolution"); fi
    if [ -n "$id" ]; then
        # The key cannot be compared: it lies sealed.
        do_step "a Evolution $evolution já está cadastrada (credencial $id): fica com a chave dada" \
            give_key credential rotate "$id"
        return
    fi
    id=$(printf '%s' "$evolution" | sed -e 's|^[a-z]*://||' -e 's|[^A-Za-z0-9._-]|-|g' -e 's|^[^A-Za-z0-9]*||' -e 's|-*$||' | cut -c 1-64)
    do_step "cadastrar a Evolution $evolution (credencial $id)" \
        give_key credential add --type whatsapp_evolution --base-url "$evolution" --id "$id"
}

# give_key COMMAND...: what takes the key of the Evolution, and its test.
give_key() {
    set -- "$@" --api-token-stdin
    if [ "$evolution_key" = - ]; then as_service "$@"; else as_service "$@" <"$evolution_key"; fi >/dev/null ||
        fail 'a Evolution não foi cadastrada; o resto está instalado'
    as_service credential test "$id" </dev/null ||
        warn "a Evolution não passou no teste: corrija e rode pareia credential test $id"
}

set_up_admin() {
    if [ "$dry" = yes ] || ! has name "$admin" user list; then
        do_step "criar o administrador $admin" as_service user add "$admin" --admin </dev/null
    fi
    if [ -z "$admin_password" ]; then return; fi
    # Only the first password is given from here: a second run ends nobody's sessions.
    if [ "$dry" = yes ] || as_service setup-link >/dev/null 2>&1; then
        do_step "dar a senha a $admin" set_admin_password
    else
        warn "a senha de $admin NÃO foi mudada, pois já há um administrador com senha. Para mudá-la: sudo pareia user password $admin"
    fi
}

set_admin_password() {
    set -- user password "$admin"
    if [ "$admin_password" = - ]; then as_service "$@"; else as_service "$@" <"$admin_password"; fi ||
        fail 'a senha não foi aceita; o resto está instalado'
}

# ---- From the top ---------------------------------------------------------------------------------------------------

next_step() {
    address=$(of_variables PAREIA_LISTEN)
    public=$(of_variables PAREIA_PUBLIC_URL)
    say ''
    if link=$(as_service setup-link 2>/dev/null </dev/null); then
        say 'Próximo passo — abra no navegador e crie a sua conta (vale 30 minutos e uma vez; outro: sudo pareia setup-link):'
        say "  $link"
    else
        say "A página: ${public:-http://$(local_address "$variables")}"
    fi
    case $public$address in
        127.* | localhost:* | '[::1]'*)
            say "Do seu computador, por um túnel: ssh -L ${address##*:}:$address root@ESTE-SERVIDOR"
            ;;
    esac
    say "Configuração: $variables · log: journalctl -u pareia · estado: systemctl status pareia"
    if [ -e "${HOME:-/root}/.local/share/pareia/pareia.db" ]; then
        say "Há dados de antes em ${HOME:-/root}/.local/share/pareia: para usá-los aqui, veja docs/vps.md"
    fi
}

is_unchanged() {
    same "$work/pareia" "$target" && same "$work/pareia.service" "$unit" && same "$work/pareia.env" "$variables"
}

# check_no_package WHAT TO DO INSTEAD
check_no_package() {
    for package in /usr/lib/systemd/system /lib/systemd/system; do
        if [ -e "$root$package/pareia.service" ]; then fail "o pareia daqui veio de um pacote: $1"; fi
    done
}

# check_image: --root names a system that a user can be added to; a folder of its own gets half of one.
check_image() {
    for file in etc/passwd etc/group; do
        [ -z "$root" ] || [ -f "$root/$file" ] ||
            fail "--root: $root não é a raiz de um sistema (não há $file nela): monte ou crie a imagem ali antes (debootstrap)" 2
    done
    user_exists || command -v useradd >/dev/null 2>&1 ||
        fail "não achei o useradd, que cria o usuário $user: instale-o (Debian/Ubuntu: apt-get install passwd)"
}

install_service() {
    check_no_package 'atualize com apt-get install ./pareia_VERSÃO.deb'
    check_image
    take_binary
    old_domain=''
    # The site that is there follows the address.
    if [ -z "$domain" ] && [ -n "$listen" ] && find_site; then old_domain=$domain; fi
    make_drafts
    if [ -n "$domain" ]; then prepare_site; fi
    prepare_folders
    if [ "$installed" = yes ] && [ -z "$root" ]; then
        if is_unchanged; then
            if [ "$(property ActiveState)" != active ]; then do_step 'iniciar o serviço' first_start; fi
        else
            replace_service
        fi
        if ! is_enabled; then do_step 'ligar o serviço na partida' enable; fi
    else
        put_files
        if ! is_enabled; then do_step 'ligar o serviço na partida' enable; fi
        if [ -z "$root" ]; then do_step 'iniciar o serviço' first_start; fi
    fi
    if [ -n "$domain" ] && ! has_site; then do_step "escrever o site $domain em $site" write_site; fi
    if [ -n "$evolution" ]; then set_up_evolution; fi
    if [ -n "$admin" ]; then set_up_admin; fi
    if [ "$dry" = yes ]; then return; fi
    say "$version instalado em $target"
    if [ -z "$root" ]; then next_step; fi
}

remove_service() {
    if [ -z "$root" ]; then systemctl -q disable --now pareia.service || :; fi
    rm -f "$unit" "$enabled"
    if [ -z "$root" ]; then
        systemctl daemon-reload
        systemctl reset-failed pareia.service 2>/dev/null || :
    fi
}

remove_site_and_reload() {
    remove_site
    if [ -z "$root" ] && systemctl -q is-active caddy; then systemctl reload caddy || :; fi
}

# purge_data: only what pareia makes in it.
purge_data() {
    rm -rf "$folder"/pareia.* "$folder"/http-*.sock "$folder"/locks "$folder"/space-probe
    rmdir "$folder" 2>/dev/null || warn "$data tem outras coisas: a pasta ficou"
    if [ -L "$root$data" ] && [ ! -d "$root$data" ]; then rm "$root$data"; fi
}

# was_added: whether the user is one that install.sh adds.
was_added() {
    user_exists && grep -q "^$user:[^:]*:[0-9]*:[0-9]*:[^:]*:$data:/usr/sbin/nologin\$" "$root/etc/passwd"
}

remove_user() { if [ -n "$root" ]; then userdel --root "$root" "$user"; else userdel "$user"; fi; }

uninstall() {
    if [ "$service" = yes ]; then
        check_no_package 'remova com apt-get remove pareia (ou purge, com os dados)'
        if [ "$installed" = yes ]; then do_step 'parar e remover o serviço' remove_service; fi
        if [ -e "$site" ]; then do_step "remover o site de $site (o Caddy fica)" remove_site_and_reload; fi
    fi
    if [ -e "$target" ]; then do_step "remover $target" rm -f "$target"; fi
    if [ "$service" = no ]; then return; fi
    if [ "$purge" = yes ]; then
        if [ -d "$folder" ]; then do_step "apagar os dados em $data" purge_data; fi
        if [ -d "$copies" ]; then do_step "apagar as cópias em $copies" rm -rf "$(real "$copies")" "$copies"; fi
        for settings in "$root/etc/pareia" "$unit.d"; do
            if [ -d "$settings" ]; then do_step "apagar $settings" rm -rf "$settings"; fi
        done
        if was_added; then do_step "remover o usuário $user" remove_user; fi
    elif [ -d "$folder" ]; then
        say "Ficam os dados em $data, a configuração em $root/etc/pareia e o usuário $user. Tudo: --uninstall --purge"
    fi
}

# run: everything that only one may do at a time.
run() {
    if [ "$service" = yes ]; then
        # What an interrupted upgrade has left is not what the next one begins with.
        if [ -z "$root" ] && [ "$only" != uninstall ]; then finish_interrupted; fi
        read_installed
    elif [ -z "$prefix" ]; then
        if [ "$is_root" = yes ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
    fi
    target=$root$prefix/bin/pareia

    case $only in
        uninstall) uninstall ;;
        rollback) roll_back ;;
        *)
            if [ "$only" = upgrade ] && [ "$service" = yes ] && [ "$installed" = no ]; then
                fail 'não há serviço pareia instalado: rode sem --upgrade'
            fi
            if [ "$service" = yes ]; then install_service; else install_binary; fi
            ;;
    esac
    if [ "$dry" = yes ]; then say 'Nada foi feito (--dry-run): estes são os passos. Para fazê-los, rode sem --dry-run.'; fi
}

trap leave EXIT
trap 'why="foi interrompido"; exit 130' INT TERM
# A terminal or a reader that is gone ends nothing half-way.
trap '' HUP PIPE
make_work
take_lock
# Without the lock's file: a child that outlives this script, as a build's daemon, would keep the lock.
run 9>&-
