#include "scenarios/toml_reader.h"

#include <algorithm>

#include "base/text.h"
#include "scenarios/words.h"
#include "sim/action.h"

namespace paxoscope {

namespace {

const char* type_name(const TomlNode& node) {
  constexpr const char* kNames[] = {"a table",   "an array", "a string", "a whole number", "a number with a point",
                                    "true or false", "a date or time"};
  return kNames[static_cast<size_t>(node.type)];
}

/// "20ms": the text that parse_duration reads back.
std::string duration_words(TimeUs us) {
  if (us != 0 && us % 1'000'000 == 0) return concat(us / 1'000'000, "s");
  if (us != 0 && us % 1000 == 0) return concat(us / 1000, "ms");
  return concat(us, "us");
}

}  // namespace

void TomlReader::report(TomlPlace place, std::string text) {
  const auto at = [](TomlPlace p) { return static_cast<uint64_t>(p.line) << 32 | p.column; };
  if (!error_ || at(place) < at(error_->place)) error_ = TomlError{place, std::move(text)};
}

void TomlReader::wrong_type(const TomlNode& node, std::string_view key, const char* wanted) {
  report(node, concat("'", key, "' must be ", wanted, ", not ", type_name(node)));
}

void TomlReader::check_keys(const TomlNode& table, const char* where,
                            std::initializer_list<std::string_view> known) {
  for (const TomlNode& item : table) {
    const std::string_view name = item.key;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string text = concat("unknown key ", quote(name), " ", where);
    const std::string_view close = nearest(name, std::vector<std::string_view>(known));
    if (!close.empty()) text += concat("; did you mean '", close, "'?");
    report(item.key_place, text);
  }
}

void TomlReader::require(const TomlNode& table, const char* where, std::string_view key) {
  if (!table.contains(key)) report(table, concat("'", key, "' is missing ", where));
}

const TomlNode* TomlReader::table(const TomlNode& parent, std::string_view key) {
  const TomlNode* node = parent.get(key);
  if (node == nullptr) return nullptr;
  if (node->is(TomlType::table)) return node;
  wrong_type(*node, key, concat("a table: [", key, "]").c_str());
  return nullptr;
}

std::vector<const TomlNode*> TomlReader::tables(const TomlNode& parent, std::string_view key, size_t max) {
  std::vector<const TomlNode*> found;
  const TomlNode* node = parent.get(key);
  if (node == nullptr) return found;
  const std::string wanted = concat("a list of tables: [[", key, "]]");
  if (!node->is(TomlType::array)) {
    wrong_type(*node, key, wanted.c_str());
    return found;
  }
  for (const TomlNode& item : *node) {
    if (!item.is(TomlType::table)) {
      wrong_type(item, key, wanted.c_str());
    } else if (found.size() == max) {
      report(item, concat("more than ", max, " [[", key, "]]"));
    } else {
      found.push_back(&item);
      continue;
    }
    break;
  }
  return found;
}

std::optional<TomlString> TomlReader::string(const TomlNode& table, std::string_view key) {
  const TomlNode* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  if (node->is(TomlType::string)) return TomlString{node->text, node};
  wrong_type(*node, key, "a string");
  return std::nullopt;
}

std::vector<TomlString> TomlReader::strings(const TomlNode& table, std::string_view key, size_t max) {
  std::vector<TomlString> found;
  const TomlNode* node = table.get(key);
  if (node == nullptr) return found;
  if (node->is(TomlType::string)) return {TomlString{node->text, node}};
  if (!node->is(TomlType::array)) {
    wrong_type(*node, key, "a string or a list of strings");
    return found;
  }
  for (const TomlNode& item : *node) {
    if (!item.is(TomlType::string)) {
      wrong_type(item, key, "a list of strings");
      break;
    }
    if (found.size() == max) {
      report(item, concat("'", key, "' has more than ", max, " entries"));
      break;
    }
    found.push_back({item.text, &item});
  }
  return found;
}

std::optional<std::string> TomlReader::text(const TomlNode& table, std::string_view key, size_t max_bytes,
                                            bool lines) {
  const auto value = string(table, key);
  if (!value) return std::nullopt;
  if (value->text.size() > max_bytes) {
    report(*value->node, concat("'", key, "' is longer than ", max_bytes, " bytes"));
    return std::nullopt;
  }
  for (char c : value->text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 0x20 && byte != 0x7f) || (lines && c == '\n')) continue;
    report(*value->node, concat("'", key, "' contains a control character"));
    return std::nullopt;
  }
  return std::string(value->text);
}

std::optional<int64_t> TomlReader::integer_of(const TomlNode& node, std::string_view key, int64_t min, int64_t max) {
  if (!node.is(TomlType::integer)) {
    wrong_type(node, key, "a whole number");
    return std::nullopt;
  }
  if (node.number >= min && node.number <= max) return node.number;
  report(node, concat("'", key, "' must be from ", min, " to ", max, ", not ", node.number));
  return std::nullopt;
}

std::optional<int64_t> TomlReader::integer(const TomlNode& table, std::string_view key, int64_t min, int64_t max) {
  const TomlNode* node = table.get(key);
  return node == nullptr ? std::nullopt : integer_of(*node, key, min, max);
}

std::optional<bool> TomlReader::boolean(const TomlNode& table, std::string_view key) {
  const TomlNode* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  if (node->is(TomlType::boolean)) return node->number != 0;
  wrong_type(*node, key, "true or false");
  return std::nullopt;
}

std::optional<TimeUs> TomlReader::duration(const TomlString& value, TimeUs min_us, TimeUs max_us) {
  const auto us = take(parse_duration(value.text), *value.node);
  if (!us || (*us >= min_us && *us <= max_us)) return us;
  report(*value.node, concat(quote(value.text), " must be from ", duration_words(min_us), " to ",
                              duration_words(max_us)));
  return std::nullopt;
}

std::optional<TimeUs> TomlReader::duration(const TomlNode& table, std::string_view key, TimeUs min_us,
                                           TimeUs max_us) {
  const TomlNode* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  if (node->is(TomlType::string)) return duration(TomlString{node->text, node}, min_us, max_us);
  wrong_type(*node, key, "a duration in quotes, like \"20ms\"");
  return std::nullopt;
}

std::optional<uint32_t> TomlReader::permille(const TomlNode& table, std::string_view key) {
  const auto value = string(table, key);
  if (!value) return std::nullopt;
  const auto share = take(parse_permille(value->text), *value->node);
  if (!share) return std::nullopt;
  return static_cast<uint32_t>(*share);
}

}  // namespace paxoscope
