// Random numbers, hashes and ballots.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "base/ballot.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/text.h"

using namespace paxoscope;

TEST_SUITE("base") {
  TEST_CASE("Rng: the same seed gives the same numbers, another seed others; a copy goes on alike") {
    Rng a(7), b(7), c(8);
    for (int i = 0; i < 100; ++i) CHECK(a.next() == b.next());
    CHECK(a.next() != c.next());
    Rng copy = a;
    CHECK(copy == a);
    for (int i = 0; i < 10; ++i) CHECK(copy.next() == a.next());
  }
  TEST_CASE("Rng: known first numbers, so that every compiler draws the same") {
    // What xoshiro256** draws when splitmix64 seeds it with 0.
    Rng rng(0);
    CHECK(rng.next() == 0x99ec5f36cb75f2b4ull);
    CHECK(rng.next() == 0xbf6e1f784956452aull);
  }
  TEST_CASE("Rng: bounded draws stay in bounds and reach all of a small range evenly") {
    CHECK(rc::check("below and between", [](uint64_t seed, uint64_t bound, int32_t x, int32_t y) {
      Rng rng(seed);
      bound = bound == 0 ? 1 : bound;
      for (int i = 0; i < 5; ++i) RC_ASSERT(rng.below(bound) < bound);
      const int64_t low = std::min(x, y), high = std::max(x, y);
      for (int i = 0; i < 5; ++i) {
        const int64_t drawn = rng.between(low, high);
        RC_ASSERT(drawn >= low && drawn <= high);
      }
    }));
    Rng rng(3);
    uint32_t counts[6] = {};
    for (int i = 0; i < 60'000; ++i) ++counts[rng.below(6)];
    for (uint32_t count : counts) CHECK((count > 9'500 && count < 10'500));
    CHECK(rng.between(5, 5) == 5);
  }
  TEST_CASE("Rng: a chance of 0 draws nothing, 1000 is certain") {
    Rng rng(4);
    const Rng before = rng;
    CHECK_FALSE(rng.chance_permille(0));
    CHECK(rng == before);
    for (int i = 0; i < 100; ++i) CHECK(rng.chance_permille(1000));
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) hits += rng.chance_permille(300);
    CHECK((hits > 2'800 && hits < 3'200));
  }
  TEST_CASE("Hasher: order, text borders and single bits matter") {
    const auto of = [](auto&&... values) {
      Hasher hasher;
      (hasher.add(values), ...);
      return hasher.value();
    };
    CHECK(of(uint64_t{1}, uint64_t{2}) == of(uint64_t{1}, uint64_t{2}));
    CHECK(of(uint64_t{1}, uint64_t{2}) != of(uint64_t{2}, uint64_t{1}));
    CHECK(of(uint64_t{0}) != of(uint64_t{0}, uint64_t{0}));
    CHECK(of(std::string_view("ab"), std::string_view("c")) != of(std::string_view("a"), std::string_view("bc")));
    CHECK(of(std::string_view("")) != of(std::string_view("\0", 1)));
    std::set<uint64_t> seen;
    for (int bit = 0; bit < 64; ++bit) seen.insert(of(uint64_t{1} << bit));
    CHECK(seen.size() == 64);
  }
  TEST_CASE("hex16 has 16 digits") {
    CHECK(hex16(0) == "0000000000000000");
    CHECK(hex16(0x0123456789abcdefull) == "0123456789abcdef");
  }
  TEST_CASE("Ballot: ordered by n, then priority, then server; none is below all") {
    CHECK(rc::check("like a tuple", [](uint32_t n1, uint32_t p1, uint32_t s1, uint32_t n2, uint32_t p2, uint32_t s2) {
      const Ballot a{n1 % 3, p1 % 3, s1 % 3}, b{n2 % 3, p2 % 3, s2 % 3};
      const auto ta = std::tuple(a.n, a.priority, a.server), tb = std::tuple(b.n, b.priority, b.server);
      RC_ASSERT((a < b) == (ta < tb));
      RC_ASSERT((a == b) == (ta == tb));
      RC_ASSERT((a >= b) == (ta >= tb));
    }));
    CHECK_FALSE(Ballot{});
    CHECK(Ballot{0, 0, 1});
    CHECK(Ballot{} < Ballot{0, 0, 1});
  }
  TEST_CASE("quote: one printable line of at most 40 bytes, never half a character") {
    CHECK(quote("x") == "'x'");
    CHECK(quote("a\nb") == "'a?b'");
    std::string umlauts;
    for (int i = 0; i < 40; ++i) umlauts += "\xc3\xa4";
    CHECK(quote("x" + umlauts).size() == 1 + 1 + 38 + 3 + 1);
  }
}
