#include "scenarios/loader_scan.h"

#include "base/text.h"
#include "scenarios/scenario.h"

namespace paxoscope {

namespace {

constexpr uint32_t kMaxDepth = 8;
constexpr uint32_t kMaxDotsPerLine = 8;

/// Walks the text once, knowing no more of TOML than strings, comments and brackets.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<FileError> scan() {
    if (text_.substr(0, 3) == "\xef\xbb\xbf") position_ = 3;  // a byte order mark
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '\0') return error("the file contains a NUL byte");
      if (c == '"' || c == '\'') {
        if (auto found = skip_string(c)) return found;
        continue;
      }
      if (c == '#') {
        in_comment_ = true;
      } else if (c == '\n') {
        in_comment_ = false;
        dots_ = 0;
      } else if (!in_comment_) {
        // The parser has no firm footing with such letters in keys.
        if (static_cast<unsigned char>(c) >= 0x80) return error("a letter beyond ASCII outside of quotes and comments");
        if (c == '[' || c == '{') ++depth_;
        if ((c == ']' || c == '}') && depth_ > 0) --depth_;
        if (c == '.') ++dots_;
        if (depth_ > kMaxDepth) return error("brackets are nested deeper than 8 levels");
        if (dots_ > kMaxDotsPerLine) return error("more than 8 dots in one line");
      }
      advance();
    }
    return std::nullopt;
  }

 private:
  FileError error(std::string text) const { return {line_, column_, std::move(text)}; }

  void advance() {
    const char c = text_[position_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++column_;
    }
  }

  /// From the opening quote to behind the closing one; a string that never ends is the parser's to report.
  std::optional<FileError> skip_string(char mark) {
    if (in_comment_) {
      advance();
      return std::nullopt;
    }
    const std::string triple(3, mark);
    const bool many_lines = text_.substr(position_, 3) == triple;
    const size_t quotes = many_lines ? 3 : 1;
    for (size_t i = 0; i < quotes; ++i) advance();
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '\0') return error("the file contains a NUL byte");
      if (!many_lines && c == '\n') return std::nullopt;
      if (c == '\\' && mark == '"' && position_ + 1 < text_.size() && text_[position_ + 1] != '\0') {
        advance();
        advance();
      } else if (c == mark && (!many_lines || text_.substr(position_, 3) == triple)) {
        for (size_t i = 0; i < quotes; ++i) advance();
        return std::nullopt;
      } else {
        advance();
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  size_t position_ = 0;
  uint32_t line_ = 1;
  uint32_t column_ = 1;
  uint32_t depth_ = 0;
  uint32_t dots_ = 0;
  bool in_comment_ = false;
};

}  // namespace

std::optional<FileError> scan_scenario(std::string_view text) {
  if (text.size() > kMaxScenarioBytes)
    return FileError{1, 1, concat("the file has ", text.size(), " bytes; at most ", kMaxScenarioBytes, " are read")};
  return Scanner(text).scan();
}

}  // namespace paxoscope
