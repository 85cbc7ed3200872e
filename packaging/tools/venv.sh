#!/bin/sh
# Makes the virtual environment DIR and installs maildesk into it, with exactly the packages of requirements.lock.
# usage: packaging/tools/venv.sh DIR
set -eu
dir=$1

# A Python that is new enough and can make a complete environment. Being on PATH is not enough: it has to run.
usable() {
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null &&
            "$name" -c "import $1" 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

make_venv() {
    python=$(usable venv,ensurepip)
    if [ -n "$python" ]; then
        "$python" -m venv "$dir"
        return
    fi
    # Debian keeps ensurepip in a package of its own; the system's pip can stand in for it.
    python=$(usable venv,pip)
    if [ -n "$python" ]; then
        "$python" -m venv --without-pip "$dir"
        "$python" -m pip --python "$dir/bin/python" install --quiet --disable-pip-version-check pip
        return
    fi
    return 1
}

if [ ! -x "$dir/bin/pip" ]; then
    rm -rf "$dir"
    if ! make_venv; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "maildesk needs Python 3.11 or later with its venv module. On Debian or Ubuntu:" >&2
            echo "    sudo apt-get install --no-install-recommends python3-venv" >&2
            exit 1
        fi
        echo "Installing python3-venv ..."
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-venv >/dev/null
        make_venv || { echo "This system's Python is older than 3.11; maildesk needs 3.11 or later." >&2; exit 1; }
    fi
fi

count=$(grep -c '^[a-z0-9].*==' requirements.lock)
echo "Installing maildesk and $count packages by requirements.lock into $dir ($("$dir/bin/python" -V)) ..."
pip="$dir/bin/python -m pip --quiet --disable-pip-version-check"
# Once the distribution was called as the program is. Removed later, it would take the new one's files along.
rm -rf maildesk.egg-info
if $pip show maildesk >/dev/null 2>&1; then $pip uninstall --yes maildesk; fi
$pip install --require-hashes -r requirements.lock
$pip install --no-deps --no-build-isolation --editable .
touch "$dir/installed"
