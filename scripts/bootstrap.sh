#!/bin/sh
# Makes .venv ready: Python, hashed requirements, this project by path. Does nothing when nothing changed.
#
#   scripts/bootstrap.sh base            what a running system needs
#   scripts/bootstrap.sh dev             and what tests and checks need
#   scripts/bootstrap.sh dev browser     and a browser for the journeys
#   scripts/bootstrap.sh dev browser media   and a media server with its encoder for the longer proofs
#
# PYTHON names the interpreter to use. As root on Debian missing system packages are installed; anybody
# else is told the one line to run. Paths may hold blanks and any letters.
set -eu

cd "$(dirname "$0")/.."
wanted="${1:-base}"
browser="${2:-}"
media="${3:-}"

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

# What "installed" means: this Python and these lines. Who has dev has base.
state() {
    cat "$@" | .venv/bin/python -c \
        'import hashlib, sys; print(sys.version, hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

installed() { [ "$(cat ".venv/installed-$1" 2>/dev/null || true)" = "$2" ]; }

base="$(state requirements/base.txt)"
dev="$(state requirements/base.txt requirements/dev.txt)"
install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "$@"; }

if [ "$wanted" = dev ] && ! installed dev "$dev"; then
    say "Installing Python packages for the system, its tests and checks …"
    install -r requirements/base.txt -r requirements/dev.txt
    printf '%s\n' "$dev" > .venv/installed-dev
    printf '%s\n' "$base" > .venv/installed-base
elif ! installed base "$base"; then
    say "Installing Python packages …"
    install -r requirements/base.txt
    printf '%s\n' "$base" > .venv/installed-base
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

if [ -n "$media" ] && ! { command -v nginx && command -v ffmpeg && [ -e /usr/lib/nginx/modules/ngx_rtmp_module.so ]; } >/dev/null 2>&1; then
    if may_apt; then
        apt_install nginx libnginx-mod-rtmp ffmpeg
    else
        say "The proofs of the hall's stream need: sudo apt-get install --no-install-recommends nginx libnginx-mod-rtmp ffmpeg"
        exit 1
    fi
fi
