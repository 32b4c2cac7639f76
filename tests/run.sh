#!/bin/sh
# Installs what the tests need, builds everything, runs every suite and prints the counts. The last line is
# "N passed, N failed"; the exit code is not 0 if anything failed. Logs: build/logs/.
set -u
cd "$(dirname "$0")/.."
. ui/cmake/install-packages.sh

export NODE_PATH=/usr/share/nodejs
# Property tests draw the same cases every time.
export RC_PARAMS="seed=20261121"
jobs=${PAXOSCOPE_JOBS:-$(nproc)}
logs=build/logs
mkdir -p "$logs"
counts=$logs/counts  # a line per suite: two may write at a time
: >"$counts"
began=$(date +%s)

say() { printf '== %s (after %d s)\n' "$*" $(($(date +%s) - began)); }

# count SUITE PASSED FAILED [LOG]
count() {
  echo "$2 $3" >>"$counts"
  printf '%-40s %5d passed %5d failed\n' "$1" "$2" "$3"
  if [ "$3" != 0 ] && [ -n "${4:-}" ]; then
    echo "-- the end of $4:"
    tail -n 80 "$4"
  fi
}

finish() {
  awk '{passed += $1; failed += $2} END {print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || passed == 0}' "$counts"
  exit
}

# both FIRST SECOND: two functions side by side, since most suites keep one processor busy.
both() {
  ("$1") &
  ("$2")
  wait $!
}

# build PRESET [TARGET…]: a build that fails is a failed test.
build() {
  preset=$1
  shift
  say "Building $preset"
  log=$logs/build-$preset.log
  if { [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"; } >"$log" 2>&1 &&
    cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} >>"$log" 2>&1; then
    return 0
  fi
  count "build $preset" 0 1 "$log"
  return 1
}

# doctest PRESET AREA
doctest() {
  program=build/$1/test-$2
  log=$logs/$1-test-$2.log
  timeout 1800 "$program" --no-colors >"$log" 2>&1 </dev/null
  code=$?
  line=$(grep -a '^\[doctest\] test cases:' "$log" | tail -n 1)
  passed=$(echo "$line" | sed -n 's/.*| *\([0-9]*\) passed.*/\1/p')
  failed=$(echo "$line" | sed -n 's/.*| *\([0-9]*\) failed.*/\1/p')
  # A crash or a time-out prints no counts.
  if [ "$code" != 0 ] && [ "${failed:-0}" = 0 ]; then failed=1; fi
  count "$2 ($1)" "${passed:-0}" "${failed:-0}" "$log"
}

# node_suite NAME FILE…
node_suite() {
  name=$1
  shift
  log=$logs/$name.log
  timeout 1500 node --test --test-reporter=tap "$@" >"$log" 2>&1 </dev/null
  code=$?
  passed=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log" | tail -n 1)
  failed=$(sed -n 's/^# \(fail\|cancelled\) \([0-9]*\)$/\2/p' "$log" | awk '{n += $1} END {print n + 0}')
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  sed -n 's/^# \(| .*\)/\1/p' "$log"
  count "$name" "${passed:-0}" "$failed" "$log"
}

# expect_exit CODE NAME COMMAND…: one check.
expect_exit() {
  wanted=$1 name=$2
  shift 2
  log=$logs/command-$suite.log
  timeout 300 "$@" >"$log" 2>&1 </dev/null
  got=$?
  if [ "$got" = "$wanted" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "-- $name: exit $got, expected $wanted"
    tail -n 5 "$log"
  fi
}

# swarm KIND:SEEDS…: each seed that neither breaks nor stalls has passed.
swarm() {
  for kind in "$@"; do
    seeds=${kind#*:}
    log=$logs/swarm-${kind%:*}.log
    timeout 900 build/native/paxoscope fuzz --protocol "${kind%:*}" --seeds "$seeds" --keep-going --json --out "$logs" >"$log" 2>&1 </dev/null
    # shellcheck disable=SC2046
    set -- $(tail -n 1 "$log" | sed -n 's/^{"seeds":\([0-9]*\),"violations":\([0-9]*\),"stalls":\([0-9]*\),.*/\1 \2 \3/p')
    if [ "${1:-0}" = "$seeds" ]; then
      count "swarm seeds (${kind%:*})" $(($1 - $2 - $3)) $(($2 + $3)) "$log"
    else
      count "swarm seeds (${kind%:*})" 0 1 "$log"
    fi
  done
}

say "Packages"
# shellcheck disable=SC2046,SC2086
install_packages $build_packages $web_packages $(missing_node) $(missing_npm) g++ gcc clang-14 libclang-rt-14-dev \
  libcpp-hocon-dev libleatherman-dev libboost-dev libboost-regex-dev libcpp-httplib-dev \
  doctest-dev librapidcheck-dev libtomlplusplus-dev libbenchmark-dev libcli11-dev nlohmann-json3-dev libglfw3-dev libgl1-mesa-dev \
  zlib1g-dev xvfb xauth libgl1-mesa-dri chromium || { count packages 0 1; finish; }
if ! cmp -s package-lock.json node_modules/.paxoscope-lock; then
  npm ci --no-audit --no-fund --ignore-scripts >"$logs/npm.log" 2>&1 && cp package-lock.json node_modules/.paxoscope-lock ||
    count "npm ci" 0 1 "$logs/npm.log"
fi

asan_core() { doctest asan core; }
asan_others() {
  for area in ui native scenarios; do doctest asan "$area"; done
  suite=asan passed=0 failed=0
  for file in scenarios/*.toml; do
    expect_exit 0 "$file" build/asan/paxoscope run "$file" --json
  done
  expect_exit 2 "a missing file" build/asan/paxoscope run no-such-file.toml
  expect_exit 2 "a file that is no scenario" build/asan/paxoscope run README.md
  count "scenario runs (asan)" "$passed" "$failed"
}

native_scenarios() {
  suite=native passed=0 failed=0
  for file in scenarios/*.toml; do
    expect_exit 0 "$file" build/native/paxoscope run "$file" --json
  done
  count "scenario runs (native)" "$passed" "$failed"
  doctest native scenarios  # with more seeds than sanitizers have time for
  swarm raft:500 raft-checkquorum:500 register:500
}
native_screen() {
  suite=screen passed=0 failed=0
  picture=$logs/desktop.png
  rm -f "$picture"
  expect_exit 0 "desktop picture" xvfb-run -a -s "-screen 0 1600x1000x24" \
    build/native/paxoscope-desktop --screenshot "$picture"
  expect_exit 0 "desktop picture has content" test "$(stat -c %s "$picture" 2>/dev/null || echo 0)" -gt 20000
  count "desktop window" "$passed" "$failed"
  log=$logs/pictures.log
  timeout 600 xvfb-run -a -s "-screen 0 2600x1600x24" tests/pictures.sh >"$log" 2>&1 </dev/null
  line=$(tail -n 1 "$log")
  passed=$(echo "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
  failed=$(echo "$line" | sed -n 's/.* \([0-9]*\) failed$/\1/p')
  count "pictures of the screen" "${passed:-0}" "${failed:-1}" "$log"
  swarm omnipaxos:2000 raft-prevote:500 raft-both:500
}

build asan && both asan_core asan_others
if build native; then
  both native_scenarios native_screen
  # PAXOSCOPE_MUTATIONS=1: the swarm finds each planted mistake. Minutes, since each is built.
  if [ -n "${PAXOSCOPE_MUTATIONS:-}" ]; then
    log=$logs/mutations.log
    tests/mutations/run.py >"$log" 2>&1 </dev/null
    line=$(tail -n 1 "$log")
    passed=$(echo "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    failed=$(echo "$line" | sed -n 's/.* \([0-9]*\) failed$/\1/p')
    count "planted mistakes" "${passed:-0}" "${failed:-1}" "$log"
  fi
fi
build clang replay || true
fuzz_every_second() {
  suite=fuzz-$1 passed=0 failed=0 turn=$1
  for program in build/fuzz/fuzz-*; do
    turn=$((1 - turn))
    [ "$turn" = 1 ] || continue
    name=${program##*/fuzz-}
    corpus=tests/fuzz/corpus
    [ -d "$corpus/$name" ] && corpus=$corpus/$name
    found=build/fuzz/found-$name
    mkdir -p "$found"
    expect_exit 0 "fuzz $name" "$program" -seed=1 -runs=30000 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
      -artifact_prefix="$logs/fuzz-$name-" "$found" "$corpus"
  done
  count "fuzz targets, part $1" "$passed" "$failed"
}
fuzz_odd() { fuzz_every_second 0; }
fuzz_even() { fuzz_every_second 1; }
build fuzz fuzzers && both fuzz_odd fuzz_even
if build web; then
  node_suite node-module tests/node/*.test.mjs
  node_suite browser tests/browser/*.test.mjs
fi
finish
