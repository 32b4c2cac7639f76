// Configurations from files: the tutorial's HOCON, the same in TOML, and what is wrong with a file, with its line.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "native/file_logger.h"
#include "native/hocon.h"
#include "omnipaxos/omnipaxos.h"

using namespace paxoscope;
using namespace paxoscope::native;
using omnipaxos::Config;

namespace {

constexpr const char* kTutorial =
    "{\n"
    "  config_id: 1\n"
    "  pid: 1\n"
    "  peers: [3, 2]\n"
    "  log_file_path: \"/tmp/server-1.log\"\n"
    "  skip_prepare_use_leader: { n: 1, priority: 0, pid: 2 }\n"
    "  buffer_size: 500\n"
    "  election_timeout: 20\n"
    "}\n";

constexpr const char* kToml =
    "config_id = 1\n"
    "pid = 1\n"
    "peers = [3, 2]\n"
    "log_file_path = \"/tmp/server-1.log\"\n"
    "buffer_size = 500\n"
    "election_timeout = 20\n"
    "[skip_prepare_use_leader]\n"
    "n = 1\n"
    "pid = 2\n";

std::string hocon_error(const std::string& text) {
  const auto config = config_from_hocon(text, "s.conf");
  return config ? "" : config.error().text;
}
std::string toml_error(const std::string& text) {
  const auto config = config_from_toml(text, "s.toml");
  return config ? "" : config.error().text;
}
void check_tutorial(const Result<Config>& config) {
  REQUIRE_MESSAGE(config.has_value(), config.error().text);
  CHECK(config->configuration == 1);
  CHECK(config->pid == 1);
  CHECK(config->peers == std::vector<ServerId>{2, 3});
  CHECK(config->log_file_path == "/tmp/server-1.log");
  CHECK(config->skip_prepare_use_leader == Ballot{1, 0, 2});
  CHECK(config->max_waiting == 500);
  CHECK(config->election_ticks == 20);
  CHECK(config->resend_ticks == Config{}.resend_ticks);
}

/// A file of its own in the folder for temporary files, gone at the end.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& end) {
    path = "/tmp/paxoscope-test-" + std::to_string(getpid()) + end;
    std::remove(path.c_str());
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path;
};

}  // namespace

TEST_SUITE("configuration files") {
  TEST_CASE("the tutorial's file, in HOCON and in TOML") {
    check_tutorial(config_from_hocon(kTutorial));
    check_tutorial(config_from_toml(kToml));
    // HOCON's own ways: no quotes, no colon before a table, a value named elsewhere.
    const auto loose = config_from_hocon("config_id = 1, pid = 1, peers = [2, 3]\nskip_prepare_use_leader { n = 1\n"
                                         "pid = ${priority} }\npriority = 2, log_file_path = server.log # short");
    REQUIRE_MESSAGE(loose.has_value(), loose.error().text);
    CHECK(loose->skip_prepare_use_leader == Ballot{1, 0, 2});
    CHECK(loose->log_file_path == "server.log");
  }
  TEST_CASE("every other key") {
    const char* text =
        "config_id: 3, pid: 4, peers: [1, 2, 3]\nresend_timeout: 7, priority: 9, calm_takeover: true\n"
        "read_quorum: 1, write_quorum: 4";
    const auto config = config_from_hocon(text);
    REQUIRE_MESSAGE(config.has_value(), config.error().text);
    CHECK(config->configuration == 3);
    CHECK(config->resend_ticks == 7);
    CHECK(config->priority == 9);
    CHECK(config->calm_takeover);
    CHECK(config->read_quorum == 1);
    CHECK(config->write_quorum == 4);
    CHECK(config_from_hocon("config_id: 1, pid: 1")->peers.empty());
  }
  TEST_CASE("wrong files: the place and what is wrong, in one line") {
    CHECK(hocon_error("pid: 1") == "s.conf:1: 'config_id' is missing");
    CHECK(hocon_error("config_id: 1") == "s.conf:1: 'pid' is missing");
    CHECK(hocon_error("config_id: 1\npid: 1\npeeers: [2]") == "s.conf:3: unknown key 'peeers'");
    CHECK(hocon_error("config_id: 1\npid: one") == "s.conf:2: 'pid' must be a whole number, not a text");
    CHECK(hocon_error("config_id: 1\npid: 1.5") == "s.conf:2: 'pid' must be a whole number, not something else");
    CHECK(hocon_error("config_id: 1\npid: 1\npeers: 2") ==
          "s.conf:3: 'peers' must be a list of server ids, not a number");
    CHECK(hocon_error("config_id: 1\npid: 1\npeers: [2, x]") ==
          "s.conf:3: 'peers' must be a whole number, not a text");
    CHECK(hocon_error("config_id: 1\npid: 1\n\nbuffer_size: 0") ==
          "s.conf:4: 'buffer_size' must be from 1 to 10000000, not 0");
    CHECK(hocon_error("config_id: 1\npid: 1\ncalm_takeover: 3") ==
          "s.conf:3: 'calm_takeover' must be true or false, not a number");
    CHECK(hocon_error("config_id: 1\npid: 1\nlog_file_path: [a]") ==
          "s.conf:3: 'log_file_path' must be a text, not a list");
    CHECK(hocon_error("config_id: 1\npid: 1\nskip_prepare_use_leader: 2") ==
          "s.conf:3: 'skip_prepare_use_leader' must be a table, not a number");
    CHECK(hocon_error("config_id: 1\npid: 1\nskip_prepare_use_leader: {n: 1}") ==
          "s.conf:3: 'pid' is missing in skip_prepare_use_leader");
    CHECK(hocon_error("config_id: 1\npid: 1\nskip_prepare_use_leader: {n: 1, pid: 1, m: 2}") ==
          "s.conf:3: unknown key 'm' in skip_prepare_use_leader");
    CHECK(hocon_error("config_id: 1\npid: 1\npeers: [1]") == "s.conf: peers must not list the server itself (1)");
    CHECK(hocon_error("config_id: 1\npid: 1\nskip_prepare_use_leader: {n: 1, pid: 9}") ==
          "s.conf: skip_prepare_use_leader names server 9, which is no member");
    CHECK(toml_error("config_id = 1\npid = \"x\"") == "s.toml:2: 'pid' must be a whole number, not a text");
    CHECK(toml_error("config_id = 1\npid = 1\npeeers = [2]") == "s.toml:3: unknown key 'peeers'");
  }
  TEST_CASE("what no parser reads is an error, not a crash") {
    CHECK(hocon_error("config_id: 1\npid: [").rfind("s.conf: List should have ']'", 0) == 0);
    CHECK(hocon_error("config_id: ${nowhere}").find("nowhere") != std::string::npos);
    CHECK(hocon_error(std::string(100'000, 'a')) == "s.conf: the configuration is longer than 64 KB");
    CHECK(hocon_error("a = " + std::string(5'000, '[')) == "s.conf: brackets are nested deeper than 16 levels");
    CHECK(hocon_error("").rfind("s.conf", 0) == 0);
    CHECK(toml_error("config_id = ").rfind("s.toml:1: ", 0) == 0);
    CHECK_FALSE(toml_error("[[%").empty());
    CHECK_FALSE(hocon_error("\xff\xfe\x01").empty());
    const auto missing = with_hocon("/no/such/file.conf");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().text == "the configuration file /no/such/file.conf cannot be opened");
  }
  TEST_CASE("a file is read by its name's end, and its log is written") {
    for (const char* end : {".conf", ".toml"}) {
      TemporaryFile file(end), log(".log");
      const bool toml = std::string_view(end) == ".toml";
      std::ofstream(file.path) << (toml ? "config_id = 1\npid = 1\n" : "config_id: 1, pid: 1\n") << "log_file_path"
                               << (toml ? " = " : ": ") << '"' << log.path << "\"\n";
      auto config = with_hocon(file.path);
      REQUIRE_MESSAGE(config.has_value(), config.error().text);
      auto logger = open_file_logger(config->log_file_path);
      REQUIRE(logger.has_value());
      config->logger = logger->get();
      auto server = omnipaxos::OmniPaxos<char>::with(*config, {{}, {}, MemoryState(true)});
      REQUIRE(server.has_value());
      server->tick(30);
      REQUIRE(server->propose_normal('a').has_value());
      CHECK(server->decided_index() == 1);
      std::string line;
      std::ifstream written(log.path);
      CHECK(std::getline(written, line).good());
      CHECK(line == "info configuration 1: server 1 follows ballot 1 (priority 0) of server 1");
    }
    CHECK_FALSE(open_file_logger("/no/such/folder/x.log").has_value());
  }
}
