// toml++ reads numbers by <charconv>, or else by streams, and those bring the whole of locale: 45 KB of the page. Emscripten's
// library has <charconv> for integers only, so this adds what it lacks, by the C functions. Scenario files hold no
// fractions; one that stands there all the same is read, and reported as what it is.
#pragma once

#include <charconv>

#if defined(_LIBCPP_VERSION) && defined(__EMSCRIPTEN__)

#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

namespace std {

inline from_chars_result from_chars(const char* first, const char* last, double& value) {
  const string text(first, last);
  char* end = nullptr;
  value = strtod(text.c_str(), &end);
  return {first + (end - text.c_str()), end == text.c_str() ? errc::invalid_argument : errc{}};
}

template <class Float, class = enable_if_t<is_floating_point_v<Float>>>
to_chars_result to_chars(char* first, char* last, Float value, chars_format = chars_format::general, int digits = 17) {
  const auto space = static_cast<size_t>(last - first);
  const int length = snprintf(first, space, "%.*g", digits, static_cast<double>(value));
  if (length < 0 || static_cast<size_t>(length) >= space) return {last, errc::value_too_large};
  return {first + length, errc{}};
}

}  // namespace std

#endif
