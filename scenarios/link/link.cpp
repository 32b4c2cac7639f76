#include "scenarios/link/link.h"

#include <algorithm>

#include "base/text.h"
#include "scenarios/builtin.h"
#include "scenarios/journal_text.h"
#include "scenarios/link/deflate.h"
#include "scenarios/link/url_text.h"
#include "scenarios/run_inputs.h"
#include "scenarios/words.h"

namespace paxoscope {
namespace {

constexpr std::string_view kVersion = "v1/";
constexpr std::string_view kOwn = "~";
constexpr size_t kMaxDigits = 15;

tl::unexpected<Error> not_understood() {
  return fail("This link was not understood. It should look like #v1/quorum-loss/omnipaxos?seed=1");
}

/// A whole number of the query into `number`, if it is there.
Result<void> read_whole(std::string_view query, const char* name, std::optional<uint64_t>& number) {
  const auto text = query_value(query, name);
  if (!text) return {};
  number = text->size() > kMaxDigits ? std::nullopt : read_number(*text, UINT64_MAX);
  if (!number) return fail(concat("The link is damaged: '", name, "' is not a whole number."));
  return {};
}

Result<std::string> read_bytes(std::string_view query, const char* name) {
  bool cut_off = false;
  auto bytes = from_base64url(query_value(query, name).value_or(""), &cut_off);
  if (bytes) return std::move(*bytes);
  return fail(cut_off ? "The link is damaged: its data are cut off." : "The link is damaged: its data are not base64url.");
}

Result<std::string> read_part(std::string_view text) {
  auto part = percent_decoded(text);
  if (!part) return fail("The link is damaged: it has a stray %.");
  return std::move(*part);
}

Result<Link> read_query(Link link, bool own, std::string_view query) {
  std::optional<uint64_t> servers;
  if (const auto read = read_whole(query, "at", link.at); !read) return tl::unexpected<Error>(read.error());
  if (const auto read = read_whole(query, "n", servers); !read) return tl::unexpected<Error>(read.error());
  link.servers = servers.value_or(0);
  link.seed = query_value(query, "seed").value_or("");
  link.off = query_value(query, "off").value_or("");
  auto journal = read_bytes(query, "d");
  if (!journal) return tl::unexpected<Error>(journal.error());
  if (!is_utf8(*journal)) return fail("The link is damaged: its actions are not text.");
  link.journal = std::move(*journal);
  if (!own) return link;
  const auto packed = read_bytes(query, "s");
  if (!packed) return tl::unexpected<Error>(packed.error());
  auto source = inflate_text(*packed, kMaxScenarioBytes);
  if (!source) return tl::unexpected<Error>(source.error());
  link.source = std::move(*source);
  return link;
}

}  // namespace

Result<Link> decode_link(std::string_view text) {
  if (text.size() > kMaxLinkBytes) return fail(concat("The link is longer than ", kMaxLinkBytes, " bytes."));
  const size_t hash = text.find('#');
  if (hash != std::string_view::npos) text.remove_prefix(hash + 1);
  if (!text.starts_with(kVersion)) return not_understood();
  text.remove_prefix(kVersion.size());
  const size_t question = std::min(text.find('?'), text.size());
  const std::string_view path = text.substr(0, question), query = text.substr(std::min(question + 1, text.size()));
  const size_t slash = std::min(path.find('/'), path.size());
  const std::string_view name = path.substr(0, slash), protocol = path.substr(std::min(slash + 1, path.size()));
  if (name.empty() || protocol.find('/') != std::string_view::npos) return not_understood();
  const auto scenario_id = read_part(name), protocol_id = read_part(protocol);
  if (!scenario_id) return tl::unexpected<Error>(scenario_id.error());
  if (!protocol_id) return tl::unexpected<Error>(protocol_id.error());
  Link link;
  const bool own = name == kOwn;
  if (!own) link.scenario = *scenario_id;
  link.protocol = *protocol_id;
  return read_query(std::move(link), own, query);
}

std::string encode_link(const Link& link) {
  std::string query;
  const auto add = [&query](const char* name, const std::string& value) {
    if (!value.empty()) query += concat(query.empty() ? "?" : "&", name, "=", value);
  };
  add("seed", form_encoded(link.seed));
  if (link.at) add("at", std::to_string(*link.at));
  // Commas may stand in a query, and are easier to read.
  std::string off = form_encoded(link.off);
  for (size_t at = 0; (at = off.find("%2C", at)) != std::string::npos;) off.replace(at, 3, ",");
  add("off", off);
  if (link.servers != 0) add("n", std::to_string(link.servers));
  add("d", to_base64url(link.journal));
  if (link.source) add("s", to_base64url(deflate_text(*link.source)));
  return concat("#", kVersion, link.source ? std::string(kOwn) : percent_encoded(link.scenario), "/",
                percent_encoded(link.protocol), query);
}

std::string_view builtin_text(std::string_view id) {
  size_t count = 0;
  const BuiltinScenario* all = builtin_scenarios(&count);
  for (size_t i = 0; i < count; ++i)
    if (id == all[i].id) return {all[i].toml, all[i].size};
  return {};
}

Result<std::unique_ptr<Run>> open_link(const Link& link) {
  const std::string_view toml = link.source ? *link.source : builtin_text(link.scenario);
  if (!link.source && toml.empty()) return fail(concat("There is no scenario named ", quote(link.scenario), "."));
  if (link.servers > kMaxServers) return fail(concat("A run has at most ", kMaxServers, " servers."));
  RunInputs inputs;
  if (!link.source) inputs.name = link.scenario;
  inputs.protocol = link.protocol;
  inputs.seed = link.seed;
  inputs.off = link.off;
  inputs.servers = static_cast<uint32_t>(link.servers);
  inputs.journal = link.journal;
  return start_run(toml, inputs);
}

void go_to_moment(Run& run, const Link& link) {
  if (link.at) run.seek(*link.at);
  else run.run_to_end();
}

Link link_to(const Run& run, std::string_view source) {
  Link link;
  link.scenario = run.scenario().id;
  if (builtin_text(link.scenario) != source) {
    link.scenario.clear();
    link.source = source;
  }
  link.protocol = run.options().protocol;
  link.seed = std::to_string(run.options().seed);
  link.at = run.event();
  link.off = switches_text(run.options().switches_off);
  link.servers = run.options().servers;
  link.journal = format_journal(run.journal());
  return link;
}

}  // namespace paxoscope
