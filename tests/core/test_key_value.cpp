// The replicated key-value store: what operations give, that a session applies each once, and that snapshots, whole and
// as differences, stand for the commands they sum up.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

#include "base/shared_map.h"
#include "sim/key_value.h"

using namespace paxoscope;

namespace {

/// A client's command whose client has its end of everything but the `open` operations before it.
Command asked(uint32_t client, uint32_t number, const char* text, uint16_t open = 0, uint16_t attempt = 0) {
  Command command = Command::make(client, number, text);
  command.open = open;
  command.attempt = attempt;
  return command;
}

struct Store {
  KeyValues state;
  LogIndex index = 0;
  uint32_t by_hand_count = 0;

  Effect apply(const Command& command) { return apply_command(state, ++index, command); }
  std::string by_hand(const char* text) { return std::string(apply(Command::make(0, ++by_hand_count, text)).result.view()); }
  std::string value(const char* key) const {
    const KeyValues::Row* row = state.find(key);
    return row == nullptr ? "-" : std::string(row->value.view());
  }
};

Command random_command() {
  static constexpr const char* kTexts[] = {"x=1", "x=2", "y=3", "x+=a", "y+=bcdefgh", "del x", "get x", "cas x 1 2", "stop"};
  const auto client = *rc::gen::inRange<uint32_t>(0, 3);
  const auto number = *rc::gen::inRange<uint32_t>(1, 12);
  return asked(client, number, kTexts[*rc::gen::inRange<size_t>(0, std::size(kTexts))],
               static_cast<uint16_t>(*rc::gen::inRange<uint32_t>(0, number)));
}

}  // namespace

TEST_SUITE("key-value store") {
  TEST_CASE("what each operation does and gives") {
    Store store;
    CHECK(store.by_hand("get x") == "");
    CHECK(store.by_hand("x=1") == "");
    CHECK(store.by_hand("get x") == "1");
    CHECK(store.by_hand("x+=ab") == "");
    CHECK(store.by_hand("get x") == "1ab");
    CHECK(store.by_hand("y+=c") == "");
    CHECK(store.by_hand("get y") == "c");
    CHECK(store.by_hand("cas x 1 2") == "false");
    CHECK(store.by_hand("cas x 1ab 2") == "true");
    CHECK(store.by_hand("get x") == "2");
    CHECK(store.state.find("x")->index == 9);
    CHECK(store.by_hand("del x") == "");
    CHECK(store.value("x") == "-");
    CHECK(store.by_hand("cas x 2 3") == "false");
    CHECK(store.by_hand("del x") == "");
    for (const char* text : {"stop", "", "=1", "+=1", "get ", "del ", "cas x 1", "cas  1 2", "cas x 1 ", "hello"}) {
      CHECK_MESSAGE(parse_operation(text).kind == OperationKind::none, text);
      CHECK(store.by_hand(text) == "");
    }
    CHECK(store.state.rows.size() == 1);
  }
  TEST_CASE("a value does not grow beyond its bound: the client is told, and nothing changes") {
    Store store;
    store.by_hand("x=12345678901234567890");
    CHECK(store.by_hand("x+=abcd") == kTooLong);
    CHECK(store.value("x") == "12345678901234567890");
    CHECK(store.by_hand("x+=abc") == "");
    CHECK(store.value("x") == "12345678901234567890abc");
  }
  TEST_CASE("an operation that is decided twice is applied once and gives the same result") {
    Store store;
    store.apply(asked(1, 1, "x=1"));
    const Effect first = store.apply(asked(1, 2, "x+=a"));
    CHECK(first.fresh);
    const Effect second = store.apply(asked(1, 2, "x+=a", 0, 1));
    CHECK_FALSE(second.fresh);
    CHECK(store.value("x") == "1a");
    store.apply(asked(2, 1, "cas x 1a 5"));
    store.apply(asked(3, 1, "x=1a"));
    const Effect again = store.apply(asked(2, 1, "cas x 1a 5", 0, 1));
    CHECK(again.result.view() == "true");
    CHECK(store.value("x") == "1a");
  }
  TEST_CASE("what a client has given up is never applied later, and its answers are forgotten") {
    Store store;
    store.apply(asked(1, 3, "x=3"));  // says that it has an end for 1 and 2
    CHECK_FALSE(store.apply(asked(1, 2, "x=2")).fresh);
    CHECK(store.value("x") == "3");
    CHECK(store.state.answer(1, 3) != nullptr);
    store.apply(asked(1, 6, "x=6", 2));  // 4 and 5 are open
    CHECK(store.state.answer(1, 3) == nullptr);
    CHECK(store.apply(asked(1, 5, "y=5", 1)).fresh);
    CHECK(store.apply(asked(1, 4, "z=4")).fresh);
    CHECK(store.state.answers.size() == 3);
    store.apply(asked(1, 7, "x=7"));
    CHECK(store.state.answers.size() == 1);
  }
  TEST_CASE("property: a snapshot and the difference to a later one stand for the commands, sessions included") {
    CHECK(rc::check("snapshots", [] {
      const auto commands = *rc::gen::container<std::vector<Command>>(rc::gen::exec([] { return random_command(); }));
      const size_t cut = *rc::gen::inRange<size_t>(0, commands.size() + 1);
      KeyValues at_cut;
      KeyValues at_end;
      for (size_t i = 0; i < commands.size(); ++i) {
        if (i < cut) apply_command(at_cut, i + 1, commands[i]);
        apply_command(at_end, i + 1, commands[i]);
      }
      const KeyValues delta = StateOf<Command>::changes(at_end, [&](auto&& visit) {
        for (size_t i = cut; i < commands.size(); ++i) visit(i + 1, commands[i]);
      });
      StateOf<Command>::merge(at_cut, delta);
      RC_ASSERT(at_cut == at_end);
    }));
  }
  TEST_CASE("property: the digest says what the state is, however it came about") {
    CHECK(rc::check("digest", [] {
      const auto commands = *rc::gen::container<std::vector<Command>>(rc::gen::exec([] { return random_command(); }));
      KeyValues state;
      for (size_t i = 0; i < commands.size(); ++i) apply_command(state, i + 1, commands[i]);
      // All of it as a difference to nothing.
      KeyValues built;
      KeyValues changes = state;
      StateOf<Command>::merge(built, changes);
      RC_ASSERT(built.digest == state.digest);
      RC_ASSERT(built == state);
    }));
  }
}

TEST_SUITE("shared map") {
  TEST_CASE("property: it is a map, and a copy stays what it was") {
    CHECK(rc::check("like std::map", [] {
      SharedMap map;
      std::map<uint64_t, uint64_t> model;
      std::vector<std::pair<SharedMap, std::map<uint64_t, uint64_t>>> copies;
      const auto count = *rc::gen::inRange<uint64_t>(0, 400);
      for (uint64_t i = 0; i < count; ++i) {
        const auto key = *rc::gen::inRange<uint64_t>(0, 150) << 32;
        map.set(key, i);
        model[key] = i;
        if (i % 50 == 0) copies.emplace_back(map, model);
      }
      copies.emplace_back(map, model);
      for (const auto& [copy, wanted] : copies)
        for (uint64_t key = 0; key < 150; ++key) {
          const auto found = wanted.find(key << 32);
          const uint64_t* value = copy.find(key << 32);
          RC_ASSERT((value == nullptr) == (found == wanted.end()));
          if (value != nullptr) RC_ASSERT(*value == found->second);
        }
    }));
  }
}
