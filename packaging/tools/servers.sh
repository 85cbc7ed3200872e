#!/bin/sh
# Sees to it that the tests' real servers, Dovecot and PostgreSQL, are there. As root on Debian or Ubuntu it installs
# what is missing; otherwise it prints the line that does. Exits 0 when they are there, 1 when not.
set -eu
PATH=$PATH:/usr/sbin:/sbin

missing() {
    { command -v dovecot && command -v doveadm && command -v openssl; } >/dev/null || echo dovecot-imapd dovecot-lmtpd
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo postgresql
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Some tests need servers that are not here and will be skipped. To run them too:"
    echo "    sudo apt-get install --no-install-recommends $packages"
    exit 1
fi

# The tests start servers of their own, so the system's stay off while their packages are set up.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
echo "Installing $packages..."
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # several packages, several words
if ! { apt-get update -qq && apt-get install -qq --no-install-recommends $packages >/dev/null; }; then
    echo "apt-get could not install them; the tests that need them will be skipped." >&2
    exit 1
fi
[ -z "$(missing)" ]
