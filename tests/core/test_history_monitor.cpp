// The monitor of a growing history says at each response what the batch search says of the prefix.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "check/history_monitor.h"
#include "histories.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

constexpr HistoryModel kModels[] = {HistoryModel::register_, HistoryModel::cas_register, HistoryModel::kv};

struct Told {
  Linearizable verdict = Linearizable::yes;
  uint64_t at = 0;  ///< no: at which order number it said so
};

struct Event {
  uint64_t number;
  bool response;
  size_t operation;
};

/// By order number, invocations first.
std::vector<Event> events_of(const std::vector<HistoryOperation>& history) {
  std::vector<Event> events;
  for (size_t i = 0; i < history.size(); ++i) {
    events.push_back({history[i].invoked, false, i});
    if (!history[i].pending()) events.push_back({history[i].returned, true, i});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tuple(a.number, a.response, a.operation) < std::tuple(b.number, b.response, b.operation);
  });
  return events;
}

HistoryAnswer answer_of(const HistoryOperation& operation) {
  return {operation.value_seen, operation.value, operation.applied};
}

/// Tells a monitor everything. An operation without response is lost as soon as the next of its key is invoked, or
/// stays open. At times the rest is told to a copy.
Told tell(const std::vector<Op>& ops, HistoryModel model, bool lose) {
  const std::vector<HistoryOperation> history = history_of(ops);
  HistoryMonitor monitor(initial_state(model));
  std::vector<bool> lost(ops.size());
  std::vector<size_t> invoked;
  Told told;
  size_t count = 0;
  for (const Event& event : events_of(history)) {
    const HistoryOperation& operation = history[event.operation];
    if (event.response) {
      monitor.respond(event.operation, answer_of(operation));
    } else {
      for (size_t before : invoked)
        if (lose && history[before].pending() && !lost[before]) {
          monitor.lose(before);
          lost[before] = true;
        }
      monitor.invoke(event.operation, operation);
      invoked.push_back(event.operation);
    }
    if (told.verdict != Linearizable::no && monitor.verdict() == Linearizable::no) {
      told.at = event.number;
      CHECK(monitor.failing_id() == event.operation);
    }
    told.verdict = monitor.verdict();
    if (++count % 5 == 0) {
      HistoryMonitor copy = monitor;
      monitor.invoke(999, operation);
      monitor = copy;
    }
  }
  return told;
}

}  // namespace

TEST_SUITE("history monitor") {
  TEST_CASE("a stale read is told when it returns") {
    const std::vector<Op> ops{write("1", 1, 2), write("2", 3, 4), read("1", 5, 6), read("2", 7, 8)};
    const Told told = tell(ops, HistoryModel::cas_register, false);
    CHECK(told.verdict == Linearizable::no);
    CHECK(told.at == 6);
  }
  TEST_CASE("an open read may see any value of its time, once it returns") {
    std::vector<Op> ops{read("1", 1, 20), write("1", 2, 3), write("2", 4, 5), write("3", 6, 7)};
    CHECK(tell(ops, HistoryModel::cas_register, false).verdict == Linearizable::yes);
    ops[0].value = "4";
    CHECK(tell(ops, HistoryModel::cas_register, false).at == 20);
  }
  TEST_CASE("what was cancelled had no effect, so nobody can have seen it") {
    HistoryMonitor monitor(initial_state(HistoryModel::cas_register));
    const std::vector<HistoryOperation> history = history_of({write("1", 1), read("1", 2, 3)});
    monitor.invoke(7, history[0]);
    monitor.invoke(8, history[1]);
    CHECK(monitor.respond(8, answer_of(history[1])) == Linearizable::yes);
    HistoryMonitor other = monitor;
    CHECK(monitor.cancel(7) == Linearizable::no);
    CHECK(monitor.failing_id() == 7);
    other.lose(7);
    CHECK(other.verdict() == Linearizable::yes);
  }
  TEST_CASE("beyond its bounds it stops deciding a key, and says so") {
    HistoryMonitor monitor(initial_state(HistoryModel::kv));
    std::vector<Op> ops;
    for (int i = 0; i < 12; ++i) ops.push_back(append(std::to_string(i), 1));
    ops.push_back(read("", 2, 3));
    ops.push_back(read("x", 4, 5));
    Op other = read("x", 6, 7);
    other.key = 1;
    CHECK(tell(ops, HistoryModel::kv, true).verdict == Linearizable::undecided);
    ops.push_back(other);
    CHECK(tell(ops, HistoryModel::kv, true).at == 7);
    for (uint64_t i = 0; i <= HistoryMonitor::kMaxOpen; ++i) {
      CHECK(monitor.verdict() == Linearizable::yes);
      monitor.invoke(i, history_of({write("1", 1)})[0]);
    }
    CHECK(monitor.verdict() == Linearizable::undecided);
  }
  TEST_CASE("many lost writes of a register are no burden") {
    std::vector<Op> ops;
    for (uint64_t i = 0; i < 60; ++i) {
      ops.push_back(write(std::to_string(i), 10 * i));
      ops.push_back(write("x", 10 * i + 1, 10 * i + 2));
      ops.push_back(read(i % 3 == 0 ? std::to_string(i / 2) : "x", 10 * i + 3, 10 * i + 4));
    }
    CHECK(tell(ops, HistoryModel::cas_register, true).verdict == Linearizable::yes);
  }

  TEST_CASE("small histories: it fails where the shortest failing prefix ends") {
    for (HistoryModel model : kModels) {
      CHECK(rc::check("agrees with the judge", [&](uint64_t seed) {
        Rng rng(seed);
        for (int i = 0; i < 20; ++i) {
          const std::vector<Op> ops = draw(rng, model, {});
          const auto impossible = first_impossible(ops, model);
          for (bool lose : {false, true}) {
            const Told told = tell(ops, model, lose);
            if (told.verdict != (impossible ? Linearizable::no : Linearizable::yes) || told.at != impossible.value_or(0))
              RC_FAIL(show(ops));
          }
        }
      }));
    }
  }
  TEST_CASE("longer histories: it agrees with the batch search") {
    for (HistoryModel model : kModels) {
      int yes = 0, no = 0, undecided = 0;
      CHECK(rc::check("agrees with the batch", [&](uint64_t seed) {
        Rng rng(seed);
        const std::vector<Op> ops = draw(rng, model, {.operations = 60, .keys = 3, .values = 4, .pending = 5});
        const auto batch = check_linearizable(history_of(ops), initial_state(model));
        const Told told = tell(ops, model, rng.below(2) == 0);
        ++(told.verdict == Linearizable::yes ? yes : told.verdict == Linearizable::no ? no : undecided);
        if (told.verdict == Linearizable::undecided) return;
        if (!batch.prefix_is_shortest || told.verdict != batch.verdict || told.at != batch.failing_event) RC_FAIL(show(ops));
      }));
      MESSAGE(yes << " linearizable, " << no << " not, " << undecided << " not decided");
      CHECK(yes > 5);
      CHECK(no > 5);
      CHECK(undecided < 20);
    }
  }
  TEST_CASE("cancelled operations are as good as left out") {
    for (HistoryModel model : kModels) {
      CHECK(rc::check("cancel", [&](uint64_t seed) {
        Rng rng(seed);
        std::vector<Op> ops = draw(rng, model, {.operations = 10});
        std::vector<Op> left;
        HistoryMonitor monitor(initial_state(model));
        const auto history = history_of(ops);
        for (const Event& event : events_of(history)) {
          const size_t i = event.operation;
          if (!event.response) monitor.invoke(i, history[i]);
          else if (i % 4 == 0) monitor.cancel(i);
          else monitor.respond(i, answer_of(history[i]));
        }
        for (size_t i = 0; i < ops.size(); ++i)
          if (i % 4 != 0 || ops[i].returned == kNever) left.push_back(ops[i]);
        if (monitor.verdict() != check_linearizable(history_of(left), initial_state(model)).verdict) RC_FAIL(show(ops));
      }));
    }
  }
}
