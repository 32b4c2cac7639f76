// Permalinks as the command reads and writes them: what the page writes is read, whatever a stranger writes gives a sentence.
#include <doctest/doctest.h>
#include <zlib.h>

#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "calling.h"
#include "fixture.h"
#include "scenarios/journal_text.h"
#include "scenarios/link/deflate.h"
#include "scenarios/link/link.h"
#include "scenarios/link/url_text.h"

using namespace paxoscope;
using namespace paxoscope::test;
using Json = nlohmann::json;

namespace {

Link read_link(const std::string& text) {
  const auto link = decode_link(text);
  REQUIRE_MESSAGE(link, link.error().text);
  return *link;
}

std::string own(const std::string& packed) { return "#v1/~/omnipaxos?s=" + to_base64url(packed); }

/// So many spaces, packed: a few hundred bytes for each megabyte.
std::string bomb(size_t megabytes) {
  std::string packed;
  z_stream stream = {};
  REQUIRE(deflateInit(&stream, 9) == Z_OK);
  std::string part(1 << 20, ' '), out(1 << 16, '\0');
  for (size_t i = 0; i <= megabytes; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(part.data());
    stream.avail_in = i < megabytes ? static_cast<uInt>(part.size()) : 0;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      deflate(&stream, i < megabytes ? Z_NO_FLUSH : Z_FINISH);
      packed.append(out, 0, out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  deflateEnd(&stream);
  return packed;
}

std::string noise(size_t bytes, uint32_t state) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>(state >> 24);
  }
  return text;
}

}  // namespace

TEST_SUITE("link") {
  TEST_CASE("a link is read as a whole address, and with or without its #") {
    const std::string text = "v1/quorum-loss/omnipaxos?seed=7&at=40&off=B3.raise,P5.session&n=3&d=MTIgY3V0IEEtQgo";
    Link expected;
    expected.scenario = "quorum-loss";
    expected.protocol = "omnipaxos";
    expected.seed = "7";
    expected.at = 40;
    expected.off = "B3.raise,P5.session";
    expected.servers = 3;
    expected.journal = "12 cut A-B\n";
    for (const char* before : {"", "#", "https://example.org/paxoscope/?parent=x#"})
      CHECK(read_link(before + text) == expected);
    CHECK(encode_link(expected) == "#" + text);
    CHECK(read_link("#v1/chained").protocol.empty());
    CHECK(!read_link("#v1/chained").at.has_value());
    CHECK(read_link("#v1/a%20b/raft?at=0&at=5&off=P5.session%2CB3.raise&x=%zz&seed=1+2").scenario == "a b");
    CHECK(read_link("#v1/a/raft?at=0&at=5").at == 0);
    CHECK(read_link("#v1/a/raft?seed=1+2%").seed == "1 2%");
  }

  TEST_CASE("texts come back as they were, in base64url and packed") {
    for (size_t length = 0; length < 70; ++length) {
      const std::string bytes = noise(length, static_cast<uint32_t>(length));
      bool cut_off = true;
      CHECK(from_base64url(to_base64url(bytes), &cut_off) == bytes);
      CHECK(!cut_off);
      CHECK(inflate_text(deflate_text(bytes), length) == bytes);
      CHECK(form_decoded(form_encoded(bytes)) == bytes);
    }
    Link link;
    link.source = "title = \"é ⟨own⟩\"\n" + noise(3000, 5);
    link.journal = "3 propose A é +&%\n";
    CHECK(read_link(encode_link(link)) == link);
  }

  TEST_CASE("a run's link opens the same run at the same event, from a file that comes with the program or another") {
    for (const bool own_file : {false, true}) {
      const std::string source = (own_file ? "# mine\n" : "") + std::string(builtin_text("leader-crash"));
      auto run = test::start(test::load(source, "leader-crash"), 9, {"B3.raise"});
      run->seek(60);
      REQUIRE(run->perform(action("cut A-C")));
      run->seek(90);
      const Link link = link_to(*run, source);
      CHECK(link.source.has_value() == own_file);
      const Link read = read_link(encode_link(link));
      auto opened = open_link(read);
      REQUIRE_MESSAGE(opened, opened.error().text);
      go_to_moment(**opened, read);
      CHECK((*opened)->event() == 90);
      CHECK((*opened)->state_hash() == run->state_hash());
      CHECK((*opened)->journal() == run->journal());
    }
  }

  TEST_CASE("a text that unpacks to too much is given up early") {
    const std::string packed = bomb(64);
    CHECK(packed.size() < kMaxLinkBytes / 2);
    const auto text = inflate_text(packed, kMaxScenarioBytes);
    REQUIRE(!text);
    CHECK(text.error().text == "The scenario in the link is longer than 262144 bytes.");
    CHECK(inflate_text(deflate_text(std::string(kMaxScenarioBytes, 'x')), kMaxScenarioBytes));
    CHECK(!inflate_text(deflate_text(std::string(kMaxScenarioBytes + 1, 'x')), kMaxScenarioBytes));
  }

  TEST_CASE("hostile links: exit 2 and one sentence") {
    const Folder folder;
    const std::string packed = deflate_text(builtin_text("chained"));
    const auto with_journal = [](const std::string& journal) { return "#v1/chained/omnipaxos?at=9&d=" + to_base64url(journal); };
    const std::pair<std::string, std::string> links[] = {
        {"#v2/chained/omnipaxos?seed=1", "not understood"},
        {"", "either a FILE or --link"},
        {"#", "not understood"},
        {"#v1/", "not understood"},
        {"#v1//omnipaxos", "not understood"},
        {"#v1/chained/omnipaxos/more", "not understood"},
        {"hello", "not understood"},
        {"#v1/%/omnipaxos", "stray %"},
        {"#v1/%ff/omnipaxos", "stray %"},
        {"#v1/no-such-scenario/omnipaxos", "no scenario named 'no-such-scenario'"},
        {"#v1/chained/paxosaurus", "unknown protocol"},
        {"#v1/chained/omnipaxos?off=Z9", "no switch"},
        {"#v1/chained/omnipaxos?seed=-1", "not a whole number"},
        {"#v1/chained/omnipaxos?at=-3", "'at' is not a whole number"},
        {"#v1/chained/omnipaxos?at=99999999999999999999", "'at' is not a whole number"},
        {"#v1/chained/omnipaxos?n=x", "'n' is not a whole number"},
        {"#v1/chained/omnipaxos?n=17", "at most"},
        {"#v1/chained/omnipaxos?d=a", "cut off"},
        {"#v1/chained/omnipaxos?d=a*aa", "not base64url"},
        {"#v1/chained/omnipaxos?d=" + to_base64url("\xff\xfe"), "not text"},
        {with_journal("x"), "line 1"},
        {with_journal("5 crash A\n3 crash B\n"), "line 2"},
        {with_journal("5 eat A\n"), "line 1"},
        {with_journal("5 deliver 999999\n"), "does not fit this scenario"},
        {with_journal("5 crash P\n"), "does not fit this scenario"},
        {with_journal("499999 crash A\n"), "the run ends before"},
        {with_journal("18446744073709551615 crash A\n"), "beyond the longest run"},
        {"#v1/~/omnipaxos", "cannot be unpacked"},
        {own(packed.substr(0, packed.size() / 2)), "cannot be unpacked"},
        {own(packed + "more"), "cannot be unpacked"},
        {own(noise(6000, 1)), "cannot be unpacked"},
        {own(bomb(40)), "longer than 262144 bytes"},
        {own(deflate_text("title = 5\n")), "scenario:1:"},
        {"#" + to_base64url(noise(6144, 2)), "not understood"},
        {"#v1/" + form_encoded(noise(2048, 3)), "stray %"},
        {"#v1/chained/omnipaxos?d=" + to_base64url(noise(6144, 4)), "not text"},
    };
    std::string all;
    for (const auto& row : links) {
      const auto& link = row.first;
      const auto& words = row.second;
      const Outcome outcome = call(folder, "run --link '" + link + "'");
      CHECK_MESSAGE(outcome.exit == 2, link.substr(0, 100));
      CHECK_MESSAGE(outcome.out.empty(), link.substr(0, 100));
      CHECK_MESSAGE(lines(outcome.err) == 1, outcome.err);
      CHECK_MESSAGE(outcome.err.find(words) != std::string::npos, outcome.err);
      all += link + "\n";
    }
    // The same as lines of one input, which goes on after each.
    all += "#v1/chained/omnipaxos?at=50\n" + noise(8192, 5) + "\n" + std::string(kMaxLinkBytes + 100, 'v');
    const Outcome outcome = call(folder, "run --link - --json <" + folder.write("links", all) + " >" + folder.file("results") +
                                             "; exit $?; :");
    CHECK(outcome.exit == 2);
    std::istringstream results(test::read(folder.file("results")));
    size_t errors = 0, runs = 0;
    for (std::string line; std::getline(results, line);) {
      const Json json = Json::parse(line);
      ++(json.contains("error") ? errors : runs);
      CHECK((json.contains("error") || json["events"] == 50));
    }
    CHECK(runs == 1);
    CHECK(errors >= std::size(links) + 2);
  }

  TEST_CASE("run --link and --print-link: to the link's event, to the end without one") {
    const Folder folder;
    const std::string file = "'" PAXOSCOPE_SOURCE_DIR "/scenarios/leader-crash.toml'";
    const Json whole = Json::parse(call(folder, "run " + file + " --seed 4 --without B3.raise --json --print-link").out);
    const std::string link = whole["link"];
    CHECK(link == "#v1/leader-crash/omnipaxos?seed=4&at=" + std::to_string(whole["events"].get<uint64_t>()) + "&off=B3.raise");
    CHECK(Json::parse(call(folder, "run --json --print-link --link '" + link + "'").out) == whole);
    const Outcome end = call(folder, "run --json --link '#v1/leader-crash/omnipaxos?seed=4&off=B3.raise'");
    CHECK(Json::parse(end.out)["state_hash"] == whole["state_hash"]);
    CHECK(end.exit == 1);  // it expects to recover
    const Outcome far = call(folder, "run --json --link '#v1/leader-crash/omnipaxos?seed=4&off=B3.raise&at=999999999999999'");
    CHECK(Json::parse(far.out)["state_hash"] == whole["state_hash"]);
    CHECK(call(folder, "run --link '" + link + "' --seed 5").exit == 2);
    CHECK(call(folder, "run " + file + " --link '" + link + "'").exit == 2);
    CHECK(call(folder, "run --link -").exit == 2);
    const std::string own_file = folder.write("own.toml", "# mine\n" + std::string(builtin_text("chained")));
    const Json mine = Json::parse(call(folder, "run '" + own_file + "' --until 500ms --json --print-link").out);
    CHECK(mine["link"].get<std::string>().starts_with("#v1/~/omnipaxos?seed=1&at="));
    CHECK(Json::parse(call(folder, "run --json --link '" + mine["link"].get<std::string>() + "'").out)["state_hash"] ==
          mine["state_hash"]);
  }

  TEST_CASE("run --trace-format shiviz writes the log for ShiViz") {
    const Folder folder;
    const std::string file = "'" PAXOSCOPE_SOURCE_DIR "/scenarios/chained.toml'";
    CHECK(call(folder, "run " + file + " --trace-format shiviz").exit == 2);
    CHECK(call(folder, "run " + file + " --trace '" + folder.file("log") + "' --trace-format shiviz").exit == 0);
    const std::string log = read(folder.file("log"));
    CHECK(log.starts_with("B {\"B\":1}\nsends Prepare"));
    CHECK(lines(log) > 500);
  }
}
