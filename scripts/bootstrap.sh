#!/bin/sh
# Makes .venv ready: Python, hashed requirements, this project by path. Does nothing when nothing changed.
#
#   scripts/bootstrap.sh base            what a running system needs
#   scripts/bootstrap.sh dev             and what tests and checks need
#   scripts/bootstrap.sh dev browser     and a browser for the journeys
#
# PYTHON names the interpreter to use. As root on Debian missing system packages are installed; anybody
# else is told the one line to run. Paths may hold blanks and any letters.
set -eu

cd "$(dirname "$0")/.."
wanted="${1:-base}"
browser="${2:-}"

say() { printf '%s\n' "$*" >&2; }

may_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    say "Installing with apt: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return 0
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3; do
        if fits "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

make_venv() {
    if ! python="$(find_python)"; then
        if may_apt; then
            apt_install python3 python3-venv
            python="$(find_python)" || { say "Python 3.11 to 3.14 is needed and Debian's is another."; exit 1; }
        else
            say "Python 3.11 to 3.14 is needed. On Debian: sudo apt-get install python3 python3-venv"
            exit 1
        fi
    fi
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        if may_apt; then
            apt_install python3-venv
        else
            say "Python's venv module is missing. On Debian: sudo apt-get install python3-venv"
            exit 1
        fi
    fi
    rm -rf .venv
    "$python" -m venv .venv
}

# A virtual environment knows its own place: after the project was moved it is made anew.
if ! fits .venv/bin/python || { [ -f .venv/place ] && [ "$(cat .venv/place)" != "$(pwd -P)" ]; }; then
    make_venv
fi
[ -f .venv/place ] || pwd -P > .venv/place

files="requirements/base.txt"
[ "$wanted" = dev ] && files="$files requirements/dev.txt"
# shellcheck disable=SC2086 # our own names, without blanks
now="$(cat $files | .venv/bin/python -c 'import hashlib, sys; print(sys.version, hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')"
stamp=".venv/installed-$wanted"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$now" ]; then
    say "Installing Python packages ($wanted) …"
    set --
    for file in $files; do set -- "$@" -r "$file"; done
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "$@"
    printf '%s\n' "$now" > "$stamp"
fi

# The project itself: a path relative to site-packages (so no letter of the path can be misread) and a command.
packages="$(.venv/bin/python -c 'import os, sysconfig; print(os.path.relpath(sysconfig.get_path("purelib")))')"
[ -f "$packages/quantriet.pth" ] || .venv/bin/python - "$packages" <<'END'
import os, pathlib, sys
packages = pathlib.Path(sys.argv[1])
(packages / "quantriet.pth").write_text(os.path.relpath("src", packages) + "\n")
END
if [ ! -x .venv/bin/quantriet ]; then
    cat > .venv/bin/quantriet <<'END'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -m quantriet.web.cli "$@"
END
    chmod +x .venv/bin/quantriet
fi

if [ -n "$browser" ] && [ -z "${QUANTRIET_CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ]; then
    if may_apt; then
        apt_install chromium
    else
        say "The browser tests need Chromium: sudo apt-get install chromium"
        say "(or set QUANTRIET_CHROMIUM to its program). Without it, 'make test-core' runs all other tests."
        exit 1
    fi
fi
