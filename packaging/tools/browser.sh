#!/bin/sh
# Sees to it that the tests of pages have a real browser: Debian's Chromium, which as root is installed where it is missing;
# Playwright, and axe-core (MPL-2.0), both into the folder that is named, and neither a part of the project.
# Exits 0 when they are there, 1 when not. VENV names the environment whose Python is to import Playwright.
set -eu
folder=$1
venv=${2:-.venv}
axe=4.14.1
axe_sha512=FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==

if ! command -v chromium >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "The tests of pages need a browser: sudo apt-get install --no-install-recommends chromium" >&2
        exit 1
    fi
    echo "Installing chromium..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --no-install-recommends chromium >/dev/null
fi

if ! cmp -s packaging/browser.lock "$folder/installed"; then
    echo "Installing playwright into $folder..."
    rm -rf "$folder/packages"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --target "$folder/packages" -r packaging/browser.lock
    cp packaging/browser.lock "$folder/installed"
fi

# The checker of accessibility is other people's work under another licence: fetched, compared, and never kept.
if [ ! -e "$folder/axe-$axe.js" ]; then
    if ! command -v npm >/dev/null; then
        echo "npm is not here, which fetches axe-core: its tests will be skipped." >&2
        exit 0
    fi
    (cd "$folder" && npm pack --silent "axe-core@$axe" >/dev/null)
    found=$(openssl dgst -sha512 -binary "$folder/axe-core-$axe.tgz" | base64 -w0)
    if [ "$found" != "$axe_sha512" ]; then
        echo "axe-core $axe is not what it was: sha512-$found" >&2
        exit 1
    fi
    tar -xzf "$folder/axe-core-$axe.tgz" -C "$folder" package/axe.min.js
    mv "$folder/package/axe.min.js" "$folder/axe-$axe.js"
fi
