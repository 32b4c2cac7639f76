// Assertions that stay on in every native build; -DPAXOSCOPE_ASSERT=0 (the size-bound web build) drops them.
#pragma once

#ifndef PAXOSCOPE_ASSERT
#define PAXOSCOPE_ASSERT 1
#endif

namespace paxoscope::detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

#if PAXOSCOPE_ASSERT
#define PAXO_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::paxoscope::detail::assertion_failed(#condition, __FILE__, __LINE__))
#else
#define PAXO_ASSERT(condition) static_cast<void>(sizeof((condition) ? 1 : 0))
#endif
