// A storage in a file: what was written comes back, whole records only.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "native/storage_file.h"
#include "omnipaxos/omnipaxos.h"

using namespace paxoscope;
using File = native::StorageFile<char>;
using Server = omnipaxos::OmniPaxos<char>;

namespace {

/// A file that is gone afterwards.
struct Scratch {
  std::string path = (std::filesystem::temp_directory_path() / ("paxoscope-storage-" + std::to_string(::getpid()))).string();
  Scratch() { std::filesystem::remove(path); }
  ~Scratch() { std::filesystem::remove(path); }
};

/// The only server of its cluster, and its file.
struct Alone {
  explicit Alone(const std::string& path) : file(*File::open(path)) {
    omnipaxos::Config config;
    config.pid = 1;
    File::StorageType storage{file.storage().log, file.storage().attempts, MemoryState(false), {}};
    storage.state.edit() = file.storage().state.values();
    server.emplace(*Server::with(config, std::move(storage), {.elect = false}));
    save();
  }
  void save() {
    do {
      REQUIRE(file.write(server->paxos().storage()));
      server->paxos().storage().state.set_durable(server->paxos().storage().state.written());
      server->storage_progress();
      server->get_outgoing_msgs();
    } while (server->paxos().storage().state.durable() != server->paxos().storage().state.written());
  }
  void decide(uint32_t n, const std::string& entries) {
    server->handle_leader({n, 0, 1});
    save();
    for (char entry : entries) {
      REQUIRE(server->propose_normal(entry));
      save();
    }
  }
  std::string decided() const {
    const auto entries = server->get_decided_entries(1);
    return {entries.begin(), entries.end()};
  }

  File file;
  std::optional<Server> server;
};

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("a server goes on from its file: log, attempts, promise, decided index and incarnation") {
  Scratch scratch;
  {
    Alone first(scratch.path);
    first.decide(1, "abc");
    CHECK(first.decided() == "abc");
  }
  Alone second(scratch.path);
  CHECK(second.decided() == "abc");
  CHECK(second.server->paxos().values().incarnation == 2);
  CHECK(second.server->paxos().values().promised == Ballot{1, 0, 1});
  CHECK(second.server->paxos().storage().attempts.at(2).counter == 2);
  second.decide(2, "de");
  CHECK(second.decided() == "abcde");
}

TEST_CASE("a record that is torn at any byte is left out, and the one before it stands") {
  Scratch scratch;
  size_t whole = 0;
  {
    Alone server(scratch.path);
    server.decide(1, "ab");
    whole = bytes_of(scratch.path).size();
    server.decide(1, "c");
  }
  const std::string all = bytes_of(scratch.path);
  REQUIRE(all.size() > whole);
  for (size_t size = whole; size < all.size(); ++size) {
    write_bytes(scratch.path, all.substr(0, size));
    const auto file = File::open(scratch.path);
    REQUIRE(file.has_value());
    CHECK(file->storage().log.length() >= 2);
    CHECK(bytes_of(scratch.path).size() <= size);
  }
  write_bytes(scratch.path, all.substr(0, whole));
  CHECK(Alone(scratch.path).decided() == "ab");
}

TEST_CASE("a byte that changed ends what is read; a file of something else is refused and left as it is") {
  Scratch scratch;
  {
    Alone server(scratch.path);
    server.decide(1, "abc");
  }
  std::string all = bytes_of(scratch.path);
  all[all.size() - 3] = static_cast<char>(all[all.size() - 3] ^ 1);
  write_bytes(scratch.path, all);
  CHECK(File::open(scratch.path)->storage().state.values().decided <= 3);
  CHECK(bytes_of(scratch.path).size() < all.size());
  const std::string other = "this is no storage of a server, whatever it is";
  write_bytes(scratch.path, other);
  CHECK_FALSE(File::open(scratch.path));
  CHECK(bytes_of(scratch.path) == other);
  CHECK_FALSE(File::open("/no/such/folder/file"));
}
