#include "scenarios/link/deflate.h"

#include <zlib.h>

#include <algorithm>

#include "base/text.h"

namespace paxoscope {

std::string deflate_text(std::string_view text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string packed(size, '\0');
  const int code = compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                            reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()));
  packed.resize(code == Z_OK ? size : 0);
  return packed;
}

Result<std::string> inflate_text(std::string_view packed, size_t limit) {
  constexpr size_t kPart = 16 * 1024;
  z_stream stream = {};
  if (inflateInit(&stream) != Z_OK) return fail("There is no memory left to unpack the scenario in the link.");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  int code = Z_OK;
  while (code == Z_OK && text.size() <= limit) {
    const size_t before = text.size();
    text.resize(before + kPart);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + before);
    stream.avail_out = kPart;
    code = inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  const bool whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (text.size() > limit) return fail(concat("The scenario in the link is longer than ", limit, " bytes."));
  if (!whole) return fail("The link is damaged: its scenario cannot be unpacked.");
  return text;
}

}  // namespace paxoscope
