// The TOML reader, by section of the specification (https://toml.io/en/v1.0.0): what is read, and what is refused where.
#include <doctest/doctest.h>

#include <string>

#include "base/text.h"
#include "base/toml_document.h"

using namespace paxoscope;

namespace {

constexpr size_t kManyBytes = 1 << 20;

std::string shown(const TomlNode& node) {
  switch (node.type) {
    case TomlType::string: return concat("'", node.text, "'");
    case TomlType::integer: return concat(node.number);
    case TomlType::boolean: return node.number == 1 ? "true" : "false";
    case TomlType::fraction: return "fraction";
    case TomlType::date: return "date";
    default: break;
  }
  const bool table = node.is(TomlType::table);
  std::string out = table ? "{" : "[";
  for (const TomlNode& item : node) {
    if (out.size() > 1) out += ' ';
    if (table) out += concat(item.key, ":");
    out += shown(item);
  }
  return out + (table ? "}" : "]");
}

/// The tree in short, or the error with its place.
std::string read(std::string_view text) {
  TomlDocument document;
  if (const auto error = document.parse(text, kManyBytes))
    return concat(error->place.line, ":", error->place.column, ": ", error->text);
  return shown(document.root());
}

/// Of `a = word`.
std::string value(const std::string& word) {
  TomlDocument document;
  const std::string text = "a = " + word + "\n";
  if (document.parse(text, kManyBytes)) return "refused";
  return shown(*document.root().get("a"));
}

std::string place_of(const TomlNode* node) { return concat(node->place.line, ":", node->place.column); }
std::string key_place_of(const TomlNode* node) { return concat(node->key_place.line, ":", node->key_place.column); }

struct Row {
  const char* text;
  std::string result;
};

template <size_t N>
void check(const Row (&rows)[N]) {
  for (const Row& row : rows) CHECK_MESSAGE(read(row.text) == row.result, row.text);
}

}  // namespace

TEST_SUITE("toml") {
  TEST_CASE("comments and lines") {
    check({
        {"", "{}"},
        {"\n \t\n# only a comment", "{}"},
        {"# one\r\na = 1 # two \xc3\xa4 # three\r\n\r\nb = \"# none\"", "{a:1 b:'# none'}"},
        {"\xef\xbb\xbf" "a = 1", "{a:1}"},
        {"a = 1 b = 2", "1:7: expected the end of the line, not 'b'"},
        {"a = 1\rb = 2", "1:6: the control character 13: only an escape in quotes may stand for it"},
        {"# \x01", "1:3: the control character 1: only an escape in quotes may stand for it"},
        {"a = 'b\x7f'", "1:7: the control character 127: only an escape in quotes may stand for it"},
        {"a = 1 # \xff", "1:9: a byte that is no UTF-8: save the file in this encoding"},
        {"a = \"\xed\xa0\x80\"", "1:6: a byte that is no UTF-8: save the file in this encoding"},
        {"a = \"\xc0\xaf\"", "1:6: a byte that is no UTF-8: save the file in this encoding"},
        {"a = \"\xe0\x9f\xbf\"", "1:6: a byte that is no UTF-8: save the file in this encoding"},
        {"a = \"\xf4\x90\x80\x80\"", "1:6: a byte that is no UTF-8: save the file in this encoding"},
        {"a = \"\xf0\x9f\x98\x80\"", "{a:'\xf0\x9f\x98\x80'}"},
        {"a = \"\xe2\x82", "1:6: a byte that is no UTF-8: save the file in this encoding"},
        {"\xc2\xb7 = 1", "1:1: a letter beyond ASCII outside of quotes and comments"},
        {"a\xc2\xb7 = 1", "1:2: a letter beyond ASCII outside of quotes and comments"},
        {"a = \xc2\xa0" "1", "1:5: a letter beyond ASCII outside of quotes and comments"},
    });
    CHECK(read(std::string_view("a = \"b\0\"", 8)) ==
          "1:7: the control character 0: only an escape in quotes may stand for it");
  }

  TEST_CASE("keys") {
    check({
        {"key = 1\nbare_key = 2\nbare-key = 3\n1234 = 4", "{key:1 bare_key:2 bare-key:3 1234:4}"},
        {"\"127.0.0.1\" = 1\n'quoted \"value\"' = 2\n\"\" = 3\n\"\\u00e4\" = 4", "{127.0.0.1:1 quoted \"value\":2 :3 \xc3\xa4:4}"},
        {"a.b.c = 1\na.b . d = 2\na.\"x.y\" = 3\n3.14 = 4", "{a:{b:{c:1 d:2} x.y:3} 3:{14:4}}"},
        {"a.b = 1\nc = 2\na.d = 3", "{a:{b:1 d:3} c:2}"},
        {"= 1", "1:1: expected a key, not '='"},
        {"a.", "1:3: expected a key, not the end of the file"},
        {"a..b = 1", "1:3: expected a key, not '.'"},
        {"a\n= 1", "1:2: expected '=' behind the key, not the end of the line"},
        {"a b = 1", "1:3: expected '=' behind the key, not 'b'"},
        {"a =", "1:4: expected a value, not the end of the file"},
        {"a = # none", "1:5: expected a value, not '#'"},
        {"\"\"\"a\"\"\" = 1", "1:3: expected '=' behind the key, not '\"'"},
        {"'a\n' = 1", "1:1: a text without closing quotes"},
        {"% = 1", "1:1: expected a key, not '%'"},
        {"a = 1\n'a' = 2", "2:1: 'a' is there already, since line 1"},
        {"a = 1\na.b = 2", "2:1: 'a' is there already, since line 1"},
        {"a.b = 1\na = 2", "2:1: 'a' is there already, since line 1"},
        {"a.b.c = 1\na.b = 2", "2:3: 'b' is there already, since line 1"},
    });
  }

  TEST_CASE("strings") {
    check({
        {R"(a = "\b\t\n\f\r\"\\\u00e9\U0001F600")", "{a:'\b\t\n\f\r\"\\\xc3\xa9\xf0\x9f\x98\x80'}"},
        {R"(a = 'C:\new\"x"')", "{a:'C:\\new\\\"x\"'}"},
        {"a = \"\"\nb = ''", "{a:'' b:''}"},
        {"a = \"\"\"\none\n\ttwo\r\nthree\"\"\"", "{a:'one\n\ttwo\nthree'}"},
        {"a = \"\"\"one \\\n\n   two \\  \r\n  three\\n\\\n\"\"\"", "{a:'one two three\n'}"},
        {"a = \"\"\"\"\"\"\nb = ''''''", "{a:'' b:''}"},
        {"a = \"\"\"a \"one\" \"\"two\"\" \"\"\"\"\"", "{a:'a \"one\" \"\"two\"\" \"\"'}"},
        {"a = \"\"\"\"\"\"\"", "{a:'\"'}"},
        {"a = \"\"\"a\\\"\"\"\"", "{a:'a\"'}"},
        {"a = '''\nI'm \\\n''here'''''", "{a:'I'm \\\n''here'''}"},
        {"a = \"\"\"b\"\"\"\"\"\"", "1:14: expected the end of the line, not '\"'"},
        {"a = \"b", "1:5: a text without closing quotes"},
        {"a = \"b\n\"", "1:5: a text without closing quotes"},
        {"a = 'b\r\n'", "1:5: a text without closing quotes"},
        {"a = \"b\\\"", "1:5: a text without closing quotes"},
        {"a = \"\"\"b\n\"\"\n", "1:5: a text without closing quotes"},
        {"a = \"b\\q\"", "1:7: an unknown escape; a backslash is written \\\\ or between single quotes"},
        {"a = \"b\\\n\"", "1:7: an unknown escape; a backslash is written \\\\ or between single quotes"},
        {"a = \"\"\"b\\ c\"\"\"", "1:9: an unknown escape; a backslash is written \\\\ or between single quotes"},
        {"a = \"\\u12\"", "1:6: \\u needs 4 hexadecimal digits, \\U needs 8"},
        {"a = \"\\ud800\"", "1:6: the escape stands for no letter of Unicode"},
        {"a = \"\\U00110000\"", "1:6: the escape stands for no letter of Unicode"},
        {"a = \"\\UFFFFFFFF\"", "1:6: the escape stands for no letter of Unicode"},
        {"a = three", "1:5: 'three' is no value: text needs quotes, a number no leading zeros"},
    });
    CHECK(value("\"\\u0000\"") == std::string("'\0'", 3));
  }

  TEST_CASE("whole numbers") {
    for (const Row& row : {Row{"+99", "99"}, Row{"0", "0"}, Row{"-17", "-17"}, Row{"+0", "0"}, Row{"-0", "0"},
                           Row{"1_000", "1000"}, Row{"5_3_4", "534"}, Row{"0xDEAD_beef", "3735928559"},
                           Row{"0x00ff", "255"}, Row{"0o755", "493"}, Row{"0b1101_0110", "214"},
                           Row{"9223372036854775807", "9223372036854775807"},
                           Row{"-9223372036854775808", "-9223372036854775808"},
                           Row{"0x7fffffffffffffff", "9223372036854775807"}})
      CHECK_MESSAGE(value(row.text) == row.result, row.text);
    for (const char* word : {"01", "-01", "0_1", "_1", "1_", "1__0", "+-1", "+", "-", "0x", "0x_1", "0xg", "+0x1", "-0b1", "0b2",
                             "0o8", "0X1", "1a", "9223372036854775808", "-9223372036854775809", "0x8000000000000000",
                             "99999999999999999999999", "0xfffffffffffffffff"})
      CHECK_MESSAGE(value(word) == "refused", word);
    CHECK(read("a = 9223372036854775808") == "1:5: '9223372036854775808' does not fit into 64 bits");
  }

  TEST_CASE("numbers with a point, by their type") {
    for (const char* word : {"+1.0", "3.1415", "-0.01", "5e+22", "1e06", "-2E-2", "6.626e-34", "224_617.445_991_228", "0.0",
                             "0e0", "inf", "+inf", "-inf", "nan", "+nan", "-nan"})
      CHECK_MESSAGE(value(word) == "fraction", word);
    for (const char* word : {".7", "7.", "3.e+20", "1e", "1e+", "01.5", "1.5.5", "1._5", "1_.5", "1.5_", "e5", "Inf", "NaN",
                             "1e5.0", "--1.0", "1.5x"})
      CHECK_MESSAGE(value(word) == "refused", word);
  }

  TEST_CASE("true and false") {
    CHECK(value("true") == "true");
    CHECK(value("false") == "false");
    for (const char* word : {"True", "FALSE", "tru", "truee", "yes", "on"}) CHECK_MESSAGE(value(word) == "refused", word);
  }

  TEST_CASE("dates and times, by their shape") {
    for (const char* word : {"1979-05-27T07:32:00Z", "1979-05-27T00:32:00-07:00", "1979-05-27t00:32:00.999999+01:30",
                             "1979-05-27 07:32:00Z", "1979-05-27 07:32:00 # comment", "1979-05-27T07:32:00", "1979-05-27",
                             "1979-05-27 # comment", "07:32:00", "00:32:00.999999"})
      CHECK_MESSAGE(value(word) == "date", word);
    for (const char* word : {"1979-5-27", "1979-05-27T", "1979-05-27T07:32", "07:32", "07:32:00Z", "07:32:00.", "1979-05",
                             "1979-05-27T07:32:00+1", "1979-05-27T07:32:00Zx", "1979-05-27  07:32:00", "197-05-27",
                             "1979-05-27 07:32"})
      CHECK_MESSAGE(value(word) == "refused", word);
  }

  TEST_CASE("lists") {
    check({
        {"a = []\nb = [ ]\nc = [1, 'two', [3.0, {d = 4}], ]", "{a:[] b:[] c:[1 'two' [fraction {d:4}]]}"},
        {"a = [ # one\n\n 1 # two\n , # three\n 2, # four\r\n]", "{a:[1 2]}"},
        {"a = [,]", "1:6: expected a value, not ','"},
        {"a = [1,,2]", "1:8: expected a value, not ','"},
        {"a = [1 2]", "1:8: expected ',' or ']', not '2'"},
        {"a = [1", "1:7: expected ',' or ']', not the end of the file"},
        {"a = [1, 2\nb = 3", "2:1: expected ',' or ']', not 'b'"},
        {"a = [b = 1]", "1:6: 'b' is no value: text needs quotes, a number no leading zeros"},
        {"a = ]", "1:5: expected a value, not ']'"},
        {"a = [1]\n[[a]]", "2:3: 'a' is there already, since line 1"},
        {"a = [{}]\n[a.b]", "2:2: 'a' is there already, since line 1"},
    });
  }

  TEST_CASE("tables") {
    check({
        {"[a]\nb = 1\n[ c . 'd' ]\ne = 2\n[c]\nf = 3", "{a:{b:1} c:{d:{e:2} f:3}}"},
        {"[a.b.c]\n[a]\nx.y = 1", "{a:{b:{c:{}} x:{y:1}}}"},
        {"[fruit]\napple.color = 'red'\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true",
         "{fruit:{apple:{color:'red' taste:{sweet:true} texture:{smooth:true}}}}"},
        {"[fruit]\napple.color = 'red'\n[fruit.apple]", "3:8: 'apple' is there already, since line 2"},
        {"[fruit]\napple.taste.sweet = 1\n[fruit.apple.taste]", "3:14: 'taste' is there already, since line 2"},
        {"[a]\n[a]", "2:2: 'a' is there already, since line 1"},
        {"[a.b.c]\nz = 9\n[a]\nb.c.t = 1", "4:1: 'b' is there already, since line 1"},
        {"[a.b.c.d]\nz = 9\n[a]\nb.c.d.k.t = 1", "4:1: 'b' is there already, since line 1"},
        {"a = 1\n[a]", "2:2: 'a' is there already, since line 1"},
        {"[a]\nb = 1\n[a.b]", "3:4: 'b' is there already, since line 2"},
        {"[a]\nb = 1\n[a.b.c]", "3:4: 'b' is there already, since line 2"},
        {"[]", "1:2: expected a key, not ']'"},
        {"[a", "1:3: expected ']', not the end of the file"},
        {"[a.]", "1:4: expected a key, not ']'"},
        {"[a] b = 1", "1:5: expected the end of the line, not 'b'"},
        {"[a]]", "1:4: expected the end of the line, not ']'"},
        {"[a\n]", "1:3: expected ']', not the end of the line"},
        {"[%]", "1:2: expected a key, not '%'"},
    });
  }

  TEST_CASE("inline tables") {
    check({
        {"a = {}\nb = { }\nc = { x = 1, y.z = [\n2\n], y.w = {} }", "{a:{} b:{} c:{x:1 y:{z:[2] w:{}}}}"},
        {"a = {x = 1,}", "1:12: expected a key, not '}'"},
        {"a = {,}", "1:6: expected a key, not ','"},
        {"a = {x = 1\n}", "1:11: expected ',' or '}', not the end of the line"},
        {"a = {\nx = 1}", "1:6: expected a key, not the end of the line"},
        {"a = {x = 1 y = 2}", "1:12: expected ',' or '}', not 'y'"},
        {"a = {x = 1", "1:11: expected ',' or '}', not the end of the file"},
        {"a = {x = 1, x = 2}", "1:13: 'x' is there already, since line 1"},
        {"a = {x = {}, x.y = 2}", "1:14: 'x' is there already, since line 1"},
        {"a = {x = 1}\na.y = 2", "2:1: 'a' is there already, since line 1"},
        {"a = {x.y = 1}\na.x.z = 2", "2:1: 'a' is there already, since line 1"},
        {"a = {}\n[a]", "2:2: 'a' is there already, since line 1"},
        {"a = {}\n[a.b]", "2:2: 'a' is there already, since line 1"},
    });
  }

  TEST_CASE("lists of tables") {
    check({
        {"[[a]]\nx = 1\n[[ a ]]\n[[a]]\nx = 2", "{a:[{x:1} {} {x:2}]}"},
        {"[[a]]\n[a.b]\nx = 1\n[[a.c]]\n[[a.c]]\ny = 1\n[[a]]\n[a.b]", "{a:[{b:{x:1} c:[{} {y:1}]} {b:{}}]}"},
        {"[a.b]\n[[a]]", "2:3: 'a' is there already, since line 1"},
        {"[[a]]\n[a]", "2:2: 'a' is there already, since line 1"},
        {"[[a]]\n[a.b]\n[[a.b]]", "3:5: 'b' is there already, since line 2"},
        {"[[a]]\n[[a.b]]\n[a.b]", "3:4: 'b' is there already, since line 2"},
        {"x.y = 1\n[[x]]", "2:3: 'x' is there already, since line 1"},
        {"[[a]", "1:5: expected ']', not the end of the file"},
        {"[[a] ]", "1:5: expected ']', not ' '"},
        {"[ [a]]", "1:3: expected a key, not '['"},
        {"[[%", "1:3: expected a key, not '%'"},
        {"[[]]", "1:3: expected a key, not ']'"},
    });
  }

  TEST_CASE("every value and key knows its place, in characters") {
    TomlDocument document;
    REQUIRE_FALSE(document.parse("\xef\xbb\xbf" "a = 1\n  '\xc3\xa4\xe2\x82\xac' = 'x' # \xc3\xa4\n[t.u]\nv.w = [ 10,\n\t\"\"\"\n\"\"\", {k = 1} ]\n [[l]]\nz = 1",
                                 kManyBytes));
    const TomlNode& root = document.root();
    CHECK(place_of(root.get("a")) == "1:5");
    CHECK(key_place_of(root.get("\xc3\xa4\xe2\x82\xac")) == "2:3");
    CHECK(place_of(root.get("\xc3\xa4\xe2\x82\xac")) == "2:10");
    const TomlNode* u = root.get("t")->get("u");
    CHECK(place_of(u) == "3:1");
    CHECK(key_place_of(u) == "3:4");
    const TomlNode* w = u->get("v")->get("w");
    CHECK(key_place_of(w) == "4:3");
    CHECK(place_of(w) == "4:7");
    REQUIRE(w->size() == 3);
    auto item = w->begin();
    CHECK(place_of(&*item) == "4:9");
    ++item;
    CHECK(place_of(&*item) == "5:2");
    ++item;
    CHECK(place_of(&*item) == "6:6");
    CHECK(key_place_of((*item).get("k")) == "6:7");
    CHECK(place_of(&*root.get("l")->begin()) == "7:2");
  }

  TEST_CASE("bounds: depth, keys of a table, values, bytes") {
    CHECK(read("a = " + std::string(8, '[') + std::string(8, ']')) == "{a:" + std::string(8, '[') + std::string(8, ']') + "}");
    CHECK(read("a = " + std::string(100'000, '[')) == "1:13: nested deeper than 8 levels");
    std::string braces = "a = ";
    for (int i = 0; i < 50'000; ++i) braces += "{a=";
    CHECK(read(braces) == "1:29: nested deeper than 8 levels");
    std::string dots = "a";
    for (int i = 0; i < 50'000; ++i) dots += ".a";
    CHECK(read(dots + " = 1") == "1:17: nested deeper than 8 levels");
    CHECK(read("[" + dots + "]") == "1:18: nested deeper than 8 levels");
    CHECK(read("[a.b.c.d.e.f]\ng.h.i.j = 1") == "2:5: nested deeper than 8 levels");
    std::string keys;
    for (uint32_t i = 0; i < TomlDocument::kMaxKeys; ++i) keys += concat("a", i, "=0\n");
    CHECK(read(keys).substr(0, 5) == "{a0:0");
    CHECK(read(keys + "b = 0") == "1001:5: more than 1000 keys in one table");
    std::string items = "a=[";
    for (uint32_t i = 2; i < TomlDocument::kMaxNodes; ++i) items += "0,";
    CHECK(read(items + "]").substr(0, 5) == "{a:[0");
    CHECK(read(items + "0]").substr(2) == "100000: more than 50000 values");
    TomlDocument document;
    CHECK_FALSE(document.parse("a = 1", 5));
    CHECK(document.parse("a = 12", 5)->text == "the file has 6 bytes; at most 5 are read");
  }
}
