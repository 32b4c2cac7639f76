# Sourced by web/run.sh and tests/run.sh: installs the Debian packages that are missing, and says so.
#   install_packages NAME…

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  missing=""
  for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "This script installs with apt-get, which is missing here. Needed:$missing" >&2
    return 1
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "Please install as root, then run this again: apt-get install$missing" >&2
    return 1
  fi
  echo "== Installing:$missing"
  as_root apt-get -qq update
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 \
    install --no-install-recommends -y $missing >/dev/null
}

# A Node.js of another source than Debian's is as good, from version 18 on; it brings npm.
missing_node() {
  command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || echo nodejs
}
missing_npm() {
  command -v npm >/dev/null || echo npm
}

build_packages="cmake ninja-build ccache python3 python3-fonttools ca-certificates libexpected-dev
  robin-map-dev fonts-inter fonts-jetbrains-mono fonts-font-awesome"
web_packages="emscripten terser"
