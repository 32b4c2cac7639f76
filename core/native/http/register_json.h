// What shared-register servers say to each other, and what they keep, as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "quorum_register/quorum_register.h"

namespace paxoscope::native {

using RegisterCore = quorum_register::QuorumRegister<std::string>;
using RegisterMessage = RegisterCore::MessageType;
using RegisterRequest = RegisterCore::RequestType;
using RegisterContent = RegisterCore::Values;

/// One message without its sender and receiver.
std::string message_text(const RegisterMessage& message);
/// The body of POST /messages: {"from": ID, "messages": […]}.
std::string messages_body(ServerId from, const std::vector<std::string>& messages);
/// The error says what is wrong in the body.
Result<std::vector<RegisterMessage>> read_messages(std::string_view body, ServerId to);

/// The body of PUT /register: {"value": TEXT, "client": NUMBER, "number": NUMBER}; the last two are optional.
struct BadRequest {
  int status = 400;
  std::string reason;
};
Result<RegisterRequest, BadRequest> read_put(std::string_view body);

/// What a server keeps.
std::string content_text(const RegisterContent& content);
Result<RegisterContent> read_content(std::string_view text);

/// {"error": reason}
std::string error_text(const std::string& reason);

}  // namespace paxoscope::native
