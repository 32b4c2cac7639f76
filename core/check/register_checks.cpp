#include "check/register_checks.h"

#include <algorithm>

#include "base/text.h"
#include "check/live_history.h"
#include "sim/observation.h"

namespace paxoscope {

namespace {

std::string stamp_label(const WriteStamp& stamp) { return concat(stamp.number, "·", server_label(stamp.server)); }

/// Orders the writes of a key as their timestamps do, as far as runs go; half of the numbers are left for reads.
LogIndex place_of(const WriteStamp& stamp) {
  return (stamp.number & 0x3fffffff) << 33 | static_cast<uint64_t>(stamp.server) << 28 |
         static_cast<uint64_t>(stamp.incarnation & 0xff) << 20 | (stamp.counter & 0xfffff);
}

}  // namespace

WriteStamp stamp_in(const std::vector<HeldValue>& held, const ShortText& key) {
  for (const HeldValue& value : held)
    if (value.key == key) return value.stamp;
  return {};
}

void RegisterChecks::look(size_t position, ServerId server, const std::vector<HeldValue>& memory,
                          const std::vector<HeldValue>& disk, uint64_t event, SharedMap& applied) {
  for (const HeldValue& value : memory) {
    if (value.stamp.number == 0) continue;
    Hasher name;
    for (const uint64_t part : {value.stamp.number, uint64_t{value.stamp.server},
                                uint64_t{value.stamp.incarnation} << 32 | value.stamp.counter})
      name.add(part);
    name.add(value.key.view());
    const uint64_t writer = operation_key(value.client, value.number);
    if (const uint64_t* known = writers_.find(name.value())) {
      if (*known != writer)
        problems_.push_back({RegisterCheck::stamps_unique,
                             concat("two writes of ", value.key.view(), " share the timestamp ", stamp_label(value.stamp), ": ",
                                    operation_id(static_cast<uint32_t>(*known >> 32), static_cast<uint32_t>(*known)), " and ",
                                    operation_id(value.client, value.number)),
                             {event}});
      continue;
    }
    ++writes_;
    writers_.set(name.value(), writer);
    applied.set(writer, applied_at(place_of(value.stamp), false));
  }
  std::vector<Known>& before = disks_[position];
  for (Known& known : before) {
    const WriteStamp now = stamp_in(disk, known.key);
    if (now < known.stamp)
      problems_.push_back({RegisterCheck::stamps_grow,
                           concat("the timestamp of ", known.key.view(), " at ", server_label(server), " went back from ",
                                  stamp_label(known.stamp), " to ", stamp_label(now)),
                           {known.event, event}});
    if (now != known.stamp) known = {known.key, now, event};
  }
  for (const HeldValue& value : disk)
    if (std::none_of(before.begin(), before.end(), [&](const Known& known) { return known.key == value.key; }))
      before.push_back({value.key, value.stamp, event});
}

void RegisterChecks::look_at_end(ServerId server, const Ended& ended, uint64_t event, SharedMap& applied) {
  ++ended_;
  const Operation operation = parse_operation(ended.command.label());
  const ShortText key(operation.key);
  const std::string what =
      concat(server_label(server), " ended ", ended.command.label(), " with timestamp ", stamp_label(ended.stamp), ", but ");
  if (operation.kind == OperationKind::put && ended.holders < ended.needed)
    problems_.push_back({RegisterCheck::acknowledged_held,
                         concat(what, "only ", ended.holders, " of the ", ended.needed,
                                " servers needed hold that or a newer one durably"),
                         {event}});
  if (operation.kind == OperationKind::get)
    applied.set(operation_key(ended.command.client, ended.command.number), applied_at(place_of(ended.stamp), true));
  const Known* earlier = nullptr;  // the newest that had ended when this one was asked
  const Known* last = nullptr;
  for (const Known& known : newest_) {
    if (!(known.key == key)) continue;
    last = &known;
    if (known.event < ended.asked_event) earlier = &known;
  }
  if (earlier != nullptr && ended.stamp < earlier->stamp)
    problems_.push_back({RegisterCheck::stamps_ordered,
                         concat(what, stamp_label(earlier->stamp), " had come to its end before it was asked"),
                         {earlier->event, ended.asked_event, event}});
  if (last != nullptr && ended.stamp <= last->stamp) return;
  if (newest_.size() >= kKept) newest_.erase(newest_.begin());
  newest_.push_back({key, ended.stamp, event});
}

}  // namespace paxoscope
