#!/usr/bin/env python3
"""Plants one mistake at a time in a copy of core/ and shows that the swarm finds it.

    tests/mutations/run.py [NAME…]        all, or only these

Each must be found within its number of seeds, in the default profile unless it names another. A search text that is not
there exactly once means that the code has changed: the mistake must be planted anew. Prints a line per mistake; the last
line is "N passed, N failed". Work happens in build/mutations/."""
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutations"
PAXOS = "core/omnipaxos/sequence_paxos"

# name: (sentence, [(file, search text, replacement)…], seeds, profile)
MISTAKES = {
    "promise-and": ("A ballot is refused only if number and server are both lower.", [
        (PAXOS + "_prepare.h", "if (m.ballot < values().promised && on(Switch::P1_order)) return;",
         "if (m.ballot.n < values().promised.n && m.ballot.server < values().promised.server) return;"),
        ("core/omnipaxos/omnipaxos.h", "return prepare->ballot < promised && on(config_.switches, Switch::P1_order);",
         "return prepare->ballot.n < promised.n && prepare->ballot.server < promised.server;")], 5000, "default"),
    "first-promise": ("The log of the first promise is adopted, not the best one.", [
        (PAXOS + "_prepare.h", "if (!has_best_ || better(m.accepted, m.length, best_.accepted, best_.length)) {",
         "if (!has_best_) {")], 5000, "default"),
    "decided-back": ("An AcceptSync sets the decided index, also to a lower one.", [
        (PAXOS + "_accept.h", "if (!on(Switch::P5_decided)) values.decided = ", "values.decided = ")], 5000, "default"),
    "sync-past-log": ("The sync index is the leader's length, also past the follower's log.", [
        (PAXOS + "_accept.h", "if (follower.accepted_ballot == leader_.ballot) return follower.length;",
         "if (follower.accepted_ballot == leader_.ballot) return storage_.log.length();")], 5000, "default"),
    "remainder": ("What a donor gave only in part is never asked for again.", [
        ("core/omnipaxos/migration.h", "if (end < rest_to)\n", "if (end < rest_to) piece.done = false;\n      if (false)\n")],
        20000, "default"),
    "outsider-counts": ("A removed server's word that it is complete counts for the next configuration.", [
        ("core/omnipaxos/service_migration.h",
         "if (contains(successor_->next.members, from)) successor_->complete |= server_bit(from);",
         "successor_->complete |= server_bit(from);"),
        ("core/omnipaxos/service_configurations.h", "count_of(successor_->complete & successor_->next.members);",
         "count_of(successor_->complete);")], 20000, "default"),
    "delta-alone": ("A delta replaces the follower's state instead of adding to it.", [
        (PAXOS + "_compact.h", "complete = merged(*summed_up(values.decided, true), *snapshot);",
         "auto alone = std::make_shared<Snapshot<T>>(*snapshot);\n    alone->from = 0;\n    complete = alone;")],
        5000, "default"),
    "accept-any-ballot": ("An Accept is taken whatever its ballot.", [
        (PAXOS + "_accept.h", "Observer>::handle_accept(ServerId from, const Accept<T>& m) {\n"
         "  if (m.ballot != values().promised || m.ballot.server != from) return;",
         "Observer>::handle_accept(ServerId from, const Accept<T>& m) {\n  if (m.ballot.server != from) return;"),
        ("core/omnipaxos/omnipaxos.h", "return accept->ballot < promised;", "return false;")], 5000, "default"),
    "replies-twice": ("A repeated heartbeat reply counts as another server's.", [
        ("core/omnipaxos/ballot_leader_election.h", "bool replied = false;", "uint32_t replied = 0;"),
        ("core/omnipaxos/ballot_leader_election.cpp", "= {true, reply.ballot",
         "= {this_round_[static_cast<size_t>(position)].replied + 1, reply.ballot"),
        ("core/omnipaxos/ballot_leader_election.h", "heard_count_ += heard.replied ? 1 : 0;",
         "heard_count_ += heard.replied;")], 20000, "default"),
    "applied-twice": ("A state machine does not look whether an operation is in it already.", [
        ("core/sim/key_value.cpp",
         "  if (state.answer(command.client, command.number) != nullptr) return {state.answers[at].result, false};\n", "")],
        5000, "default"),
    "sessions-lost": ("A server that starts again has forgotten its sessions.", [
        ("core/sim/world_events.h", "  host.running = Protocol::running(*host.server);\n}",
         "  host.running = Protocol::running(*host.server);\n  if (!first) host.store.own().answers.clear();\n}")],
        5000, "default"),
    "own-reads": ("A read is answered at once, from the state of the server that was asked.", [
        ("core/sim/world_clients.h", "  waiting.asked = propose_at(host, waiting.command);\n",
         "  if (parse_operation(waiting.command.label()).kind == OperationKind::get) {\n"
         "    KeyValues copy = *host.store;\n"
         "    return answer(host, waiting.command, apply_command(copy, 1, waiting.command).result);\n  }\n"
         "  waiting.asked = propose_at(host, waiting.command);\n")], 5000, "default"),
    "undurable-accept": ("A follower reports what it has accepted before that is durable.", [
        (PAXOS + "_send.h", "values().promised, session_, durable_length_, values().decided,",
         "values().promised, session_, storage_.log.length(), values().decided,")], 5000, "default"),
    "after-stop": ("A forwarded proposal is appended behind a stop-sign.", [
        (PAXOS + "_propose.h", "    if (stopped()) return;\n    append_entry(m.entries[i]",
         "    append_entry(m.entries[i]")], 5000, "default"),
    "old-leader-goes-on": ("The leader of a configuration that has ended goes on in it.", [
        ("core/omnipaxos/service_configurations.h", "  if (!instance_) return;\n  LogIndex sealed",
         "  if (!instance_ || instance_->paxos().leading()) return;\n  LogIndex sealed"),
        (PAXOS + "_propose.h", "phase_ != Phase::accept || stopped()) return proposer_.add(entry);",
         "phase_ != Phase::accept) return proposer_.add(entry);")], 5000, "default"),
    "any-session-answers": ("An Accepted of an older session stands for the answer to the newest AcceptSync.", [
        (PAXOS + "_accept.h", "if (m.session == follower->session) follower->sync_answered = true;",
         "follower->sync_answered = true;")], 20000, "default"),
}

FLAGS = ["-std=c++20", "-O1", "-DNDEBUG", "-ffp-contract=off", "-w"]


def mutate(copy, edits):
    for name, search, replacement in edits:
        path = copy / name
        text = path.read_text()
        if text.count(search) != 1:
            return f"{name} holds {text.count(search)} times: {search}"
        path.write_text(text.replace(search, replacement))
    return ""


def build(copy):
    """Everything is compiled each time; ccache knows what did not change."""
    compiler = (["ccache"] if shutil.which("ccache") else []) + [os.environ.get("CXX", "g++")]
    sources = [s for s in sorted((copy / "core").glob("*/*.cpp")) if s.parent.name != "native"] + [copy / "swarm.cpp"]
    objects = []
    for source in sources:
        target = WORK / "objects" / (str(source.relative_to(copy)).replace("/", "_") + ".o")
        target.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([*compiler, *FLAGS, "-I", str(copy / "core"), "-c", str(source), "-o", str(target)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr
        objects.append(str(target))
    done = subprocess.run([compiler[-1], *objects, "-o", str(WORK / "swarm")], capture_output=True, text=True)
    return done.stderr if done.returncode != 0 else ""


def try_one(name, edits, seeds, profile):
    """Returns (found, what was seen)."""
    copy = WORK / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "core", copy / "core")
    shutil.copy(ROOT / "tests" / "mutations" / "swarm.cpp", copy / "swarm.cpp")
    wrong = mutate(copy, edits) or build(copy)
    if wrong:
        return None, wrong[-2000:]
    start = time.monotonic()
    run = subprocess.run([str(WORK / "swarm"), profile, "1", str(seeds)], capture_output=True, text=True)
    seconds = time.monotonic() - start
    first = run.stdout.splitlines()[0] if run.stdout else ""
    if run.returncode < 0:
        return True, f"the program ended with signal {-run.returncode} after {seconds:.1f} s"
    seed = re.match(r"seed (\d+), [^:]*: ([^:]*):", first)
    if seed:
        return True, f"seed {seed.group(1)}, {seconds:.1f} s, {seed.group(2)}"
    return False, first


def main():
    names = sys.argv[1:] or ["none", *MISTAKES]
    passed = failed = 0
    for name in names:
        sentence, edits, seeds, profile = MISTAKES.get(name, ("Nothing is planted.", [], 1000, "default"))
        found, seen = try_one(name, edits, seeds, profile)
        good = found is (name != "none")
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {name}: {sentence} {seen}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
