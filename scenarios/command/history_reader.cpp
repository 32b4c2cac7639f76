#include "scenarios/command/history_reader.h"

#include <map>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace paxoscope::command {

namespace {

using Json = nlohmann::json;

constexpr const char* kModels[] = {"register", "cas-register", "kv"};

/// What the models call their operations.
struct Word {
  const char* f;
  HistoryKind kind;
  bool in[3];  ///< by model
};
constexpr Word kWords[] = {
    {"read", HistoryKind::read, {true, true, false}},   {"write", HistoryKind::write, {true, true, false}},
    {"cas", HistoryKind::cas, {false, true, true}},     {"get", HistoryKind::read, {false, false, true}},
    {"put", HistoryKind::write, {false, false, true}},  {"append", HistoryKind::append, {false, false, true}},
    {"delete", HistoryKind::write, {false, false, true}},
};

class Reader {
 public:
  Reader(HistoryModel model, const std::string& name) : model_(model), name_(name) {}

  Result<RecordedHistory> read(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const size_t length = std::min(text.find('\n'), text.size());
      const bool good = line(text.substr(0, length));
      if (!good) return fail(name_ + ":" + std::to_string(line_) + ": " + error_);
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    if (event_ == 0) return fail(name_ + ":1: no operation in this file");
    drop_failed();
    return std::move(history_);
  }

 private:
  bool wrong(std::string reason) {
    error_ = std::move(reason);
    return false;
  }

  bool line(std::string_view text) {
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return true;
    if (text.size() > kMaxHistoryLine)
      return wrong("the line is longer than " + std::to_string(kMaxHistoryLine) + " bytes");
    const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return wrong(quote(text) + " is not a JSON object");
    ++event_;
    const auto process = json.find("process");
    if (process == json.end() || !process->is_number_integer() ||
        (process->is_number_unsigned() && process->get<uint64_t>() > INT64_MAX))
      return wrong("\"process\" must be a whole number");
    const auto type = json.find("type");
    if (type == json.end() || !type->is_string()) return wrong("\"type\" must be invoke, ok, fail or info");
    const auto& what = type->get_ref<const std::string&>();
    if (what == "invoke") return invoke(process->get<int64_t>(), json);
    if (what == "ok" || what == "fail" || what == "info") return complete(process->get<int64_t>(), json, what);
    return wrong("\"type\" is " + quote(what) + ", not invoke, ok, fail or info");
  }

  bool invoke(int64_t process, const Json& json) {
    if (const auto open = open_.find(process); open != open_.end())
      return wrong("process " + std::to_string(process) + " has not finished what it began in line " +
                   std::to_string(history_.records[open->second].invoked_line));
    HistoryOperation operation;
    RecordedOperation record;
    record.process = process;
    record.invoked_line = line_;
    operation.invoked = event_;
    const auto f = json.find("f");
    const Word* word = f != json.end() && f->is_string() ? find_word(f->get_ref<const std::string&>()) : nullptr;
    if (word == nullptr)
      return wrong("\"f\" is " + (f == json.end() ? "missing" : quote(f->is_string() ? f->get<std::string>() : text_of(*f))) +
                   ", not an operation of the model " + kModels[static_cast<size_t>(model_)]);
    record.f = word->f;
    operation.kind = word->kind;
    const auto key = json.find("key");
    if (key != json.end() && !key->is_string()) return wrong("\"key\" must be a string");
    if (key == json.end() && model_ == HistoryModel::kv) return wrong("\"key\" is missing");
    if (key != json.end()) record.key = key->get<std::string>();
    operation.key = keys_.emplace(record.key, keys_.size()).first->second;
    if (!arguments(json, operation, record)) return false;
    open_.emplace(process, history_.operations.size());
    history_.operations.push_back(operation);
    history_.records.push_back(std::move(record));
    return true;
  }

  /// What is written, or expected.
  bool arguments(const Json& json, HistoryOperation& operation, RecordedOperation& record) {
    if (operation.kind == HistoryKind::read || record.f == "delete") return true;
    const auto value = json.find("value");
    if (value == json.end()) return wrong("\"value\" is missing");
    if (operation.kind == HistoryKind::cas) {
      if (!value->is_array() || value->size() != 2) return wrong("\"value\" of a cas must be [old, new]");
      if (!read_value((*value)[0], operation.expected) || !read_value((*value)[1], operation.value)) return false;
    } else if (!read_value(*value, operation.value)) {
      return false;
    }
    record.value = text_of(*value);
    return true;
  }

  bool complete(int64_t process, const Json& json, const std::string& type) {
    const auto open = open_.find(process);
    if (open == open_.end()) return wrong("process " + std::to_string(process) + " has nothing to finish");
    HistoryOperation& operation = history_.operations[open->second];
    RecordedOperation& record = history_.records[open->second];
    for (const auto& [name, wanted] : {std::pair("f", &record.f), std::pair("key", &record.key)}) {
      const auto found = json.find(name);
      if (found != json.end() && *found != *wanted)
        return wrong("\"" + std::string(name) + "\" is not that of line " + std::to_string(record.invoked_line));
    }
    if (type == "ok" && !result(json, operation, record)) return false;
    if (type == "fail") failed_.push_back(open->second);
    open_.erase(open);
    return true;
  }

  bool result(const Json& json, HistoryOperation& operation, RecordedOperation& record) {
    operation.returned = event_;
    record.returned_line = line_;
    if (operation.kind == HistoryKind::read) {
      const auto value = json.find("value");
      if (value == json.end()) return wrong("\"value\" is missing: what was seen, or \"unknown\"");
      operation.value_seen = *value != "unknown";
      record.value = text_of(*value);
      return !operation.value_seen || read_value(*value, operation.value);
    }
    if (operation.kind == HistoryKind::cas) {
      const auto applied = json.find("applied");
      if (applied != json.end() && !applied->is_boolean()) return wrong("\"applied\" must be true or false");
      operation.applied = applied == json.end() || applied->get<bool>() ? Applied::yes : Applied::no;
      record.applied = operation.applied;
    }
    return true;
  }

  bool read_value(const Json& json, HistoryValue& value) {
    if (model_ == HistoryModel::kv) {
      if (!json.is_string()) return wrong("\"value\" must be a string");
      value = HistoryValue::of(json.get_ref<const std::string&>());
    } else if (json.is_null()) {
      value = HistoryValue::null();
    } else if (json.is_structured()) {
      return wrong("\"value\" must be null, a number, a string, true or false");
    } else {
      value = HistoryValue::of(text_of(json));
    }
    return true;
  }

  static std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

  const Word* find_word(const std::string& f) const {
    for (const Word& word : kWords)
      if (f == word.f && word.in[static_cast<size_t>(model_)]) return &word;
    return nullptr;
  }

  /// What failed had no effect.
  void drop_failed() {
    std::vector<bool> failed(history_.operations.size());
    for (size_t index : failed_) failed[index] = true;
    size_t kept = 0;
    for (size_t i = 0; i < failed.size(); ++i) {
      if (failed[i]) continue;
      history_.operations[kept] = history_.operations[i];
      if (kept != i) history_.records[kept] = std::move(history_.records[i]);
      ++kept;
    }
    history_.operations.resize(kept);
    history_.records.resize(kept);
  }

  HistoryModel model_;
  const std::string& name_;
  RecordedHistory history_;
  std::map<int64_t, size_t> open_;  ///< by process
  std::map<std::string, uint64_t> keys_;
  std::vector<size_t> failed_;
  uint32_t line_ = 0;
  uint64_t event_ = 0;
  std::string error_;
};

}  // namespace

Result<HistoryModel> parse_model(const std::string& name) {
  for (size_t i = 0; i < std::size(kModels); ++i)
    if (name == kModels[i]) return static_cast<HistoryModel>(i);
  return fail(quote(name) + " is not a model; there are register, cas-register and kv");
}

Result<RecordedHistory> read_history(std::string_view text, HistoryModel model, const std::string& name) {
  return Reader(model, name).read(text);
}

}  // namespace paxoscope::command
