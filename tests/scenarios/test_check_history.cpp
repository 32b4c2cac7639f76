// paxoscope check-history as a person calls it.
#include <doctest/doctest.h>

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "calling.h"

using namespace paxoscope;
using namespace paxoscope::test;
using Json = nlohmann::json;

namespace {

/// One line of a history: `rest` from the type on.
std::string line(int process, const std::string& type, const std::string& rest) {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\"," + rest + "}\n";
}
std::string invoke(int process, const std::string& rest) { return line(process, "invoke", rest); }
std::string ok(int process, const std::string& rest) { return line(process, "ok", rest); }

const std::string kStale = invoke(1, R"("f":"write","value":1)") + ok(1, R"("f":"write")") +
                           invoke(2, R"("f":"write","value":2)") + ok(2, R"("f":"write")") +
                           invoke(1, R"("f":"read","value":null)") + ok(1, R"("f":"read","value":1)") +
                           invoke(1, R"("f":"read","value":null)") + ok(1, R"("f":"read","value":2)");

}  // namespace

TEST_SUITE("check-history") {
  TEST_CASE("--json: exactly the documented keys, the failing prefix and what cannot be ordered") {
    const Folder folder;
    const std::string path = folder.write("stale.jsonl", kStale);
    for (const std::string model : {"register", "cas-register"}) {
      const Outcome outcome = call(folder, "check-history '" + path + "' --json --model " + model);
      CHECK(outcome.exit == 1);
      CHECK(outcome.err.empty());
      CHECK(lines(outcome.out) == 1);
      const Json json = Json::parse(outcome.out);
      CHECK(keys(json) == std::vector<std::string>{"cannot_be_ordered", "failing_prefix", "file", "keys",
                                                   "linearizable", "model", "operations"});
      CHECK(json["file"] == path);
      CHECK(json["model"] == model);
      CHECK(json["linearizable"] == false);
      CHECK(json["operations"] == 4);
      CHECK(json["keys"] == 1);
      CHECK(json["failing_prefix"] == Json{{"event", 6}, {"line", 6}, {"shortest", true}});
      REQUIRE(json["cannot_be_ordered"].size() == 1);
      CHECK(json["cannot_be_ordered"][0] ==
            Json{{"process", 1}, {"f", "read"}, {"value", 1}, {"invoked_line", 5}, {"returned_line", 6}});
    }
  }
  TEST_CASE("for people: the line from which no order is left") {
    const Folder folder;
    const Outcome outcome =
        call(folder, "check-history --model register '" + folder.write("stale.jsonl", "\n" + kStale) + "'");
    CHECK(outcome.exit == 1);
    CHECK(outcome.out.find("stale.jsonl: NOT linearizable (register, 4 operations, 1 key)\n") != std::string::npos);
    CHECK(outcome.out.find("from line 7 on") != std::string::npos);
    CHECK(outcome.out.find("process 1: read 1, lines 6 to 7\n") != std::string::npos);
  }
  TEST_CASE("fail, info, unknown, not applied: what each of them means") {
    const Folder folder;
    const std::string read_1 = invoke(9, R"("f":"read")") + ok(9, R"("f":"read","value":1)");
    const std::string read_null = invoke(9, R"("f":"read")") + ok(9, R"("f":"read","value":null)");
    const std::string unseen = invoke(9, R"("f":"read")") + ok(9, R"("f":"read","value":"unknown")");
    const std::string write = invoke(1, R"("f":"write","value":1)");
    const std::string swap = invoke(1, R"("f":"cas","value":[null,1])");
    const std::pair<std::string, int> histories[] = {
        {write + line(1, "fail", R"("f":"write")") + read_1, 1},
        {write + line(1, "fail", R"("f":"write")") + read_null, 0},
        {write + line(1, "info", R"("f":"write")") + read_null + read_1, 0},
        {write + line(1, "info", R"("f":"write")") + read_1 + read_null, 1},
        {write + read_null + read_1, 0},
        {write + ok(1, R"("f":"write")") + unseen + read_1, 0},
        {swap + ok(1, R"("f":"cas","applied":true)") + read_1, 0},
        {swap + ok(1, R"("f":"cas")") + read_1, 0},
        {swap + ok(1, R"("f":"cas","applied":false)") + read_null, 1},
        // Jepsen gives a process that lost an answer a new number, but it may go on under its own.
        {write + line(1, "info", R"("f":"write")") + write + ok(1, R"("f":"write")") + read_1, 0},
    };
    for (const auto& history : histories) {
      const auto& text = history.first;
      const auto& exit = history.second;
      const Outcome outcome = call(folder, "check-history --model cas-register '" + folder.write("h.jsonl", text) + "'");
      CHECK_MESSAGE(outcome.exit == exit, text << outcome.out << outcome.err);
    }
  }
  TEST_CASE("a key-value store: each key on its own, an order from events and not from lines' text") {
    const Folder folder;
    const std::string text = invoke(1, R"("f":"append","key":"x","value":"a")") +
                             invoke(2, R"("f":"put","key":"y","value":"b")") + ok(1, R"("f":"append","key":"x")") +
                             invoke(1, R"("f":"get","key":"y")") + ok(1, R"("f":"get","key":"y","value":"")") +
                             ok(2, R"("f":"put","key":"y")") + invoke(2, R"("f":"delete","key":"x")") +
                             ok(2, R"("f":"delete","key":"x")") + invoke(2, R"("f":"cas","key":"x","value":["","c"])") +
                             ok(2, R"("f":"cas","key":"x","applied":true)");
    const std::string good = folder.write("good.jsonl", text);
    const std::string bad = folder.write("bad.jsonl", text + invoke(3, R"("f":"get","key":"x")") +
                                                          ok(3, R"("f":"get","key":"x","value":"a")"));
    CHECK(call(folder, "check-history --model kv '" + good + "'").exit == 0);
    const Outcome both = call(folder, "check-history --model kv --json '" + good + "' '" + bad + "'");
    CHECK(both.exit == 1);
    CHECK(lines(both.out) == 2);
    CHECK(Json::parse(both.out.substr(0, both.out.find('\n')))["linearizable"] == true);
    CHECK(Json::parse(both.out.substr(both.out.find('\n')))["cannot_be_ordered"][0]["key"] == "x");
  }
  TEST_CASE("what cannot be decided within the budget is not called linearizable") {
    const Folder folder;
    std::string text;
    for (int i = 0; i < 20; ++i) text += invoke(i, R"("f":"append","key":"x","value":")" + std::string(1, static_cast<char>('a' + i)) + "\"");
    for (int i = 0; i < 20; ++i) text += ok(i, R"("f":"append","key":"x")");
    text += invoke(1, R"("f":"get","key":"x")") + ok(1, R"("f":"get","key":"x","value":"none")");
    const Outcome outcome =
        call(folder, "check-history --model kv --json --steps 100000 '" + folder.write("hard.jsonl", text) + "'");
    CHECK(outcome.exit == 2);
    CHECK(lines(outcome.err) == 1);
    CHECK(outcome.err.find("not decided within 100000 steps") != std::string::npos);
    CHECK(Json::parse(outcome.out)["linearizable"].is_null());
  }
  TEST_CASE("bad histories: one clear line with its number, exit 2") {
    const Folder folder;
    const std::string write = invoke(1, R"("f":"write","value":1)");
    struct Bad {
      const char* model;
      std::string text;
      const char* says;
    };
    std::string nul = write;
    nul[3] = '\0';
    const Bad files[] = {
        {"register", "", ":1: no operation"},
        {"register", "\n \n", ":1: no operation"},
        {"register", write + "{\"process\":1,", ":2: "},
        {"register", write + "[]", ":2: '[]' is not a JSON object"},
        {"register", nul, ":1: "},
        {"register", "\xff\xfe", ":1: "},
        {"register", std::string(100'000, '['), ":1: "},
        {"register", write + std::string(10'000'000, ' ') + "1", ":2: the line is longer"},
        {"register", invoke(1, R"("f":"cas","value":[1,2])"), ":1: \"f\" is 'cas', not an operation of the model register"},
        {"kv", invoke(1, R"("f":"read","key":"x")"), "not an operation of the model kv"},
        {"kv", invoke(1, R"("f":7,"key":"x")"), ":1: \"f\" is '7'"},
        {"kv", invoke(1, R"("f":"get")"), ":1: \"key\" is missing"},
        {"kv", invoke(1, R"("f":"get","key":3)"), ":1: \"key\" must be a string"},
        {"kv", invoke(1, R"("f":"put","key":"x","value":3)"), ":1: \"value\" must be a string"},
        {"kv", invoke(1, R"("f":"put","key":"x")"), ":1: \"value\" is missing"},
        {"register", invoke(1, R"("f":"write","value":[1])"), ":1: \"value\" must be null, a number"},
        {"cas-register", invoke(1, R"("f":"cas","value":3)"), ":1: \"value\" of a cas must be [old, new]"},
        {"cas-register", invoke(1, R"("f":"cas","value":[1,2])") + ok(1, R"("f":"cas","applied":"no")"), ":2: \"applied\""},
        {"register", invoke(1, R"("f":"read")") + ok(1, R"("f":"read")"), ":2: \"value\" is missing"},
        {"register", ok(1, R"("f":"write")"), ":1: process 1 has nothing to finish"},
        {"register", write + write, ":2: process 1 has not finished what it began in line 1"},
        {"register", write + ok(1, R"("f":"read","value":1)"), ":2: \"f\" is not that of line 1"},
        {"register", R"({"type":"invoke","f":"read"})", ":1: \"process\" must be a whole number"},
        {"register", R"({"process":1.5,"type":"invoke","f":"read"})", ":1: \"process\""},
        {"register", R"({"process":18446744073709551615,"type":"invoke","f":"read"})", ":1: \"process\""},
        {"register", R"({"process":1,"f":"read"})", ":1: \"type\""},
        {"register", line(1, "begin", R"("f":"read")"), ":1: \"type\" is 'begin'"},
    };
    for (const Bad& bad : files) {
      const std::string path = folder.write("bad.jsonl", bad.text);
      const Outcome outcome = call(folder, "check-history '" + path + "' --json --model " + bad.model);
      CHECK_MESSAGE(outcome.exit == 2, bad.says);
      CHECK_MESSAGE(outcome.out.empty(), bad.says);
      CHECK_MESSAGE(lines(outcome.err) == 1, outcome.err);
      CHECK_MESSAGE(outcome.err.find("bad.jsonl" + std::string(bad.says[0] == ':' ? "" : ":1: ")) != std::string::npos, outcome.err);
      CHECK_MESSAGE(outcome.err.find(bad.says) != std::string::npos, outcome.err);
    }
    const std::string good = folder.write("good.jsonl", write);
    const std::string long_one = folder.write("long.jsonl", std::string(100'000'000, '\n'));
    for (const std::string& arguments :
         {std::string("check-history /no/such/file --model kv"), std::string("check-history / --model kv"),
          std::string("check-history --model kv"), "check-history " + good, "check-history " + good + " --model queue",
          "check-history " + good + " --model register --steps x", "check-history " + long_one + " --model kv"}) {
      const Outcome outcome = call(folder, arguments);
      CHECK_MESSAGE(outcome.exit == 2, arguments);
      CHECK_MESSAGE(lines(outcome.err) == 1, arguments << ": " << outcome.err);
    }
    CHECK(call(folder, "check-history " + good + " " + long_one + " --model register").exit == 2);
  }
  TEST_CASE("recorded histories of a real store: the published verdicts") {
    const char* given = std::getenv("PAXOSCOPE_HISTORIES");
    if (given == nullptr) {
      MESSAGE("SKIPPED: PAXOSCOPE_HISTORIES names no folder with recorded histories and verdicts.tsv");
      return;
    }
    const Folder folder;
    const std::string from = std::string(given) + "/";
    std::ifstream verdicts(from + "verdicts.tsv");
    std::string file, model, linearizable;
    std::getline(verdicts, file);
    size_t checked = 0;
    for (; std::getline(verdicts, file, '\t') && std::getline(verdicts, model, '\t') && std::getline(verdicts, linearizable); ++checked) {
      const Outcome outcome = call(folder, "check-history '" + from + file + "' --model " + model);
      CHECK_MESSAGE(outcome.exit == (linearizable == "true" ? 0 : 1), file);
    }
    CHECK(checked > 0);
  }
}
