#!/bin/sh
# Prints the folder for what the tests throw away: in memory where a program may run there and 4 GiB are free.
set -eu
usual=${TMPDIR:-/tmp}
memory=/dev/shm
free_kib() { df -Pk "$memory" | awk 'NR == 2 { print $4 }'; }
available_kib() { awk '/^MemAvailable:/ { print $2 }' /proc/meminfo; }
runs_programs() {
    probe=$(mktemp "$memory/maildesk-XXXXXX") || return 1
    printf '#!/bin/sh\n' >"$probe"
    chmod +x "$probe"
    if "$probe"; then found=0; else found=1; fi
    rm -f "$probe"
    return "$found"
}
if [ -z "${TMPDIR:-}" ] && [ -w "$memory" ] && [ -r /proc/meminfo ] && [ "$(free_kib)" -gt 4194304 ] &&
    [ "$(available_kib)" -gt 6291456 ] && runs_programs 2>/dev/null; then
    usual=$memory
fi
echo "$usual"
