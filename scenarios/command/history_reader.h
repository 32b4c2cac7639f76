// Histories as files: JSON lines in Jepsen's vocabulary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "check/history.h"

namespace paxoscope::command {

inline constexpr size_t kMaxHistoryBytes = 32u << 20;
inline constexpr size_t kMaxHistoryLine = 256u << 10;  ///< bytes

/// What the file says of an operation, for people.
struct RecordedOperation {
  int64_t process = 0;
  std::string f;
  std::string key;    ///< empty: the file names none
  std::string value;  ///< JSON: what was asked, or of a read what it saw
  uint32_t invoked_line = 0;
  uint32_t returned_line = 0;  ///< 0: it never returned
  Applied applied = Applied::unknown;
};

/// Order numbers are event numbers: 1 for the first line that is not empty.
struct RecordedHistory {
  std::vector<HistoryOperation> operations;
  std::vector<RecordedOperation> records;  ///< one per operation
};

/// "register", "cas-register" or "kv".
Result<HistoryModel> parse_model(const std::string& name);

/// `text` is the whole file, `name` stands in errors: "name:line: reason".
Result<RecordedHistory> read_history(std::string_view text, HistoryModel model, const std::string& name);

}  // namespace paxoscope::command
