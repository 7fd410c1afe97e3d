# shellcheck shell=sh
# What the drills of the installation and of the container check with; they read this file. `place` is the folder of their
# logs, and `also_shown` a log that is shown beside that of a check that fails.

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
    if "$@" >"${place:?}/check.log" 2>&1; then ok "$what"; else
        bad "$what"
        sed 's/^/      /' "$place/check.log" "${also_shown:-/dev/null}"
    fi
}
# is WHAT EXPECTED FOUND
is() { if [ "$2" = "$3" ]; then ok "$1: $3"; else bad "$1: $3, not $2"; fi; }
# conclude: a drill's last word and its exit code.
conclude() {
    if [ "$failed" -eq 0 ]; then echo 'all is well'; else
        echo "$failed checks failed" >&2
        return 1
    fi
}
