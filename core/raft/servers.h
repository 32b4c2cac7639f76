// A handful of servers as a value: what memberships and votes are made of.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/assert.h"
#include "base/hash.h"
#include "base/types.h"

namespace paxoscope::raft {

/// Ids of servers, ascending, at most kMaxServers of them. Ids may be any number but 0 (R16), so this is no bit mask.
class Servers {
 public:
  Servers() = default;
  Servers(std::initializer_list<ServerId> ids) {
    for (ServerId id : ids) add(id);
  }

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == kMaxServers; }
  const ServerId* begin() const { return ids_.data(); }
  const ServerId* end() const { return ids_.data() + size_; }
  bool contains(ServerId id) const { return std::find(begin(), end(), id) != end(); }

  /// False: it was there, or there is no room.
  bool add(ServerId id) {
    if (full() || contains(id)) return false;
    uint32_t at = size_++;
    for (; at > 0 && ids_[at - 1] > id; --at) ids_[at] = ids_[at - 1];
    ids_[at] = id;
    return true;
  }
  /// False: it was not there.
  bool remove(ServerId id) {
    ServerId* const at = std::find(ids_.data(), ids_.data() + size_, id);
    if (at == ids_.data() + size_) return false;
    std::copy(at + 1, ids_.data() + size_, at);
    ids_[--size_] = 0;
    return true;
  }

  bool operator==(const Servers&) const = default;
  void add_to(Hasher& hasher) const {
    hasher.add(size_);
    for (ServerId id : *this) hasher.add(id);
  }

 private:
  std::array<ServerId, kMaxServers> ids_{};
  uint32_t size_ = 0;
};

}  // namespace paxoscope::raft
