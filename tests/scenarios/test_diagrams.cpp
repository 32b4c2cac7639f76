// Runs as text for other tools.
#include "fixture.h"

#include <map>
#include <sstream>

#include "scenarios/diagrams.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// {"A":3,"B":1} as a map.
std::map<std::string, int> read_clock(const std::string& text) {
  std::map<std::string, int> clock;
  for (size_t at = text.find('"'); at != std::string::npos; at = text.find('"', text.find(':', at)))
    clock[text.substr(at + 1, 1)] = std::stoi(text.substr(text.find(':', at) + 1));
  return clock;
}

}  // namespace

TEST_SUITE("diagrams") {
  TEST_CASE("a Mermaid diagram has every server, each message that arrived or was lost, and the faults") {
    auto run = start(load_file("quorum-loss"));
    run->run_until(1'200'000);
    const std::vector<std::string> lines = lines_of(mermaid_diagram(*run, 980'000, 1'200'000));
    CHECK(lines[0] == "sequenceDiagram");
    CHECK(lines[5] == "  participant E");
    size_t arrived = 0, lost = 0, notes = 0;
    for (const std::string& line : lines) {
      arrived += line.find("-)") != std::string::npos;
      lost += line.find("-x") != std::string::npos;
      notes += line.find("  Note over A,E: ") == 0;
    }
    size_t really_arrived = 0, really_lost = 0;
    for (const ArrowRecord& arrow : run->timeline().arrows) {
      if (arrow.family == MessageFamily::heartbeat || arrow.end_us < 980'000) continue;
      really_arrived += arrow.fate == MessageFate::delivered;
      really_lost += arrow.fate == MessageFate::lost || arrow.fate == MessageFate::dropped;
    }
    CHECK(arrived == really_arrived);
    CHECK(lost == really_lost);
    CHECK(lost > 0);
    CHECK(notes > 0);
  }

  TEST_CASE("a long diagram is cut and says so") {
    auto run = start(load_file("quorum-loss"));
    run->run_to_end();
    const std::string text = mermaid_diagram(*run, 0, run->end_us());
    CHECK(text.find("later messages are left out") != std::string::npos);
    CHECK(lines_of(text).size() < kMaxDiagramMessages + 60);
  }

  TEST_CASE("a ShiViz log's clocks count each server's own steps, and what is received knows its sender's") {
    auto run = start(load_file("steady-replication"));
    run->run_to_end();
    const std::vector<std::string> lines = lines_of(shiviz_log(*run));
    REQUIRE(lines.size() > 100);
    REQUIRE(lines.size() % 2 == 0);
    std::map<std::string, std::map<std::string, int>> last;
    size_t receipts = 0;
    for (size_t i = 0; i < lines.size(); i += 2) {
      const std::string host = lines[i].substr(0, 1);
      const auto clock = read_clock(lines[i].substr(2));
      CHECK(clock.at(host) == last[host][host] + 1);
      for (const auto& [other, count] : last[host]) CHECK(clock.at(other) >= count);
      const size_t from = lines[i + 1].find(" from ");
      if (lines[i + 1].find("receives ") == 0 && ++receipts) CHECK(clock.at(lines[i + 1].substr(from + 6, 1)) > 0);
      last[host] = clock;
    }
    size_t delivered = 0;
    for (const ArrowRecord& arrow : run->timeline().arrows)
      delivered += arrow.family != MessageFamily::heartbeat && arrow.fate == MessageFate::delivered;
    CHECK(receipts == delivered);
  }

  TEST_CASE("a problem report tells how to get there again") {
    auto run = start(load_file("quorum-loss"), 7);
    run->run_until(300'000);
    REQUIRE(run->perform(*parse_action("crash B")));
    const std::string report = problem_report(*run);
    for (const std::string& part :
         {std::string("Scenario: The leader loses its majority (quorum-loss)"), std::string("Protocol: omnipaxos"),
          std::string("Seed: 7"), std::string("crash B"), hex16(run->state_hash()),
          std::string("Expected: no violation")})
      CHECK_MESSAGE(report.find(part) != std::string::npos, part);
  }
}
