// Writes a Timeline as events are played, and can take everything after an event back.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/timeline.h"

namespace paxoscope {

class TimelineBuilder {
 public:
  TimelineBuilder() { timeline_.longest_flight_us = 0; }
  const Timeline& timeline() const { return timeline_; }

  /// What follows belongs to event `number`; numbers come in order, starting with 0.
  void begin_event(uint64_t number, TimeUs time_us, const OriginRecord& origin = {});
  /// It is the beginning of what comes of it.
  void begins(std::string words);
  /// Drops everything after `event`.
  void truncate(uint64_t event);

  void sent(ArrowRecord arrow);
  /// The record of a message; null if it is not known.
  const ArrowRecord* find(uint64_t message_id) const;
  void message_ended(uint64_t message_id, MessageFate fate);
  void message_moved(uint64_t message_id, TimeUs deliver_us);

  /// One that may be drawn from now on, if it is new.
  void add_epoch(const Epoch& epoch);
  void promised(ServerId server, const Epoch& epoch);
  /// Takes over what the lane says from now on; its time is filled in.
  void lane_changed(LaneChange change);
  /// `server` starts to lead, still without followers.
  void starts_to_lead(ServerId server, const Epoch& epoch);
  void has_followers(ServerId server, const Epoch& epoch);
  void stops_leading(ServerId server);
  void goes_down(ServerId server, bool paused, bool state_lost);
  void comes_up(ServerId server);
  /// The links that are cut changed; `label` empty: none is cut any more.
  void links_changed(const std::string& label);
  void mark(MarkKind kind, ServerId server, std::string label);

 private:
  enum Container : uint8_t { epochs, arrows, leaders, lanes, changes, downs, cuts, marks, container_count };
  enum class Change : uint8_t { arrow_ended, arrow_moved, leader_followed, leader_ended, down_ended, cut_ended };
  /// Something that was altered in place; `before` is the time it had.
  struct Alteration {
    uint64_t event;
    Change change;
    uint32_t position;
    TimeUs before;
  };
  using Sizes = std::array<uint32_t, container_count>;

  Sizes sizes() const;
  void altered(Change change, size_t position, TimeUs before);
  void take_back(const Alteration& alteration);
  int arrow_position(uint64_t message_id) const;
  void measure(const ArrowRecord& arrow);
  uint64_t event() const { return timeline_.last_event; }
  TimeUs now_us() const { return timeline_.last_time_us; }

  Timeline timeline_;
  std::vector<Sizes> sizes_before_;  ///< [event]: sizes when it began
  std::vector<Alteration> alterations_;
};

}  // namespace paxoscope
