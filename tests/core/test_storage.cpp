// The log as a value: copies share blocks, diverge, and never see each other's entries. Everything against a vector.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "omnipaxos/attempts.h"
#include "storage/storage.h"

using namespace paxoscope;
using namespace paxoscope::omnipaxos;

namespace {

constexpr uint32_t kBlock = MemorySequence<int>::kBlockEntries;

MemorySequence<int> counting(uint32_t length) {
  MemorySequence<int> log;
  for (uint32_t i = 1; i <= length; ++i) log.append(static_cast<int>(i));
  return log;
}

/// The plain thing that a MemorySequence must be equal to.
struct Model {
  std::vector<int> entries;
  LogIndex trimmed = 0;
};

void expect_equal(const MemorySequence<int>& log, const Model& model) {
  RC_ASSERT(log.length() == model.entries.size());
  RC_ASSERT(log.trimmed_to() == model.trimmed);
  for (LogIndex i = model.trimmed + 1; i <= log.length(); ++i) RC_ASSERT(log.at(i) == model.entries[i - 1]);
}

/// A counted entry: blocks must end the life of each entry once.
struct Counted {
  static inline int alive = 0;
  int value = 0;
  explicit Counted(int v) : value(v) { ++alive; }
  Counted(const Counted& other) : value(other.value) { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
};

}  // namespace

TEST_SUITE("storage") {
  TEST_CASE("two copies that append behind a shared point each keep their own entries") {
    for (uint32_t length : {0u, 1u, kBlock - 1, kBlock, kBlock + 1, 3 * kBlock}) {
      CAPTURE(length);
      MemorySequence<int> a = counting(length);
      MemorySequence<int> b = a;
      a.append(-1);
      b.append(-2);
      a.append(-3);
      CHECK(a.at(length + 1) == -1);
      CHECK(a.at(length + 2) == -3);
      CHECK(b.at(length + 1) == -2);
      CHECK(b.length() == length + 1);
      if (length > 0) CHECK(a.at(length) == b.at(length));
    }
  }
  TEST_CASE("what a message carries stays as it was when the log is cut and goes on otherwise") {
    MemorySequence<int> log = counting(10);
    const Entries<int> run = log.slice(4, 11);
    log.truncate(5);
    for (int i = 0; i < 10; ++i) log.append(100 + i);
    REQUIRE(run.size() == 7);
    for (uint32_t i = 0; i < 7; ++i) CHECK(run[i] == static_cast<int>(4 + i));
    CHECK(log.at(6) == 100);
  }
  TEST_CASE("slices within a block, across blocks, over several, and empty") {
    const MemorySequence<int> log = counting(4 * kBlock);
    for (const auto& [from, to] : std::vector<std::pair<LogIndex, LogIndex>>{{1, 1},
                                                                            {1, 2},
                                                                            {kBlock, kBlock + 1},
                                                                            {kBlock, kBlock + 2},
                                                                            {1, kBlock + 1},
                                                                            {kBlock + 1, 2 * kBlock + 1},
                                                                            {7, 3 * kBlock + 9},
                                                                            {4 * kBlock + 1, 4 * kBlock + 1}}) {
      const Entries<int> run = log.slice(from, to);
      REQUIRE(run.size() == to - from);
      for (uint32_t i = 0; i < run.size(); ++i) CHECK(run[i] == static_cast<int>(from + i));
      if (run.size() > 2) CHECK(run.after(2)[0] == static_cast<int>(from + 2));
    }
  }
  TEST_CASE("trim keeps indexes; reset starts behind a snapshot") {
    MemorySequence<int> log = counting(3 * kBlock);
    const MemorySequence<int> before = log;
    log.trim(2 * kBlock + 5);
    CHECK(log.trimmed_to() == 2 * kBlock + 5);
    CHECK(log.at(2 * kBlock + 6) == static_cast<int>(2 * kBlock + 6));
    CHECK(before.at(1) == 1);
    log.append(-1);
    CHECK(log.at(3 * kBlock + 1) == -1);
    log.reset_to(1000);
    CHECK(log.length() == 1000);
    log.append(-2);
    CHECK(log.at(1001) == -2);
    CHECK(before.length() == 3 * kBlock);
  }
  TEST_CASE("every entry lives once and ends once") {
    {
      MemorySequence<Counted> a;
      for (int i = 0; i < 600; ++i) a.append(Counted(i));
      CHECK(Counted::alive == 600);
      MemorySequence<Counted> b = a;
      CHECK(Counted::alive == 600);
      b.truncate(100);
      b.append(Counted(-1));
      Entries<Counted> run = a.slice(200, 400);
      a.reset_to(0);
      CHECK(run[0].value == 199);
      CHECK(b.at(101).value == -1);
    }
    CHECK(Counted::alive == 0);
  }
  TEST_CASE("three copies under random appends, cuts, trims and copies are three vectors") {
    CHECK(rc::check("MemorySequence", [] {
      MemorySequence<int> logs[3];
      Model models[3];
      int next = 1;
      const int steps = *rc::gen::inRange(1, 60);
      for (int step = 0; step < steps; ++step) {
        const int which = *rc::gen::inRange(0, 3);
        MemorySequence<int>& log = logs[which];
        Model& model = models[which];
        switch (*rc::gen::inRange(0, 7)) {
          case 0:
            log.append(next);
            model.entries.push_back(next++);
            break;
          case 1: {
            const int count = *rc::gen::inRange(1, 400);
            for (int i = 0; i < count; ++i) {
              log.append(next);
              model.entries.push_back(next++);
            }
            break;
          }
          case 2: {  // a run, without its first entries
            const int count = *rc::gen::inRange(0, 600);
            std::vector<int> run(static_cast<size_t>(count));
            for (int& value : run) value = next++;
            const auto skipped = static_cast<uint32_t>(*rc::gen::inRange(0, count + 1));
            log.append(Entries<int>::copy_of(run.begin(), run.end()), skipped);
            model.entries.insert(model.entries.end(), run.begin() + skipped, run.end());
            break;
          }
          case 3: {
            const auto to = *rc::gen::inRange<LogIndex>(model.trimmed, model.entries.size() + 1);
            log.truncate(to);
            model.entries.resize(to);
            break;
          }
          case 4: {
            const auto to = *rc::gen::inRange<LogIndex>(0, model.entries.size() + 1);
            log.trim(to);
            model.trimmed = std::max(model.trimmed, to);
            break;
          }
          case 5: {
            const int from = *rc::gen::inRange(0, 3);
            log = logs[from];
            model = models[from];
            break;
          }
          default: {  // part of one log into another
            const int other = *rc::gen::inRange(0, 3);
            const auto from = *rc::gen::inRange<LogIndex>(models[other].trimmed + 1, models[other].entries.size() + 2);
            const Entries<int> run = logs[other].slice(from, logs[other].length() + 1);
            const std::vector<int> tail(models[other].entries.begin() + static_cast<std::ptrdiff_t>(from - 1),
                                        models[other].entries.end());
            log.append(run);
            model.entries.insert(model.entries.end(), tail.begin(), tail.end());
          }
        }
        if (model.entries.size() > 5'000) break;
      }
      for (int i = 0; i < 3; ++i) expect_equal(logs[i], models[i]);
    }));
  }
  TEST_CASE("AttemptLog: runs are what single attempts are") {
    CHECK(rc::check("AttemptLog", [] {
      AttemptLog log;
      std::vector<Attempt> model;
      const auto same = [](const Attempt& a, const Attempt& b) {
        return a.proposer == b.proposer && a.incarnation == b.incarnation && a.counter == b.counter && a.tag == b.tag;
      };
      uint64_t counters[3] = {1, 1, 1};
      const int steps = *rc::gen::inRange(1, 60);
      for (int step = 0; step < steps; ++step) {
        const auto proposer = static_cast<ServerId>(*rc::gen::inRange(1, 4));
        const Ballot tag{static_cast<uint32_t>(*rc::gen::inRange(1, 3)), 0, 1};
        uint64_t& counter = counters[proposer - 1];
        switch (*rc::gen::inRange(0, 4)) {
          case 0:
            log.append(Attempt{proposer, 1, counter, tag});
            model.push_back({proposer, 1, counter++, tag});
            break;
          case 1: {
            const auto count = static_cast<uint64_t>(*rc::gen::inRange(1, 9));
            log.append(AttemptRun{log.length() + 1, count, {proposer, 1, counter, tag}});
            for (uint64_t i = 0; i < count; ++i) model.push_back({proposer, 1, counter++, tag});
            break;
          }
          case 2: {
            const auto to = *rc::gen::inRange<LogIndex>(0, model.size() + 1);
            log.truncate(to);
            model.resize(to);
            break;
          }
          default: {  // a part of it, appended again as a message would
            const auto from = *rc::gen::inRange<LogIndex>(1, model.size() + 2);
            const auto to = *rc::gen::inRange<LogIndex>(from, model.size() + 2);
            const std::vector<Attempt> part(model.begin() + static_cast<std::ptrdiff_t>(from - 1),
                                            model.begin() + static_cast<std::ptrdiff_t>(to - 1));
            const AttemptRuns runs = log.slice(from, to);
            runs.each([&](AttemptRun run) {
              run.first = log.length() + 1;
              log.append(run);
            });
            model.insert(model.end(), part.begin(), part.end());
          }
        }
        RC_ASSERT(log.length() == model.size());
      }
      for (LogIndex i = 1; i <= model.size(); ++i) RC_ASSERT(same(log.at(i), model[i - 1]));
      LogIndex next = 1;
      log.each(1, log.length() + 1, [&](const AttemptRun& run) {
        RC_ASSERT(run.first == next && run.count > 0);
        next = run.end();
      });
      RC_ASSERT(next == log.length() + 1);
    }));
  }
  TEST_CASE("MemoryState: synchronous writes are durable at once, others when the host says so") {
    MemoryState at_once;
    CHECK(at_once.commit() == 1);
    CHECK(at_once.durable() == 1);
    MemoryState later(false);
    later.edit().decided = 3;
    CHECK(later.commit() == 1);
    CHECK(later.commit() == 2);
    CHECK(later.durable() == 0);
    later.set_durable(2);
    later.set_durable(1);  // old news
    CHECK(later.durable() == 2);
    CHECK(later.values().decided == 3);
  }
}
