#include "base/text.h"

namespace paxoscope {

void append_piece(std::string& out, const char* words) { out += words; }
void append_piece(std::string& out, const std::string& words) { out += words; }
void append_piece(std::string& out, std::string_view words) { out += words; }

void append_number(std::string& out, uint64_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = static_cast<char>('0' + number % 10);
  while ((number /= 10) != 0);
  out.append(digits + at, sizeof digits - at);
}

void append_number(std::string& out, int64_t number) {
  if (number < 0) out += '-';
  append_number(out, number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number));
}

}  // namespace paxoscope
