#!/bin/sh
# Installs Debian packages, if this account may; else says which are missing.
#   scripts/need.sh chromium fonts-noto-cjk
set -eu

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
    echo "kaiin: please install: $*" >&2
    exit 1
}
echo "installing $*" >&2
apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
