// The page's own printf writes what the C library's writes.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "web/app/print.h"

namespace {

__attribute__((format(printf, 3, 4))) int ours(char* out, size_t size, const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int length = paxoscope::web::Printer(out, size).print(format, values);
  va_end(values);
  return length;
}

/// Both, into full and into short buffers.
template <class... Values>
bool same(const char* format, Values... values) {
  for (const size_t size : {64, 5, 1}) {
    char a[64] = "unwritten";
    char b[64] = "unwritten";
    const int length = std::snprintf(a, size, format, values...);
    if (ours(b, size, format, values...) != length || std::string(a) != b) return false;
  }
  return true;
}

}  // namespace

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

TEST_SUITE("print") {
  TEST_CASE("the texts of the screen and of Dear ImGui") {
    CHECK(same("plain"));
    CHECK(same("%u %%", 12u));
    CHECK(same("%s%s%s from %s to %s", "Prepare", " ", "", "A", "B"));
    CHECK(same("%.*s|%.3s|%c", 2, "abc", "abcdef", 'x'));
    CHECK(same("%s/%s_%08X", "stage", "child", 0xbeefu));
    CHECK(same("##Popup_%08x ##Menu_%02d", 0xdeadbeefu, 3));
    CHECK(same("1\xe2\x80\x93%llu of %zu", 18446744073709551615ull, size_t{7}));
    CHECK(same("%+lld ms", -5ll));
    CHECK(same("%s%ld.%03ld s", "-", 1L, 20L));
    CHECK(same("%0*d|%5d|%05d|%+d", 3, 7, -42, -42, 0));
    CHECK(same("%.*f s %.0f %.3f %f", 1, 0.36, 2.0, -1.5, 600.25));
    CHECK(same("%d", INT32_MIN));
    CHECK(same("%lld", INT64_MIN));
  }

  TEST_CASE("property: numbers") {
    CHECK(rc::check("as the C library", [](int32_t number, int64_t large, uint8_t width) {
      RC_ASSERT(same("%d %u %x %lld", number, static_cast<unsigned>(number), static_cast<unsigned>(number),
                     static_cast<long long>(large)));
      RC_ASSERT(same("%0*lld", width % 30, static_cast<long long>(large)));
      RC_ASSERT(same("%*lld", width % 30, static_cast<long long>(large)));
      RC_ASSERT(same("%.3f", number % 1'000'000 / 8.0));  // exact, so that rounding has no say
    }));
  }
}
