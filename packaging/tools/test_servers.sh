#!/bin/sh
# Unpacks the mail servers of `make test-servers` below a folder (build/servers). Nothing is installed: two IMAP servers
# exclude each other on one machine, and none of them is to be started by the system. Exits 0 when all are there.
set -eu
PATH=$PATH:/usr/sbin:/sbin
place=${1:-build/servers}
servers="cyrus-imapd sasl2-bin courier-imap mailutils-imap4d postfix opendkim opendmarc rspamd dovecot-submissiond"
# What they would also bring along: another mail server, and a database.
unwanted='^(exim4|mysql|mariadb|default-mysql|dbconfig)'

[ "$(cat "$place/unpacked" 2>/dev/null)" != "$servers" ] || exit 0

refuse() {
    echo "$1; the tests that need them will be skipped." >&2
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || refuse "The test servers are packages of Debian or Ubuntu"
if [ "$(id -u)" = 0 ]; then
    apt-get update -qq || echo "apt-get update failed; going on with the lists that are here." >&2
fi

# Each asked by itself: together they would refuse each other. What is installed already is used as it is.
needed() {
    for server in $servers; do
        apt-get --simulate install --no-install-recommends "$server" || echo "$server" >>"$place/lacking"
    done | sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vE "$unwanted" | sort -u
}

rm -rf "$place"
mkdir -p "$place/packages" "$place/tree/usr" "$place/tree/etc"
# As the machine has it since /usr was merged, whatever folder a package names.
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$place/tree/$folder" && mkdir "$place/tree/usr/$folder"; done
packages=$(needed 2>/dev/null)
[ ! -e "$place/lacking" ] || refuse "These servers cannot be had here: $(tr '\n' ' ' <"$place/lacking")"

echo "Unpacking $servers below $place..."
# shellcheck disable=SC2086  # several packages, several words
[ -z "$packages" ] || (cd "$place/packages" && apt-get -qq -o APT::Sandbox::User=root download $packages) ||
    refuse "apt-get could not fetch them"
for package in "$place"/packages/*.deb; do
    [ ! -e "$package" ] || dpkg-deb --fsys-tarfile "$package" |
        tar --extract --keep-directory-symlink --no-same-owner --directory "$place/tree" --file -
done
rm -rf "$place/packages"
echo "$servers" >"$place/unpacked"
