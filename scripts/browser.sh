#!/bin/sh
# Prints the path of a Chromium; installs Debian's, with Japanese fonts, where there is none.
set -eu

install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
        echo "kaiin: please install: $*" >&2
        exit 1
    }
    echo "installing $*" >&2
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

browser() {
    [ -n "${KAIIN_BROWSER:-}" ] && { echo "$KAIIN_BROWSER"; return; }
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

browser >/dev/null || install chromium
# Without Japanese glyphs, pictures and widths of Japanese pages mean nothing.
ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1 \
    || [ -n "$(fc-list :lang=ja 2>/dev/null)" ] || install fonts-noto-cjk
browser
