#!/bin/sh
# Runs a server within a view of its own of /usr, /etc, /run and /dev: `frame.sh ROOT TREE WORDS...` in new mount and PID
# namespaces. ROOT is the server's folder: what lies in its etc stands in /etc above all else, its run is /run, each
# folder of its own is that folder of /etc and may be written. TREE holds packages that are unpacked and not installed.
set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1 tree=$2
shift 2
mount -t overlay maildesk-tests -o "lowerdir=$tree/usr:/usr" /usr
mount -t overlay maildesk-tests -o "lowerdir=$root/etc:$tree/etc:/etc" /etc
for folder in "$root"/own/*; do
    [ ! -d "$folder" ] || mount --bind "$folder" "/etc/${folder##*/}"
done
mount --bind "$root/run" /run
exec "$@"
