#include "ui/stores.h"

#include <algorithm>
#include <cmath>

#include "ui/draw.h"
#include "ui/proposals.h"
#include "ui/scroll.h"
#include "ui/tabs.h"
#include "ui/values.h"
#include "ui/widgets.h"
#include "ui/words.h"

namespace paxoscope::ui {
namespace {

constexpr float kHead = 32, kRow = 28, kKey = 96, kNarrowKey = 60, kColumn = 116, kNarrowColumn = 58;

constexpr size_t kMostSpoken = 40;  ///< keys offered to screen readers also where they are not in sight

Scroll& scroll() {
  static Scroll the_scroll;
  return the_scroll;
}

const StoreView* store_of(const Observation& observation, ServerId id) {
  for (const StoreView& store : observation.stores)
    if (store.server == id) return &store;
  return nullptr;
}

const StoreView::Row* row_of(const StoreView& store, std::string_view key) {
  const auto row = std::lower_bound(store.rows.begin(), store.rows.end(), key,
                                    [](const StoreView::Row& r, std::string_view k) { return r.key < k; });
  return row != store.rows.end() && row->key == key ? &*row : nullptr;
}

/// Every key of any server, ascending.
std::vector<std::string_view> keys_of(const Observation& observation) {
  std::vector<std::string_view> keys;
  for (const StoreView& store : observation.stores)
    for (const StoreView::Row& row : store.rows) keys.push_back(row.key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::string_view value_in(const StoreView& store, std::string_view key) {
  const StoreView::Row* row = row_of(store, key);
  return row == nullptr ? std::string_view() : row->value;
}

/// How a server's value of a key stands to the others: it may lag behind, but equal indexes must mean equal values.
enum class Agreement : uint8_t { same, behind, wrong };

Agreement agreement(const Observation& observation, const StoreView& store, std::string_view key) {
  const std::string_view value = value_in(store, key);
  Agreement found = Agreement::same;
  for (const StoreView& other : observation.stores) {
    if (value_in(other, key) == value) continue;
    if (other.applied == store.applied) return Agreement::wrong;
    if (other.applied > store.applied) found = Agreement::behind;
  }
  return found;
}

/// Draws one frame of the view: a group of servers that fits side by side, then the next.
class StoresView {
 public:
  StoresView(Context& context, const Rect& area)
      : context_(context), observation_(context.frame.observation), area_(area), keys_(keys_of(observation_)) {
    wide_ = area.width() >= px(kNarrowTab);
    key_width_ = px(wide_ ? kKey : kNarrowKey);
    const float room = area.width() - px(32) - key_width_;
    const auto servers = static_cast<float>(std::max<size_t>(observation_.servers.size(), 1));
    const float fit = std::floor(room / px(wide_ ? kColumn : kNarrowColumn)), groups = std::ceil(servers / std::max(fit, 1.0f));
    per_group_ = static_cast<size_t>(std::ceil(servers / groups));
    pitch_ = std::floor(room / static_cast<float>(per_group_));
    for (const StoreView& store : observation_.stores) newest_ = std::max(newest_, store.applied);
  }

  bool empty() const { return keys_.empty(); }

  /// Returns where it ends.
  float draw(float y) {
    for (size_t first = 0; first < observation_.servers.size(); first += per_group_) {
      const size_t last = std::min(first + per_group_, observation_.servers.size());
      for (size_t i = first; i < last; ++i) draw_head(observation_.servers[i], column(i - first), y);
      y += px(kHead);
      for (std::string_view key : keys_) {
        if (keys_.size() <= kMostSpoken || scroll().visible(y, y + px(kRow))) draw_row(key, first, last, y);
        y += px(kRow);
      }
      y += px(12);
    }
    return y;
  }

 private:
  float column(size_t place) const { return area_.min.x + px(16) + key_width_ + pitch_ * static_cast<float>(place); }

  /// "applied 24": differences between servers are read by it.
  void draw_head(const ServerView& server, float x, float y) {
    const Theme& t = theme();
    const StoreView* store = store_of(observation_, server.id);
    const float middle = y + px(16), at = x + server_badge(&canvas(), x, middle, server.id) + px(wide_ ? 8 : 4);
    std::string words = "down", behind;
    if (store != nullptr) {
      words = joined({wide_ ? "applied " : "", std::to_string(store->applied)});
      if (store->applied < newest_) behind = joined({std::to_string(newest_ - store->applied), " behind"});
    }
    const bool newest = store != nullptr && behind.empty();
    const float room = x + pitch_ - at - px(4);
    const float width = text(canvas(), {at, middle}, Align::left, wide_ ? Font::regular : Font::mono, 12,
                             newest ? t.text : t.text2, words, room);
    if (!behind.empty())
      text(canvas(), {at + width + px(6), middle}, Align::left, Font::mono, 11, t.text3,
           joined({"\xe2\x88\x92", std::to_string(newest_ - store->applied)}), room - width);
    const Rect spot = scroll().clipped({{x - px(4), y}, {x + pitch_ - px(6), y + px(kHead)}});
    const std::string name = server_label(server.id);
    const Item self{Item::Kind::server, server.id, 0, 0};
    if (spot.height() > 0 && hovered(spot)) {
      context_.selection.hovering = self;
      tooltip(store == nullptr ? joined({name, " is down"})
                               : joined({"Entries up to ", std::to_string(store->applied), " are in the state of ", name}));
    }
    if (context_.selection.lit(self)) rounded_rect(canvas(), spot.min, spot.max, px(6), 0, t.line2, px(1));
    if (hot_area(context_, joined({"store ", name}), spot, joined({"State of server ", name}),
                 store == nullptr ? "down" : joined({"applied ", std::to_string(store->applied), behind.empty() ? "" : ", ", behind})))
      ask(context_, Command::Kind::select_server, server.id);
  }

  void draw_row(std::string_view key, size_t first, size_t last, float y) {
    const Theme& t = theme();
    hairline(canvas(), {area_.min.x + px(16), y}, {area_.max.x - px(16), y}, with_alpha(t.line, 0.6f));
    text(canvas(), {area_.min.x + px(16), y + px(kRow / 2)}, Align::left, Font::mono, 13, t.text2, key, key_width_ - px(8));
    for (size_t i = first; i < last; ++i) {
      const StoreView* store = store_of(observation_, observation_.servers[i].id);
      const float x = column(i - first);
      draw_cell(store, key, observation_.servers[i].id, {{x - px(4), y + px(2)}, {x + pitch_ - px(6), y + px(kRow - 1)}});
    }
  }

  void draw_cell(const StoreView* store, std::string_view key, ServerId id, const Rect& box) {
    const Theme& t = theme();
    const float middle = (box.min.y + box.max.y) / 2, right = box.max.x - px(2);
    const StoreView::Row* row = store == nullptr ? nullptr : row_of(*store, key);
    const Agreement how = store == nullptr ? Agreement::same : agreement(observation_, *store, key);
    const bool changed = row != nullptr && row->changed, wrong = how == Agreement::wrong;
    if (changed) draw_change(box);
    if (wrong) {
      rounded_rect(canvas(), box.min, box.max, px(4), mix(t.bg0, t.danger, 0.1f), t.danger, 1.5f * scale());
      cross(canvas(), {right - px(6), middle}, px(3), t.danger, 1.6f * scale());
    }
    const ImU32 colour = row == nullptr || how == Agreement::behind ? t.text2 : t.text;
    float x = box.min.x + px(changed ? 10 : wrong ? 8 : 4);
    if (changed && !row->old.empty() && right - x > px(56)) {
      x += text(canvas(), {x, middle}, Align::left, Font::mono, 13, t.text2, row->old, (right - x) / 2 - px(20)) + px(4);
      x += draw_arrow(canvas(), x, middle) + px(4);
    }
    x += text(canvas(), {x, middle}, Align::left, Font::mono, 13, colour,
              row == nullptr ? std::string_view("\xe2\x80\x93") : std::string_view(row->value), right - x - (wrong ? px(14) : 0));
    if (row != nullptr && row->index != 0 && wide_ && !wrong) {
      const std::string index = joined({"at ", std::to_string(row->index)});
      x = std::max(x + px(8), box.min.x + px(40));
      if (x + text_width(Font::regular, 11, index) < right)
        text(canvas(), {x, middle}, Align::left, Font::regular, 11, t.text3, index);
    }
    speak(store, row, key, id, how, scroll().clipped(box));
  }

  void speak(const StoreView* store, const StoreView::Row* row, std::string_view key, ServerId id, Agreement how,
             const Rect& seen) {
    std::string words = store == nullptr ? "server is down" : row == nullptr ? "not there" : row->value;
    if (row != nullptr && row->changed) words += row->old.empty() ? ", new" : joined({", was ", row->old});
    if (row != nullptr && row->index != 0) words += joined({", written by entry ", std::to_string(row->index)});
    if (row != nullptr && row->index == 0) words += ", from a snapshot";
    if (store != nullptr && how == Agreement::behind)
      words += joined({", an older value: applied up to ", std::to_string(store->applied)});
    if (how == Agreement::wrong)
      words += joined({", another server has applied the same entries and differs"});
    const std::string name = joined({key, " at ", server_label(id)});
    context_.semantics.add(joined({"value ", name}), SemanticRole::text, name, words, seen.min, seen.max);
    if (seen.height() > 0 && hovered(seen)) tooltip(joined({name, ": ", words}));
  }

  Context& context_;
  const Observation& observation_;
  Rect area_;
  std::vector<std::string_view> keys_;
  bool wide_ = true;
  size_t per_group_ = 1;
  float key_width_ = 0, pitch_ = 0;
  LogIndex newest_ = 0;
};

}  // namespace

void draw_stores(Context& context, const Rect& area) {
  const Rect list = below_tabs(area);
  StoresView view(context, list);
  if (view.empty()) {
    return draw_nothing_yet(context, list, "No keys yet",
                            "Each server applies the decided entries of its log to a key-value store, in order. A key "
                            "stands here from the first entry that writes it.");
  }
  scroll().begin(context, list);
  const float top = scroll().top();
  scroll().end(view.draw(top) - top);
}

}  // namespace paxoscope::ui
