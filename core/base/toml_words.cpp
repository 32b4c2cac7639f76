#include "base/toml_words.h"

namespace paxoscope {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool skip(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

/// Skips what looks like `shape`, in which 0 stands for any digit.
bool skip_shape(std::string_view& rest, std::string_view shape) {
  if (rest.size() < shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? !is_digit(rest[i]) : rest[i] != shape[i]) return false;
  rest.remove_prefix(shape.size());
  return true;
}

struct Digits {
  uint64_t value = 0;
  bool any = false;
  bool fits = true;  ///< the value in 64 bits
};

/// Digits with single underscores between them.
Digits skip_digits(std::string_view& rest, unsigned base) {
  Digits digits;
  while (!rest.empty()) {
    const size_t gap = digits.any && rest.front() == '_' && rest.size() > 1 ? 1 : 0;
    const unsigned digit = hex_digit(rest[gap]);
    if (digit >= base) break;
    rest.remove_prefix(gap + 1);
    digits.any = true;
    digits.fits = digits.fits && !__builtin_mul_overflow(digits.value, base, &digits.value) &&
                  !__builtin_add_overflow(digits.value, digit, &digits.value);
  }
  return digits;
}

bool is_date(std::string_view word) {
  const bool has_day = skip_shape(word, "0000-00-00");
  if (has_day) {
    if (word.empty()) return true;
    if (!skip(word, 'T') && !skip(word, 't') && !skip(word, ' ')) return false;
  }
  if (!skip_shape(word, "00:00:00")) return false;
  if (skip(word, '.')) {
    if (!skip_shape(word, "0")) return false;
    while (skip_shape(word, "0")) {
    }
  }
  if (word.empty()) return true;
  if (!has_day) return false;
  if (skip(word, 'Z') || skip(word, 'z')) return word.empty();
  return (skip(word, '+') || skip(word, '-')) && skip_shape(word, "00:00") && word.empty();
}

/// Behind the whole part.
bool is_fraction(std::string_view rest) {
  if (skip(rest, '.') && !skip_digits(rest, 10).any) return false;
  if (skip(rest, 'e') || skip(rest, 'E')) {
    if (!skip(rest, '+')) skip(rest, '-');
    if (!skip_digits(rest, 10).any) return false;
  }
  return rest.empty();
}

TomlWord integer(const Digits& digits, bool negative, int64_t& number) {
  constexpr uint64_t kMost = INT64_MAX;
  if (!digits.fits || digits.value > kMost + (negative ? 1 : 0)) return TomlWord::too_large;
  number = static_cast<int64_t>(negative ? 0 - digits.value : digits.value);
  return TomlWord::integer;
}

}  // namespace

unsigned hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? static_cast<unsigned>(small - 'a' + 10) : 99;
}

bool is_toml_day(std::string_view word) { return skip_shape(word, "0000-00-00") && word.empty(); }

TomlWord read_toml_word(std::string_view word, int64_t& number) {
  number = word == "true" ? 1 : 0;
  if (number == 1 || word == "false") return TomlWord::boolean;
  if (is_date(word)) return TomlWord::date;
  if (word.size() > 2 && word[0] == '0') {
    const unsigned base = word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : word[1] == 'b' ? 2 : 0;
    if (base != 0) {
      word.remove_prefix(2);
      const Digits digits = skip_digits(word, base);
      return digits.any && word.empty() ? integer(digits, false, number) : TomlWord::none;
    }
  }
  const bool negative = skip(word, '-');
  if (!negative) skip(word, '+');
  if (word == "inf" || word == "nan") return TomlWord::fraction;
  const std::string_view whole = word;
  const Digits digits = skip_digits(word, 10);
  const bool leading_zero = whole.size() - word.size() > 1 && whole.front() == '0';
  if (!digits.any || leading_zero) return TomlWord::none;
  if (word.empty()) return integer(digits, negative, number);
  return is_fraction(word) ? TomlWord::fraction : TomlWord::none;
}

}  // namespace paxoscope
