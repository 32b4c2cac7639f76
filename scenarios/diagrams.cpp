#include "scenarios/diagrams.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/sort_indexes.h"
#include "base/text.h"
#include "scenarios/journal_text.h"

namespace paxoscope {

namespace {

/// What Mermaid would take for its own punctuation goes.
std::string plain(std::string text) {
  for (char& c : text)
    if (c == ';' || c == '#' || c == '\n' || c == ':') c = ',';
  return text;
}

std::string arrow_words(const ArrowRecord& arrow) {
  return arrow.epoch ? concat(arrow.name, " ", epoch_label(arrow.epoch)) : arrow.name;
}

/// Sorted; equal ones stay as they stood.
template <class Value, class Less>
std::vector<Value> in_order(std::vector<Value> values, Less less) {
  std::vector<uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  sort_indexes(order, [&](uint32_t a, uint32_t b) {
    return less(values[a], values[b]) || (!less(values[b], values[a]) && a < b);
  });
  std::vector<Value> sorted;
  for (uint32_t i : order) sorted.push_back(std::move(values[i]));
  return sorted;
}

/// A line of a diagram and when it belongs there.
struct Line {
  uint64_t event;
  std::string text;
};

std::vector<Line> diagram_lines(const Run& run, TimeUs from_us, TimeUs to_us, size_t* left_out) {
  std::vector<Line> lines;
  size_t messages = 0;
  const std::string last = server_label(run.scenario().world.servers.back());
  for (const ArrowRecord& arrow : run.timeline().arrows) {
    const bool ends = arrow.fate != MessageFate::flying && arrow.end_us >= from_us && arrow.end_us <= to_us;
    if (arrow.family == MessageFamily::heartbeat || !ends) continue;
    if (++messages > kMaxDiagramMessages) continue;
    const bool arrived = arrow.fate == MessageFate::delivered;
    lines.push_back({arrow.end_event, concat(server_label(arrow.from), arrived ? "-)" : "-x", server_label(arrow.to), ": ",
                                             plain(arrow_words(arrow)))});
  }
  for (const MarkRecord& mark : run.timeline().marks) {
    const bool told = mark.kind == MarkKind::action || mark.kind == MarkKind::narration || mark.kind == MarkKind::violation;
    if (told && mark.time_us >= from_us && mark.time_us <= to_us)
      lines.push_back({mark.event, concat("Note over A", last == "A" ? "" : "," + last, ": ", plain(mark.label))});
  }
  *left_out = messages - std::min(messages, kMaxDiagramMessages);
  return in_order(std::move(lines), [](const Line& a, const Line& b) { return a.event < b.event; });
}

/// What happened at one server at one event.
struct Happening {
  uint64_t event;
  ServerId server;
  const ArrowRecord* received = nullptr;
  std::string sends = {};
};

std::vector<Happening> happenings(const Timeline& timeline) {
  std::vector<Happening> all;
  for (const ArrowRecord& arrow : timeline.arrows) {
    if (arrow.family == MessageFamily::heartbeat) continue;
    all.push_back({arrow.sent_event, arrow.from, nullptr, concat(arrow_words(arrow), " to ", server_label(arrow.to))});
    if (arrow.fate == MessageFate::delivered) all.push_back({arrow.end_event, arrow.to, &arrow});
  }
  // What is received at an event comes before what it sends.
  return in_order(std::move(all), [](const Happening& a, const Happening& b) {
    if (a.event != b.event) return a.event < b.event;
    return a.server != b.server ? a.server < b.server : (a.received != nullptr) > (b.received != nullptr);
  });
}

using Clock = std::array<uint32_t, kMaxServers + 1>;

/// A sender's clock after the event that sent.
struct Stamp {
  uint64_t event;
  ServerId server;
  Clock clock;
};

std::string clock_text(const Clock& clock) {
  std::string text = "{";
  for (ServerId id = 1; id <= kMaxServers; ++id)
    if (clock[id] != 0) text += concat(text.size() > 1 ? "," : "", "\"", server_label(id), "\":", clock[id]);
  return text + "}";
}

}  // namespace

std::string mermaid_diagram(const Run& run, TimeUs from_us, TimeUs to_us) {
  std::string text = "sequenceDiagram\n";
  for (ServerId id : run.scenario().world.servers) text += concat("  participant ", server_label(id), "\n");
  size_t left_out = 0;
  for (const Line& line : diagram_lines(run, from_us, to_us, &left_out)) text += concat("  ", line.text, "\n");
  if (left_out > 0) text += concat("  %% ", left_out, " later messages are left out\n");
  return text;
}

std::string shiviz_log(const Run& run) {
  std::array<Clock, kMaxServers + 1> clocks = {};
  std::vector<Stamp> stamps;
  std::string text;
  const std::vector<Happening> all = happenings(run.timeline());
  for (size_t i = 0; i < all.size();) {
    const Happening& one = all[i];
    Clock& clock = clocks[one.server];
    std::string words;
    if (const ArrowRecord* arrow = one.received) {
      const auto at = std::lower_bound(stamps.begin(), stamps.end(), *arrow, [](const Stamp& stamp, const ArrowRecord& a) {
        return stamp.event != a.sent_event ? stamp.event < a.sent_event : stamp.server < a.from;
      });
      if (at != stamps.end() && at->event == arrow->sent_event && at->server == arrow->from)
        for (size_t id = 0; id < clock.size(); ++id) clock[id] = std::max(clock[id], at->clock[id]);
      words = concat("receives ", arrow_words(*arrow), " from ", server_label(arrow->from));
      ++i;
    }
    for (; i < all.size() && all[i].event == one.event && all[i].server == one.server; ++i)
      words += concat(words.empty() ? "sends " : ", sends ", all[i].sends);
    ++clock[one.server];
    stamps.push_back({one.event, one.server, clock});
    text += concat(server_label(one.server), " ", clock_text(clock), "\n", words, "\n");
  }
  return text;
}

std::string problem_report(const Run& run) {
  const RunSummary summary = run.summary();
  std::string text = concat("Scenario: ", run.scenario().title, " (", summary.scenario, ")\nProtocol: ", summary.protocol,
                            "\nSeed: ", summary.seed, "\nEvent: ", summary.events, ", ", time_label(summary.time_us),
                            "\nState: ", hex16(summary.state_hash), "\n");
  for (const std::string& off : run.options().switches_off) text += concat("Rule switched off: ", off, "\n");
  if (!run.journal().empty()) text += concat("Actions:\n", format_journal(run.journal()), "\n");
  for (const Violation& violation : summary.violations) text += concat("Violated: ", violation.check, ": ", violation.text, "\n");
  for (const ExpectationResult& one : summary.expectations)
    text += concat("Expected: ", one.text, !one.known ? " (not known yet)\n" : one.held ? " (held)\n" : " (not held)\n");
  return text;
}

}  // namespace paxoscope
