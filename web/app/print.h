// What the page needs of printf, in a sixth of the C library's size: %d %i %u %x %X %c %s %p %f %%, all lengths, the flags 0 and
// + and a width for whole numbers, a precision for %s and %f (up to 9 digits, of values below 10^9; halves go up).
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

namespace paxoscope::web {

/// As vsnprintf.
class Printer {
 public:
  Printer(char* out, size_t size) : out_(out), size_(size) {}

  int print(const char* format, va_list values) {
    va_list rest;
    va_copy(rest, values);
    for (; *format != 0; ++format) {
      if (*format != '%') {
        put(*format);
        continue;
      }
      ++format;
      zero_ = plus_ = false;
      for (; *format == '0' || *format == '+'; ++format) (*format == '0' ? zero_ : plus_) = true;
      const auto number = [&] {
        int value = 0;
        if (*format == '*') return ++format, va_arg(rest, int);
        for (; *format >= '0' && *format <= '9'; ++format) value = value * 10 + (*format - '0');
        return value;
      };
      width_ = number();
      int precision = -1;
      if (*format == '.') ++format, precision = number();
      size_t bytes = sizeof(int);
      bool is_long = false;  // in WebAssembly a long is no longer than an int
      for (;; ++format) {
        if (*format == 'l') bytes = is_long ? sizeof(long long) : sizeof(long), is_long = true;
        else if (*format == 'z' || *format == 't') bytes = sizeof(size_t);
        else if (*format == 'j') bytes = sizeof(intmax_t);
        else if (*format != 'h') break;
      }
      const char kind = *format;
      if (kind == 's') {
        const char* text = va_arg(rest, const char*);
        for (int i = 0; (precision < 0 || i < precision) && text[i] != 0; ++i) put(text[i]);
      } else if (kind == 'c') {
        put(static_cast<char>(va_arg(rest, int)));
      } else if (kind == 'f') {
        fraction(va_arg(rest, double), precision < 0 ? 6 : precision);
      } else if (kind == 'p') {
        whole(reinterpret_cast<uintptr_t>(va_arg(rest, void*)), 16, false, 'a');
      } else if (kind == 'd' || kind == 'i') {
        const int64_t value = bytes == 8 ? va_arg(rest, int64_t) : va_arg(rest, int);
        whole(value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value), 10, value < 0, 'a');
      } else if (kind == 'u' || kind == 'x' || kind == 'X') {
        const uint64_t value = bytes == 8 ? va_arg(rest, uint64_t) : va_arg(rest, unsigned);
        plus_ = false;
        whole(value, kind == 'u' ? 10 : 16, false, kind == 'X' ? 'A' : 'a');
      } else if (kind == 0) {
        break;
      } else {
        put(kind);
      }
    }
    va_end(rest);
    if (size_ > 0) out_[length_ < size_ ? length_ : size_ - 1] = 0;
    return static_cast<int>(length_);
  }

 private:
  void put(char c) {
    if (length_ + 1 < size_) out_[length_] = c;
    ++length_;
  }

  void whole(uint64_t value, unsigned base, bool negative, char letter) {
    char digits[20];
    int count = 0;
    do digits[count++] = static_cast<char>(value % base < 10 ? '0' + value % base : letter + value % base - 10);
    while ((value /= base) != 0);
    const char sign = negative ? '-' : plus_ ? '+' : 0;
    const int used = count + (sign != 0 ? 1 : 0);
    if (sign != 0 && zero_) put(sign);
    for (int i = used; i < width_; ++i) put(zero_ ? '0' : ' ');
    if (sign != 0 && !zero_) put(sign);
    while (count > 0) put(digits[--count]);
  }

  void fraction(double value, int digits) {
    uint64_t scale = 1;
    for (int i = 0; i < digits; ++i) scale *= 10;
    const bool negative = value < 0;
    const auto parts = static_cast<uint64_t>((negative ? -value : value) * static_cast<double>(scale) + 0.5);
    width_ = 0;
    whole(parts / scale, 10, negative, 'a');
    if (digits == 0) return;
    put('.');
    width_ = digits;
    zero_ = true;
    plus_ = false;
    whole(parts % scale, 10, false, 'a');
  }

  char* out_;
  size_t size_;
  size_t length_ = 0;
  bool zero_ = false;
  bool plus_ = false;
  int width_ = 0;
};

}  // namespace paxoscope::web
