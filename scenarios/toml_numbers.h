// For toml_reader.h alone, before the parser: lets it read and write numbers without streams in WebAssembly. Streams bring
// all locales with them, a fifteenth of the page, for numbers with a point, which no scenario may have.
#pragma once

#ifdef __EMSCRIPTEN__
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

// Emscripten's library converts whole numbers; the overloads that it still lacks are these two.
#ifndef __cpp_lib_to_chars
namespace std {

inline from_chars_result from_chars(const char* first, const char* last, double& value) {
  const string digits(first, last);
  char* end = nullptr;
  value = strtod(digits.c_str(), &end);
  return {first + (end - digits.c_str()), end == digits.c_str() ? errc::invalid_argument : errc()};
}

inline to_chars_result to_chars(char* first, char* last, double value, chars_format = {}, int = 0) {
  const ptrdiff_t room = last - first;
  const ptrdiff_t length = snprintf(first, static_cast<size_t>(room), "%.17g", value);
  return {first + clamp<ptrdiff_t>(length, 0, room), errc()};
}

}  // namespace std
#endif

#undef TOML_INT_CHARCONV
#undef TOML_FLOAT_CHARCONV
#define TOML_INT_CHARCONV 1
#define TOML_FLOAT_CHARCONV 1
#endif
