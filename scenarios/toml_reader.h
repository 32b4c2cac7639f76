// Reads typed, bounded values out of a parsed TOML table and remembers the first thing that is wrong, with its place.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/toml_document.h"
#include "base/types.h"

namespace paxoscope {

/// A string of the file and the node it came from, for errors about its content.
struct TomlString {
  std::string_view text;
  const TomlNode* node = nullptr;
};

/// Every getter returns nothing if the key is absent or wrong; wrong ones are remembered in `error()`.
class TomlReader {
 public:
  /// Remembers the error that stands first in the file.
  void report(TomlPlace place, std::string text);
  void report(const TomlNode& node, std::string text) { report(node.place, std::move(text)); }
  const std::optional<TomlError>& error() const { return error_; }

  /// Every key of `table` must be one of `known`.
  void check_keys(const TomlNode& table, const char* where, std::initializer_list<std::string_view> known);
  /// Reports a key that must be there.
  void require(const TomlNode& table, const char* where, std::string_view key);

  const TomlNode* table(const TomlNode& parent, std::string_view key);
  /// An array of tables ([[key]]), at most `max` of them.
  std::vector<const TomlNode*> tables(const TomlNode& parent, std::string_view key, size_t max);
  /// Text without control characters (line ends allowed if `lines`), at most `max_bytes`.
  std::optional<std::string> text(const TomlNode& table, std::string_view key, size_t max_bytes, bool lines = false);
  std::optional<TomlString> string(const TomlNode& table, std::string_view key);
  /// One string or an array of strings.
  std::vector<TomlString> strings(const TomlNode& table, std::string_view key, size_t max);
  std::optional<int64_t> integer_of(const TomlNode& node, std::string_view key, int64_t min, int64_t max);
  std::optional<int64_t> integer(const TomlNode& table, std::string_view key, int64_t min, int64_t max);
  std::optional<bool> boolean(const TomlNode& table, std::string_view key);
  std::optional<TimeUs> duration(const TomlNode& table, std::string_view key, TimeUs min_us, TimeUs max_us);
  std::optional<TimeUs> duration(const TomlString& value, TimeUs min_us, TimeUs max_us);
  /// "2.5%" → 25
  std::optional<uint32_t> permille(const TomlNode& table, std::string_view key);
  /// The value, or nothing after its error was reported at `node`.
  template <class T>
  std::optional<T> take(const Result<T>& result, const TomlNode& node) {
    if (result) return *result;
    report(node, result.error().text);
    return std::nullopt;
  }

 private:
  void wrong_type(const TomlNode& node, std::string_view key, const char* wanted);

  std::optional<TomlError> error_;
};

}  // namespace paxoscope
