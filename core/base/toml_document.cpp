#include "base/toml_document.h"

#include "base/text.h"
#include "base/toml_words.h"
#include "base/utf8.h"

namespace paxoscope {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare_key(char c) {
  const char small = static_cast<char>(c | 0x20);
  return (small >= 'a' && small <= 'z') || is_digit(c) || c == '_' || c == '-';
}
bool is_word(char c) { return is_bare_key(c) || c == '+' || c == '.' || c == ':'; }

}  // namespace

class TomlParser {
 public:
  TomlParser(std::string& text, std::vector<TomlNode>& nodes) : text_(text), nodes_(nodes) {}

  std::optional<TomlError> parse() {
    const std::string_view mark = "\xef\xbb\xbf";  // of the byte order
    const size_t start = text_.compare(0, mark.size(), mark) == 0 ? mark.size() : 0;
    at_ = start;
    if (!check_characters()) return std::move(error_);
    at_ = start;
    place_ = {};
    uint32_t table = 0;
    for (skip_lines(); !at_end(); skip_lines())
      if (!(peek() == '[' ? header(table) : pair(table)) || !end_of_line()) break;
    return std::move(error_);
  }

 private:
  using Origin = TomlNode::Origin;
  struct Key {
    std::string_view text;
    TomlPlace place;
  };

  // --- characters

  bool at_end() const { return at_ == text_.size(); }
  /// 0 at the end, and only there.
  char peek() const { return text_[at_]; }
  void next() {
    if (peek() == '\n')
      place_ = {place_.line + 1, 1};
    else if ((static_cast<unsigned char>(peek()) & 0xc0) != 0x80)
      ++place_.column;
    ++at_;
  }
  bool skip(char c) {
    if (peek() != c) return false;
    next();
    return true;
  }
  /// A carriage return stands before a line feed only: see check_characters.
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r') next();
  }
  void skip_comment() {
    skip_blanks();
    if (peek() == '#')
      while (!at_end() && peek() != '\n') next();
  }
  void skip_lines() {
    do skip_comment();
    while (skip('\n'));
  }
  bool at_line_end() const { return at_end() || peek() == '\n' || peek() == '\r'; }
  bool end_of_line() {
    skip_comment();
    return at_end() || skip('\n') || expected("the end of the line");
  }
  std::string_view from(size_t start, size_t end) const { return std::string_view(text_).substr(start, end - start); }

  // --- errors; each returns false

  bool fail(TomlPlace place, std::string text) {
    error_ = TomlError{place, std::move(text)};
    return false;
  }
  bool expected(const char* wanted) {
    if (static_cast<unsigned char>(peek()) >= 0x80)
      return fail(place_, "a letter beyond ASCII outside of quotes and comments");
    const char* what = at_end() ? "the end of the file" : "the end of the line";
    return fail(place_, concat("expected ", wanted, ", not ", at_line_end() ? what : quote(from(at_, at_ + 1))));
  }

  /// What TOML allows nowhere, so that the rest need not ask.
  bool check_characters() {
    while (!at_end()) {
      uint32_t code = 0;
      const size_t bytes = decode_utf8(std::string_view(text_).substr(at_), code);
      if (bytes == 0) return fail(place_, "a byte that is no UTF-8: save the file in this encoding");
      const bool line_end = code == '\n' || (code == '\r' && text_[at_ + 1] == '\n');
      if ((code < 0x20 && code != '\t' && !line_end) || code == 0x7f)
        return fail(place_, concat("the control character ", code, ": only an escape in quotes may stand for it"));
      for (size_t i = 0; i < bytes; ++i) next();
    }
    return true;
  }

  // --- the tree

  TomlNode& node(uint32_t index) { return nodes_[index]; }

  /// 0 if the table has no such key.
  uint32_t find(uint32_t table, std::string_view key) {
    const TomlNode* found = node(table).get(key);
    return found == nullptr ? 0 : static_cast<uint32_t>(found - nodes_.data());
  }

  /// Adds a value to a table or an array; 0 if that is one too many.
  uint32_t add(uint32_t parent, const Key& key, TomlType type, Origin origin, TomlPlace place) {
    const auto index = static_cast<uint32_t>(nodes_.size());
    if (index == TomlDocument::kMaxNodes) return fail(place, concat("more than ", index, " values"));
    if (node(parent).is(TomlType::table) && node(parent).size_ == TomlDocument::kMaxKeys)
      return fail(place, concat("more than ", TomlDocument::kMaxKeys, " keys in one table"));
    TomlNode& item = nodes_.emplace_back();
    item.type = type;
    item.place = place;
    item.key = key.text;
    item.key_place = key.place;
    item.origin_ = origin;
    TomlNode& owner = node(parent);
    if (owner.size_++ == 0) {
      owner.to_first_ = index - parent;
    } else {
      const uint32_t last = parent + owner.to_last_;
      node(last).to_next_ = index - last;
    }
    owner.to_last_ = index - parent;
    return index;
  }

  bool taken(const Key& key, uint32_t other) {
    return fail(key.place, concat(quote(key.text), " is there already, since line ", node(other).key_place.line));
  }

  /// From a table to one of its tables, which is made if there is none.
  bool enter(uint32_t& table, const Key& key, Origin origin) {
    const uint32_t found = find(table, key.text);
    if (found == 0) {
      table = add(table, key, TomlType::table, origin, key.place);
      return table != 0;
    }
    const TomlNode& item = node(found);
    const bool by_path = origin == Origin::path && item.origin_ != Origin::value;
    if (!by_path && item.origin_ != origin) return taken(key, found);
    table = item.is(TomlType::array) ? found + item.to_last_ : found;
    return true;
  }

  bool deeper(TomlPlace place) {
    return ++depth_ <= TomlDocument::kMaxDepth ||
           fail(place, concat("nested deeper than ", TomlDocument::kMaxDepth, " levels"));
  }

  // --- keys

  bool read_key(Key& key) {
    key.place = place_;
    if (peek() == '"' || peek() == '\'') return string(key.text, false);
    const size_t start = at_;
    while (is_bare_key(peek())) next();
    key.text = from(start, at_);
    return !key.text.empty() || expected("a key");
  }

  /// a.b.c: enters a and b, and gives c.
  bool path(uint32_t& table, Origin origin, Key& last) {
    for (;;) {
      skip_blanks();
      if (!read_key(last)) return false;
      skip_blanks();
      if (!skip('.')) return true;
      if (!deeper(last.place) || !enter(table, last, origin)) return false;
    }
  }

  /// [a] or [[a]]; `table` becomes the one whose keys follow.
  bool header(uint32_t& table) {
    const TomlPlace place = place_;
    next();
    const bool is_list = skip('[');
    Key key;
    table = 0;
    depth_ = 0;
    if (!path(table, Origin::path, key) || !deeper(key.place)) return false;
    if (!skip(']') || (is_list && !skip(']'))) return expected("']'");
    uint32_t found = find(table, key.text);
    if (found == 0) {
      found = add(table, key, is_list ? TomlType::array : TomlType::table, Origin::header, place);
      if (found == 0) return false;
    } else if (is_list ? node(found).is(TomlType::table) || node(found).origin_ != Origin::header
                       : node(found).origin_ != Origin::path) {
      return taken(key, found);
    } else if (!is_list) {
      node(found).origin_ = Origin::header;
      node(found).place = place;
    }
    table = is_list ? add(found, {}, TomlType::table, Origin::header, place) : found;
    return table != 0;
  }

  /// a.b = 1
  bool pair(uint32_t table) {
    const uint32_t depth = depth_;
    Key key;
    if (!path(table, Origin::dotted, key)) return false;
    if (const uint32_t found = find(table, key.text)) return taken(key, found);
    if (!skip('=')) return expected("'=' behind the key");
    skip_blanks();
    if (!value(table, key)) return false;
    depth_ = depth;
    return true;
  }

  // --- values

  bool value(uint32_t parent, const Key& key) {
    const char c = peek();
    if (c == '[') return list(add(parent, key, TomlType::array, Origin::value, place_));
    if (c == '{') return inline_table(add(parent, key, TomlType::table, Origin::value, place_));
    if (c != '"' && c != '\'') return word(parent, key);
    const uint32_t index = add(parent, key, TomlType::string, Origin::value, place_);
    return index != 0 && string(node(index).text, true);
  }

  bool list(uint32_t index) {
    if (index == 0 || !deeper(place_)) return false;
    next();
    for (;;) {
      skip_lines();
      if (skip(']')) break;
      if (!value(index, {})) return false;
      skip_lines();
      if (skip(']')) break;
      if (!skip(',')) return expected("',' or ']'");
    }
    --depth_;
    return true;
  }

  bool inline_table(uint32_t index) {
    if (index == 0 || !deeper(place_)) return false;
    next();
    skip_blanks();
    while (!skip('}')) {
      if (!pair(index)) return false;
      skip_blanks();
      if (peek() == '}') continue;
      if (!skip(',')) return expected("',' or '}'");
      skip_blanks();
      if (peek() == '}') return expected("a key");
    }
    --depth_;
    return true;
  }

  bool word(uint32_t parent, const Key& key) {
    const TomlPlace place = place_;
    const size_t start = at_;
    while (is_word(peek())) next();
    if (start == at_) return expected("a value");
    if (peek() == ' ' && is_digit(text_[at_ + 1]) && is_toml_day(from(start, at_)))
      do next();
      while (is_word(peek()));
    int64_t number = 0;
    TomlType type = TomlType::integer;
    switch (read_toml_word(from(start, at_), number)) {
      case TomlWord::integer: break;
      case TomlWord::boolean: type = TomlType::boolean; break;
      case TomlWord::fraction: type = TomlType::fraction; break;
      case TomlWord::date: type = TomlType::date; break;
      case TomlWord::too_large: return fail(place, concat(quote(from(start, at_)), " does not fit into 64 bits"));
      case TomlWord::none:
        return fail(place, concat(quote(from(start, at_)), " is no value: text needs quotes, a number no leading zeros"));
    }
    const uint32_t index = add(parent, key, type, Origin::value, place);
    if (index != 0) node(index).number = number;
    return index != 0;
  }

  // --- strings: decoded where they stand, for no escape is shorter than what it means

  bool string(std::string_view& out, bool may_have_lines) {
    const TomlPlace place = place_;
    const size_t start = at_;
    const char mark = peek();
    next();
    const bool many_lines = may_have_lines && peek() == mark && text_[at_ + 1] == mark;
    if (many_lines) {
      next();
      next();
      skip('\r');
      skip('\n');
    }
    size_t end = start;
    for (size_t marks = 0;;) {
      if (many_lines ? at_end() : at_line_end()) return fail(place, "a text without closing quotes");
      if (peek() == '\\' && mark == '"') {
        if (!escape(end, many_lines)) return false;
        continue;
      }
      const char c = peek();
      next();
      if (c != mark) {
        if (c != '\r') text_[end++] = c;
        continue;
      }
      for (marks = 1; many_lines && marks < 5 && peek() == mark; ++marks) next();
      const bool closed = !many_lines || marks >= 3;
      const size_t own = !many_lines ? 0 : closed ? marks - 3 : marks;  // up to two may touch the closing ones
      for (size_t i = 0; i < own; ++i) text_[end++] = mark;
      if (closed) break;
    }
    out = from(start, end);
    return true;
  }

  bool escape(size_t& end, bool many_lines) {
    const TomlPlace place = place_;
    next();
    constexpr std::string_view kNames = "btnfr\"\\";
    const char c = peek();
    if (const size_t i = kNames.find(c); i != std::string_view::npos) {
      text_[end++] = "\b\t\n\f\r\"\\"[i];
      next();
      return true;
    }
    if (c == 'u' || c == 'U') {
      next();
      uint32_t code = 0;
      for (int left = c == 'u' ? 4 : 8; left > 0; --left) {
        const unsigned digit = hex_digit(peek());
        if (digit > 15) return fail(place, "\\u needs 4 hexadecimal digits, \\U needs 8");
        code = code << 4 | digit;
        next();
      }
      if (!is_code_point(code)) return fail(place, "the escape stands for no letter of Unicode");
      end += encode_utf8(code, &text_[end]);
      return true;
    }
    if (many_lines) {  // the line goes on with the next letter
      skip_blanks();
      if (peek() == '\n') {
        while (skip('\n')) skip_blanks();
        return true;
      }
    }
    return fail(place, "an unknown escape; a backslash is written \\\\ or between single quotes");
  }

  std::string& text_;
  std::vector<TomlNode>& nodes_;
  std::optional<TomlError> error_;
  size_t at_ = 0;
  TomlPlace place_;
  uint32_t depth_ = 0;  ///< of the table or array that is being filled
};

const TomlNode* TomlNode::get(std::string_view wanted) const {
  if (type == TomlType::table)
    for (const TomlNode& item : *this)
      if (item.key == wanted) return &item;
  return nullptr;
}

std::optional<TomlError> TomlDocument::parse(std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes)
    return TomlError{{}, concat("the file has ", text.size(), " bytes; at most ", max_bytes, " are read")};
  text_ = text;
  nodes_.assign(1, {});
  return TomlParser(text_, nodes_).parse();
}

}  // namespace paxoscope
