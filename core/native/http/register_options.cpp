#include "native/http/register_options.h"

#include <charconv>

#include "base/text.h"

namespace paxoscope::native {

namespace {

bool parse_number(std::string_view text, uint32_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Result<RegisterAddress> parse_address(std::string_view text) {
  const auto wrong = [&] { return fail(quote(text) + " is not an address like 2=127.0.0.1:7102 or 2=7102"); };
  RegisterAddress address;
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || !parse_number(text.substr(0, equals), &address.id)) return wrong();
  std::string_view port = text.substr(equals + 1);
  if (const size_t colon = port.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = port.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.empty()) return wrong();
    address.host = host;
    port.remove_prefix(colon + 1);
  }
  uint32_t number = 0;
  if (!parse_number(port, &number) || number == 0 || number > 65535) return wrong();
  address.port = static_cast<int>(number);
  if (address.id == 0 || address.id > kMaxServers)
    return fail("server ids are 1 to " + std::to_string(kMaxServers) + ", not " + std::to_string(address.id));
  return address;
}

uint32_t in_ticks(uint32_t ms) { return (ms + kTickMs - 1) / kTickMs; }

}  // namespace

Result<std::vector<RegisterAddress>> parse_addresses(std::string_view text) {
  std::vector<RegisterAddress> addresses;
  for (bool more = true; more;) {
    const size_t comma = text.find(',');
    Result<RegisterAddress> address = parse_address(text.substr(0, comma));
    if (!address) return tl::unexpected<Error>(address.error());
    for (const RegisterAddress& other : addresses) {
      if (other.id == address->id) return fail("server " + std::to_string(address->id) + " is named twice");
      if (other.host == address->host && other.port == address->port)
        return fail("servers " + std::to_string(other.id) + " and " + std::to_string(address->id) + " have the same address");
    }
    addresses.push_back(std::move(*address));
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return addresses;
}

Result<quorum_register::Config> core_config(const RegisterOptions& options) {
  if (options.timeout_ms == 0 || options.io_timeout_ms == 0 || options.resend_ms == 0)
    return fail("time-outs must be at least 1 ms");
  if (own_address(options) == nullptr)
    return fail("server " + std::to_string(options.id) + " has no entry among the peers, which says where it listens");
  quorum_register::Config config;
  config.id = options.id;
  for (const RegisterAddress& address : options.servers) config.members |= server_bit(address.id);
  config.read_quorum = options.read_quorum;
  config.write_quorum = options.write_quorum;
  config.reads = options.read_local ? quorum_register::Reads::local : quorum_register::Reads::atomic;
  config.drop_repeats = options.drop_repeats;
  config.resend_ticks = in_ticks(options.resend_ms);
  config.give_up_ticks = in_ticks(options.timeout_ms);
  config.max_running = options.one_at_a_time ? 1 : 256;
  config.max_registers = 1;
  if (Result<void> valid = validate(config); !valid) return tl::unexpected<Error>(valid.error());
  return config;
}

const RegisterAddress* own_address(const RegisterOptions& options) {
  for (const RegisterAddress& address : options.servers)
    if (address.id == options.id) return &address;
  return nullptr;
}

}  // namespace paxoscope::native
