#include "scenarios/toml_reader.h"

#include <algorithm>

#include "base/text.h"
#include "scenarios/words.h"
#include "sim/action.h"

namespace paxoscope {

namespace {

const char* type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number with a point";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    default: return "nothing";
  }
}

/// "20ms": the text that parse_duration reads back.
std::string duration_words(TimeUs us) {
  if (us != 0 && us % 1'000'000 == 0) return concat(us / 1'000'000, "s");
  if (us != 0 && us % 1000 == 0) return concat(us / 1000, "ms");
  return concat(us, "us");
}

}  // namespace

void TomlReader::report(const toml::source_region& place, std::string text) {
  const uint32_t line = std::max<uint32_t>(1, place.begin.line);
  const uint32_t column = std::max<uint32_t>(1, place.begin.column);
  const bool earlier = !error_ || line < error_->line || (line == error_->line && column < error_->column);
  if (earlier) error_ = FileError{line, column, std::move(text)};
}

void TomlReader::wrong_type(const toml::node& node, std::string_view key, const char* wanted) {
  report(node, concat("'", key, "' must be ", wanted, ", not ", type_name(node)));
}

void TomlReader::check_keys(const toml::table& table, const char* where,
                            std::initializer_list<std::string_view> known) {
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string text = concat("unknown key ", quote(name), " ", where);
    const std::string_view close = nearest(name, std::vector<std::string_view>(known));
    if (!close.empty()) text += concat("; did you mean '", close, "'?");
    report(key.source(), text);
  }
}

void TomlReader::require(const toml::table& table, const char* where, std::string_view key) {
  if (!table.contains(key)) report(table, concat("'", key, "' is missing ", where));
}

const toml::table* TomlReader::table(const toml::table& parent, std::string_view key) {
  const toml::node* node = parent.get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) wrong_type(*node, key, (concat("a table: [", key, "]")).c_str());
  return node->as_table();
}

std::vector<const toml::table*> TomlReader::tables(const toml::table& parent, std::string_view key, size_t max) {
  std::vector<const toml::table*> found;
  const toml::node* node = parent.get(key);
  if (node == nullptr) return found;
  const std::string wanted = concat("a list of tables: [[", key, "]]");
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    wrong_type(*node, key, wanted.c_str());
    return found;
  }
  for (const toml::node& item : *array) {
    if (!item.is_table()) {
      wrong_type(item, key, wanted.c_str());
    } else if (found.size() == max) {
      report(item, concat("more than ", max, " [[", key, "]]"));
    } else {
      found.push_back(item.as_table());
      continue;
    }
    break;
  }
  return found;
}

std::optional<TomlString> TomlReader::string(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_string()) return TomlString{value->get(), node};
  wrong_type(*node, key, "a string");
  return std::nullopt;
}

std::vector<TomlString> TomlReader::strings(const toml::table& table, std::string_view key, size_t max) {
  std::vector<TomlString> found;
  const toml::node* node = table.get(key);
  if (node == nullptr) return found;
  if (const auto* one = node->as_string()) return {TomlString{one->get(), node}};
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    wrong_type(*node, key, "a string or a list of strings");
    return found;
  }
  for (const toml::node& item : *array) {
    const auto* value = item.as_string();
    if (value == nullptr) {
      wrong_type(item, key, "a list of strings");
      break;
    }
    if (found.size() == max) {
      report(item, concat("'", key, "' has more than ", max, " entries"));
      break;
    }
    found.push_back({value->get(), &item});
  }
  return found;
}

std::optional<std::string> TomlReader::text(const toml::table& table, std::string_view key, size_t max_bytes,
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

std::optional<int64_t> TomlReader::integer(const toml::node& node, std::string_view key, int64_t min, int64_t max) {
  const auto* value = node.as_integer();
  if (value == nullptr) {
    wrong_type(node, key, "a whole number");
    return std::nullopt;
  }
  if (value->get() >= min && value->get() <= max) return value->get();
  report(node, concat("'", key, "' must be from ", min, " to ", max, ", not ", value->get()));
  return std::nullopt;
}

std::optional<int64_t> TomlReader::integer(const toml::table& table, std::string_view key, int64_t min, int64_t max) {
  const toml::node* node = table.get(key);
  return node == nullptr ? std::nullopt : integer(*node, key, min, max);
}

std::optional<bool> TomlReader::boolean(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
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

std::optional<TimeUs> TomlReader::duration(const toml::table& table, std::string_view key, TimeUs min_us,
                                           TimeUs max_us) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value != nullptr) return duration(TomlString{value->get(), node}, min_us, max_us);
  wrong_type(*node, key, "a duration in quotes, like \"20ms\"");
  return std::nullopt;
}

std::optional<uint32_t> TomlReader::permille(const toml::table& table, std::string_view key) {
  const auto value = string(table, key);
  if (!value) return std::nullopt;
  const auto share = take(parse_permille(value->text), *value->node);
  if (!share) return std::nullopt;
  return static_cast<uint32_t>(*share);
}

}  // namespace paxoscope
