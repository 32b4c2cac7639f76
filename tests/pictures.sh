#!/bin/sh
# Writes pictures of the screen into build/screens: every state of the design, in dark and light and on a phone, and each
# scenario's decisive moment. They are for people to look at. The last line is "N passed, N failed": a picture has passed
# if it was written, has its size and more than one colour's worth of content.
#   tests/pictures.sh [PROGRAM]   default build/native/paxoscope-desktop
set -u
cd "$(dirname "$0")/.."
program=${1:-build/native/paxoscope-desktop}
out=build/screens
mkdir -p "$out"
rm -f "$out"/*.png
passed=0 failed=0

# picture NAME SIZE OPTION…
picture() {
  name=$1 size=$2
  shift 2
  "$program" "$@" --size "$size" --scale 1 --screenshot "$out/$name.png" >"$out/log" 2>&1 </dev/null
  bytes=$(stat -c %s "$out/$name.png" 2>/dev/null || echo 0)
  if [ "$bytes" -gt 8000 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "-- $name: $bytes bytes"
    tail -n 3 "$out/log"
  fi
}

# at NAME SIZE SCENARIO STEPS OPTION…: after so many steps of the scenario's lesson
at() {
  name=$1 size=$2 scenario=$3 steps=$4
  shift 4
  while [ "$steps" -gt 0 ]; do
    set -- --press "Next step" "$@"
    steps=$((steps - 1))
  done
  picture "$name" "$size" "$scenario" "$@"
}

# The states of the design: with its own values, and from real runs.
for theme in dark light; do
  picture "design-main-$theme" 1440x900 --fixture main --theme "$theme"
  picture "design-reconfiguration-$theme" 1440x900 --fixture reconfiguration --theme "$theme" --select D
  picture "design-futures-$theme" 1440x900 --fixture futures --theme "$theme" --select D --press "Futures"
  picture "design-history-$theme" 1440x900 --fixture history --theme "$theme" --press "History"
  picture "design-phone-$theme" 390x844 --fixture main --theme "$theme"
  at "main-$theme" 1440x900 quorum-loss 4 --theme "$theme" --select A
  at "predict-$theme" 1440x900 quorum-loss 3 --theme "$theme" --press "Answer: A"
  at "reconfiguration-$theme" 1440x900 replace-one 4 --theme "$theme" --select D --press "Futures"
  at "phone-$theme" 390x844 quorum-loss 4 --theme "$theme"
  for page in Logs Futures Why; do at "phone-$page-$theme" 390x844 quorum-loss 5 --theme "$theme" --press "$page"; done
done
# Before people: larger type in the space of the same screen.
for size in 1280x720 1440x900 1920x1080; do at "projector-$size" "$size" quorum-loss 4 --theme projector --select A; done
at projector-reconfiguration 1920x1080 replace-one 4 --theme projector --select D --press "Futures"
picture projector-history 1440x900 --fixture history --theme projector --press "History"
at projector-keys 1440x900 quorum-loss 4 --theme projector --press "Keys and help"
for size in 1024x768 1920x1080 2560x1440; do at "main-$size" "$size" quorum-loss 4 --select A; done

# Decisive moments: the step of the lesson at which what it is about happens.
while read -r scenario steps; do
  at "scenario-$scenario" 1440x900 "$scenario" "$steps"
done <<END
acceptsync-five 6
acceptsync-three 6
ack-lost 6
append-resolve 7
bootstrap 5
cancelled 5
chained 3
chained-relay 5
constrained-election 4
disruptive-server 6
disruptive-server-prevote 4
donor-crash 5
duplicate-command 6
duplicate-forward 3
early-change 4
figure-7 7
figure-8 6
follower-read 3
grow-shrink 5
half-deaf-leader 3
half-deaf-leader-checkquorum 3
joiner-crash 6
joint-crash 5
leader-crash 3
leader-leaves 3
learner 4
lease-drift 7
lease-late 7
lost-accept 5
log-read 6
lost-decide 5
named-leader 3
no-sessions 4
old-majority-down 6
one-step-change 5
own-future 5
quorum-loss 4
raft-constrained-election 5
raft-quorum-loss 5
raft-quorum-loss-plain 4
raft-quorum-loss-prevote 4
raft-replace-one 3
raft-snapshot 6
register 3
register-buffer 3
register-half-write 6
register-inversion 6
register-local-reads 5
register-quorums 5
register-retry 5
register-writers 5
remove-leader 4
replace-all 4
replace-majority 4
replace-one 4
resubmit 5
safe-retry 6
snapshot 5
split-vote 5
stale-read 6
steady-replication 5
transfer 3
travelling-index 5
vote-lost 5
END
for file in scenarios/*.toml; do
  scenario=$(basename "$file" .toml)
  [ -f "$out/scenario-$scenario.png" ] && continue
  failed=$((failed + 1))
  echo "-- $scenario has no picture: its decisive step is missing in tests/pictures.sh"
done
rm -f "$out/log"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
