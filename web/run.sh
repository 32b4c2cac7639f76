#!/bin/sh
# Installs what the page needs, builds it, serves it on this machine and prints the address.
#   web/run.sh [PORT]     --build: stop after the build
set -eu
cd "$(dirname "$0")/.."
. ui/cmake/install-packages.sh

# shellcheck disable=SC2046,SC2086
install_packages $build_packages $web_packages $(missing_node)

export NODE_PATH=/usr/share/nodejs
if [ ! -f build/web/build.ninja ]; then
  echo "== Configuring"
  mkdir -p build
  cmake --preset web >build/web-configure.log 2>&1 || { cat build/web-configure.log >&2; exit 1; }
fi
echo "== Building build/web"
cmake --build --preset web -j "${PAXOSCOPE_JOBS:-$(nproc)}" >build/web-build.log 2>&1 ||
  { tail -n 60 build/web-build.log >&2; exit 1; }

[ "${1:-}" = --build ] || exec node web/serve.mjs build/web "${1:-8080}"
