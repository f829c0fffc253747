#!/bin/sh
# Builds .venv from the lock files, with `kaiin` in it.
#   scripts/env.sh           what running needs
#   scripts/env.sh dev       and what tests and tools need
set -eu
cd "$(dirname "$0")/.."

# Version managers build Python without its optimisations, distributions with them: the same work
# then takes a sixth less time. The system's is used where it can be.
can_build() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
optimised() {
    "$1" -c 'import sys, sysconfig
sys.exit("--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""))'
}

python=${PYTHON:-python3}
command -v "$python" >/dev/null || scripts/need.sh python3
if [ -z "${PYTHON:-}" ] && ! optimised "$python" && can_build /usr/bin/python3; then
    python=/usr/bin/python3
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "kaiin: Python 3.11 or newer is needed. Name one: PYTHON=python3.12 make env" >&2
    exit 1
}

# Debian keeps the parts that build environments in a package of their own.
"$python" -c 'import venv, ensurepip' 2>/dev/null || scripts/need.sh python3-venv
.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv

pip() {
    .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"
}

echo "filling .venv${1:+ for development}"
pip install -qq --no-deps -r requirements.lock
# The builder of the package is pinned in the lock files too.
PIP_CONSTRAINT="$PWD/requirements.lock $PWD/requirements-dev.lock" \
    pip install -qq --no-deps --editable .
if [ "${1:-}" = dev ]; then
    pip install -qq --no-deps -r requirements-dev.lock
fi
# The lock was made on one Python; this may be another, which needs more.
pip check >/dev/null || pip check
