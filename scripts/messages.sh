#!/bin/sh
# Collects the texts of each package into its English catalogue and compiles it. Needs gettext.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
for package in core org ledger documents campaigns lecturers conferences reports web; do
    mkdir -p "src/quantriet/$package/locale"
    (
        cd "src/quantriet/$package"
        QUANTRIET_HOME="$root/var/test" "$root/.venv/bin/python" "$root/manage.py" makemessages \
            -l en --no-wrap --add-location file --no-obsolete >/dev/null
        sed -i '/^"POT-Creation-Date:/d' locale/en/LC_MESSAGES/django.po # it changes at every run
        QUANTRIET_HOME="$root/var/test" "$root/.venv/bin/python" "$root/manage.py" compilemessages -l en >/dev/null
        printf '%s: ' "$package"
        msgfmt --statistics -o /dev/null locale/en/LC_MESSAGES/django.po 2>&1
    )
done
