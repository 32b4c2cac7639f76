// What letters add up to, for snapshots of the test logs: where each letter stands last.
#pragma once

#include <map>

#include "storage/state_of.h"

template <>
struct paxoscope::StateOf<char> {
  static constexpr bool exists = true;
  using Type = std::map<char, LogIndex>;

  static void apply(Type& state, LogIndex index, char entry) { state[entry] = index; }
  template <class Visit>
  static Type changes(const Type& at_end, Visit&& visit) {
    Type changed;
    visit([&](LogIndex, char entry) { changed[entry] = at_end.at(entry); });
    return changed;
  }
  static void merge(Type& into, const Type& changes) {
    for (const auto& [entry, index] : changes) into[entry] = index;
  }
  static void add_to(const Type& state, Hasher& hasher) {
    for (const auto& [entry, index] : state) {
      hasher.add(static_cast<uint64_t>(entry));
      hasher.add(index);
    }
  }
};
