// Reads typed, bounded values out of a parsed TOML table and remembers the first thing that is wrong, with its place.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#if defined(__EMSCRIPTEN__)
// Else the parser reads and writes numbers through string streams, whose locales are a twentieth of the page.
#include <charconv>
#define TOML_INT_CHARCONV 1
#define TOML_FLOAT_CHARCONV 1
#if !defined(__cpp_lib_to_chars)
// This library has none for fractions. No key takes a fraction: its type alone is an error, its value is never used.
namespace std {
inline from_chars_result from_chars(const char*, const char* last, double& value) {
  value = 0;
  return {last, errc()};
}
inline to_chars_result to_chars(char* first, char*, double, chars_format = {}, int = 0) { return {first, errc()}; }
}  // namespace std
#endif
#endif
// The parser asserts (or, optimised, assumes) before it reports some errors: "[[%" would stop the program.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_ASSERT_ASSUME(expr) static_assert(true)
#include <toml++/toml.h>

#include "base/result.h"
#include "base/types.h"
#include "scenarios/loader_scan.h"

namespace paxoscope {

/// A string of the file and the node it came from, for errors about its content.
struct TomlString {
  std::string_view text;
  const toml::node* node = nullptr;
};

/// Every getter returns nothing if the key is absent or wrong; wrong ones are remembered in `error()`.
class TomlReader {
 public:
  /// Remembers the error that stands first in the file.
  void report(const toml::source_region& place, std::string text);
  void report(const toml::node& node, std::string text) { report(node.source(), std::move(text)); }
  const std::optional<FileError>& error() const { return error_; }

  /// Every key of `table` must be one of `known`.
  void check_keys(const toml::table& table, const char* where, std::initializer_list<std::string_view> known);
  /// Reports a key that must be there.
  void require(const toml::table& table, const char* where, std::string_view key);

  const toml::table* table(const toml::table& parent, std::string_view key);
  /// An array of tables ([[key]]), at most `max` of them.
  std::vector<const toml::table*> tables(const toml::table& parent, std::string_view key, size_t max);
  /// Text without control characters (line ends allowed if `lines`), at most `max_bytes`.
  std::optional<std::string> text(const toml::table& table, std::string_view key, size_t max_bytes, bool lines = false);
  std::optional<TomlString> string(const toml::table& table, std::string_view key);
  /// One string or an array of strings.
  std::vector<TomlString> strings(const toml::table& table, std::string_view key, size_t max);
  std::optional<int64_t> integer(const toml::node& node, std::string_view key, int64_t min, int64_t max);
  std::optional<int64_t> integer(const toml::table& table, std::string_view key, int64_t min, int64_t max);
  std::optional<bool> boolean(const toml::table& table, std::string_view key);
  std::optional<TimeUs> duration(const toml::table& table, std::string_view key, TimeUs min_us, TimeUs max_us);
  std::optional<TimeUs> duration(const TomlString& value, TimeUs min_us, TimeUs max_us);
  /// "2.5%" → 25
  std::optional<uint32_t> permille(const toml::table& table, std::string_view key);
  /// The value, or nothing after its error was reported at `node`.
  template <class T>
  std::optional<T> take(const Result<T>& result, const toml::node& node) {
    if (result) return *result;
    report(node, result.error().text);
    return std::nullopt;
  }

 private:
  void wrong_type(const toml::node& node, std::string_view key, const char* wanted);

  std::optional<FileError> error_;
};

}  // namespace paxoscope
