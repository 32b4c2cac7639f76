#include "ui/semantics.h"

#include <algorithm>
#include <cmath>

namespace paxoscope::ui {
namespace {

/// FNV-1a, 32 bits; several words may be chained.
uint32_t hash_text(std::string_view text, uint32_t hash = 0x811c9dc5u) {
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x01000193u;
  }
  return hash;
}

uint32_t hash_word(uint32_t word, uint32_t hash) {
  for (int i = 0; i < 4; ++i, word >>= 8) {
    hash ^= word & 255;
    hash *= 0x01000193u;
  }
  return hash;
}

/// 0 means "none" everywhere.
uint32_t id_of(std::string_view key) {
  const uint32_t id = hash_text(key);
  return id == 0 ? 1 : id;
}

}  // namespace

void Semantics::begin_frame() {
  items_.clear();
  text_.clear();
  confine({0, 0}, ImGui::GetIO().DisplaySize);
}

void Semantics::end_frame() {
  uint32_t hash = hash_word(static_cast<uint32_t>(items_.size()), 0x811c9dc5u);
  for (const SemanticItem& item : items_) {
    hash = hash_word(item.id, hash);
    hash = hash_word(item.hash, hash);
    for (int32_t word : {item.x, item.y, item.width, item.height})
      hash = hash_word(static_cast<uint32_t>(word), hash);
  }
  hash_ = hash;
  activated_ = 0;
}

bool Semantics::add(std::string_view key, SemanticRole role, std::string_view label, std::string_view value,
                    ImVec2 min, ImVec2 max, uint32_t state) {
  SemanticItem item;
  item.id = id_of(key);
  item.role = static_cast<uint32_t>(role);
  item.state = state;
  const float left = std::clamp(min.x, seen_min_.x, seen_max_.x), top = std::clamp(min.y, seen_min_.y, seen_max_.y);
  item.x = static_cast<int32_t>(std::floor(left));
  item.y = static_cast<int32_t>(std::floor(top));
  item.width = static_cast<int32_t>(std::ceil(std::clamp(max.x, left, seen_max_.x))) - item.x;
  item.height = static_cast<int32_t>(std::ceil(std::clamp(max.y, top, seen_max_.y))) - item.y;
  item.label_at = static_cast<uint32_t>(text_.size());
  item.label_length = static_cast<uint32_t>(label.size());
  text_.append(label);
  item.value_at = static_cast<uint32_t>(text_.size());
  item.value_length = static_cast<uint32_t>(value.size());
  text_.append(value);
  // The lengths keep ("ab", "c") and ("a", "bc") apart.
  item.hash = hash_word(
      state, hash_word(item.label_length, hash_word(item.role, hash_text(value, hash_text(label)))));
  items_.push_back(item);
  if (activated_ != item.id) return false;
  activated_ = 0;
  return true;
}

bool Semantics::focused(std::string_view key) const {
  return focus_ != 0 && focus_ == id_of(key);
}

void Semantics::say(std::string_view sentence) {
  live_ = sentence;
  ++live_sequence_;
}

void Semantics::activate(uint32_t id) {
  activated_ = id;
}

}  // namespace paxoscope::ui
