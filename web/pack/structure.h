// Where in a WebAssembly file a byte stands: what the model of the packer looks at. Any bytes are accepted; what is no
// WebAssembly is only predicted worse.
#pragma once

#include <cstdint>

namespace paxoscope::pack {

enum Kind : uint8_t { kPlain, kHeader, kData, kLocals, kOpcode, kIndex, kLocal, kLabel, kCall, kType, kAlign, kOffset, kInt32,
                      kInt64, kFloat, kCount, kKinds };

class Structure {
 public:
  Kind kind = kHeader;         // of the next byte
  uint32_t instruction = 0;    // hash of what is known of the instruction it belongs to; 0 before its opcode
  uint32_t previous = 0;       // hash of the instruction before
  uint32_t opcodes = 0;        // the last four, this instruction's first, a byte each
  uint32_t older_opcodes = 0;  // the four before
  uint32_t last[kKinds] = {};  // the last number of each kind
  uint32_t last_but_one[kKinds] = {};

  bool in_code() const { return place_ == Place::kBody; }

  void take(uint8_t byte) {
    switch (place_) {
      case Place::kMagic:
        if (++number_ == 8) begin_section();
        break;
      case Place::kSectionId:
        section_ = byte;
        begin_number(Place::kSectionSize);
        break;
      case Place::kSectionSize:
        if (!number(byte)) break;
        left_ = number_;
        if (section_ == 10) {
          begin_number(Place::kFunctions);
        } else {
          place_ = Place::kOther;
          kind = section_ == 11 ? kData : kPlain;
          if (left_ == 0) begin_section();
        }
        break;
      case Place::kOther:
        if (--left_ == 0) begin_section();
        break;
      case Place::kFunctions:
        if (!number(byte)) break;
        functions_ = number_;
        begin_number(Place::kFunctionSize);
        break;
      case Place::kFunctionSize:
        if (!number(byte)) break;
        left_ = number_;
        opcodes = older_opcodes = instruction = previous = 0;
        begin_number(Place::kLocalGroups);
        break;
      case Place::kLocalGroups:
      case Place::kLocalCount:
      case Place::kLocalType:
        --left_;
        locals(byte);
        break;
      case Place::kBody:
        --left_;
        code(byte);
        if (left_ == 0) end_function();
        break;
    }
  }

 private:
  enum class Place : uint8_t { kMagic, kSectionId, kSectionSize, kOther, kFunctions, kFunctionSize, kLocalGroups, kLocalCount,
                               kLocalType, kBody };

  void begin_number(Place place) {
    place_ = place;
    number_ = shift_ = 0;
    kind = place == Place::kLocalGroups ? kLocals : kHeader;
  }

  void begin_section() {
    place_ = Place::kSectionId;
    kind = kHeader;
    instruction = 0;
  }

  void end_function() {
    instruction = 0;
    waiting_ = 0;
    if (--functions_ == 0) {
      begin_section();
    } else {
      begin_number(Place::kFunctionSize);
    }
  }

  /** Takes a byte of a LEB128 number; true at its end. */
  bool number(uint8_t byte) {
    number_ |= static_cast<uint32_t>(byte & 127) << shift_;
    shift_ = shift_ < 28 ? shift_ + 7 : shift_;
    return byte < 128;
  }

  void locals(uint8_t byte) {
    if (place_ == Place::kLocalGroups) {
      if (!number(byte)) return;
      groups_ = number_;
    } else if (place_ == Place::kLocalCount) {
      if (number(byte)) place_ = Place::kLocalType;
      return;
    } else {
      --groups_;
    }
    number_ = shift_ = 0;
    place_ = groups_ == 0 ? Place::kBody : Place::kLocalCount;
    kind = groups_ == 0 ? kOpcode : kLocals;
  }

  void code(uint8_t byte) {
    if (kind == kOpcode) {
      opcode_ = byte;
      older_opcodes = older_opcodes << 8 | opcodes >> 24;
      opcodes = opcodes << 8 | byte;
      instruction = byte + 1u;
      expect(byte);
      return;
    }
    instruction = (instruction + byte + 1) * 0x2C1B3C6Du;
    if (kind == kFloat) {
      if (--floats_ == 0) next_operand();
    } else if (number(byte)) {
      last_but_one[kind] = last[kind];
      last[kind] = number_;
      if (kind == kCount) {
        counted();
      } else if (kind == kLabel && labels_ > 0) {
        --labels_;
        number_ = shift_ = 0;
      } else {
        next_operand();
      }
    }
  }

  /** What follows an opcode: up to two operands. */
  void expect(uint8_t opcode) {
    labels_ = 0;
    if (opcode >= 0x02 && opcode <= 0x04) operands(kType);  // block, loop, if
    else if (opcode == 0x0C || opcode == 0x0D) operands(kLabel);  // br, br_if
    else if (opcode == 0x0E || opcode == 0xFC) operands(kCount);  // br_table, the second page of opcodes
    else if (opcode == 0x10) operands(kCall);
    else if (opcode == 0x11) operands(kType, kIndex);  // call_indirect
    else if (opcode >= 0x20 && opcode <= 0x22) operands(kLocal);
    else if (opcode == 0x23 || opcode == 0x24) operands(kIndex);  // globals
    else if (opcode >= 0x28 && opcode <= 0x3E) operands(kAlign, kOffset);  // loads and stores
    else if (opcode == 0x3F || opcode == 0x40) operands(kIndex);  // memory.size, memory.grow
    else if (opcode == 0x41) operands(kInt32);
    else if (opcode == 0x42) operands(kInt64);
    else if (opcode == 0x43 || opcode == 0x44) operands(kFloat);
    else next_operand();
    floats_ = opcode == 0x43 ? 4 : 8;
  }

  void operands(Kind first, Kind second = kPlain) {
    waiting_ = second;
    kind = first;
    number_ = shift_ = 0;
  }

  /** After the count of br_table come its labels; after the second opcode, its operands. */
  void counted() {
    if (opcode_ == 0x0E) {
      labels_ = number_;
      operands(kLabel);
    } else if (number_ == 8 || number_ == 10) {  // memory.init, memory.copy
      operands(kIndex, kIndex);
    } else if (number_ == 9 || number_ == 11) {  // data.drop, memory.fill
      operands(kIndex);
    } else {
      next_operand();
    }
  }

  void next_operand() {
    number_ = shift_ = 0;
    if (waiting_ != kPlain) {
      kind = static_cast<Kind>(waiting_);
      waiting_ = kPlain;
    } else {
      kind = kOpcode;
      previous = instruction;
      instruction = 0;
    }
  }

  Place place_ = Place::kMagic;
  uint8_t section_ = 0, opcode_ = 0, waiting_ = 0, floats_ = 0;
  uint32_t number_ = 0, shift_ = 0;
  uint32_t left_ = 0, functions_ = 0, groups_ = 0, labels_ = 0;
};

}  // namespace paxoscope::pack
