// Text packed as browsers pack it (zlib's format: CompressionStream('deflate')).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace paxoscope {

/// Packs text of any length that fits into memory.
std::string deflate_text(std::string_view text);
/// Unpacks, and stops as soon as the text is longer than `limit` bytes, however much would follow.
Result<std::string> inflate_text(std::string_view packed, size_t limit);

}  // namespace paxoscope
