#include "sim/observation.h"

#include <cinttypes>
#include <cstdio>

#include "base/text.h"

namespace paxoscope {

namespace {

const char kNone[] = "–";

FieldValue value_of(FieldKind kind, std::string text) {
  FieldValue value;
  value.kind = kind;
  value.text = std::move(text);
  return value;
}

/// "300 us", "20 ms", "1.5 ms", "2.340 s"
std::string duration_label(TimeUs duration_us) {
  const bool negative = duration_us < 0;
  const TimeUs value = negative ? -duration_us : duration_us;
  char buffer[48];
  if (value < 1000) {
    snprintf(buffer, sizeof buffer, "%" PRId64 " us", value);
  } else if (value < 1'000'000) {
    const TimeUs tenths = value % 1000 / 100;
    if (tenths == 0)
      snprintf(buffer, sizeof buffer, "%" PRId64 " ms", value / 1000);
    else
      snprintf(buffer, sizeof buffer, "%" PRId64 ".%" PRId64 " ms", value / 1000, tenths);
  } else {
    snprintf(buffer, sizeof buffer, "%" PRId64 ".%03" PRId64 " s", value / 1'000'000, value % 1'000'000 / 1000);
  }
  return negative ? std::string("-") + buffer : buffer;
}

}  // namespace

std::string server_label(ServerId id) {
  if (id == 0) return kNone;
  if (id <= 26) return std::string(1, static_cast<char>('A' + id - 1));
  return std::to_string(id);
}

std::string epoch_label(const Epoch& epoch) {
  if (!epoch) return kNone;
  std::string text;
  if (epoch.configuration > 1) text = concat("c", epoch.configuration, " ");
  text += std::to_string(epoch.number);
  if (epoch.owner != 0) text += "·" + server_label(epoch.owner);
  return text;
}

std::string time_label(TimeUs time_us) {
  char buffer[48];
  const bool negative = time_us < 0;
  const TimeUs value = negative ? -time_us : time_us;
  snprintf(buffer, sizeof buffer, "%s%" PRId64 ".%03" PRId64 " s", negative ? "-" : "", value / 1'000'000,
           value % 1'000'000 / 1000);
  return buffer;
}

FieldValue text_value(std::string text) { return value_of(FieldKind::text, std::move(text)); }

FieldValue epoch_value(const Epoch& epoch) {
  FieldValue value = value_of(FieldKind::epoch, epoch_label(epoch));
  value.epoch = epoch;
  return value;
}

FieldValue server_value(ServerId id) {
  FieldValue value = value_of(FieldKind::server, server_label(id));
  if (id != 0) value.servers.push_back(id);
  return value;
}

FieldValue servers_value(std::vector<ServerId> ids) {
  std::string text;
  for (ServerId id : ids) text += (text.empty() ? "" : " ") + server_label(id);
  FieldValue value = value_of(FieldKind::servers, text.empty() ? kNone : text);
  value.servers = std::move(ids);
  return value;
}

FieldValue index_value(LogIndex index) {
  FieldValue value = value_of(FieldKind::index, std::to_string(index));
  value.number = static_cast<int64_t>(index);
  return value;
}

FieldValue count_value(int64_t count) {
  FieldValue value = value_of(FieldKind::count, std::to_string(count));
  value.number = count;
  return value;
}

FieldValue boolean_value(bool set) {
  FieldValue value = value_of(FieldKind::boolean, set ? "yes" : "no");
  value.number = set ? 1 : 0;
  return value;
}

FieldValue duration_value(TimeUs duration_us) {
  FieldValue value = value_of(FieldKind::duration, duration_label(duration_us));
  value.number = duration_us;
  return value;
}

std::string configuration_words(const Observation& seen, const ConfigurationView& configuration) {
  if (configuration.sealed) return seen.ended_word;
  const bool newest = seen.configurations.empty() || configuration.id == seen.configurations.back().id;
  if (!configuration.committed) return configuration.joint ? "joint, not committed" : "not committed";
  if (!newest) return "being replaced";
  return configuration.joint ? "joint" : "running";
}

void name_learners(Observation& seen) {
  if (seen.configurations.empty()) return;
  for (ServerId id : seen.configurations.back().learners)
    for (ServerView& server : seen.servers)
      if (server.id == id && server.role == Role::learner && server.configuration == 0 && server.log_length == 0) {
        server.role_text = "Learner";
        server.activity = "Learner, has not heard of it yet";
      }
}

}  // namespace paxoscope
