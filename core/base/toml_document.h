// TOML 1.0 (https://toml.io/en/v1.0.0) as a tree. Made for files from strangers: everything is bounded, what is wrong is a
// sentence with its place. Of numbers with a point, of dates and times only the type is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paxoscope {

struct TomlPlace {
  uint32_t line = 1;    ///< 1-based
  uint32_t column = 1;  ///< 1-based, in characters
};

struct TomlError {
  TomlPlace place;
  std::string text;
};

enum class TomlType : uint8_t { table, array, string, integer, fraction, boolean, date };

/// A value and, in a table, its key. Lives in its document; neighbours are found by their distance in it.
class TomlNode {
 public:
  class Iterator {
   public:
    explicit Iterator(const TomlNode* node) : node_(node) {}
    const TomlNode& operator*() const { return *node_; }
    Iterator& operator++() {
      node_ = node_->to_next_ == 0 ? nullptr : node_ + node_->to_next_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }

   private:
    const TomlNode* node_;
  };

  TomlType type = TomlType::table;
  TomlPlace place;        ///< of the value; of a table its header's, else its bracket's or its key's
  TomlPlace key_place;
  std::string_view key;   ///< empty in an array
  std::string_view text;  ///< type string; line ends are "\n"
  int64_t number = 0;     ///< type integer; boolean: 0 or 1

  bool is(TomlType other) const { return type == other; }
  /// The value of a key, null if the table does not have it; null for what is no table.
  const TomlNode* get(std::string_view wanted) const;
  bool contains(std::string_view wanted) const { return get(wanted) != nullptr; }
  /// The items of an array or the values of a table, in the order of the file.
  Iterator begin() const { return Iterator(to_first_ == 0 ? nullptr : this + to_first_); }
  Iterator end() const { return Iterator(nullptr); }
  size_t size() const { return size_; }

 private:
  friend class TomlParser;
  /// What brought it about decides what may still be added to it.
  enum class Origin : uint8_t {
    value,   ///< behind an equals sign: complete
    header,  ///< [a]; of an array and its tables, [[a]]
    path,    ///< a in [a.b]; [a] may follow
    dotted   ///< a in a.b = 1
  };

  Origin origin_ = Origin::value;
  uint32_t to_next_ = 0;  // distances; 0: none
  uint32_t to_first_ = 0;
  uint32_t to_last_ = 0;
  uint32_t size_ = 0;
};

class TomlDocument {
 public:
  static constexpr uint32_t kMaxDepth = 8;  ///< of tables and arrays in each other
  static constexpr uint32_t kMaxKeys = 1000;  ///< in one table
  static constexpr uint32_t kMaxNodes = 50'000;

  TomlDocument() = default;
  TomlDocument(const TomlDocument&) = delete;
  TomlDocument& operator=(const TomlDocument&) = delete;

  /// Reads at most `max_bytes` of text. After an error the tree is of no use.
  std::optional<TomlError> parse(std::string_view text, size_t max_bytes);
  /// Valid as long as the document.
  const TomlNode& root() const { return nodes_.front(); }

 private:
  std::string text_;  // strings are decoded in place
  std::vector<TomlNode> nodes_ = std::vector<TomlNode>(1);
};

}  // namespace paxoscope
