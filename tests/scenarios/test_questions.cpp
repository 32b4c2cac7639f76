// Questions of a lesson: how they are written, and that the run answers them.
#include "fixture.h"

#include <optional>

#include "scenarios/writer.h"

using namespace paxoscope;
using namespace paxoscope::test;

namespace {

constexpr char kAsking[] =
    "title = \"t\"\nduration = \"1s\"\n[cluster]\nservers = 3\nfirst_leader = \"B\"\n"
    "[[client]]\nserver = \"A\"\nthink = \"20ms\"\n"
    "[[step]]\nwhen = \"decided 1\"\nsay = \"One\"\nask = \"How many at Two?\"\n"
    "answers = [\"many | decided at least 5 | work goes on\", \"few\"]\nJUDGED\n"
    "[[step]]\nwhen = \"decided 3\"\nsay = \"Two\"\n"
    "[[step]]\nat = \"500ms\"\nsay = \"Three\"\n";

Scenario asking(const std::string& judged) {
  std::string text = kAsking;
  return load(text.replace(text.find("JUDGED"), 6, judged));
}

std::string error_of(const std::string& keys) {
  const auto scenario = load_scenario("title = \"t\"\nduration = \"1s\"\n[[step]]\nat = \"1ms\"\n" + keys, "q.toml");
  return scenario ? "none" : scenario.error().text;
}

}  // namespace

TEST_SUITE("questions") {
  TEST_CASE("an answer has words, an expectation and a reason, and is written as it was read") {
    const Scenario scenario = asking("judged = 1");
    const Question& question = scenario.steps[0].question;
    CHECK(question.words == "How many at Two?");
    REQUIRE(question.answers.size() == 2);
    CHECK(question.answers[0].words == "many");
    CHECK(question.answers[0].when->kind == Expectation::Kind::decided_at_least);
    CHECK(question.answers[0].because == "work goes on");
    CHECK_FALSE(question.answers[1].when.has_value());
    CHECK(question.judged == 1);
    const auto written = write_scenario(scenario);
    REQUIRE(written);
    CHECK(*write_scenario(load(*written)) == *written);
    CHECK(load(*written).steps[0].question.answers[0].because == "work goes on");
  }

  TEST_CASE("what is badly asked is refused with the place and the reason") {
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\n") == "q.toml:6:7: 'ask' needs 'answers'");
    CHECK(error_of("do = \"heal all\"\nask = \"Q?\"\nanswers = [\"a\", \"b\"]\n").find("'ask' needs 'say'") != std::string::npos);
    CHECK(error_of("say = \"S\"\nanswers = [\"a\", \"b\"]\n").find("'answers' needs 'ask'") != std::string::npos);
    CHECK(error_of("say = \"S\"\njudged = 1\n").find("'judged' needs 'ask'") != std::string::npos);
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\nanswers = [\"a\"]\n").find("'answers' has 2 to 6 of them") != std::string::npos);
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\nanswers = [\"a | leader is Q\", \"b\"]\n") != "none");
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\nanswers = [\"a | nonsense\", \"b\"]\n").find("cannot read the expectation") != std::string::npos);
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\nanswers = [\"a | no violation | x | y\", \"b\"]\n").find("more than three parts") != std::string::npos);
    CHECK(error_of("say = \"S\"\nask = \"Q?\"\nanswers = [\" | no violation\", \"b\"]\n").find("must begin with") != std::string::npos);
  }

  TEST_CASE("the run answers: at the step that is named, else at its end, and without moving") {
    for (const auto& row : {std::pair{"judged = 1", size_t{1}}, std::pair{"judged = 2", size_t{0}}, std::pair{"", size_t{0}}}) {
      const char* judged = row.first;
      const size_t right = row.second;
      CAPTURE(judged);
      const Scenario scenario = asking(judged);
      auto run = start(scenario);
      CHECK_FALSE(run->right_answer(0).has_value());  // not reached yet
      REQUIRE(run->step(StepUnit::narration));
      const uint64_t event = run->event(), hash = run->state_hash();
      CHECK(run->right_answer(0) == std::optional<size_t>(right));
      CHECK_FALSE(run->right_answer(1).has_value());  // asks nothing
      CHECK_FALSE(run->right_answer(9).has_value());
      CHECK(run->event() == event);
      CHECK(run->state_hash() == hash);
    }
  }

  TEST_CASE("what a person does changes the answer") {
    const Scenario scenario = load_file("quorum-loss");
    auto run = start(scenario);
    size_t asked = 0;
    for (bool found = false; !found;) {
      REQUIRE(run->step(StepUnit::narration));
      const std::vector<LessonStep> lesson = run->lesson();
      for (size_t i = 0; i < lesson.size(); ++i)
        if (lesson[i].state == LessonState::current && lesson[i].question != nullptr) asked = i, found = true;
    }
    REQUIRE(run->right_answer(asked) == std::optional<size_t>(0));
    REQUIRE(run->perform(action("heal all")));
    REQUIRE(run->perform(action("isolate A")));
    CHECK(run->right_answer(asked) != std::optional<size_t>(0));
  }
}
