// Fetching a sealed log from several donors at once (Omni-Paxos §6.1, rule C4).
#pragma once

#include <vector>

#include "base/hash.h"
#include "omnipaxos/attempts.h"
#include "omnipaxos/snapshot.h"
#include "storage/entries.h"

namespace paxoscope::omnipaxos {

/// The missing entries [first, end) of one server, in pieces; each piece is asked from one donor at a time.
template <class T>
class Migration {
 public:
  static constexpr uint64_t kMaxPiece = 512;    ///< entries in one piece
  static constexpr uint32_t kMaxAsked = 2;      ///< pieces asked from one donor at a time

  struct Piece {
    LogIndex from = 1;
    LogIndex to = 1;      ///< half-open
    ServerId donor = 0;   ///< asked from; 0: from nobody yet
    bool done = false;
    bool asked_before_last_resend = false;
    uint32_t turn = 0;    ///< which donor comes next; goes round, so that every donor is tried
    Entries<T> entries;
    typename ShadowOf<T>::Runs attempts;
  };

  Migration() = default;
  /// `last_donor` is asked only if nobody else is there or answers: it is busy leading.
  Migration(LogIndex first, LogIndex end, ServerSet donors, ServerId last_donor)
      : first_(first), end_(end), last_donor_(last_donor) {
    add_donors(donors);
    const uint64_t missing = end - first;
    const uint64_t shares = 2 * (donors_.empty() ? 1 : donors_.size());
    uint64_t length = (missing + shares - 1) / shares;
    if (length > kMaxPiece) length = kMaxPiece;
    for (LogIndex from = first; from < end; from += length)
      pieces_.push_back({from, from + length < end ? from + length : end, 0, false, false,
                         static_cast<uint32_t>(pieces_.size()), {}, {}});
  }

  void add_donors(ServerSet donors) {
    for (ServerId id = 1; id <= kMaxServers; ++id) {
      if (!contains(donors, id) || contains(known_, id)) continue;
      known_ |= server_bit(id);
      donors_.push_back(id);
    }
  }

  /// Calls ask(donor, from, to) for pieces that nobody was asked for, within each donor's bound.
  template <class Ask>
  void ask(Ask&& ask) {
    const uint32_t best = best_rank();
    for (Piece& piece : pieces_) {
      if (piece.done || piece.donor != 0) continue;
      for (size_t tried = 0; tried < donors_.size(); ++tried) {
        const ServerId donor = donors_[piece.turn++ % donors_.size()];
        if (rank(donor) != best || asked_from(donor) >= kMaxAsked) continue;
        piece.donor = donor;
        ask(donor, piece.from, piece.to);
        break;
      }
    }
  }

  /// What was asked two resends ago and did not come is asked elsewhere. Who owes it counts as silent until it gives
  /// something: with one piece left, and several donors that are dead or do not know it decided, each must be tried once
  /// before the leader is.
  void resend() {
    for (Piece& piece : pieces_) {
      if (piece.done || piece.donor == 0) continue;
      if (piece.asked_before_last_resend) {
        silent_ |= server_bit(piece.donor);
        piece.donor = 0;
        piece.asked_before_last_resend = false;
      } else {
        piece.asked_before_last_resend = true;
      }
    }
  }

  /// Takes what a donor sent; less than asked leaves a remainder that is asked again.
  void take(LogIndex from, const Entries<T>& entries, const typename ShadowOf<T>::Runs& attempts, ServerId donor) {
    if (!entries.empty()) silent_ &= ~server_bit(donor);
    for (size_t i = 0; i < pieces_.size(); ++i) {
      Piece& piece = pieces_[i];
      if (piece.done || piece.from != from || entries.empty()) continue;
      const LogIndex end = from + entries.size();
      if (end > piece.to) return;
      const LogIndex rest_to = piece.to;
      piece.to = end;
      piece.done = true;
      piece.donor = donor;
      piece.entries = entries;
      piece.attempts = attempts;
      if (end < rest_to)
        pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(i) + 1, {end, rest_to, 0, false, false, piece.turn, {}, {}});
      return;
    }
  }

  /// A donor's entries are gone: its snapshot stands for all up to `snapshot->index`, and only what comes after is needed.
  void take_snapshot(const SnapshotRef<T>& snapshot) {
    if (snapshot_ && snapshot_->index >= snapshot->index) return;
    snapshot_ = snapshot;
    const LogIndex next = snapshot->index + 1;
    std::erase_if(pieces_, [&](const Piece& piece) { return piece.to <= next; });
    for (Piece& piece : pieces_) {
      if (piece.done || piece.from >= next) continue;
      piece.from = next;
      piece.donor = 0;
    }
  }
  const SnapshotRef<T>& snapshot() const { return snapshot_; }

  bool complete() const {
    for (const Piece& piece : pieces_)
      if (!piece.done) return false;
    return true;
  }
  const std::vector<Piece>& pieces() const { return pieces_; }
  LogIndex first() const { return first_; }
  LogIndex end() const { return end_; }

  void add_to(Hasher& hasher) const {
    hasher.add(first_);
    hasher.add(end_);
    hasher.add((static_cast<uint64_t>(silent_) << 32) | known_);
    hasher.add(snapshot_ ? snapshot_->index : 0);
    for (const Piece& piece : pieces_) {
      hasher.add(piece.from);
      hasher.add(piece.to);
      hasher.add((static_cast<uint64_t>(piece.turn) << 32) | (static_cast<uint64_t>(piece.donor) << 2) | (piece.done ? 2u : 0u) |
                 (piece.asked_before_last_resend ? 1u : 0u));
    }
  }

 private:
  /// Who is asked first: donors that answer, then the one that leads, then the silent ones.
  uint32_t rank(ServerId donor) const { return contains(silent_, donor) ? 2 : donor == last_donor_ ? 1 : 0; }
  uint32_t best_rank() const {
    uint32_t best = 2;
    for (ServerId donor : donors_) best = rank(donor) < best ? rank(donor) : best;
    return best;
  }
  uint32_t asked_from(ServerId donor) const {
    uint32_t count = 0;
    for (const Piece& piece : pieces_) count += !piece.done && piece.donor == donor ? 1 : 0;
    return count;
  }

  LogIndex first_ = 1;
  LogIndex end_ = 1;
  ServerId last_donor_ = 0;
  ServerSet known_ = 0;
  ServerSet silent_ = 0;
  std::vector<ServerId> donors_;
  std::vector<Piece> pieces_;
  SnapshotRef<T> snapshot_;
};

}  // namespace paxoscope::omnipaxos
