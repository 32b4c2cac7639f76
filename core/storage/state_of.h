// How entries of a log add up to a state that can stand in for them.
#pragma once

#include "base/hash.h"
#include "base/types.h"

namespace paxoscope {

/// Specialise for an entry type whose log may be replaced by a snapshot:
///   Type                                    a value; the default one is the state before the first entry
///   apply(Type&, index, entry)              the next decided entry
///   changes(Type at_end, visit)             a Type with only what entries touched, deletions included; `visit(f)`
///                                           calls f(index, entry) for each of them in order
///   merge(Type& into, const Type& changes)  the same as applying those entries
///   add_to(const Type&, Hasher&)
/// Without a specialisation a log can be trimmed, but not summed up.
template <class T>
struct StateOf {
  static constexpr bool exists = false;
  struct Type {};
  static void apply(Type&, LogIndex, const T&) {}
  template <class Visit>
  static Type changes(const Type&, Visit&&) {
    return {};
  }
  static void merge(Type&, const Type&) {}
  static void add_to(const Type&, Hasher&) {}
};

}  // namespace paxoscope
