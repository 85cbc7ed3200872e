#!/bin/sh
# Installs maildesk as a systemd service from this source, and upgrades it when run again. Nothing of yours is overwritten.
# usage: sudo packaging/install.sh
# DESTDIR=FOLDER installs below another root and starts nothing; PYTHON=python3.13 names the Python.
set -eu
cd "$(dirname "$0")/.."
root=${DESTDIR:-}
python=${PYTHON:-python3}
home=$root/opt/maildesk
etc=$root/etc/maildesk
umask 022

say() { echo "maildesk: $*"; }
refuse() {
    say "$*" >&2
    exit 1
}

# Not below another root, and not while a machine is only being made (a chroot, an image).
systemd_runs() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

# --- whether it can be done ---------------------------------------------------------------------------------------

if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then refuse "type this as root: sudo packaging/install.sh"; fi
for tool in systemd-sysusers systemd-tmpfiles; do
    command -v "$tool" >/dev/null || refuse "$tool is not here: this is for a machine that runs systemd"
done
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    refuse "Python 3.11 or newer is needed; on Debian: apt-get install python3"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    refuse "Python's venv is needed; on Debian: apt-get install --no-install-recommends python3-venv"
if dpkg-query --search "$home/pyvenv.cfg" >/dev/null 2>&1; then
    refuse "the Debian package of maildesk is installed here: upgrade it with apt, or purge it first"
fi

# --- the program --------------------------------------------------------------------------------------------------

# The daemon loads some of its files only when it needs them, so it stops before they change. Mail waits on the server.
was_running=
if systemd_runs && systemctl --quiet is-active maildesk; then
    was_running=yes
    systemctl stop maildesk
fi
"$python" -m venv "$home"
pip="$home/bin/python -m pip --quiet --disable-pip-version-check"
$pip install --require-hashes -r packaging/runtime.lock
# Built from a copy: the source stays as it is, and nothing of an older build comes along.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R pyproject.toml README.md LICENSE config.example.yaml maildesk migrations templates policies "$copy"
$pip install --no-deps --no-build-isolation --force-reinstall "$copy"
install -d "$root/usr/local/bin"
ln -sfn /opt/maildesk/bin/maildesk "$root/usr/local/bin/maildesk"

# --- its user, its folders, its unit --------------------------------------------------------------------------------

install -D -m 644 packaging/maildesk.sysusers "$root/etc/sysusers.d/maildesk.conf"
install -D -m 644 packaging/maildesk.tmpfiles "$root/etc/tmpfiles.d/maildesk.conf"
install -D -m 644 packaging/maildesk.service "$root/etc/systemd/system/maildesk.service"
systemd-sysusers ${root:+--root="$root"} maildesk.conf
systemd-tmpfiles ${root:+--root="$root"} --create maildesk.conf

# --- its configuration ------------------------------------------------------------------------------------------------

if [ -e "$etc/config.yaml" ]; then
    # The daemon's group reads it, nobody else; a file that was moved here is root's alone.
    chgrp --reference="$etc" "$etc/config.yaml"
    chmod u+rw,g+r,g-w,o= "$etc/config.yaml"
elif [ -t 0 ] && [ -t 1 ]; then
    "$home/bin/maildesk" init --service "$etc"
fi

# --- what comes next --------------------------------------------------------------------------------------------------

if systemd_runs; then systemctl daemon-reload; fi
if [ -n "$was_running" ]; then
    systemctl start maildesk
    say "installed, and started again: journalctl -u maildesk"
elif [ -e "$etc/config.yaml" ]; then
    say "installed. Next: sudo maildesk check, then: sudo systemctl enable --now maildesk"
else
    say "installed. Next: sudo maildesk init --service (it asks for your support address), sudo maildesk check,"
    say "then: sudo systemctl enable --now maildesk"
fi
