// What a shared-register server reads: its file, its settings, other servers' messages.
#ifdef PAXOSCOPE_HTTP

#include <fstream>
#include <iterator>

#include "native/http/register_file.h"
#include "native/http/register_options.h"
#include "register_processes.h"

using namespace paxoscope;
using namespace paxoscope::native;
using namespace paxoscope::quorum_register;

namespace {

RegisterContent some_content() {
  RegisterContent content;
  content.incarnation = 3;
  auto& cell = content.at({});
  cell.written = {{5, {2, 3, 9}}, "text \"\u00e9\n", {8, 1}};
  cell.sessions = {{8, 1}, {9, UINT64_MAX}};
  return content;
}

bool same(const RegisterContent& a, const RegisterContent& b) {
  const auto text = [](const RegisterContent& content) { return content_text(content); };
  return text(a) == text(b);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("register file") {
  TEST_CASE("what was written comes back, and a file of something else is left alone") {
    const test::Scratch scratch;
    const std::string path = scratch.file("r.json");
    {
      Result<RegisterFile> file = RegisterFile::open(path);
      REQUIRE(file);
      CHECK(file->content().incarnation == 0);
      CHECK(file->write(some_content()));
      CHECK_FALSE(RegisterFile::open(path));  // in use
    }
    {
      Result<RegisterFile> file = RegisterFile::open(path);
      REQUIRE(file);
      CHECK(same(file->content(), some_content()));
      RegisterContent next = some_content();
      next.incarnation = 4;
      CHECK(file->write(next));
    }
    std::ofstream(scratch.file("r.json.new")) << "half of a wri";  // a crash before the name was changed
    CHECK(RegisterFile::open(path)->content().incarnation == 4);
    for (const std::string& other : {std::string(), std::string("{}"), std::string("a letter\n"), bytes_of(path).substr(0, 60)}) {
      std::ofstream(path, std::ios::binary) << other;
      const Result<RegisterFile> file = RegisterFile::open(path);
      REQUIRE_FALSE(file);
      CHECK(file.error().text.find("was left as it is") != std::string::npos);
      CHECK(bytes_of(path) == other);
    }
  }

  TEST_CASE("messages arrive as they were sent, and nothing else is taken for one") {
    const Written<std::string> written{{7, {2, 1, 4}}, "x", {3, 4}};
    const std::vector<RegisterMessage> sent{{2, 1, 11, Query<OneKey>{{}, {3, 4}}},
                                            {2, 1, UINT64_MAX, QueryAnswer<std::string>{written, true}},
                                            {2, 1, 13, Store<std::string, OneKey>{{}, written}},
                                            {2, 1, 14, StoreAnswer{}}};
    std::vector<std::string> texts;
    for (const RegisterMessage& message : sent) texts.push_back(message_text(message));
    const std::string body = messages_body(2, texts);
    const Result<std::vector<RegisterMessage>> got = read_messages(body, 1);
    REQUIRE(got);
    REQUIRE(got->size() == 4);
    for (size_t i = 0; i < 4; ++i) {
      CHECK((*got)[i].from == 2);
      CHECK((*got)[i].to == 1);
      CHECK((*got)[i].body.index() == i);
      CHECK(message_text((*got)[i]) == texts[i]);
    }
    CHECK_FALSE(read_messages(body, 2));  // from itself
    for (size_t size = 0; size < body.size(); ++size) CHECK_FALSE(read_messages(body.substr(0, size), 1));
    // Each field away, or of another type.
    const auto json = nlohmann::json::parse(texts[1]);
    for (const auto& field : json["written"].items()) {
      auto changed = json;
      changed["written"].erase(field.key());
      CHECK_FALSE(read_messages(messages_body(2, {changed.dump()}), 1));
      changed["written"][field.key()] = -1;
      CHECK_FALSE(read_messages(messages_body(2, {changed.dump()}), 1));
    }
  }

  TEST_CASE("addresses and settings: what cannot work is named") {
    const auto addresses = parse_addresses("1=7101,2=localhost:7102,3=[::1]:7103");
    REQUIRE(addresses);
    CHECK((*addresses)[0].host == "127.0.0.1");
    CHECK((*addresses)[1].host == "localhost");
    CHECK((*addresses)[2].host == "::1");
    CHECK((*addresses)[2].port == 7103);
    for (const char* wrong : {"", "1", "=7101", "1=", "1=0", "1=65536", "1=x", "1=:7101", "1=7101,", "1=7101,1=7102", "1=7101,2=7101",
                              "0=7101", "17=7101", "1=7101x", "-1=7101"}) {
      CAPTURE(std::string(wrong));
      CHECK_FALSE(parse_addresses(wrong));
    }
    RegisterOptions options;
    options.id = 1;
    options.servers = *addresses;
    CHECK(core_config(options));
    CHECK(core_config(options)->give_up_ticks == 200);
    options.read_quorum = 1;
    CHECK_FALSE(core_config(options));
    options.write_quorum = 3;
    CHECK(core_config(options));
    options.timeout_ms = 0;
    CHECK_FALSE(core_config(options));
  }
}

#endif
