// What the context menus offer for a server, a link, a message or the whole world.
#pragma once

#include <string>
#include <vector>

#include "ui/view.h"
#include "ui/widgets.h"

namespace paxoscope::ui {

enum class Page : uint8_t { main, latency, loss, delay, propose, isolate, crash, members, snapshot, disk, clock, duplication,
                            network, sides, clients, client_kind };

/// A configuration while a person puts it together.
struct Draft {
  ServerSet members = 0;
  ServerId lead = 0;  ///< who leads it first; 0: an election
};

/// A row and what choosing it does: an action, another page, or a change of the configuration put together.
struct Choice {
  MenuEntry entry;
  Action action;
  Page next = Page::main;
  ServerId toggles = 0;     ///< takes this server into the configuration, or out of it
  ServerId eyes = 0;        ///< shows what this server can know
  bool moves_lead = false;  ///< the next member leads first
};

using Choices = std::vector<Choice>;

/// The menu's title and rows; no rows: the item is gone.
Choices choices_of(const Observation& observation, const Item& item, Page page, const Draft& draft,
                   std::string& title);
/// The member after `lead`; 0 after the last.
ServerId next_lead(ServerSet members, ServerId lead);

}  // namespace paxoscope::ui
