#!/bin/sh
# Installs maildesk as a systemd service from this source, and upgrades it when run again. Nothing of yours is overwritten.
# usage: sudo packaging/install.sh
# DESTDIR=FOLDER installs below another root and starts nothing; PYTHON=python3.13 names the Python.
set -eu
root=
if [ -n "${DESTDIR:-}" ]; then root=$(mkdir -p "$DESTDIR" && cd "$DESTDIR" && pwd); fi
root=${root%/}
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
home=$root/opt/maildesk
new=$home.new
etc=$root/etc/maildesk
unit=$root/etc/systemd/system/maildesk.service
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

for each in "$home"/* "$home"/.[!.]*; do
    case ${each##*/} in
        bin | include | lib | lib64 | share | pyvenv.cfg | .gitignore | '*' | '.[!.]*') ;;
        *) refuse "$each is no part of the program, whose folder is made anew: move it away first" ;;
    esac
done

# --- the program --------------------------------------------------------------------------------------------------

# Made beside the one that is there, which works meanwhile: where anything fails, nothing has changed.
copy=$(mktemp -d)
trap 'rm -rf "$copy" "$new"' EXIT
trap 'exit 1' HUP INT TERM
pip() { "$new/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
rm -rf "$new"
"$python" -m venv "$new"
pip install --require-hashes -r packaging/runtime.lock
# Built from a copy: the source stays as it is, and nothing of an older build comes along.
cp -R pyproject.toml README.md LICENSE config.example.yaml maildesk migrations templates policies "$copy"
pip install --no-deps --no-build-isolation "$copy"
# Its programs name the place where they were made: from now on that where they will stand.
"$python" -c '
import pathlib, sys
made, place = map(str.encode, sys.argv[1:])
for file in (*pathlib.Path(sys.argv[1], "bin").iterdir(), pathlib.Path(sys.argv[1], "pyvenv.cfg")):
    if file.is_file() and not file.is_symlink():
        file.write_bytes(file.read_bytes().replace(made, place))
' "$new" /opt/maildesk

packages() {
    for each in "$1"/lib/python3*/site-packages/*.dist-info; do basename "$each" .dist-info; done |
        sed -n 's/^\([^*]*\)-.*/\1/p' | tr 'A-Z.-' 'a-z__' | grep -v '^maildesk' | sort -u || true
}
packages "$home" >"$copy/had"
packages "$new" >"$copy/has"
lost=$(comm -23 "$copy/had" "$copy/has" | tr '\n' ' ')

# The daemon loads some of its files only when it needs them, so it stops before they change. Mail waits on the server.
was_running=
if systemd_runs; then
    case "$(systemctl is-active maildesk || true)" in # one that waits for its restart is "activating"
        active | activating | reloading)
            was_running=yes
            systemctl stop maildesk
            ;;
    esac
fi
rm -rf "$home.old"
if [ -e "$home" ]; then mv "$home" "$home.old"; fi
mv "$new" "$home"
rm -rf "$home.old"
install -d "$root/usr/local/bin"
ln -sfn /opt/maildesk/bin/maildesk "$root/usr/local/bin/maildesk"

# --- its user, its folders, its unit --------------------------------------------------------------------------------

if [ -e "$unit" ] && ! cmp -s packaging/maildesk.service "$unit"; then
    mv --backup=numbered "$unit" "$unit.old"
    say "the unit that was here is now $unit.old; what you had changed in it belongs into: sudo systemctl edit maildesk"
fi
install -D -m 644 packaging/maildesk.sysusers "$root/etc/sysusers.d/maildesk.conf"
install -D -m 644 packaging/maildesk.tmpfiles "$root/etc/tmpfiles.d/maildesk.conf"
install -D -m 644 packaging/maildesk.service "$unit"
systemd-sysusers ${root:+--root="$root"} maildesk.conf
systemd-tmpfiles ${root:+--root="$root"} --create maildesk.conf
if systemd_runs; then systemctl daemon-reload; fi

# --- its configuration and its database -------------------------------------------------------------------------------

if [ -e "$etc/config.yaml" ]; then
    # The daemon's group reads it, nobody else; a file that was moved here is root's alone.
    chgrp --reference="$etc" "$etc/config.yaml"
    chmod u+rw,g+r,g-w,o= "$etc/config.yaml"
elif [ -t 0 ] && [ -t 1 ]; then
    "$home/bin/maildesk" init --service "$etc"
fi
# A database that is older than the program is copied, then brought up to date.
if [ -z "$root" ] && [ -e "$etc/config.yaml" ] && [ -s "$etc/.config.yaml.desk" ]; then
    install -d -m 0700 /var/backups/maildesk # root's, as the folder of the database is not
    before=/var/backups/maildesk/before-$(date +%Y%m%d-%H%M%S).db
    "$home/bin/maildesk" db upgrade --backup "$before" -c "$etc/config.yaml" ||
        say "the database was left as it is; mend that, then: sudo maildesk db upgrade" >&2
fi

# --- what comes next --------------------------------------------------------------------------------------------------

if [ -n "$lost" ]; then
    say "these were in /opt/maildesk, and the new one does not bring them; to have them again:"
    say "sudo /opt/maildesk/bin/pip install $lost"
fi
if [ -n "$was_running" ]; then
    systemctl start maildesk || refuse "installed, but the service does not start: journalctl -u maildesk"
    say "installed, and started again: journalctl -u maildesk"
elif [ -e "$etc/config.yaml" ]; then
    say "installed. Next: sudo maildesk check, then: sudo systemctl enable --now maildesk"
else
    say "installed. Next: sudo maildesk init --service (it asks for your support address), sudo maildesk check,"
    say "then: sudo systemctl enable --now maildesk"
fi
