#include "ui/desktop/png.h"

#include <zlib.h>

#include <cstdint>
#include <cstdio>

namespace paxoscope::ui {
namespace {

void put_word(std::string& out, uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(word >> shift & 255));
}

void put_chunk(std::string& out, const std::string& type, const std::string& data) {
  put_word(out, static_cast<uint32_t>(data.size()));
  const std::string body = type + data;
  out += body;
  put_word(out, static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                            static_cast<uInt>(body.size()))));
}

}  // namespace

bool write_png(const std::string& path, int width, int height, const std::vector<unsigned char>& rgb) {
  std::string rows;
  const size_t row = static_cast<size_t>(width) * 3;
  for (int y = height - 1; y >= 0; --y) {
    rows.push_back(0);  // no filter
    rows.append(reinterpret_cast<const char*>(rgb.data()) + static_cast<size_t>(y) * row, row);
  }
  uLongf packed_size = compressBound(static_cast<uLong>(rows.size()));
  std::string packed(packed_size, 0);
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &packed_size, reinterpret_cast<const Bytef*>(rows.data()),
               static_cast<uLong>(rows.size())) != Z_OK) {
    return false;
  }
  packed.resize(packed_size);

  std::string header;
  put_word(header, static_cast<uint32_t>(width));
  put_word(header, static_cast<uint32_t>(height));
  header += std::string("\x08\x02\0\0\0", 5);  // 8 bits, RGB
  std::string out = "\x89PNG\r\n\x1a\n";
  put_chunk(out, "IHDR", header);
  put_chunk(out, "IDAT", packed);
  put_chunk(out, "IEND", "");

  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(out.data(), 1, out.size(), file) == out.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace paxoscope::ui
