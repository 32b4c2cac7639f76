#!/bin/sh
# fetch-source.sh PACKAGE=VERSION SHA256 FOLDER
# Fetches a distribution source package and unpacks its upstream tarball into FOLDER. Uses a temporary list made from
# the machine's own apt entries (the distribution's suites only); nothing of the system is changed.
set -eu
package=$1 sha256=$2 folder=$3
mkdir -p "$(dirname "$folder")"

# Two configures at once fetch once.
exec 9>"$folder.lock"
if command -v flock >/dev/null; then flock 9; fi
[ -e "$folder/imgui.cpp" ] && exit 0

command -v apt-get >/dev/null || { echo "There is no apt-get here." >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/parts" "$work/download" "$work/cache/archives/partial" "$work/unpacked"

suites='bookworm|trixie|stable|noble|jammy'
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && grep -qE "^Suites:.*($suites)" "$file" || continue
  sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
  sed -n 's/^deb \(.*\)/deb-src \1/p' | grep -E "($suites)([ -])" >"$work/own.list" || true

set -- -o Dir::Etc::sourcelist="$work/own.list" -o Dir::Etc::sourceparts="$work/parts" \
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o Acquire::Languages=none \
  -o APT::Get::List-Cleanup=0 -o Acquire::Retries=3 -qq
# As root apt drops to a user that may not write here.
[ "$(id -u)" = 0 ] && set -- "$@" -o APT::Sandbox::User=root
apt-get "$@" update
(cd "$work/download" && apt-get "$@" source --download-only "$package")

tarball=$(ls "$work"/download/*.orig.tar.*)
echo "$sha256  $tarball" | sha256sum -c --quiet -
tar -xf "$tarball" -C "$work/unpacked" --strip-components=1
rm -rf "$folder"
mv "$work/unpacked" "$folder"
