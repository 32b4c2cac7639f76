// paxoscope serve-register
#include "scenarios/command/command.h"

#ifdef PAXOSCOPE_HTTP

#include <csignal>
#include <cstdio>

#include <unistd.h>

#include "native/http/register_server.h"

namespace paxoscope::command {

namespace {

bool is_loopback(const std::string& host) { return host.rfind("127.", 0) == 0 || host == "localhost" || host == "::1"; }

}  // namespace

int serve_register(const ServeRegisterArguments& arguments) {
  Result<std::vector<native::RegisterAddress>> servers = native::parse_addresses(arguments.peers);
  if (!servers) return bad_input("--peers: " + servers.error().text);
  native::RegisterOptions options;
  options.id = arguments.id;
  options.servers = std::move(*servers);
  options.file = arguments.file.empty() ? "paxoscope-register-" + std::to_string(arguments.id) + ".json" : arguments.file;
  options.timeout_ms = arguments.timeout_ms;
  options.io_timeout_ms = arguments.io_timeout_ms;
  options.read_quorum = arguments.read_quorum;
  options.write_quorum = arguments.write_quorum;
  options.read_local = arguments.read_local;
  options.one_at_a_time = arguments.one_at_a_time;
  options.drop_repeats = arguments.drop_repeats;

  // Threads inherit the mask, so that a signal comes to this one, as a value.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  bool disk_failed = false;
  auto server = native::RegisterServer::open(options, [&disk_failed](const std::string& reason) {
    std::fprintf(stderr, "paxoscope: %s\n", reason.c_str());
    disk_failed = true;
    ::kill(::getpid(), SIGTERM);
  });
  if (!server) return bad_input(server.error().text);
  if (!is_loopback(native::own_address(options)->host))
    std::fprintf(stderr, "paxoscope: whoever reaches this address can read and write the register\n");
  (*server)->start();
  std::printf("listening on %s\n", (*server)->address().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  (*server)->stop();
  return disk_failed ? kNotHeld : kHeld;
}

}  // namespace paxoscope::command

#else

namespace paxoscope::command {

int serve_register(const ServeRegisterArguments&) {
  return bad_input("this build has no server: cpp-httplib was not found (apt-get install libcpp-httplib-dev)");
}

}  // namespace paxoscope::command

#endif
