"""Tests of ci/mutants, run by ci/test: which mutants are made, and a small library of its own whose tests leave holes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutants  # noqa: E402
import mutate  # noqa: E402
from common import ROOT  # noqa: E402

# The library: a range whose upper end no test looks at, and a loop that a mutant may never leave.
SOURCE = """#include "range.h"

/*@ requires a + 1 < b; // a mutant of a contract is none of the code
    assert a < b;
 */
bool in_range(unsigned value)
{
    return value >= FLOOR && value <= 9;
}

unsigned sum_to(unsigned last)
{
    unsigned sum = 0;
    for (unsigned i = 0; i <= last; i++)
        sum += i + 1;
    return sum;
}
"""
HEADER = """#include <stdbool.h>
#define FLOOR 3u
bool in_range(unsigned value);
unsigned sum_to(unsigned last);
static inline bool is_odd(unsigned value)
{
    return value % 2 == 1;
}
"""
TEST = """#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "src/range.h"
static void range(void **state)
{
    (void)state;
    assert_false(in_range(2));
    assert_true(in_range(3));
    assert_true(in_range(5));
    assert_false(in_range(20));
    assert_int_equal(sum_to(3), 10);
    assert_true(is_odd(3));
    assert_false(is_odd(4));
}
int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(range) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
"""
HOLE_FILLED = "assert_true(in_range(9));\n    assert_false(in_range(10));\n    assert_false(in_range(20));"
CMAKE = """cmake_minimum_required(VERSION 3.22)
project(range LANGUAGES C)
add_subdirectory(parsers)
option(CAUTH_TESTS "" ON)
if(CAUTH_TESTS)
    enable_testing()
    add_subdirectory(tests)
endif()
"""
CMAKE_PARSERS = """add_library(cauth src/range.c)
"""
CMAKE_TESTS = """add_executable(test_range test_range.c)
target_include_directories(test_range PRIVATE ${PROJECT_SOURCE_DIR}/parsers)
target_link_libraries(test_range PRIVATE cauth cmocka)
add_test(NAME test_range COMMAND test_range)
"""
# What the test above does not notice: it asks about 5 and 20, and nothing between.
SURVIVORS = {"value <= 9 -> value < 9", "9 -> 9 + 1", "9 -> 9 - 1"}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


class Operators(unittest.TestCase):
    def mutants(self, text):
        with tempfile.TemporaryDirectory() as place:
            write(os.path.join(place, "table.def"), "{ 7, 8 },\n")
            write(os.path.join(place, "a.c"), text)
            return mutate.mutants_of(os.path.join(place, "a.c"), "a.c", [])

    def changes(self, text):
        return {(m.before, m.after) for m in self.mutants(text)}

    def test_relational_and_logical(self):
        self.assertEqual(self.changes("int f(int a, int b) { return a < b && a == b; }"), {
            ("a < b", "a <= b"), ("a < b", "a >= b"), ("a == b", "a != b"), ("a < b && a == b", "a < b || a == b")})

    def test_arithmetic_keeps_the_tree(self):
        first = self.mutants("int f(int a, int b) { return a * (b + a); }")
        self.assertEqual({(m.before, m.after) for m in first}, {("a * (b + a)", "a / (b + a)"), ("b + a", "b - a")})
        self.assertIn("return ((a) / ((b + a)));", first[0].text)

    def test_constants(self):
        self.assertEqual(self.changes("#include <stdbool.h>\n#define TAG 0x30u\nint f(char *p) { p[0] = TAG; return true; }"), {
            ("0", "0 + 1"), ("0", "0 - 1"), ("TAG", "TAG + 1"), ("TAG", "TAG - 1"), ("true", "false"),
            ("p[0] = TAG", "(deleted)")})

    def test_conditions_and_statements(self):
        self.assertEqual(self.changes("int g(int);\nint f(int a) { if (g(a)) return a; if (!a) g(a); return a; }"), {
            ("g(a)", "!(g(a))"), ("return a", "(deleted)"), ("!a", "a"), ("g(a)", "(deleted)")})

    def test_tables_are_mutated_where_they_are_written(self):
        found = self.changes('struct { int a, b; } const t[2] = {\n#include "table.def"\n{ 5, 6 } };')
        self.assertEqual({before for before, _ in found}, {"5", "6"})  # nor the size of the array

    def test_where(self):
        mutant = self.mutants("int f(int é)\n{\n    return é /* + */ -\n        é;\n}")[0]
        self.assertEqual((mutant.function, mutant.line, mutant.column, mutant.before, mutant.after),
                         ("f", 3, 23, "é - é", "é + é"))

    def test_what_does_not_compile_is_refused(self):
        with self.assertRaisesRegex(mutate.CannotRead, "a.c:1: "):
            self.mutants("int f(void) { return x; }")


class Content(unittest.TestCase):
    def test_contracts_assertions_and_layout_are_no_code(self):
        code = mutants.code_of("/*@ assigns x; */\nvoid f(void)\n{\n    //@ assert y;\n    x = 1; // why\n}\n")
        self.assertEqual(code, mutants.code_of("void f(void) { x = 1; }"))
        self.assertNotEqual(code, mutants.code_of("void f(void) { x = 2; }"))


class Tool(unittest.TestCase):
    """ci/mutants as it is, beside another library."""

    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="cauth-mutants-")
        self.addCleanup(shutil.rmtree, self.place)
        shutil.copytree(os.path.join(ROOT, "ci", "lib"), os.path.join(self.place, "ci", "lib"))
        shutil.copy(os.path.join(ROOT, "CMakePresets.json"), self.place)
        for path, text in (("parsers/messages.def", ""), ("parsers/src/range.c", SOURCE), ("parsers/src/range.h", HEADER),
                           ("parsers/include/cauth/none.h", ""), ("tests/test_range.c", TEST), ("CMakeLists.txt", CMAKE),
                           ("parsers/CMakeLists.txt", CMAKE_PARSERS), ("tests/CMakeLists.txt", CMAKE_TESTS), ("tests/mutants/README", "")):
            write(os.path.join(self.place, path), text)

    def command(self, *args):
        return [sys.executable, os.path.join(self.place, "ci", "lib", "mutants.py"), "--jobs", "2", *args]

    def run_tool(self, *args):
        done = subprocess.run(self.command(*args), capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        return done.returncode, done.stdout

    def rewrite(self, path, old, new):
        path = os.path.join(self.place, path)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        write(path, text.replace(old, new))

    def equivalents(self, *rows):
        head = "file\tfunction\tline\tcolumn\tbefore\tafter\twhy"
        write(os.path.join(self.place, "tests/mutants/equivalent.tsv"),
              "\n".join([head] + ["\t".join(row) for row in rows]) + "\n")

    def table(self):
        with open(os.path.join(self.place, "tests/mutants/survivors.tsv"), encoding="utf-8") as f:
            return [tuple(line.split("\t")) for line in f.read().splitlines()][1:]

    def journal(self):
        try:
            with open(os.path.join(self.place, "build", "mutants-work", "results.jsonl"), encoding="utf-8") as f:
                return [json.loads(line) for line in f if line.endswith("]\n")]
        except OSError:
            return []

    def survivors(self, said):
        return set(re.findall(r": survives: (.*)$", said, re.M))

    def test_survivors_and_what_becomes_of_them(self):
        status, said = self.run_tool("--update")
        self.assertEqual(status, 1, said)
        self.assertEqual(self.survivors(said), SURVIVORS, said)
        self.assertIn("parsers/src/range.c:8:36: in_range: survives: value <= 9 -> value < 9", said)
        listed = self.table()
        self.assertEqual({"%s -> %s" % row[4:6] for row in listed}, SURVIVORS)
        self.assertEqual({(*row[:3], row[6]) for row in listed},
                         {("src/range.c", "in_range", "return value >= FLOOR && value <= 9;", "unknown")})
        self.assertIn("3 rows of tests/mutants/survivors.tsv, 3 of them for reasons unknown", said)
        table = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.startswith("src/")}
        self.assertEqual(table["src/range.c"][2:5], ["0", "0", "3"], said)
        self.assertEqual(table["src/range.h"][4:], ["0", "100.0%"], said)  # whose code is in the test, too

        # A layout and a contract are no code; a header's code is its own file's affair.
        self.rewrite("parsers/src/range.c", "a + 1 < b;", "a + 2 < b;\n ")
        self.assertNotIn("src/range.c: its code", self.run_tool("--check")[1])
        self.rewrite("parsers/src/range.c", "value <= 9", "value <= 8")
        self.assertIn("src/range.c: its code is not that of tests/mutants/score.tsv", self.run_tool("--check")[1])
        self.assertIn("survivors.tsv:2: src/range.c has no such line or mutant", self.run_tool("--check")[1])
        self.rewrite("parsers/src/range.c", "value <= 8", "value <= 9")

        # Rows of the table of survivors: a reason stays, a row that is gone is missed.
        self.rewrite("tests/mutants/survivors.tsv", "9 + 1\tunknown", "9 + 1\tnobody asks about 10")
        status, said = self.run_tool("--short", "--update")
        self.assertEqual([row[6] for row in self.table()].count("nobody asks about 10"), 1)
        self.assertIn("2 of them for reasons unknown", said)
        self.rewrite("tests/mutants/survivors.tsv", "\t".join(self.table()[0]) + "\n", "")
        self.assertIn("survivors.tsv: 2 rows of src/range.c, and tests/mutants/score.tsv has 3", self.run_tool("--check")[1])
        self.run_tool("--update")
        self.assertEqual(len(self.table()), 3)

        # Rows of the table of equivalents: one that holds, one of a line that was, one that a test notices.
        line, why = "return value >= FLOOR && value <= 9;", "said here for the sake of a test only"
        self.equivalents(("src/range.c", "in_range", line, "39", "9", "9 + 1", why))
        self.assertRegex(self.run_tool("--check")[1], r"survivors.tsv:\d: is called equivalent by .*equivalent.tsv:2")
        status, said = self.run_tool("src/range.c")
        self.assertEqual(self.survivors(said), SURVIVORS - {"9 -> 9 + 1"}, said)
        self.equivalents(("src/range.c", "in_range", line.replace("9", "7"), "39", "7", "7 + 1", why))
        status, said = self.run_tool("--check")
        self.assertEqual(status, 1)
        self.assertIn("equivalent.tsv:2: src/range.c has no such line or mutant", said)
        self.equivalents(("src/range.c", "in_range", line, "21", "FLOOR", "FLOOR + 1", why))
        status, said = self.run_tool("src/range.c")
        self.assertEqual(status, 1)
        self.assertIn("equivalent.tsv:2: a test notices it: src/range.c:9:21", said)
        self.equivalents()

        # A test that fills the hole is asked about what survived; the goal is met then.
        asked = len(self.journal())
        self.rewrite("tests/test_range.c", "assert_false(in_range(20));", HOLE_FILLED)
        self.assertIn("survivors.tsv:2: a short test notices it", self.run_tool("src/range.c")[1])
        status, said = self.run_tool("--update")
        self.assertEqual(self.table(), [])
        self.assertEqual((status, self.survivors(said)), (0, set()), said)
        self.assertGreater(len(self.journal()), asked)
        status, said = self.run_tool("--changed")
        self.assertEqual(status, 0, said)
        self.assertIn("0 files run", said)

        # One survivor more than the table knows is a finding, even where the goal is met.
        self.rewrite("tests/test_range.c", "assert_false(in_range(10));", "")
        self.rewrite("parsers/src/range.c", "unsigned sum = 0;", "unsigned sum = 0u;")
        status, said = self.run_tool("--changed")
        self.assertEqual(status, 1, said)
        self.assertIn("src/range.c: the short tests leave 1, 0 before", said)

    def test_kill_and_resume(self):
        first = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        until = time.monotonic() + 300
        while len({key for key, _ in self.journal()}) < 5 and first.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        known = len({key for key, _ in self.journal()})
        self.assertGreaterEqual(known, 5)
        with open(os.path.join(self.place, "build", "mutants-work", "results.jsonl"), "a", encoding="utf-8") as f:
            f.write('["torn')
        status, said = self.run_tool()
        kept = int(re.search(r"short tests: (\d+) of \d+ need not be asked", said).group(1))
        self.assertTrue(known - 2 <= kept <= known, said)  # two were in hand
        self.assertEqual(self.survivors(said), SURVIVORS, said)

    def test_a_test_that_fails_by_itself(self):
        self.rewrite("tests/test_range.c", "sum_to(3), 10", "sum_to(3), 9")
        done = subprocess.run(self.command(), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("without any mutant, test_range fails", done.stderr)

    def test_usage(self):
        for args in (["src/nothing.c"], ["--jobs", "0"], ["--frobnicate"], ["--changed", "src/range.c"], ["--check", "--update"],
                     ["--check", "--short"], ["--check", "--changed"], ["--check", "--json", os.devnull]):
            done = subprocess.run(self.command(*args), capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2, args)


if __name__ == "__main__":
    unittest.main()
