// Errors are values with a sentence that a person can act on.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace paxoscope {

/// A sentence for a person: what is wrong and what to do.
struct Error {
  std::string text;
};

template <class T, class E = Error>
using Result = tl::expected<T, E>;

inline tl::unexpected<Error> fail(std::string text) { return tl::unexpected<Error>(Error{std::move(text)}); }

}  // namespace paxoscope
