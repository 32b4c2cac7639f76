// The TOML reader against another, toml++: the same tree or refused by both, over the scenario files, the fuzzer's corpus and
// damaged copies of them. Left out if toml++ is not installed.
#if __has_include(<toml++/toml.h>)
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// It asserts (or, optimised, assumes) before it reports some errors.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_ASSERT_ASSUME(expr) static_assert(true)
#include <toml++/toml.h>

#include "base/text.h"
#include "base/toml_document.h"

using namespace paxoscope;

namespace {

constexpr size_t kManyBytes = 1 << 20;

std::string place(uint32_t line, uint32_t column) { return concat("@", line, ":", column); }

/// Both trees in the same words; tables sorted by key, for toml++ knows no other order. The place of a table is each reader's own.
std::string shown(const TomlNode& node) {
  const std::string at = place(node.place.line, node.place.column);
  std::vector<std::string> items;
  switch (node.type) {
    case TomlType::string: return concat("'", node.text, "'", at);
    case TomlType::integer: return concat(node.number, at);
    case TomlType::boolean: return concat(node.number == 1 ? "true" : "false", at);
    case TomlType::fraction: return "fraction" + at;
    case TomlType::date: return "date" + at;
    case TomlType::array:
    case TomlType::table: break;
  }
  for (const TomlNode& item : node)
    items.push_back(concat(item.key, place(item.key_place.line, item.key_place.column), ":", shown(item)));
  if (node.is(TomlType::table)) std::sort(items.begin(), items.end());
  std::string out = node.is(TomlType::table) ? "{" : "[";
  for (const std::string& item : items) out += item + " ";
  return out;
}

std::string shown(const toml::node& node) {
  const std::string at = place(node.source().begin.line, node.source().begin.column);
  if (const auto* text = node.as_string()) return concat("'", text->get(), "'", at);
  if (const auto* number = node.as_integer()) return concat(number->get(), at);
  if (const auto* flag = node.as_boolean()) return concat(flag->get() ? "true" : "false", at);
  if (node.is_floating_point()) return "fraction" + at;
  if (const auto* list = node.as_array()) {
    std::string out = "[";
    for (const toml::node& item : *list) out += concat(place(1, 1), ":", shown(item), " ");
    return out;
  }
  const auto* table = node.as_table();
  if (table == nullptr) return "date" + at;
  std::vector<std::string> items;
  for (const auto& [key, item] : *table)
    items.push_back(concat(key.str(), place(key.source().begin.line, key.source().begin.column), ":", shown(item)));
  std::sort(items.begin(), items.end());
  std::string out = "{";
  for (const std::string& item : items) out += item + " ";
  return out;
}

std::string with_ours(const std::string& text) {
  TomlDocument document;
  const auto error = document.parse(text, kManyBytes);
  return error ? "refused: " + error->text : shown(document.root());
}

std::string with_theirs(const std::string& text) {
  const toml::parse_result parsed = toml::parse(text);
  return parsed ? shown(static_cast<const toml::node&>(parsed.table())) : "refused: " + std::string(parsed.error().description());
}

bool refused(const std::string& result) { return result.rfind("refused: ", 0) == 0; }

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> documents() {
  std::vector<std::string> texts;
  for (const char* folder : {"/scenarios", "/tests/fuzz/corpus/scenario"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(std::string(PAXOSCOPE_SOURCE_DIR) + folder))
      if (file.path().extension() == ".toml") texts.push_back(read(file.path()));
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// What TOML is made of, sound and broken. ASCII only: on other letters outside of strings toml++ is undefined.
constexpr const char* kPieces[] = {
    "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "]]", "{", "}", ",", "=", ".", "#", "\\", " ", "\t", "\n", "\r\n", "\r",
    "\x01", "\x7f", "a", "b", "\"a\"", "'b'", "0", "1", "-", "+", "_", "e", "0x1F", "0o17", "0b1", "1_000", "-0", "1.5", "6e-3",
    "inf", "nan", "true", "false", "1979-05-27", "07:32:00", "T", "Z", ".5", "99999999999999999999", "\\n", "\\u0041", "\\ud800",
    "\\U0001F600", "\\x", "\\\n", "a = 1\n", "b = \"x\"\n", "a.b = 1\n", "a.b.a = 2\n", "b.a = []\n", "[a]\n", "[a.b]\n", "[b.a]\n",
    "[[a]]\n", "[[a.b]]\n", "[[b]]\n", "a = {b = 1}\n", "{a = 1, b = 2}", "[1, 2,]", "= ", "x"};
constexpr size_t kPieceCount = std::size(kPieces);

/// Where ours is narrower (it has bounds) or wider (dates are told by their shape) on purpose.
bool meant(const std::string& ours) {
  return ours.rfind("refused: nested deeper", 0) == 0 || ours.rfind("refused: more than", 0) == 0 ||
         ours.find("date@") != std::string::npos;
}

/// Reads with both. False if they disagree.
bool agree(const std::string& text) {
  const std::string ours = with_ours(text);
  if (meant(ours)) return true;
  const std::string theirs = with_theirs(text);
  const bool same = refused(ours) ? refused(theirs) : ours == theirs;
  if (!same) MESSAGE(text, "\n-- ours: ", ours, "\n-- theirs: ", theirs);
  return same;
}

}  // namespace

TEST_SUITE("toml against toml++") {
  TEST_CASE("every file reads the same") {
    const auto texts = documents();
    REQUIRE(texts.size() > 60);
    size_t sound = 0;
    for (const std::string& text : texts) {
      if (refused(with_ours(text))) continue;
      ++sound;
      CHECK(with_ours(text) == with_theirs(text));
    }
    CHECK(sound > 55);
  }

  TEST_CASE("property: damaged files read the same or are refused by both") {
    auto texts = documents();
    for (std::string& text : texts)
      for (char& c : text)
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    CHECK(rc::check("twins", [&](uint32_t choice, std::vector<std::pair<uint32_t, uint8_t>> damage) {
      std::string text = texts[choice % texts.size()];
      for (const auto& [where, what] : damage) {
        const size_t at = where % (text.size() + 1);
        if (what % 4 == 0)
          text.erase(at, 1 + what % 7);
        else if (what % 4 == 1 && at < text.size())
          text[at] = kPieces[what % kPieceCount][0];
        else
          text.insert(at, kPieces[what % kPieceCount]);
      }
      RC_ASSERT(agree(text));
    }));
  }

  TEST_CASE("property: heaps of pieces read the same or are refused by both") {
    size_t sound = 0;
    CHECK(rc::check("twins", [&](const std::vector<std::vector<uint8_t>>& heaps) {
      for (const std::vector<uint8_t>& heap : heaps) {
        std::string text;
        std::string lines;
        for (size_t i = 0; i < heap.size() && i < 12; ++i) {
          text += kPieces[heap[i] % kPieceCount];
          lines += std::string(kPieces[heap[i] % kPieceCount]) + '\n';
        }
        for (const std::string& each : {text, "a = " + text, lines}) {
          RC_ASSERT(agree(each));
          sound += refused(with_ours(each)) ? 0 : 1;
        }
      }
    }));
    CHECK(sound > 100);
  }
}
#endif
