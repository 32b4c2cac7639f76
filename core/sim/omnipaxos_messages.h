// OmniPaxos messages as a world sees them: hashed for the state hash, named and described for views.
#pragma once

#include <string>
#include <vector>

#include "omnipaxos/messages.h"
#include "sim/command.h"
#include "sim/describe_text.h"
#include "sim/key_value.h"
#include "sim/observation.h"

namespace paxoscope {

using OmniPaxosMessage = omnipaxos::Message<Command>;

void hash_message(const OmniPaxosMessage& message, Hasher& hasher);
/// Family, name and epoch only: cheap enough for every message of a timeline.
void name_message(const OmniPaxosMessage& message, MessageFamily* family, const char** name, Epoch* epoch);
/// Family, name, value, epoch and fields; ids and times are the world's.
void describe_message(const OmniPaxosMessage& message, MessageView& view);

/// A ballot as an epoch of a configuration.
Epoch epoch_of(const Ballot& ballot, ConfigurationId configuration);

}  // namespace paxoscope
