// Keeps a server's storage in one append-only file: a record per write, checked by a sum and synced before it counts as
// durable (rules P1, P5, P7: log and values are one atomic write). One machine reads what it wrote; there is no compaction
// of the file.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <memory>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "omnipaxos/sequence_paxos.h"

namespace paxoscope::native {

/// Values that are copied byte by byte, into a record and out of it.
class RecordWriter {
 public:
  template <class V>
  void put(const V& value) {
    static_assert(std::is_trivially_copyable_v<V>);
    const auto* first = reinterpret_cast<const char*>(&value);
    bytes_.insert(bytes_.end(), first, first + sizeof value);
  }
  template <class V>
  void put_all(const std::vector<V>& values) {
    put(static_cast<uint32_t>(values.size()));
    for (const V& value : values) put(value);
  }
  const std::vector<char>& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::vector<char> bytes_;
};

class RecordReader {
 public:
  RecordReader(const char* first, size_t size) : at_(first), end_(first + size) {}
  /// False: the record is shorter than what it should hold.
  template <class V>
  bool take(V& value) {
    static_assert(std::is_trivially_copyable_v<V>);
    if (static_cast<size_t>(end_ - at_) < sizeof value) return false;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return true;
  }
  template <class V>
  bool take_all(std::vector<V>& values) {
    uint32_t count = 0;
    if (!take(count) || static_cast<size_t>(end_ - at_) / sizeof(V) < count) return false;
    values.resize(count);
    for (V& value : values)
      if (!take(value)) return false;
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

/// T: trivially copyable entries. Snapshots are not kept: a storage that begins with one is refused.
template <class T>
class StorageFile {
 public:
  using StorageType = omnipaxos::Storage<MemorySequence<T>, MemoryState>;
  static constexpr uint32_t kMaxRecordBytes = 1u << 30;
  static constexpr std::string_view kMark = "paxoscope storage 1\n";  ///< a file begins with it

  /// Opens or creates; what was written whole is in `storage()`, a torn last record is cut off.
  static Result<StorageFile> open(const std::string& path) {
    StorageFile file;
    file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file.descriptor_ < 0) return fail("cannot open " + path + ": " + std::strerror(errno));
    if (Result<void> loaded = file.load(path); !loaded) return tl::unexpected<Error>(loaded.error());
    return file;
  }
  StorageFile(StorageFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), end_(other.end_), kept_(std::move(other.kept_)) {}
  StorageFile& operator=(StorageFile&&) = delete;
  ~StorageFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// What the file holds; start a server with it.
  const StorageType& storage() const { return kept_; }

  /// Writes what changed since the last write, and waits until it is on the disk.
  Result<void> write(const StorageType& storage) {
    if (storage.snapshot) return fail("a storage file keeps no snapshots");
    const PaxosValues& now = storage.state.values();
    const PaxosValues& before = kept_.state.values();
    // Within one accepted ballot a log only grows; otherwise everything that is not decided may differ.
    const bool grows = now.accepted == before.accepted && now.configuration == before.configuration;
    const LogIndex keep = std::min(grows ? kept_.log.length() : before.decided, storage.log.length());
    record_.clear();
    put_values(now);
    record_.put(keep);
    record_.put(storage.log.length() - keep);
    for (LogIndex i = keep + 1; i <= storage.log.length(); ++i) record_.put(storage.log.at(i));
    std::vector<omnipaxos::AttemptRun> runs;
    storage.attempts.each(keep + 1, storage.log.length() + 1, [&](const omnipaxos::AttemptRun& run) { runs.push_back(run); });
    record_.put_all(runs);
    if (Result<void> done = append(); !done) return done;
    kept_ = storage;
    return {};
  }

 private:
  struct Head {
    uint32_t bytes = 0;
    uint32_t unused = 0;
    uint64_t sum = 0;
  };

  StorageFile() : kept_{{}, {}, MemoryState(false), {}} {}

  static uint64_t sum_of(const char* first, size_t bytes) {
    Hasher hasher;
    hasher.add(std::string_view(first, bytes));
    return hasher.value();
  }

  void put_values(const PaxosValues& values) {
    record_.put(values.promised);
    record_.put(values.accepted);
    record_.put(values.named);
    record_.put(values.decided);
    record_.put(values.incarnation);
    record_.put(values.configuration);
    record_.put(values.members);
    record_.put_all(values.sealed);
    record_.put(static_cast<uint32_t>(values.stop ? 1 : 0));
    if (!values.stop) return;
    record_.put(values.stop->next);
    record_.put(values.stop->members);
    record_.put(values.stop->named);
    record_.put_all(std::vector<char>(values.stop->metadata.begin(), values.stop->metadata.end()));
  }

  static bool take_values(RecordReader& reader, PaxosValues& values) {
    uint32_t stops = 0;
    if (!(reader.take(values.promised) && reader.take(values.accepted) && reader.take(values.named) &&
          reader.take(values.decided) && reader.take(values.incarnation) && reader.take(values.configuration) &&
          reader.take(values.members) && reader.take_all(values.sealed) && reader.take(stops)))
      return false;
    values.stop = nullptr;
    if (stops == 0) return true;
    auto stop = std::make_shared<StopSign>();
    std::vector<char> metadata;
    if (!(reader.take(stop->next) && reader.take(stop->members) && reader.take(stop->named) && reader.take_all(metadata)))
      return false;
    stop->metadata.assign(metadata.begin(), metadata.end());
    values.stop = std::move(stop);
    return true;
  }

  /// False: not a record that `write` makes.
  bool replay(const char* first, size_t bytes) {
    RecordReader reader(first, bytes);
    LogIndex keep = 0, count = 0;
    if (!take_values(reader, kept_.state.edit()) || !reader.take(keep) || !reader.take(count)) return false;
    if (keep > kept_.log.length() || count > bytes / sizeof(T)) return false;
    kept_.log.truncate(keep);
    kept_.attempts.truncate(keep);
    for (; count > 0; --count) {
      T entry;
      if (!reader.take(entry)) return false;
      kept_.log.append(entry);
    }
    std::vector<omnipaxos::AttemptRun> runs;
    if (!reader.take_all(runs)) return false;
    for (const omnipaxos::AttemptRun& run : runs) {
      if (run.first != kept_.attempts.length() + 1) return false;
      kept_.attempts.append(run);
    }
    return kept_.attempts.length() == kept_.log.length();
  }

  Result<void> load(const std::string& path) {
    std::vector<char> all;
    char part[1 << 16];
    for (ssize_t got; (got = ::read(descriptor_, part, sizeof part)) != 0;) {
      if (got < 0) return fail("cannot read " + path + ": " + std::strerror(errno));
      all.insert(all.end(), part, part + got);
    }
    // A file of something else is left alone; the beginning of our own mark is a crash right after the file was made.
    const size_t seen = std::min(all.size(), kMark.size());
    if (std::string_view(all.data(), seen) != kMark.substr(0, seen))
      return fail(path + " is not a storage file; it was left as it is");
    if (seen < kMark.size()) return begin();
    size_t at = kMark.size();
    Head head;
    while (all.size() - at >= sizeof head) {
      std::memcpy(&head, all.data() + at, sizeof head);
      const char* first = all.data() + at + sizeof head;
      if (head.bytes > kMaxRecordBytes || all.size() - at - sizeof head < head.bytes || sum_of(first, head.bytes) != head.sum)
        break;  // torn
      if (!replay(first, head.bytes)) return fail(path + " holds a record that is not a server's storage of this kind");
      at += sizeof head + head.bytes;
    }
    end_ = static_cast<off_t>(at);
    if (::ftruncate(descriptor_, end_) != 0 || ::lseek(descriptor_, 0, SEEK_END) < 0)
      return fail("cannot cut the torn end of " + path + ": " + std::strerror(errno));
    return {};
  }

  Result<void> begin() {
    if (::lseek(descriptor_, 0, SEEK_SET) < 0 || ::write(descriptor_, kMark.data(), kMark.size()) != static_cast<ssize_t>(kMark.size()))
      return fail(std::string("cannot write the storage file: ") + std::strerror(errno));
    end_ = static_cast<off_t>(kMark.size());
    return {};
  }

  Result<void> append() {
    const std::vector<char>& bytes = record_.bytes();
    if (bytes.size() > kMaxRecordBytes) return fail("one write is limited to 1 GiB");
    const Head head{static_cast<uint32_t>(bytes.size()), 0, sum_of(bytes.data(), bytes.size())};
    std::vector<char> whole(sizeof head + bytes.size());
    std::memcpy(whole.data(), &head, sizeof head);
    std::memcpy(whole.data() + sizeof head, bytes.data(), bytes.size());
    for (size_t at = 0; at < whole.size();) {
      const ssize_t wrote = ::write(descriptor_, whole.data() + at, whole.size() - at);
      if (wrote < 0) return undone("write");
      at += static_cast<size_t>(wrote);
    }
    if (::fdatasync(descriptor_) != 0) return undone("sync");
    end_ += static_cast<off_t>(whole.size());
    return {};
  }

  /// A record that failed half-way does not stay before the next one.
  Result<void> undone(const char* what) {
    const std::string why = std::strerror(errno);
    if (::ftruncate(descriptor_, end_) == 0) ::lseek(descriptor_, end_, SEEK_SET);
    return fail(std::string("cannot ") + what + " the storage file: " + why);
  }

  int descriptor_ = -1;
  off_t end_ = 0;  ///< of the last whole record
  StorageType kept_;
  RecordWriter record_;
};

}  // namespace paxoscope::native
