#!/bin/sh
# Installs pareia: as a systemd service where root runs it on a machine with systemd, else the binary alone. A second
# run changes nothing. An upgrade goes back by itself if the new version does not become ready.
# Instala o pareia: como serviço do systemd quando root o roda, senão só o binário.
set -eu
umask 022

# t PORTUGUESE ENGLISH: the text in the language that --lang or the locale names; Portuguese where it is neither.
t() {
    case ${PAREIA_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
        en | en[-_.@]*) printf '%s' "$2" ;;
        *) printf '%s' "$1" ;;
    esac
}

usage() {
    if [ "$(t pt en)" = en ]; then usage_english; else usage_portuguese; fi
}

usage_english() {
    cat <<'EOF'
Usage: ./install.sh [options]       (as root: installs and starts the service; else: the binary alone)

  --binary FILE          installs this binary instead of building one (default where pareia is beside this script)
  --prefix FOLDER        installs into FOLDER/bin (default: /usr/local as root, else ~/.local)
  --no-service           the binary alone, even as root

Service (root and systemd):
  --data FOLDER          data folder (default: /var/lib/pareia)
  --listen ADDRESS       where it listens (default: 127.0.0.1:3000)
  --user NAME            system user that runs it (default: pareia)
  --domain NAME          page with TLS at https://NAME, by Debian's Caddy
  --evolution-url URL    adds this Evolution server, with the global key in:
    --evolution-key-file FILE      a file ("-": the standard input)
  --admin NAME           creates this administrator; the password comes from:
    --admin-password-file FILE     a file ("-": the standard input); without it, from the set-up link
  --wait SECONDS         how long a new version has to become ready (default: 180)

  --upgrade              upgrades only: refuses where no service is installed
  --rollback             goes back to version, configuration and, if need be, data of before the last upgrade
  --uninstall            uninstalls; the data stay
    --purge              deletes the data, the copies and the configuration as well
  --root FOLDER          installs into the image mounted at FOLDER, without touching this machine
  --dry-run              only shows what it would do
  --lang pt|en           language (default: PAREIA_LANG, else the locale)
  --help                 shows this

What is not said a second time stays as it is. --option=value does as well.

Examples:
  sudo ./install.sh
  sudo ./install.sh --domain zap.example.com --admin ana
  sudo ./install.sh --binary ./pareia --evolution-url http://localhost:8080 --evolution-key-file /root/key
  sudo ./install.sh --upgrade --binary ./pareia-new
EOF
}

usage_portuguese() {
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
  --lang pt|en           língua (padrão: PAREIA_LANG, senão a localidade)
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
            --evolution-key-file | --admin | --admin-password-file | --lang)
            if [ $# -eq 0 ] || [ -z "$1" ]; then fail "$(t "$option precisa de um valor (veja --help)" "$option needs a value (see --help)")" 2; fi
            value=$1
            shift
            ;;
        --*=*)
            # Once more, as two words.
            value=${option#*=}
            option=${option%%=*}
            case $option in
                --no-service | --upgrade | --rollback | --uninstall | --purge | --dry-run | --help)
                    fail "$(t "$option não tem valor (veja --help)" "$option takes no value (see --help)")" 2
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
        --lang) export PAREIA_LANG="$value" ;;
        --admin-password-file) admin_password=$value ;;
        --no-service) service=no ;;
        --upgrade | --rollback | --uninstall)
            if [ "$only" != install ]; then fail "$(t "$option e --$only não combinam" "$option and --$only do not go together")" 2; fi
            only=${option#--}
            ;;
        --purge) purge=yes ;;
        --dry-run) dry=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "$(t "opção desconhecida: $option (veja --help)" "unknown option: $option (see --help)")" 2 ;;
    esac
done

# ---- What was asked for makes sense -------------------------------------------------------------------------------

# check_path OPTION PATH: an absolute path that needs no quotes anywhere, where the service may see it.
check_path() {
    case $2 in
        *[!A-Za-z0-9/._-]* | *//* | */../* | */..) fail "$(t "$1: use só letras, números e / . _ - no caminho: $2" "$1: use only letters, digits and / . _ - in the path: $2")" 2 ;;
        /*) ;;
        *) fail "$(t "$1 deve começar com /: $2" "$1 must begin with /: $2")" 2 ;;
    esac
}

# check_visible OPTION PATH: the service sees nothing below these.
check_visible() {
    case $2/ in
        /home/* | /root/* | /run/* | /tmp/* | /var/tmp/* | /dev/* | /proc/* | /sys/*)
            fail "$(t "$1: o serviço não enxerga $2 (ProtectHome, PrivateTmp); use outra pasta" "$1: the service does not see $2 (ProtectHome, PrivateTmp); use another folder")" 2
            ;;
    esac
}

case ${PAREIA_LANG:-pt} in
    pt | pt[-_.@]* | en | en[-_.@]*) ;;
    *) fail "--lang $(t 'deve ser pt ou en' 'must be pt or en'): $PAREIA_LANG" 2 ;;
esac
case $wait_limit in '' | *[!0-9]*) fail "$(t "--wait deve ser um número de segundos" "--wait must be a number of seconds")" 2 ;; esac
case $user in [!a-z_]* | *[!a-z0-9_-]*) fail "$(t "--user deve ser um nome de usuário do sistema: $user" "--user must be the name of a system user: $user")" 2 ;; esac
case $domain in
    *[!A-Za-z0-9.-]* | [.-]* | *..* | *.) fail "$(t "--domain deve ser só o nome, como zap.loja.com.br: $domain" "--domain must be the name alone, like zap.example.com: $domain")" 2 ;;
    '' | *.*) ;;
    *) fail "$(t "--domain deve ser um nome completo, como zap.loja.com.br: $domain" "--domain must be a whole name, like zap.example.com: $domain")" 2 ;;
esac
case $listen in
    '' | *:[0-9]*) ;;
    *) fail "$(t "--listen deve ser endereço:porta, como 127.0.0.1:3000: $listen" "--listen must be address:port, like 127.0.0.1:3000: $listen")" 2 ;;
esac
case $listen in *[!]A-Za-z0-9.:[_-]*) fail "$(t "--listen deve ser endereço:porta, como 127.0.0.1:3000: $listen" "--listen must be address:port, like 127.0.0.1:3000: $listen")" 2 ;; esac
if [ "$purge" = yes ] && [ "$only" != uninstall ]; then fail "$(t '--purge vai com --uninstall' '--purge goes with --uninstall')" 2; fi
if [ -n "$evolution_key" ] && [ -z "$evolution" ]; then fail "$(t '--evolution-key-file vai com --evolution-url' '--evolution-key-file goes with --evolution-url')" 2; fi
if [ -n "$admin_password" ] && [ -z "$admin" ]; then fail "$(t '--admin-password-file vai com --admin' '--admin-password-file goes with --admin')" 2; fi
if [ "$evolution_key" = - ] && [ "$admin_password" = - ]; then fail "$(t 'só um dos dois pode vir da entrada padrão' 'only one of the two can come from the standard input')" 2; fi
if [ -n "$evolution" ] && [ -z "$evolution_key" ]; then
    fail "$(t '--evolution-url precisa da chave: --evolution-key-file ARQUIVO, ou - para a entrada padrão' '--evolution-url needs the key: --evolution-key-file FILE, or - for the standard input')" 2
fi
for secret in "$evolution_key" "$admin_password"; do
    case $secret in '' | -) continue ;; esac
    [ -r "$secret" ] || fail "$(t "não consigo ler $secret" "cannot read $secret")" 2
done
if [ "$only" = uninstall ] || [ "$only" = rollback ]; then
    if [ -n "$binary$evolution$admin$domain$listen" ]; then fail "$(t "--$only não combina com opções de instalação" "--$only does not go with options of the installation")" 2; fi
fi
if [ -n "$root" ]; then
    [ -d "$root" ] || fail "$(t "--root: não achei a pasta $root" "--root: there is no folder $root")" 2
    root=$(cd "$root" && pwd -P)
    [ "$root" != / ] || root=''
fi
if [ -n "$root" ] && [ -n "$evolution$admin" ]; then
    fail "$(t '--evolution-url e --admin são para a máquina que roda: numa imagem, todas as cópias teriam a mesma chave' '--evolution-url and --admin are for the machine that runs: in an image, all copies would have the same key')" 2
fi
if [ -n "$root" ] && [ "$only" = rollback ]; then fail "$(t '--rollback é para a máquina que roda' '--rollback is for the machine that runs')" 2; fi

is_root=no
if [ "$(id -u)" -eq 0 ]; then is_root=yes; fi
if [ "$service" = auto ]; then
    service=no
    if [ "$is_root" = yes ] && { [ -n "$root" ] || [ -d /run/systemd/system ]; }; then service=yes; fi
    if [ -n "$root" ] && [ "$dry" = yes ]; then service=yes; fi
fi
if [ "$service" = no ] && [ -n "$data$listen$user$domain$evolution$admin" ]; then
    if [ "$is_root" = no ]; then fail "$(t 'o serviço pede root: sudo ./install.sh ...' 'the service needs root: sudo ./install.sh ...')" 2; fi
    fail "$(t 'o serviço pede systemd, que não roda aqui; numa imagem use --root PASTA' 'the service needs systemd, which does not run here; in an image use --root FOLDER')" 2
fi
if [ -n "$root" ] && [ "$is_root" = no ] && [ "$dry" = no ]; then fail "$(t '--root pede root' '--root needs root')" 2; fi

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
        *) fail "$(t "--root: na imagem, $nearest é um link para fora dela; faça-o relativo ou monte o destino na imagem" "--root: in the image, $nearest is a link that leads out of it; make it relative, or mount its target in the image")" 2 ;;
    esac
}

# check_moved OPTION ASKED INSTALLED: what an installed service has stays: its data would be left behind.
check_moved() {
    if [ -z "$2" ] || [ "$2" = "$3" ]; then return 0; fi
    fail "$(t "$1: o serviço instalado usa $3. Para mudar: $0 --uninstall (os dados ficam), mova a pasta se for ela, e instale com $1 $2" "$1: the installed service uses $3. To change that: $0 --uninstall (the data stay), move the folder if it is that, and install with $1 $2")" 2
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
        fail "$(t "$data é um link, e o systemd não aceita um ali (StateDirectory): monte o disco nesse lugar, ou use --data" "$data is a link, and systemd takes none there (StateDirectory): mount the disk in that place, or use --data")" 2
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
    fail "$(t 'não achei uma pasta temporária onde um programa possa rodar (veja TMPDIR e noexec)' 'there is no temporary folder in which a program may run (see TMPDIR and noexec)')"
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
    flock -w 2 9 || fail "$(t 'outro install.sh está rodando nesta máquina' 'another install.sh is running on this machine')"
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
        fail "$(t 'não achei o cargo: instale o Rust (https://rustup.rs) ou passe --binary ARQUIVO' 'there is no cargo: install Rust (https://rustup.rs) or give --binary FILE')"
    command -v cc >/dev/null 2>&1 ||
        fail "$(t 'não achei um compilador C (cc): instale-o (Debian/Ubuntu: apt-get install gcc) ou passe --binary ARQUIVO' 'there is no C compiler (cc): install it (Debian/Ubuntu: apt-get install gcc) or give --binary FILE')"
    binary=${CARGO_TARGET_DIR:-$here/target}/release/pareia
    if [ "$dry" = yes ]; then
        if [ ! -f "$binary" ]; then say "$(t '- compilar (leva alguns minutos)' '- build (takes some minutes)')"; fi
        return
    fi
    printf '%s\n' "$(t 'Compilando (leva alguns minutos)…' 'Building (takes some minutes)…')" >&2
    (cd "$here" && $caller cargo build --release --locked) || fail "$(t 'a compilação falhou' 'the build failed')"
}

# take_binary: copies the binary into the work folder and runs only the copy, which must say that it is pareia.
take_binary() {
    if [ -z "$binary" ]; then build; fi
    version="pareia $(t '(a compilar)' '(to be built)')"
    if [ "$dry" = yes ] && [ ! -e "$binary" ]; then return; fi
    [ -f "$binary" ] || fail "$(t "não achei o binário $binary" "there is no binary $binary")"
    cp "$binary" "$work/pareia" || fail "$(t "não consigo ler $binary" "cannot read $binary")"
    chmod 755 "$work/pareia"
    limit=''
    if command -v timeout >/dev/null 2>&1; then limit='timeout 10'; fi
    # shellcheck disable=SC2086 # two words, or none
    version=$(cd "$work" && $limit ./pareia --version 2>/dev/null </dev/null | head -n 1) || version=''
    case $version in
        'pareia '[0-9]*) ;;
        '') fail "$(t "$binary não roda nesta máquina (outra arquitetura, ou uma glibc mais antiga?)" "$binary does not run on this machine (another architecture, or an older glibc?)")" ;;
        *) fail "$(t "$binary não é o pareia: diz ser \"$(printf '%.60s' "$version")\"" "$binary is not pareia: it says to be \"$(printf '%.60s' "$version")\"")" ;;
    esac
}

# put FILE TARGET MODE [GROUP]: beside its place first, then moved, so that no half copy is ever read or run.
put() {
    if same "$1" "$2"; then return; fi
    mkdir -p "$(dirname "$2")" || fail "$(t "não consigo criar $(dirname "$2") (rode como root ou use --prefix)" "cannot make $(dirname "$2") (run as root or use --prefix)")"
    # With what an interrupted one has left.
    rm -f "$(dirname "$2")"/.pareia-new.*
    fresh=$(dirname "$2")/.pareia-new.$$
    # Nobody else reads it before it has its mode.
    if ! { (umask 077 && cp "$1" "$fresh") && { [ -z "${4:-}" ] || chown "$4" "$fresh"; } && chmod "$3" "$fresh" &&
        flush "$fresh" && mv -f "$fresh" "$2"; }; then
        rm -f "$fresh"
        fail "$(t "não consigo escrever em $(dirname "$2"): falta espaço ou permissão" "cannot write in $(dirname "$2"): space or permission is missing")"
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
        say "$(t "$version já está em $target" "$version is already in $target")"
    else
        do_step "$(t "pôr $version em $target" "put $version into $target")" put "$work/pareia" "$target" 755
    fi
    if [ "$dry" = yes ]; then return; fi
    case :$PATH: in
        *":$prefix/bin:"*) pareia=pareia ;;
        *)
            pareia=$prefix/bin/pareia
            # shellcheck disable=SC2016 # the reader's shell is to expand it
            printf '%s export PATH="%s:$PATH"\n' "$(t 'Para chamá-lo só de "pareia":' 'To call it just "pareia":')" "$prefix/bin"
            ;;
    esac
    cat <<EOF

$(t 'Próximo passo — veja funcionando, sem configurar nada:' 'Next step: see it at work, with nothing to set up:')
  $pareia demo

$(t 'Depois, com a sua Evolution API:' 'Then, with your Evolution API:')
  $pareia serve
$(t 'e abra no navegador o link de configuração que ele mostra.' 'and open the set-up link that it shows in a browser.')
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
        fail "$(t "não achei packaging/systemd ao lado de $0: rode o install.sh de dentro da pasta do pareia" "there is no packaging/systemd beside $0: run install.sh inside pareia's folder")"
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
        fail "$(t "não consegui criar o usuário $user" "cannot create the user $user")"
}

# owner: user and group as numbers, which are those of the image where one is made.
owner() {
    if [ -n "$root" ]; then sed -n "s/^$user:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1:\2/p" "$root/etc/passwd"; else
        printf '%s:%s' "$(id -u "$user")" "$(id -g "$user")"
    fi 2>/dev/null || :
}

make_folder() {
    mkdir -p "$folder" || fail "$(t "não consigo criar $folder" "cannot make $folder")"
    chmod 700 "$folder"
    # With what a pareia that root ran has left in it.
    chown -hR "$(owner)" "$folder"
}

prepare_folders() {
    if [ -d "$folder" ] && [ ! -e "$folder/pareia.db" ] && [ -n "$(ls -A "$folder")" ]; then
        fail "$(t "$data já tem outras coisas, e nenhum pareia.db: escolha outra pasta com --data" "$data has other things in it, and no pareia.db: choose another folder with --data")" 2
    fi
    if ! user_exists; then do_step "$(t "criar o usuário de sistema $user" "create the system user $user")" add_user; fi
    if [ ! -d "$folder" ] || [ "$(stat -c '%u:%g %a' "$folder")" != "$(owner) 700" ]; then
        do_step "$(t "criar a pasta de dados $data (0700, de $user)" "make the data folder $data (0700, $user's)")" make_folder
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
                why=$(t 'terminou em vez de ficar pronto' 'ended instead of becoming ready')
                return 1
                ;;
            *)
                if [ "$steady" -gt 0 ]; then
                    why=$(t 'ficou pronto e terminou em seguida' 'became ready and ended right after that')
                    return 1
                fi
                ;;
        esac
        if [ "$steady" -gt 15 ]; then return 0; fi
        if [ "$waited" -ge "$wait_limit" ] && [ "$steady" -eq 0 ]; then
            why=$(t "não ficou pronto em $wait_limit s" "did not become ready in $wait_limit s")
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
        do_step "$(t "pôr $version em $target" "put $version into $target")" put "$work/pareia" "$target" 755
    fi
    if ! same "$work/pareia.env" "$variables"; then
        do_step "$(t "escrever $variables" "write $variables")" put "$work/pareia.env" "$variables" 640 "0:$(owner | cut -d : -f 2)"
    fi
    if ! same "$work/pareia.service" "$unit"; then
        do_step "$(t "escrever $unit" "write $unit")" put "$work/pareia.service" "$unit" 644
    fi
}

first_start() {
    start
    if wait_ready; then return; fi
    warn "$(t "o serviço $why. O que ele disse:" "the service $why. What it said:")"
    last_words >&2
    fail "$(t "corrija (por exemplo com --listen) e rode de novo; o que foi instalado ficou. Estado: systemctl status pareia" "mend that (for example with --listen) and run this again; what was installed stays. Status: systemctl status pareia")"
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
    fail "$(t "não consegui copiar para $copies (falta espaço? outro comando gravava?): nada mudou, e $1" "cannot copy to $copies (no space? another command was writing?): nothing has changed, and $1")"
}

# remove_copy: under another name first: half of a copy is none.
remove_copy() { mv "$copy" "$copy.partial" && rm -rf "$copy.partial"; }

# has_newer_tables: whether the binary says that a newer version has changed the tables. Whatever else keeps it from
# them, as a full disk, is no reason to put others in their place.
has_newer_tables() {
    said=$(as_user env PAREIA_LANG=pt timeout 60 "$target" --data "$data" user list 2>&1 >/dev/null </dev/null) || :
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
    warn "$(t "o banco de dados tinha mudado de formato e voltou ao de antes, de $(basename "$copy")." "the database had changed its format and is the one from before again, of $(basename "$copy").")"
    warn "$(t "O que foi gravado desde então (até $(date -u +%H:%M:%SZ)) NÃO está nele; ficou em $(sed -n 's/.*"kept": "\(.*\)".*/\1/p' "$work/restored")/pareia.db" "What was saved since then (until $(date -u +%H:%M:%SZ)) is NOT in it; it was kept in $(sed -n 's/.*"kept": "\(.*\)".*/\1/p' "$work/restored")/pareia.db")"
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
        fail "$(t "o banco de dados de antes não pôde voltar (falta espaço?); o serviço ficou parado e nada foi apagado: ele está em $copy. Corrija e rode de novo: $0" "the database from before could not be brought back (no space?); the service is stopped and nothing was deleted: it is in $copy. Mend that and run this again: $0")" 3
    fi
    start || :
    if wait_ready; then
        remove_copy || :
        return 0
    fi
    warn "$(t "o de antes também $why. O que ele disse:" "the one before $why, too. What it said:")"
    last_words >&2
    fail "$(t "nada foi apagado: veja $copy e systemctl status pareia" "nothing was deleted: see $copy and systemctl status pareia")" 3
}
take_back() { (go_back); }

# replace_service: with a copy of what is there, and back to it where the new version does not become ready.
replace_service() {
    say "$(t "- copiar binário e configuração para $copies, parar o serviço, copiar os dados, trocar, iniciar, esperar até $wait_limit s" "- copy binary and configuration to $copies, stop the service, copy the data, exchange, start, wait for up to $wait_limit s")"
    if [ "$dry" = yes ]; then
        put_files
        return
    fi
    older=$(timeout 10 "$found_binary" --version 2>/dev/null | head -n 1) || older=''
    begin_copy || no_copy "$(t 'o serviço não parou' 'the service did not stop')"
    # The stop first: the copy has all that was answered.
    stopped=$(date +%s)
    pending=start
    systemctl stop pareia.service
    end_copy || no_copy "$(t 'o serviço volta' 'the service comes back')"
    pending=back
    why=$(t 'não pôde ser posto no lugar' 'could not be put into place')
    put_files
    start
    wait_ready || exit 1
    pending=nothing
    rm -f "$copy/unfinished"
    if [ "$found_binary" != "$target" ]; then rm -f "$found_binary"; fi
    say "$(t "  $version pronto; fora do ar por $(($(date +%s) - stopped - 3)) s. Para voltar: $0 --rollback" "  $version is ready; it was down for $(($(date +%s) - stopped - 3)) s. To go back: $0 --rollback")"
    prune_copies
}

# give_up: back to the version before, said with the time it took.
give_up() {
    warn "$(t "$version $why. O que ele disse:" "$version $why. What it said:")"
    last_words >&2
    warn "$(t "voltando a ${older:-a versão anterior}" "going back to ${older:-the version before}")"
    go_back
    warn "$(t "a atualização não deu certo: ${older:-a versão anterior} está no ar de novo, $(($(date +%s) - stopped)) s depois da parada" "the upgrade did not work: ${older:-the version before} is up again, $(($(date +%s) - stopped)) s after the stop")"
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
        do_step "$(t 'a última atualização foi interrompida, mas o serviço está pronto: fica como está' 'the last upgrade was interrupted, but the service is ready: it stays as it is')" rm -f "$copy/unfinished"
    else
        do_step "$(t 'a última atualização foi interrompida: voltar à versão anterior' 'the last upgrade was interrupted: go back to the version before')" take_back
        taken_back=yes
    fi
}

roll_back() {
    if [ "$installed" = no ]; then fail "$(t 'não há serviço pareia instalado' 'no pareia service is installed')" 1; fi
    if [ "$taken_back" = no ]; then
        newest_copy || fail "$(t "não há cópia de uma atualização em $copies" "there is no copy of an upgrade in $copies")"
        # One of before an uninstallation knows nothing of data that were moved since.
        read_service "$copy/pareia.service" "$copy/pareia.env"
        [ "$found_user $found_data" = "$user $data" ] ||
            fail "$(t "a cópia em $copy é de $found_data, do usuário $found_user: os dados estão agora em $data, de $user. Nada mudou" "the copy in $copy is of $found_data, of the user $found_user: the data are in $data now, $user's. Nothing has changed")"
        do_step "$(t "voltar ao que está em $copy" "go back to what is in $copy")" take_back
    fi
    if [ "$dry" = yes ]; then return; fi
    read_service "$unit" "$variables"
    # The address may be another one again.
    if find_site; then
        write_draft "$variables"
        if ! has_site; then do_step "$(t "escrever o site $domain em $site" "write the site $domain into $site")" write_site; fi
    fi
    say "$(t "$(timeout 10 "$found_binary" --version 2>/dev/null | head -n 1) no ar" "$(timeout 10 "$found_binary" --version 2>/dev/null | head -n 1) is up")"
}

# ---- Caddy ----------------------------------------------------------------------------------------------------------

import='import /etc/caddy/pareia.caddy'

# local_address FILE: where a proxy on this machine reaches the service of that environment file.
local_address() {
    setting_of "$1" PAREIA_LISTEN | sed -e 's/^0\.0\.0\.0:/127.0.0.1:/' -e 's/^\[::\]:/[::1]:/'
}

# check_caddy: whether install_caddy could do its part.
check_caddy() {
    if [ -n "$root" ]; then fail "$(t "instale o caddy na imagem antes: chroot $root apt-get install caddy" "install caddy in the image first: chroot $root apt-get install caddy")"; fi
    command -v apt-get >/dev/null 2>&1 || fail "$(t 'instale o Caddy (https://caddyserver.com) e rode de novo' 'install Caddy (https://caddyserver.com) and run this again')"
}

install_caddy() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q caddy >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q caddy; } >/dev/null ||
        fail "$(t 'o apt não tem o pacote caddy: instale-o (https://caddyserver.com/docs/install) e rode de novo' 'apt has no package caddy: install it (https://caddyserver.com/docs/install) and run this again')"
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
                fail "$(t "a porta $port já é de outro programa: use-o como proxy (docs/vps.md) em vez de --domain" "another program has port $port: use that as the proxy (docs/vps.md) instead of --domain")"
            fi
        done
        do_step "$(t 'instalar o Caddy' 'install Caddy')" install_caddy
    fi
    write_draft "$work/pareia.env"
    if [ -z "$root" ] && [ "$dry" = no ] && ! has_site; then check_site; fi
}

# write_draft VARIABLES: the site, which leads to the service of that environment file.
write_draft() {
    cat >"$work/pareia.caddy" <<EOF
# A página e a API do pareia, com TLS. Escrito por install.sh --domain.
# pareia's page and API, with TLS. Written by install.sh --domain.
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
        fail "$(t "o Caddy recusa o site $domain ao lado do que já está em $caddyfile: nada mudou" "Caddy refuses the site $domain beside what is in $caddyfile: nothing has changed")"
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
    systemctl reload-or-restart caddy || fail "$(t 'o Caddy não inicia com o site: journalctl -u caddy -n 20' 'Caddy does not start with the site: journalctl -u caddy -n 20')"
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
        do_step "$(t "a Evolution $evolution já está cadastrada (credencial $id): fica com a chave dada" "the Evolution $evolution is there already (credential $id): it gets the key that was given")" \
            give_key credential rotate "$id"
        return
    fi
    id=$(printf '%s' "$evolution" | sed -e 's|^[a-z]*://||' -e 's|[^A-Za-z0-9._-]|-|g' -e 's|^[^A-Za-z0-9]*||' -e 's|-*$||' | cut -c 1-64)
    do_step "$(t "cadastrar a Evolution $evolution (credencial $id)" "add the Evolution $evolution (credential $id)")" \
        give_key credential add --type whatsapp_evolution --base-url "$evolution" --id "$id"
}

# give_key COMMAND...: what takes the key of the Evolution, and its test.
give_key() {
    set -- "$@" --api-token-stdin
    if [ "$evolution_key" = - ]; then as_service "$@"; else as_service "$@" <"$evolution_key"; fi >/dev/null ||
        fail "$(t 'a Evolution não foi cadastrada; o resto está instalado' 'the Evolution was not added; the rest is installed')"
    as_service credential test "$id" </dev/null ||
        warn "$(t "a Evolution não passou no teste: corrija e rode pareia credential test $id" "the Evolution did not pass its test: mend that and run pareia credential test $id")"
}

set_up_admin() {
    if [ "$dry" = yes ] || ! has name "$admin" user list; then
        do_step "$(t "criar o administrador $admin" "create the administrator $admin")" as_service user add "$admin" --admin </dev/null
    fi
    if [ -z "$admin_password" ]; then return; fi
    # Only the first password is given from here: a second run ends nobody's sessions.
    if [ "$dry" = yes ] || as_service setup-link >/dev/null 2>&1; then
        do_step "$(t "dar a senha a $admin" "set the password of $admin")" set_admin_password
    else
        warn "$(t "a senha de $admin NÃO foi mudada, pois já há um administrador com senha. Para mudá-la: sudo pareia user password $admin" "the password of $admin was NOT changed, since there is an administrator with a password. To change it: sudo pareia user password $admin")"
    fi
}

set_admin_password() {
    set -- user password "$admin"
    if [ "$admin_password" = - ]; then as_service "$@"; else as_service "$@" <"$admin_password"; fi ||
        fail "$(t 'a senha não foi aceita; o resto está instalado' 'the password was not taken; the rest is installed')"
}

# ---- From the top ---------------------------------------------------------------------------------------------------

next_step() {
    address=$(of_variables PAREIA_LISTEN)
    public=$(of_variables PAREIA_PUBLIC_URL)
    say ''
    if link=$(as_service setup-link 2>/dev/null </dev/null); then
        say "$(t 'Próximo passo — abra no navegador e crie a sua conta (vale 30 minutos e uma vez; outro: sudo pareia setup-link):' 'Next step: open this in a browser and create your account (valid for 30 minutes and once; another: sudo pareia setup-link):')"
        say "  $link"
    else
        say "$(t "A página: ${public:-http://$(local_address "$variables")}" "The page: ${public:-http://$(local_address "$variables")}")"
    fi
    case $public$address in
        127.* | localhost:* | '[::1]'*)
            say "$(t "Do seu computador, por um túnel: ssh -L ${address##*:}:$address root@ESTE-SERVIDOR" "From your computer, through a tunnel: ssh -L ${address##*:}:$address root@THIS-SERVER")"
            ;;
    esac
    say "$(t "Configuração: $variables · log: journalctl -u pareia · estado: systemctl status pareia" "Configuration: $variables · log: journalctl -u pareia · status: systemctl status pareia")"
    if [ -e "${HOME:-/root}/.local/share/pareia/pareia.db" ]; then
        say "$(t "Há dados de antes em ${HOME:-/root}/.local/share/pareia: para usá-los aqui, veja docs/vps.md" "There are data from before in ${HOME:-/root}/.local/share/pareia: to use them here, see docs/vps.md")"
    fi
}

is_unchanged() {
    same "$work/pareia" "$target" && same "$work/pareia.service" "$unit" && same "$work/pareia.env" "$variables"
}

# check_no_package WHAT TO DO INSTEAD
check_no_package() {
    for package in /usr/lib/systemd/system /lib/systemd/system; do
        if [ -e "$root$package/pareia.service" ]; then fail "$(t "o pareia daqui veio de um pacote: $1" "the pareia here came from a package: $1")"; fi
    done
}

# check_image: --root names a system that a user can be added to; a folder of its own gets half of one.
check_image() {
    for file in etc/passwd etc/group; do
        [ -z "$root" ] || [ -f "$root/$file" ] ||
            fail "$(t "--root: $root não é a raiz de um sistema (não há $file nela): monte ou crie a imagem ali antes (debootstrap)" "--root: $root is not the root of a system (there is no $file in it): mount or make the image there first (debootstrap)")" 2
    done
    user_exists || command -v useradd >/dev/null 2>&1 ||
        fail "$(t "não achei o useradd, que cria o usuário $user: instale-o (Debian/Ubuntu: apt-get install passwd)" "there is no useradd, which creates the user $user: install it (Debian/Ubuntu: apt-get install passwd)")"
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
            if [ "$(property ActiveState)" != active ]; then do_step "$(t 'iniciar o serviço' 'start the service')" first_start; fi
        else
            replace_service
        fi
        if ! is_enabled; then do_step "$(t 'ligar o serviço na partida' 'start the service with the machine')" enable; fi
    else
        put_files
        if ! is_enabled; then do_step "$(t 'ligar o serviço na partida' 'start the service with the machine')" enable; fi
        if [ -z "$root" ]; then do_step "$(t 'iniciar o serviço' 'start the service')" first_start; fi
    fi
    if [ -n "$domain" ] && ! has_site; then do_step "$(t "escrever o site $domain em $site" "write the site $domain into $site")" write_site; fi
    if [ -n "$evolution" ]; then set_up_evolution; fi
    if [ -n "$admin" ]; then set_up_admin; fi
    if [ "$dry" = yes ]; then return; fi
    say "$(t "$version instalado em $target" "$version is installed in $target")"
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
    rmdir "$folder" 2>/dev/null || warn "$(t "$data tem outras coisas: a pasta ficou" "$data has other things in it: the folder stays")"
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
        if [ "$installed" = yes ]; then do_step "$(t 'parar e remover o serviço' 'stop and remove the service')" remove_service; fi
        if [ -e "$site" ]; then do_step "$(t "remover o site de $site (o Caddy fica)" "remove the site of $site (Caddy stays)")" remove_site_and_reload; fi
    fi
    if [ -e "$target" ]; then do_step "$(t "remover $target" "remove $target")" rm -f "$target"; fi
    if [ "$service" = no ]; then return; fi
    if [ "$purge" = yes ]; then
        if [ -d "$folder" ]; then do_step "$(t "apagar os dados em $data" "delete the data in $data")" purge_data; fi
        if [ -d "$copies" ]; then do_step "$(t "apagar as cópias em $copies" "delete the copies in $copies")" rm -rf "$(real "$copies")" "$copies"; fi
        for settings in "$root/etc/pareia" "$unit.d"; do
            if [ -d "$settings" ]; then do_step "$(t "apagar $settings" "delete $settings")" rm -rf "$settings"; fi
        done
        if was_added; then do_step "$(t "remover o usuário $user" "remove the user $user")" remove_user; fi
    elif [ -d "$folder" ]; then
        say "$(t "Ficam os dados em $data, a configuração em $root/etc/pareia e o usuário $user. Tudo: --uninstall --purge" "The data in $data stay, as do the configuration in $root/etc/pareia and the user $user. All of it: --uninstall --purge")"
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
                fail "$(t 'não há serviço pareia instalado: rode sem --upgrade' 'no pareia service is installed: run without --upgrade')"
            fi
            if [ "$service" = yes ]; then install_service; else install_binary; fi
            ;;
    esac
    if [ "$dry" = yes ]; then say "$(t 'Nada foi feito (--dry-run): estes são os passos. Para fazê-los, rode sem --dry-run.' 'Nothing was done (--dry-run): these are the steps. To take them, run without --dry-run.')"; fi
}

trap leave EXIT
trap 'why=$(t "foi interrompido" "was interrupted"); exit 130' INT TERM
# A terminal or a reader that is gone ends nothing half-way.
trap '' HUP PIPE
make_work
take_lock
# Without the lock's file: a child that outlives this script, as a build's daemon, would keep the lock.
run 9>&-
