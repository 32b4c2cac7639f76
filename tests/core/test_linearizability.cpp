// Linearizability: known verdicts, and the same as a judge that tries every order.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "check/order_search.h"
#include "check/register_zones.h"
#include "histories.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

constexpr HistoryModel kModels[] = {HistoryModel::register_, HistoryModel::cas_register, HistoryModel::kv};
const Text kNull;

LinearizabilityResult check(const std::vector<Op>& ops, HistoryModel model = HistoryModel::cas_register,
                            const LinearizabilityBudget& budget = {}) {
  return check_linearizable(history_of(ops), initial_state(model), budget);
}
Linearizable verdict(const std::vector<Op>& ops, HistoryModel model = HistoryModel::cas_register) {
  return check(ops, model).verdict;
}

/// A key's order must explain all of its responses before `before`, as the texts have it.
bool explains(const std::vector<Op>& ops, const KeyOrder& key, HistoryModel model, uint64_t before) {
  const std::vector<HistoryOperation> history = history_of(ops);
  const std::vector<uint64_t> points = linearization_points(history, key.order);
  Text state = initial_text(model);
  std::vector<bool> placed(ops.size());
  for (size_t i = 0; i < key.order.size(); ++i) {
    Op op = ops[key.order[i]];
    if (op.key != key.key || placed[key.order[i]]) return false;
    if (points[i] < op.invoked || points[i] > op.returned || (i > 0 && points[i] < points[i - 1])) return false;
    if (op.returned >= before) op.returned = kNever;
    if (!take_effect(op, state)) return false;
    placed[key.order[i]] = true;
  }
  for (size_t i = 0; i < ops.size(); ++i)
    if (ops[i].key == key.key && ops[i].returned < before && !placed[i]) return false;
  return true;
}

/// What is wrong with a result, or nothing.
std::string wrong(const std::vector<Op>& ops, HistoryModel model, const LinearizabilityResult& result) {
  const auto impossible = first_impossible(ops, model);
  if (result.verdict != (impossible ? Linearizable::no : Linearizable::yes)) return "verdict";
  for (const KeyOrder& key : result.keys)
    if (!impossible && !explains(ops, key, model, kNever)) return "order";
  if (!impossible) return "";
  if (result.failing_event != *impossible) return "failing event";
  if (!result.prefix_is_shortest) return "not known to be the shortest";
  if (ops[result.failing_operation].returned != *impossible) return "failing operation";
  for (const KeyOrder& key : result.keys)
    if (!explains(ops, key, model, *impossible)) return "partial order";
  if (result.cannot_be_ordered.empty() || result.cannot_be_ordered[0] != result.failing_operation) return "blamed";
  return "";
}

/// Appends that nobody can tell the order of, and a read that fits none: every order has to be tried.
std::vector<Op> hard(uint64_t key, int appends) {
  std::vector<Op> ops;
  for (int i = 0; i < appends; ++i) ops.push_back(append(std::string(1, static_cast<char>('a' + i)), 1, 50));
  ops.push_back(read("none of these", 60, 61));
  for (Op& op : ops) op.key = key;
  return ops;
}

}  // namespace

TEST_SUITE("linearizability") {
  TEST_CASE("digests: as equal as the texts, and an append is a concatenation") {
    CHECK(rc::check("digests", [](const std::string& a, const std::string& b, const std::string& c) {
      RC_ASSERT((HistoryValue::of(a) == HistoryValue::of(b)) == (a == b));
      HistoryDigest state = HistoryValue::of(a).digest;
      HistoryOperation operation;
      operation.kind = HistoryKind::append;
      operation.value = HistoryValue::of(b);
      place(operation, state);
      operation.value = HistoryValue::of(c);
      place(operation, state);
      RC_ASSERT(state == HistoryValue::of(a + b + c).digest);
    }));
    CHECK(!(HistoryValue::null() == HistoryValue::of("")));
    CHECK(!(HistoryValue::of(std::string(1, '\0')) == HistoryValue::of("")));
  }

  TEST_CASE("a read sees the last write that finished before it, or one that runs with it") {
    CHECK(verdict({}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), read("1", 3, 4)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), read(kNull, 3, 4)}) == Linearizable::no);
    CHECK(verdict({write("1", 1, 4), read(kNull, 2, 3)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 6), read("1", 2, 3), read(kNull, 4, 5)}) == Linearizable::no);
    CHECK(verdict({read("1", 1, 2), write("1", 3, 4)}) == Linearizable::no);
  }
  TEST_CASE("equal order numbers are concurrent") {
    CHECK(verdict({write("1", 1, 2), read(kNull, 2, 3)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), read(kNull, 3, 3)}) == Linearizable::no);
    CHECK(verdict({write("1", 5, 5), write("2", 5, 5), read("1", 5, 5), read("2", 6, 6)}) == Linearizable::yes);
  }
  TEST_CASE("a write without response takes effect at any later time, or never") {
    CHECK(verdict({write("1", 1), read(kNull, 2, 3), read("1", 8, 9)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1), read(kNull, 2, 3), read(kNull, 8, 9)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1), read("1", 2, 3), read(kNull, 8, 9)}) == Linearizable::no);
    CHECK(verdict({read("1", 2, 3), write("1", 4)}) == Linearizable::no);
    // Once only, unless it was asked twice.
    const std::vector<Op> twice{write("1", 1), read("1", 2, 3), write("2", 4, 5), read("1", 6, 7)};
    CHECK(verdict(twice) == Linearizable::no);
    std::vector<Op> asked_twice = twice;
    asked_twice.push_back(write("1", 1));
    CHECK(verdict(asked_twice) == Linearizable::yes);
    asked_twice.back().invoked = 5;
    CHECK(verdict(asked_twice) == Linearizable::yes);
    asked_twice.back().invoked = 8;
    CHECK(verdict(asked_twice) == Linearizable::no);
  }
  TEST_CASE("a cas that was not applied found another value: a constraint") {
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::no, 3, 4)}) == Linearizable::no);
    CHECK(verdict({write("1", 1, 2), cas("2", "3", Applied::no, 3, 4)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), write("2", 3), cas("1", "3", Applied::no, 4, 5), read("2", 6, 7)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), write("2", 3), cas("1", "3", Applied::no, 4, 5), read("1", 6, 7)}) == Linearizable::no);
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::unknown, 3, 4), read("2", 5, 6)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::unknown, 3, 4), read("1", 5, 6)}) == Linearizable::no);
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::unknown, 3), read("1", 5, 6), read("2", 7, 8)}) == Linearizable::yes);
  }
  TEST_CASE("of two cas from the same value only one can be applied") {
    CHECK(verdict({cas(kNull, "1", Applied::yes, 1, 3), cas(kNull, "2", Applied::yes, 2, 4)}) == Linearizable::no);
    CHECK(verdict({cas(kNull, "1", Applied::yes, 1, 3), cas(kNull, "2", Applied::no, 2, 4)}) == Linearizable::yes);
  }
  TEST_CASE("a read whose value was not seen may have seen any, and has its place in the order") {
    const auto result = check({write("1", 1, 2), read_unseen(3, 4), read("1", 5, 6)});
    CHECK(result.verdict == Linearizable::yes);
    CHECK(result.keys.at(0).order == std::vector<uint32_t>{0, 1, 2});
  }
  TEST_CASE("a key-value store: appends, deletes, keys that are empty at first") {
    const HistoryModel kv = HistoryModel::kv;
    CHECK(verdict({read("", 1, 2), append("x", 3, 6), append("y", 4, 5), read("yx", 7, 8)}, kv) == Linearizable::yes);
    CHECK(verdict({append("x", 1, 2), append("y", 3, 4), read("yx", 7, 8)}, kv) == Linearizable::no);
    CHECK(verdict({append("x", 1, 2), write("", 3, 4), append("y", 5, 6), read("y", 7, 8)}, kv) == Linearizable::yes);
    CHECK(verdict({append("ab", 1, 2), append("c", 3, 4), cas("abc", "d", Applied::yes, 5, 6), read("d", 7, 8)}, kv) ==
          Linearizable::yes);
    CHECK(verdict({write("1", 1, 2, 7), read("", 3, 4, 8), read("1", 5, 6, 7)}, kv) == Linearizable::yes);
  }
  TEST_CASE("the failing prefix ends with the first response that leaves no order, on whichever key") {
    const auto result = check({write("1", 1, 2, 5), read("2", 9, 10, 5), write("3", 3, 4, 6), read(kNull, 5, 6, 6),
                               read("1", 11, 12, 5)});
    CHECK(result.verdict == Linearizable::no);
    CHECK(result.failing_event == 6);
    CHECK(result.failing_operation == 3);
    CHECK(result.cannot_be_ordered == std::vector<uint32_t>{3});
    CHECK(result.prefix_is_shortest);
  }
  TEST_CASE("a prefix does not know how an open cas will end") {
    // The read could come from the cas until that said that it was not applied.
    const auto result = check({cas(kNull, "1", Applied::no, 1, 6), read("1", 2, 3), read("1", 4, 5)});
    CHECK(result.verdict == Linearizable::no);
    CHECK(result.failing_event == 6);
    CHECK(result.prefix_is_shortest);
    const auto no_excuse = check({cas(kNull, "1", Applied::no, 1, 6), read("1", 2, 3), read(kNull, 4, 5)});
    CHECK(no_excuse.failing_event == 5);
    const auto two = check({cas(kNull, "1", Applied::no, 1, 6), read("1", 2, 3), cas("1", "9", Applied::no, 1, 20)});
    CHECK(two.failing_event == 6);
    CHECK(two.failing_operation == 0);
  }
  TEST_CASE("blamed: the failing operation, then those open with it that do not fit either") {
    const auto result = check({write("1", 1, 2), read("2", 3, 9), read("3", 4, 8), read("1", 5, 10), write("2", 11, 12)});
    CHECK(result.failing_event == 8);
    CHECK(result.cannot_be_ordered == std::vector<uint32_t>{2, 1});
  }

  TEST_CASE("small histories of every model: verdict, order and failing prefix are those of trying every order") {
    for (HistoryModel model : kModels) {
      int yes = 0, no = 0;
      const bool held = rc::check("agrees with the judge", [&](uint64_t seed) {
        Rng rng(seed);
        for (int i = 0; i < 20; ++i) {
          const std::vector<Op> ops = draw(rng, model, {});
          const auto result = check(ops, model);
          const std::string fault = wrong(ops, model, result);
          if (fault != "") RC_FAIL(fault + show(ops));
          ++(result.verdict == Linearizable::yes ? yes : no);
        }
      });
      CHECK(held);
      CHECK(yes > 200);
      CHECK(no > 200);
    }
  }
  TEST_CASE("an order that is known is judged in one pass, as the texts judge it") {
    int yes = 0, no = 0;
    CHECK(rc::check("given orders", [&](uint64_t seed) {
      Rng rng(seed);
      for (int i = 0; i < 40; ++i) {
        Drawing drawing;
        drawing.operations = 4;
        const std::vector<Op> ops = draw(rng, HistoryModel::kv, drawing);
        std::vector<uint32_t> order;
        for (uint32_t j = 0; j < ops.size(); ++j)
          if (!rng.chance_permille(50)) order.insert(order.begin() + static_cast<int64_t>(rng.below(order.size() + 1)), j);
        bool fits = true;
        std::map<uint64_t, Text> states;
        for (size_t j = 0; j < order.size(); ++j) {
          fits = fits && take_effect(ops[order[j]], states.emplace(ops[order[j]].key, "").first->second);
          for (size_t k = j + 1; k < order.size(); ++k) fits = fits && ops[order[k]].returned >= ops[order[j]].invoked;
        }
        for (uint32_t j = 0; j < ops.size(); ++j)
          fits = fits && (ops[j].returned == kNever || std::count(order.begin(), order.end(), j) == 1);
        if (order_explains(history_of(ops), order, initial_state(HistoryModel::kv)) != fits) RC_FAIL(show(ops));
        ++(fits ? yes : no);
      }
    }));
    CHECK(yes > 100);
    CHECK(no > 100);
    CHECK_FALSE(order_explains(history_of({write("1", 1, 2)}), {0, 0}, initial_state(HistoryModel::kv)));
  }
  TEST_CASE("registers whose writes differ: zones give the verdict and the prefix of the general search") {
    int yes = 0, no = 0;
    CHECK(rc::check("zones", [&](uint64_t seed) {
        Rng rng(seed);
      for (int i = 0; i < 20; ++i) {
        Drawing drawing;
        drawing.distinct = true;
        drawing.keys = 1;
        drawing.operations = 14;
        const std::vector<Op> ops = draw(rng, HistoryModel::register_, drawing);
        const auto history = history_of(ops);
        const HistoryDigest initial = initial_state(HistoryModel::register_);
        std::vector<uint32_t> own(ops.size());
        for (uint32_t j = 0; j < own.size(); ++j) own[j] = j;
        std::sort(own.begin(), own.end(),
                  [&](uint32_t a, uint32_t b) { return std::pair(ops[a].invoked, a) < std::pair(ops[b].invoked, b); });
        if (!has_distinct_writes(history, own, initial)) continue;
        const auto explained = [&](uint64_t before) {
          uint64_t steps = UINT64_MAX;
          return OrderSearch(history, own, initial, before).run(steps) == OrderSearch::State::found;
        };
        const bool general = explained(kNever);
        const auto result = check(ops, HistoryModel::register_);
        const uint64_t failing = general ? kNever : result.failing_event;
        const bool same = (result.verdict == Linearizable::yes) == general &&
                          (general || (explained(failing) && !explained(failing + 1))) &&
                          explains(ops, result.keys[0], HistoryModel::register_, failing);
        if (!same) RC_FAIL(show(ops));
        ++(general ? yes : no);
      }
    }));
    CHECK(yes > 100);
    CHECK(no > 100);
  }
  TEST_CASE("a value that somebody still has to find may be left where it can be made again") {
    CHECK(verdict({write("1", 1), read("1", 2, 3), write("2", 4, 5), write("1", 6), read("2", 7, 8), read("1", 9, 10)}) ==
          Linearizable::yes);
    CHECK(verdict({write("1", 1), read("1", 2, 3), write("2", 4, 5), read("2", 7, 8), read("1", 9, 10)}) == Linearizable::no);
    // By a cas, also one of which nobody heard whether it was applied; and one may take what it needs itself.
    CHECK(verdict({write("1", 1, 2), write("2", 3, 4), cas("2", "1", Applied::unknown, 5, 9), read("2", 6, 7), read("1", 10, 11)}) ==
          Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::yes, 3, 4), cas("2", "1", Applied::yes, 5, 6),
                   cas("1", "3", Applied::yes, 7, 8)}) == Linearizable::yes);
    CHECK(verdict({write("1", 1, 2), cas("1", "2", Applied::yes, 3, 9), cas("1", "3", Applied::yes, 4, 8)}) == Linearizable::no);
    CHECK(verdict({write("1", 1, 2), write("2", 3, 4), cas("1", "1", Applied::yes, 3, 6), read("1", 7, 8)}) == Linearizable::no);
  }
  TEST_CASE("what is needed later does not make shorter prefixes fail") {
    // Nobody writes 9, and 1 is left for good before its last read; but the first response that fails is another one.
    const auto result = check({write("1", 1, 2), cas("1", "2", Applied::yes, 3, 4), read("2", 5, 6), read("1", 7, 8),
                               read("9", 9, 10), read("1", 11, 12)});
    CHECK(result.failing_event == 8);
    CHECK(result.keys.at(0).order == std::vector<uint32_t>{0, 1, 2});
    CHECK(result.prefix_is_shortest);
    // Until it was told, the cas may have made what the read saw: in the prefix up to 9 it counts among those who can.
    const auto doubt = check({write("1", 1, 2), write("2", 3, 12), cas("2", "1", Applied::no, 4, 11), read("2", 5, 6),
                              read("1", 8, 9), read("7", 13, 14)});
    CHECK(doubt.failing_event == 11);
    CHECK(doubt.failing_operation == 2);
  }
  TEST_CASE("of many concurrent writes that all differ, no order but one needs to be tried") {
    for (bool good : {true, false}) {
      std::vector<Op> ops;
      // Twenty at a time: some are read while others are open, some later, some never.
      for (uint64_t i = 0; i < 400; ++i) {
        const uint64_t round = i / 20 * 100;
        ops.push_back(write(std::to_string(i), round, i % 3 == 2 ? kNever : round + 90));
        if (i % 20 < 10) ops.push_back(read(std::to_string(i), round + 2 * (i % 20) + 1, round + 2 * (i % 20) + 40));
        if (i % 20 == 10) ops.push_back(read(std::to_string(i), round + 95, round + 96));
      }
      if (!good) ops.push_back(read("5", 3000, 3001));
      const std::vector<HistoryOperation> history = history_of(ops);
      std::vector<uint32_t> own(ops.size());
      for (uint32_t i = 0; i < own.size(); ++i) own[i] = i;
      std::sort(own.begin(), own.end(), [&](uint32_t a, uint32_t b) { return std::pair(ops[a].invoked, a) < std::pair(ops[b].invoked, b); });
      OrderSearch search(history, own, initial_state(HistoryModel::register_));
      uint64_t steps = 2'000'000;
      CHECK(search.run(steps) == (good ? OrderSearch::State::found : OrderSearch::State::exhausted));
      if (good) CHECK(order_explains(history, search.order(), initial_state(HistoryModel::register_)));
    }
  }
  TEST_CASE("200,000 operations on a register whose writes differ need no search") {
    std::vector<Op> ops;
    for (uint64_t i = 0; i < 100'000; ++i) {
      ops.push_back(write(std::to_string(i), 10 * i, 10 * i + 25));
      ops.push_back(read(std::to_string(i), 10 * i + 5, 10 * i + 6));
    }
    auto result = check(ops);
    CHECK(result.verdict == Linearizable::yes);
    CHECK(result.steps <= 200'000);
    ops[150'001].value = "75001";
    result = check(ops);
    CHECK(result.verdict == Linearizable::no);
    CHECK(result.failing_operation == 150'001);
  }

  TEST_CASE("a hard key stops at the budget, and others are decided all the same") {
    std::vector<Op> ops = hard(1, 20);
    for (uint64_t i = 0; i < 100; ++i) ops.push_back(append("x", 2 * i, 2 * i + 1)), ops.back().key = 2;
    LinearizabilityBudget budget;
    budget.steps = 300'000;
    auto result = check(ops, HistoryModel::kv, budget);
    CHECK(result.verdict == Linearizable::undecided);
    CHECK(result.steps <= budget.steps);
    REQUIRE(result.keys.size() == 2);
    CHECK(result.keys[0].verdict == Linearizable::undecided);
    CHECK(result.keys[1].verdict == Linearizable::yes);
    // What is certainly impossible is said, and that something earlier may be.
    ops.push_back(read("y", 300, 301));
    ops.back().key = 2;
    result = check(ops, HistoryModel::kv, budget);
    CHECK(result.verdict == Linearizable::no);
    CHECK(result.failing_event == 301);
    CHECK(!result.prefix_is_shortest);
  }
  TEST_CASE("once a key has failed, others are searched no further than that") {
    std::vector<Op> ops = hard(1, 20);
    ops.push_back(read("never", 54, 55, 2));
    const auto result = check(ops, HistoryModel::kv);
    CHECK(result.failing_event == 55);
    CHECK(result.prefix_is_shortest);
    CHECK(result.steps < 40'000);  // the first turn of the other key
  }
  TEST_CASE("caches stay within their bound: the largest is given up") {
    std::vector<Op> ops = hard(1, 20);
    for (Op op : hard(2, 6)) {
      // Later, so that the first key matters up to its own read.
      op.invoked += 100;
      op.returned += 100;
      ops.push_back(op);
    }
    LinearizabilityBudget budget;
    budget.cache_bytes = 1u << 20;
    const auto result = check(ops, HistoryModel::kv, budget);
    CHECK(result.steps < 3'000'000);
    CHECK(result.keys[0].verdict == Linearizable::undecided);
    CHECK(result.keys[1].verdict == Linearizable::no);
  }
}
