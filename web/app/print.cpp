// Takes the place of the C library's functions of these names when the page is linked.
#include "web/app/print.h"

extern "C" {

int vsnprintf(char* out, size_t size, const char* format, va_list values) {
  return paxoscope::web::Printer(out, size).print(format, values);
}

int snprintf(char* out, size_t size, const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(out, size, format, values);
  va_end(values);
  return length;
}

/// sprintf without fractions, as the compiler calls it; Embind prints an address with it.
int siprintf(char* out, const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(out, SIZE_MAX, format, values);
  va_end(values);
  return length;
}

}  // extern "C"
