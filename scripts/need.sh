#!/bin/sh
# Installs Debian packages, if this account may; else says which are missing.
#   scripts/need.sh chromium fonts-noto-cjk
set -eu

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
    echo "kaiin: please install: $*" >&2
    exit 1
}
# Stages of `make test` run side by side, and apt-get gives up where another one is at work.
exec 9>/tmp/kaiin-need.lock
flock 9

# Servers (nginx, caddy, haproxy) are wanted as programs only: 101 keeps their services from starting.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
echo "installing $*" >&2
apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
