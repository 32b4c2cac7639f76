#include "native/settings.h"

#include <algorithm>
#include <optional>

namespace paxoscope::native {

using omnipaxos::Config;

namespace {

constexpr int64_t kMaxNumber = UINT32_MAX;

/// Reads one table; remembers the first thing that is wrong.
class Reader {
 public:
  Reader(const Setting& table, const std::string& name, std::string where)
      : table_(table), name_(name), where_(std::move(where)) {}

  const Setting* find(const char* key) {
    known_.push_back(key);
    for (const Setting& item : table_.items)
      if (item.key == key) return &item;
    return nullptr;
  }
  void require(const char* key) {
    if (find(key) == nullptr) report(table_.line, "'" + std::string(key) + "' is missing" + where_);
  }
  template <class Number>
  void number(const char* key, int64_t min, int64_t max, Number& target) {
    if (const Setting* found = find(key)) target = static_cast<Number>(checked(*found, key, min, max));
  }
  void boolean(const char* key, bool& target) {
    const Setting* found = find(key);
    if (found == nullptr) return;
    if (found->kind != Setting::Kind::boolean) return wrong_type(*found, key, "true or false");
    target = found->number != 0;
  }
  void text(const char* key, std::string& target) {
    const Setting* found = find(key);
    if (found == nullptr) return;
    if (found->kind != Setting::Kind::text) return wrong_type(*found, key, "a text");
    target = found->text;
  }
  void servers(const char* key, std::vector<ServerId>& target) {
    const Setting* found = find(key);
    if (found == nullptr) return;
    if (found->kind != Setting::Kind::list) return wrong_type(*found, key, "a list of server ids");
    for (const Setting& item : found->items)
      target.push_back(static_cast<ServerId>(checked(item, key, 0, kMaxNumber)));
  }
  const Setting* table(const char* key) {
    const Setting* found = find(key);
    if (found != nullptr && found->kind != Setting::Kind::table) wrong_type(*found, key, "a table");
    return found != nullptr && found->kind == Setting::Kind::table ? found : nullptr;
  }
  /// Every key was asked for.
  void check_keys() {
    for (const Setting& item : table_.items)
      if (std::find(known_.begin(), known_.end(), item.key) == known_.end())
        report(item.line, "unknown key '" + item.key + "'" + where_);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  void report(uint32_t line, const std::string& text) {
    if (!error_) error_ = setting_error(name_, line, text).value();
  }
  void wrong_type(const Setting& setting, const char* key, const char* wanted) {
    static constexpr const char* kNames[] = {"a number", "true or false", "a text", "a list", "a table",
                                             "something else"};
    report(setting.line, "'" + std::string(key) + "' must be " + wanted + where_ + ", not " +
                             kNames[static_cast<size_t>(setting.kind)]);
  }
  int64_t checked(const Setting& setting, const char* key, int64_t min, int64_t max) {
    if (setting.kind != Setting::Kind::number) {
      wrong_type(setting, key, "a whole number");
      return min;
    }
    if (setting.number >= min && setting.number <= max) return setting.number;
    report(setting.line, "'" + std::string(key) + "' must be from " + std::to_string(min) + " to " +
                             std::to_string(max) + where_ + ", not " + std::to_string(setting.number));
    return min;
  }

  const Setting& table_;
  const std::string& name_;
  std::string where_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

}  // namespace

tl::unexpected<Error> setting_error(const std::string& name, uint32_t line, const std::string& text) {
  std::string full = name + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + text;
  for (char& c : full)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return fail(full);
}

void sort_by_line(Setting& table) {
  std::sort(table.items.begin(), table.items.end(), [](const Setting& a, const Setting& b) {
    return std::pair(a.line, a.key) < std::pair(b.line, b.key);
  });
}

Result<Config> config_of(const Setting& root, const std::string& name) {
  Config config;
  Reader reader(root, name, "");
  reader.require("config_id");
  reader.require("pid");
  reader.number("config_id", 0, kMaxNumber, config.configuration);
  reader.number("pid", 0, kMaxNumber, config.pid);
  reader.servers("peers", config.peers);
  reader.text("log_file_path", config.log_file_path);
  reader.number("buffer_size", 1, 10'000'000, config.max_waiting);
  reader.number("election_timeout", 1, 1'000'000, config.election_ticks);
  reader.number("resend_timeout", 1, 1'000'000, config.resend_ticks);
  reader.number("priority", 0, kMaxNumber, config.priority);
  reader.boolean("calm_takeover", config.calm_takeover);
  reader.number("read_quorum", 1, kMaxServers, config.read_quorum);
  reader.number("write_quorum", 1, kMaxServers, config.write_quorum);
  const Setting* named = reader.table("skip_prepare_use_leader");
  reader.check_keys();
  if (reader.error()) return tl::unexpected<Error>(*reader.error());
  if (named != nullptr) {
    Reader ballot(*named, name, " in skip_prepare_use_leader");
    for (const char* key : {"n", "pid"}) ballot.require(key);
    ballot.number("n", 1, kMaxNumber, config.skip_prepare_use_leader.n);
    ballot.number("priority", 0, kMaxNumber, config.skip_prepare_use_leader.priority);
    ballot.number("pid", 1, kMaxServers, config.skip_prepare_use_leader.server);
    ballot.check_keys();
    if (ballot.error()) return tl::unexpected<Error>(*ballot.error());
  }
  std::sort(config.peers.begin(), config.peers.end());
  if (Result<void> valid = omnipaxos::validate(config); !valid) return setting_error(name, 0, valid.error().text);
  return config;
}

}  // namespace paxoscope::native
