#include "base/shared_map.h"

namespace paxoscope {

/// A leaf holds a few entries; a full one becomes a branch by four more bits of the keys' hashes, which are distinct for
/// distinct keys: so a branch is never deeper than 16.
struct SharedMap::Node {
  static constexpr uint32_t kEntries = 8;
  static constexpr uint32_t kBranch = UINT32_MAX;
  struct Entry {
    uint64_t key;
    uint64_t value;
  };

  uint32_t holders = 1;
  uint32_t count = 0;  ///< entries; kBranch: it has children
  union {
    Entry entries[kEntries];
    Node* children[16];
  };

  Node() : entries{} {}
  static uint64_t hash(uint64_t key) {
    key ^= key >> 30;
    key *= 0xbf58476d1ce4e5b9ull;
    key ^= key >> 27;
    key *= 0x94d049bb133111ebull;
    return key ^ (key >> 31);
  }
  static uint32_t slot(uint64_t key, uint32_t depth) { return hash(key) >> (4 * depth) & 15; }

  static void release(Node* node) {
    if (node == nullptr || --node->holders != 0) return;
    if (node->count == kBranch)
      for (Node* child : node->children) release(child);
    delete node;
  }
  /// The node itself if nobody else holds it, else a copy.
  static Node* own(Node* node) {
    if (node->holders == 1) return node;
    --node->holders;
    Node* mine = new Node(*node);
    mine->holders = 1;
    if (mine->count == kBranch)
      for (Node* child : mine->children)
        if (child != nullptr) ++child->holders;
    return mine;
  }
  static Node* set(Node* node, uint32_t depth, const Entry& entry) {
    if (node == nullptr) node = new Node;
    node = own(node);
    if (node->count != kBranch) {
      for (uint32_t i = 0; i < node->count; ++i)
        if (node->entries[i].key == entry.key) {
          node->entries[i].value = entry.value;
          return node;
        }
      if (node->count < kEntries) {
        node->entries[node->count++] = entry;
        return node;
      }
      const Node full = *node;
      node->count = kBranch;
      for (Node*& child : node->children) child = nullptr;
      for (const Entry& old : full.entries) set(node, depth, old);
    }
    Node*& child = node->children[slot(entry.key, depth)];
    child = set(child, depth + 1, entry);
    return node;
  }
};

SharedMap::SharedMap(const SharedMap& other) : root_(other.root_) {
  if (root_ != nullptr) ++root_->holders;
}

SharedMap& SharedMap::operator=(const SharedMap& other) {
  if (other.root_ != nullptr) ++other.root_->holders;
  Node::release(root_);
  root_ = other.root_;
  return *this;
}

SharedMap::~SharedMap() { Node::release(root_); }

const uint64_t* SharedMap::find(uint64_t key) const {
  const Node* node = root_;
  for (uint32_t depth = 0; node != nullptr && node->count == Node::kBranch; ++depth)
    node = node->children[Node::slot(key, depth)];
  if (node == nullptr) return nullptr;
  for (uint32_t i = 0; i < node->count; ++i)
    if (node->entries[i].key == key) return &node->entries[i].value;
  return nullptr;
}

void SharedMap::set(uint64_t key, uint64_t value) { root_ = Node::set(root_, 0, {key, value}); }

}  // namespace paxoscope
