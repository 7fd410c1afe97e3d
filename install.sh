#!/bin/sh
# Installs pareia: takes a binary, or builds one here, and puts it under a prefix.
# Instala o pareia: usa um binário pronto, ou compila um aqui, e o coloca sob um prefixo.
set -eu

usage() {
    cat <<'EOF'
Uso: ./install.sh [--prefix PASTA] [--binary ARQUIVO]

  --prefix PASTA    instala em PASTA/bin (padrão: /usr/local como root, senão ~/.local)
  --binary ARQUIVO  instala este binário em vez de compilar
  --help            mostra isto

Exemplo: ./install.sh --prefix "$HOME/.local"
EOF
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

prefix=
binary=
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --binary)
            if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 precisa de um valor (veja --help)" 2; fi
            if [ "$1" = --prefix ]; then prefix=$2; else binary=$2; fi
            shift 2
            ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "opção desconhecida: $1 (veja --help)" 2 ;;
    esac
done

if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi

if [ -z "$binary" ]; then
    here=$(cd "$(dirname "$0")" && pwd)
    command -v cargo >/dev/null 2>&1 ||
        fail 'não achei o cargo: instale o Rust (https://rustup.rs) ou passe --binary ARQUIVO'
    command -v cc >/dev/null 2>&1 ||
        fail 'não achei um compilador C (cc): instale-o (Debian/Ubuntu: apt-get install gcc) ou passe --binary ARQUIVO'
    printf 'Compilando (leva alguns minutos)…\n' >&2
    (cd "$here" && cargo build --release --locked) || fail 'a compilação falhou'
    binary=${CARGO_TARGET_DIR:-$here/target}/release/pareia
fi
[ -f "$binary" ] || fail "não achei o binário $binary"
# A bare name would be looked for on PATH.
case $binary in */*) ;; *) binary=./$binary ;; esac

# A binary for another machine is found out here, not by the first command of a shop owner.
chmod +x "$binary" 2>/dev/null || true
version=$("$binary" --version) || fail "$binary não roda nesta máquina"

mkdir -p "$prefix/bin" || fail "não consigo criar $prefix/bin (rode como root ou use --prefix)"
# Beside its place first, then moved: a running pareia keeps its file, and no half copy is ever run.
fresh=$prefix/bin/.pareia.$$
trap 'rm -f "$fresh"' EXIT
cp "$binary" "$fresh" || fail "não consigo escrever em $prefix/bin (rode como root ou use --prefix)"
chmod 755 "$fresh"
mv -f "$fresh" "$prefix/bin/pareia"

printf '%s instalado em %s\n' "$version" "$prefix/bin/pareia"
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
