#!/bin/sh
# Prints the path of a Chromium; installs Debian's, with Japanese fonts, where there is none.
set -eu

need() {
    "$(dirname "$0")/need.sh" "$@"
}

browser() {
    [ -z "${KAIIN_BROWSER:-}" ] || { echo "$KAIIN_BROWSER"; return; }
    command -v chromium-headless-shell || whole
}

whole() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if [ -z "${KAIIN_BROWSER:-}" ]; then
    # For a journey with settings that only the whole browser has.
    whole >/dev/null || need chromium
    # The same Chromium without windows: others cost a third less. Some distributions have none.
    command -v chromium-headless-shell >/dev/null || need chromium-headless-shell 2>/dev/null || :
fi
# The driver that Playwright brings is linked against it.
/sbin/ldconfig -p | grep -q libatomic.so.1 || need libatomic1
# Without Japanese glyphs, pictures and widths of Japanese pages mean nothing.
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] \
    || [ -n "$(fc-list :lang=ja 2>/dev/null)" ] || need fonts-noto-cjk
browser
