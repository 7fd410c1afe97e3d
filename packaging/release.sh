#!/bin/sh
# Everything of a release, in target/release-files: a binary for glibc 2.17 and newer and a static one, each in an archive
# with install.sh and the manuals; a .deb of the first; what they are made of (SBOM); checksums. Takes some minutes.
#
#   packaging/release.sh            all of it; the programs it needs are named where one is missing
#   packaging/release.sh --help
set -eu
umask 022

here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
out=$here/target/release-files
stage=$here/target/package
triple=x86_64-unknown-linux-gnu
glibc=2.17

fail() {
    echo "release.sh: $1" >&2
    exit 1
}
# need PROGRAM HOW TO GET IT
need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is not here: $2"; }

case ${1:-} in
    '') ;;
    --help | -h)
        sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *)
        echo "release.sh: unknown option: $1 (see --help)" >&2
        exit 2
        ;;
esac

need cargo https://rustup.rs
need cargo-zigbuild 'pip install ziglang cargo-zigbuild'
need cargo-deb 'cargo install cargo-deb --locked'
need cargo-cyclonedx 'cargo install cargo-cyclonedx --locked'
need readelf 'apt-get install binutils'
need man 'apt-get install man-db'

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
[ -z "$(git status --porcelain 2>/dev/null)" ] || echo 'release.sh: there are changes that are not committed' >&2
# Files of a release have the time of its commit, so that a second run makes the same.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
# No path of this machine in the messages of a panic.
flags="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$here=pareia"

rm -rf "$out" "$stage"
mkdir -p "$out" "$stage"

# take BINARY NAME MIB: into the stage, if it runs and is not larger.
take() {
    cp "$1" "$stage/$2"
    [ "$("$stage/$2" --version)" = "pareia $version" ] || fail "$2 does not say that it is pareia $version"
    size=$(wc -c <"$stage/$2")
    [ "$size" -lt $(($3 * 1024 * 1024)) ] || fail "$2 has $size bytes, less than $3 MiB it has to be"
    echo "   $size bytes"
}

echo "== a binary for glibc $glibc"
# As in .cargo/config.toml, and without what zig's compiler inlines for the same -Os: 42 KB of SQLite.
CFLAGS='-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-inline-functions' \
    RUSTFLAGS=$flags cargo zigbuild --release --locked --bin pareia --target "$triple.$glibc"
take "target/$triple/release/pareia" pareia 8
newest=$(readelf -V "$stage/pareia" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
[ "$(printf 'GLIBC_%s\n%s\n' $glibc "$newest" | sort -V | tail -n 1)" = GLIBC_$glibc ] || fail "it needs $newest"

echo '== a static binary'
RUSTFLAGS="$flags -C target-feature=+crt-static" cargo build --release --locked --bin pareia --target $triple
take "target/$triple/release/pareia" pareia-static 10
if readelf -d "$stage/pareia-static" | grep -q NEEDED; then fail 'the static binary needs libraries'; fi

echo '== man pages and completions'
cargo run --quiet --locked --example manuals -- "$stage"
for page in "$stage"/man1/*.1 "$stage"/en/man1/*.1; do
    warnings=$(MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || fail "$page: $warnings"
done

echo '== what it is made of'
# Beside the manifest is where it writes.
cargo cyclonedx --quiet --format json --spec-version 1.5 --target $triple --override-filename "pareia-$version.cdx"
sed "s|path+file://$here|path+file:///pareia|g" "pareia-$version.cdx.json" >"$out/pareia-$version.cdx.json"
rm "pareia-$version.cdx.json"

# archive BINARY NAME
archive() {
    folder=$stage/$2
    mkdir -p "$folder/packaging"
    cp "$stage/$1" "$folder/pareia"
    cp -R install.sh README.md CHANGELOG.md LICENSE* docs "$stage/man1" "$stage/en" "$stage/completions" "$folder/"
    cp -R packaging/systemd packaging/monitoring packaging/litestream "$folder/packaging/"
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$stage" -cf - "$2" |
        gzip -9n >"$out/$2.tar.gz"
}
echo '== archives'
archive pareia "pareia-$version-linux-x86_64"
archive pareia-static "pareia-$version-linux-x86_64-static"

echo '== .deb'
# A package puts its program into /usr/bin.
sed 's|/usr/local/bin/pareia|/usr/bin/pareia|g' packaging/systemd/pareia.service >"$stage/pareia.service"
cargo deb --quiet --no-build --no-strip --output "$out/pareia_${version}_amd64.deb"

(cd "$out" && sha256sum -- *.* >SHA256SUMS && sha256sum --quiet -c SHA256SUMS)
echo "== in $out"
ls -l "$out"
