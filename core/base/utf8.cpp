#include "base/utf8.h"

namespace paxoscope {

size_t decode_utf8(std::string_view text, uint32_t& code) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
  if (size == 0 || size > text.size()) return 0;
  code = size == 1 ? first : first & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};  // what needs so many bytes
  return code >= kSmallest[size] && is_code_point(code) ? size : 0;
}

size_t encode_utf8(uint32_t code, char* out) {
  if (code < 0x80) {
    *out = static_cast<char>(code);
    return 1;
  }
  const unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  *out = static_cast<char>((0xff << (7 - more)) | (code >> (6 * more)));
  for (unsigned i = more; i-- > 0;) *++out = static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f));
  return more + 1;
}

}  // namespace paxoscope
