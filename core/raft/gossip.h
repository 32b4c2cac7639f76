// Who is where and who leads, told from server to server: from any one that it can reach, a server finds its cluster, under
// whatever addresses the others have now (R16). Pure, like Raft: the host delivers and tells the time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "raft/marks.h"

namespace paxoscope::raft {

/// Where a server says it can be reached. The highest version counts; only the server itself raises it.
struct Contact {
  ServerId server = 0;
  uint64_t version = 0;
  std::string address;
  bool operator==(const Contact&) const = default;
};

/// What one server tells another.
struct Rumours {
  std::vector<Contact> contacts;  ///< ascending by server
  Term term = 0;
  ServerId leader = 0;            ///< of that term; 0: not known
  bool wants_answer = false;
};

/// Goes to an address, since seeds have no ids yet.
struct GossipMessage {
  std::string to;
  std::string from;
  Rumours rumours;
};

class Gossip {
 public:
  static constexpr size_t kMaxContacts = 64;   ///< more are not believed
  static constexpr size_t kMaxAddress = 256;   ///< bytes; longer ones are not believed

  /// `own`: server 0 while it has no id; its version must rise with each start (the incarnation does). `seeds`: addresses
  /// to begin with, its own may be among them. One message every `interval_ticks`.
  Gossip(Contact own, std::vector<std::string> seeds, uint32_t interval_ticks, uint64_t seed)
      : own_(std::move(own)), seeds_(std::move(seeds)), interval_(interval_ticks < 1 ? 1 : interval_ticks), rng_(seed) {
    if (own_.server != 0) contacts_.push_back(own_);
  }

  void tick() {
    if (++elapsed_ < interval_) return;
    elapsed_ = 0;
    const std::string* to = somebody();
    if (to != nullptr) tell(*to, true);
  }
  void handle(const GossipMessage& m) {
    for (const Contact& contact : m.rumours.contacts) believe(contact);
    learn_leader(m.rumours.term, m.rumours.leader);
    if (m.rumours.wants_answer && m.from != own_.address && m.from.size() <= kMaxAddress) tell(m.from, false);
  }
  /// What the own Raft server knows, or a rumour says. Newer terms count.
  void learn_leader(Term term, ServerId leader) {
    if (term < term_ || leader == 0) return;
    term_ = term;
    leader_ = leader;
  }
  /// It was given an id.
  void take_id(ServerId server) {
    own_.server = server;
    believe(own_);
  }
  std::vector<GossipMessage> take_outgoing() { return std::exchange(outgoing_, {}); }

  ServerId leader() const { return leader_; }
  Term term() const { return term_; }
  /// Null: not known.
  const std::string* address_of(ServerId server) const {
    for (const Contact& contact : contacts_)
      if (contact.server == server) return &contact.address;
    return nullptr;
  }
  const std::vector<Contact>& contacts() const { return contacts_; }
  void add_to(Hasher& hasher) const {
    hasher.add((static_cast<uint64_t>(term_) << 32) | leader_);
    hasher.add(elapsed_);
    rng_.add_to(hasher);
    for (const Contact& contact : contacts_) {
      hasher.add(contact.server);
      hasher.add(contact.version);
      hasher.add(contact.address);
    }
  }

 private:
  void believe(const Contact& told) {
    if (told.server == 0 || told.address.size() > kMaxAddress) return;
    if (told.server == own_.server && told != own_ && told.version >= own_.version) {
      // Somebody believes an older start of this server: speak louder.
      own_.version = told.version + 1;
      return believe(own_);
    }
    size_t at = 0;
    while (at < contacts_.size() && contacts_[at].server < told.server) ++at;
    if (at < contacts_.size() && contacts_[at].server == told.server) {
      if (told.version > contacts_[at].version) contacts_[at] = told;
    } else if (contacts_.size() < kMaxContacts) {
      contacts_.insert(contacts_.begin() + static_cast<std::ptrdiff_t>(at), told);
    }
  }
  /// A known server or a seed, by lot; never itself.
  const std::string* somebody() {
    std::vector<const std::string*> others;
    for (const Contact& contact : contacts_)
      if (contact.address != own_.address) others.push_back(&contact.address);
    for (const std::string& seed : seeds_)
      if (seed != own_.address) others.push_back(&seed);
    return others.empty() ? nullptr : others[rng_.below(others.size())];
  }
  void tell(const std::string& to, bool wants_answer) {
    outgoing_.push_back({to, own_.address, {contacts_, term_, leader_, wants_answer}});
  }

  Contact own_;
  std::vector<std::string> seeds_;
  uint32_t interval_;
  uint32_t elapsed_ = 0;
  Rng rng_;
  std::vector<Contact> contacts_;  ///< ascending by server
  Term term_ = 0;
  ServerId leader_ = 0;
  std::vector<GossipMessage> outgoing_;
};

}  // namespace paxoscope::raft
