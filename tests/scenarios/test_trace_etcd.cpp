// Traces in etcd's words: they follow its rules in every scenario and under faults, and a trace that was tampered with does not.
#include "calling.h"
#include "etcd_rules.h"
#include "fixture.h"

#include <sstream>

#include "scenarios/catalogue.h"
#include "scenarios/etcd_trace.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

std::vector<std::string> trace(const Scenario& scenario, const std::string& protocol, uint64_t seed = 1) {
  RunOptions options;
  options.protocol = protocol;
  options.seed = seed;
  auto run = Run::create(scenario, options);
  REQUIRE_MESSAGE(run, run.error().text);
  (*run)->run_to_end();
  std::stringstream out;
  const auto written = write_etcd_trace(**run, out);
  REQUIRE_MESSAGE(written, written.error().text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(out, line);) lines.push_back(line);
  return lines;
}

std::string judge(const std::vector<std::string>& lines, bool forgets = false) { return EtcdRules(forgets).check(lines); }

bool may_forget(const Scenario& scenario) {
  bool wiped = false;
  for (const ScenarioStep& step : scenario.steps)
    for (const Action& action : step.actions) wiped = wiped || action.kind == ActionKind::wipe;
  return wiped || scenario.world.disk.max_us > 0;
}

std::vector<std::string> rafts() {
  std::vector<std::string> ids;
  for (const ProtocolInfo& protocol : protocols())
    if (protocol.family == ProtocolFamily::raft) ids.emplace_back(protocol.id);
  return ids;
}

/// Crashes, cuts, a pause, copies and losses. No message can be committed in part.
std::string faults() {
  return "title = \"t\"\nduration = \"3s\"\n[cluster]\nservers = 5\nelection_timeout = \"50ms\"\nmessage_entries = 1\n"
         "[network]\nlatency = [\"1ms\", \"12ms\"]\nloss = \"5%\"\nduplication = \"10%\"\n"
         "[[client]]\nserver = \"A\"\n[[client]]\nserver = \"C\"\nmix = \"put 2, get 1\"\n"
         "[[step]]\nwhen = \"leader\"\nat = \"400ms\"\ndo = [\"crash A\", \"cut B-C\"]\n"
         "[[step]]\nat = \"700ms\"\ndo = [\"restart A\", \"pause D\"]\n"
         "[[step]]\nat = \"1000ms\"\ndo = [\"heal all\", \"crash B\", \"resume D\"]\n"
         "[[step]]\nat = \"1300ms\"\ndo = [\"restart B\", \"isolate C\"]\n"
         "[[step]]\nat = \"1700ms\"\ndo = [\"heal all\", \"fire D election\", \"fire E election\"]\n";
}

/// The same with messages that overtake each other, a change of members and snapshots.
std::string rough(const std::string& disk) {
  return "title = \"t\"\nduration = \"3s\"\n[cluster]\nservers = 5\nmembers = [\"A\", \"B\", \"C\", \"D\"]\n"
         "election_timeout = \"50ms\"\n[network]\nlatency = [\"1ms\", \"12ms\"]\nloss = \"5%\"\nduplication = \"10%\"\n"
         "datagram = true\n" + disk +
         "[[client]]\nserver = \"A\"\n[[client]]\nserver = \"C\"\nmix = \"put 2, get 1\"\n"
         "[[step]]\nwhen = \"leader\"\nat = \"400ms\"\ndo = [\"crash A\", \"cut B-C\"]\n"
         "[[step]]\nat = \"700ms\"\ndo = [\"restart A\", \"snapshot B\", \"pause D\"]\n"
         "[[step]]\nat = \"1000ms\"\ndo = [\"heal all\", \"crash B\", \"resume D\"]\n"
         "[[step]]\nat = \"1300ms\"\ndo = [\"restart B\", \"isolate C\"]\n"
         "[[step]]\nat = \"1700ms\"\ndo = [\"heal all\", \"reconfigure B,C,D,E\"]\n"
         "[[step]]\nat = \"2300ms\"\ndo = [\"snapshot C\", \"isolate E\", \"fire D election\"]\n"
         "[[step]]\nat = \"2600ms\"\ndo = \"heal all\"\n";
}

std::string renumbered(std::string line, uint64_t number) {
  const std::string text = std::to_string(number);
  return line.replace(line.find("\"line\":\"") + 8, 9, std::string(9 - text.size(), '0') + text);
}

std::vector<std::string> without_line(std::vector<std::string> lines, size_t at) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
  for (size_t i = at; i < lines.size(); ++i) lines[i] = renumbered(lines[i], i + 1);
  return lines;
}

/// What the published specification does not cover (scenarios/README.md): several changes at once, a membership that counts
/// before it is committed, snapshots, messages of which a part is committed already, and what a slow disk loses after it was called ready.
bool leaves_specification(const Scenario& scenario, const std::string& differs) {
  const auto says = [&](const char* what) { return differs.find(what) != std::string::npos; };
  bool changes = false;
  for (const ScenarioStep& step : scenario.steps)
    for (const Action& action : step.actions) changes = changes || action.kind == ActionKind::reconfigure;
  if (changes && (says("no single change") || says("of the committed membership") || says("no quorum of votes"))) return true;
  return says("a snapshot") || says("before and behind the commit index") || (scenario.world.disk.max_us > 0 && says("something else than its last Ready"));
}

}  // namespace

TEST_SUITE("traces in etcd's words") {
  TEST_CASE("every scenario, with every kind of Raft") {
    size_t traces = 0, lines = 0, published = 0;
    for (const auto& entry : std::filesystem::directory_iterator(PAXOSCOPE_SOURCE_DIR "/scenarios")) {
      if (entry.path().extension() != ".toml") continue;
      const Scenario scenario = load_file(entry.path().stem());
      for (const std::string& protocol : rafts()) {
        const auto written = trace(scenario, protocol);
        CHECK_MESSAGE(judge(written, may_forget(scenario)).empty(), entry.path().stem() << ", " << protocol << ": "
                                                                       << judge(written, may_forget(scenario)));
        ++traces;
        lines += written.size();
        const std::string differs = EtcdRules(false, true).check(written);
        if (differs.empty()) ++published;
        CHECK_MESSAGE((differs.empty() || leaves_specification(scenario, differs)), entry.path().stem() << ", " << protocol << ": " << differs);
      }
    }
    CHECK(traces >= 100);
    MESSAGE(traces << " traces, " << lines << " lines; as the published specification says: " << published);
  }

  TEST_CASE("200 seeds with crashes, cuts, losses and copies, on disks that write at once and on slow ones") {
    std::map<std::string, uint64_t> names;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const bool slow = seed % 2 == 0;
      const Scenario scenario = load(rough(slow ? "[disk]\nlatency = [\"1ms\", \"8ms\"]\ntorn = true\n" : ""));
      const std::string protocol = rafts()[seed / 2 % 4];
      EtcdRules rules(slow);
      const std::string wrong = rules.check(trace(scenario, protocol, seed));
      CHECK_MESSAGE(wrong.empty(), protocol << ", seed " << seed << ": " << wrong);
      for (const auto& [name, count] : rules.names()) names[name] += count;
    }
    for (const char* name :
         {"InitState", "BecomeCandidate", "BecomeLeader", "BecomeFollower", "Commit", "Replicate", "ChangeConf",
          "ApplyConfChange", "Ready", "SendAppendEntriesRequest", "SendAppendEntriesResponse", "SendRequestVoteRequest",
          "SendRequestVoteResponse", "ReceiveAppendEntriesRequest", "ReceiveAppendEntriesResponse",
          "ReceiveRequestVoteRequest", "ReceiveRequestVoteResponse", "ReceiveSnapshot"})
      CHECK_MESSAGE(names[name] > 0, name);
  }

  TEST_CASE("faults, copies and losses, and in order: as the published specification says") {
    for (uint64_t seed = 1; seed <= kSeeds / 2; ++seed) {
      // With PreVote a refusal, which has no line, may tell of a newer term.
      const std::string protocol = seed % 2 == 0 ? "raft" : "raft-checkquorum";
      const std::string wrong = EtcdRules(false, true).check(trace(load(faults()), protocol, seed));
      CHECK_MESSAGE(wrong.empty(), protocol << ", seed " << seed << ": " << wrong);
    }
  }

  TEST_CASE("a line that is missing is noticed") {
    auto lines = trace(load_file("leader-crash"), "raft");
    lines.resize(std::min<size_t>(lines.size(), 400));
    REQUIRE(judge(lines).empty());
    std::map<std::string, uint64_t> noticed;
    for (size_t at = 0; at < std::min<size_t>(lines.size(), 250); ++at) {
      auto cut = lines;
      cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(at));
      CHECK_FALSE(judge(cut).empty());  // the lines are numbered…
      if (!judge(without_line(lines, at)).empty())  // …and this is seen even if somebody numbers them again
        ++noticed[nlohmann::json::parse(lines[at])["event"]["name"]];
    }
    for (const char* name : {"InitState", "BecomeCandidate", "BecomeLeader", "BecomeFollower", "Commit", "Replicate",
                             "Ready", "SendAppendEntriesRequest", "SendAppendEntriesResponse", "SendRequestVoteRequest",
                             "SendRequestVoteResponse", "ReceiveAppendEntriesRequest", "ReceiveAppendEntriesResponse",
                             "ReceiveRequestVoteRequest", "ReceiveRequestVoteResponse"})
      CHECK_MESSAGE(noticed[name] > 0, name);
  }

  TEST_CASE("a line that is altered is noticed") {
    const auto lines = trace(load_file("leader-crash"), "raft");
    REQUIRE(judge(lines).empty());
    for (size_t at = 0; at < std::min<size_t>(lines.size(), 120); ++at) {
      const auto line = nlohmann::json::parse(lines[at]);
      std::vector<nlohmann::json> altered;
      for (const char* field : {"term", "commit"}) {
        altered.push_back(line);
        altered.back()["event"]["state"][field] = line["event"]["state"][field].get<uint64_t>() + 1;
      }
      altered.push_back(line);
      altered.back()["event"]["state"]["vote"] = line["event"]["state"]["vote"] == "3" ? "2" : "3";
      altered.push_back(line);
      altered.back()["event"]["log"] = line["event"]["log"].get<uint64_t>() + 1;
      altered.push_back(line);
      altered.back()["event"]["role"] = line["event"]["role"] == "StateLeader" ? "StateFollower" : "StateLeader";
      altered.push_back(line);
      altered.back()["event"]["conf"][0] = {"1", "2"};
      if (line["event"].contains("msg") && line["event"]["name"].get<std::string>().starts_with("Receive"))
        for (const char* field : {"term", "index", "entries", "commit", "logTerm"}) {
          altered.push_back(line);
          altered.back()["event"]["msg"][field] = line["event"]["msg"][field].get<uint64_t>() + 7;
        }
      for (const auto& one : altered) {
        auto tampered = lines;
        tampered.resize(at + 2 < lines.size() ? at + 2 : lines.size());
        tampered[at] = one.dump();
        CHECK_MESSAGE(!judge(tampered).empty(), one.dump());
      }
    }
  }

  TEST_CASE("the command: only for Raft, and only with a file") {
    const Folder folder;
    const std::string scenario = "'" PAXOSCOPE_SOURCE_DIR "/scenarios/steady-replication.toml' ";
    const std::string out = " --trace '" + folder.file("trace") + "' --trace-format ";
    CHECK(call(folder, "run " + scenario + "--protocol raft" + out + "etcd").exit == 0);
    CHECK(lines(read(folder.file("trace"))) > 500);
    const Outcome other = call(folder, "run " + scenario + out + "etcd");
    CHECK(other.exit == 2);
    CHECK(other.err.find("is for Raft") != std::string::npos);
    CHECK(call(folder, "run " + scenario + "--protocol raft" + out + "jepsen").exit == 2);
    CHECK(call(folder, "run " + scenario + "--protocol raft --trace-format etcd").exit == 2);
  }
}
