// Raft messages as a world sees them: hashed for the state hash, named and described for views.
#pragma once

#include "raft/messages.h"
#include "sim/command.h"
#include "sim/key_value.h"
#include "sim/observation.h"

namespace paxoscope {

using RaftMessage = raft::Message<Command>;

void hash_message(const RaftMessage& message, Hasher& hasher);
/// Family, name and epoch only: cheap enough for every message of a timeline.
void name_message(const RaftMessage& message, MessageFamily* family, const char** name, Epoch* epoch);
/// Family, name, value, epoch and fields; ids and times are the world's.
void describe_message(const RaftMessage& message, MessageView& view);

/// A term as an epoch, and whose it is: its leader's, or the candidate's that was voted for; 0: not known.
inline Epoch term_epoch(raft::Term term, ServerId owner) { return term == 0 ? Epoch{} : Epoch{1, term, 0, owner}; }
/// What an entry is called: its command, or what it is besides.
std::string entry_label(const raft::Mark& mark, const Command& command);
/// "A B C", and while it is joint "A B → A C".
std::string membership_label(const raft::Membership& membership);
/// Ties an entry of the log to views: a command's identity, or one of its own.
uint64_t entry_identity(const raft::Mark& mark, const Command& command, LogIndex index);

}  // namespace paxoscope
