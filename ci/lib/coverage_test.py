"""Tests of ci/coverage, run by ci/test: when the gate holds and when it does not, and that llvm-cov is read as it writes."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coverage  # noqa: E402

PATH = "parsers/src/f.c"
# Twenty lines of code, so that one is 5 % of them: 2 to 6 and 9 to 23.
SOURCE = ["int first(int a)", "{", "    if (a > 1 && a < 9)", "        return 1;", "    return 0;", "}", "", "int second(int a)", "{",
          *["    a += 1;"] * 12, "    return a;", "}"]
LINES = [*range(2, 7), *range(9, 24)]
MORE, LESS = (3, 9, 3, 14), (3, 18, 3, 23)  # where the two conditions stand
HEAD = "file\tfunction\twhat\tcode\twhy\n"


def row(function, what, code, why="no input comes here, for this reason"):
    return "\t".join([PATH, function, what, code, why]) + "\n"


class Profile:
    """What llvm-cov would write of one profile: everything is run once, both outcomes of both conditions are seen."""

    def __init__(self):
        self.lines = dict.fromkeys(LINES, 1)
        self.branches = {MORE: [1, 1], LESS: [1, 1]}
        self.expanded = []  # branches that stand in a macro

    def lcov(self):
        return "SF:%s\nFN:2,first\n%send_of_record\n" % (os.path.join(coverage.ROOT, PATH), "".join(
            "DA:%d,%d\n" % line for line in self.lines.items()))

    def json(self):
        path = os.path.join(coverage.ROOT, PATH)
        entry = {"filename": path, "branches": [[*place, *counts, 0, 0, 4] for place, counts in self.branches.items()],
                 "expansions": [{"branches": self.expanded}] if self.expanded else []}
        functions = [{"name": name, "filenames": [path], "regions": [[first, 1, last, 2, 1, 0, 0, 0]]}
                     for name, first, last in (("first", 2, 6), ("f.c:second", 9, 23))]
        return json.dumps({"data": [{"files": [entry], "functions": functions}]})


class Home(unittest.TestCase):
    """A tree with one parser, of which tests and corpus reach everything until a test says otherwise."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="cauth-coverage-")
        self.addCleanup(shutil.rmtree, self.home)
        os.makedirs(os.path.join(self.home, "ci"))
        os.makedirs(os.path.join(self.home, "parsers", "src"))
        self.write(PATH, "\n".join(SOURCE) + "\n")
        self.profiles = {name: Profile() for name in ("tests", "corpus", "both")}
        self.put("ROOT", self.home)
        self.put("REPORT", os.path.join(self.home, "report"))
        coverage.text_of.cache_clear()
        self.rows()

    def put(self, name, value):
        self.addCleanup(setattr, coverage, name, getattr(coverage, name))
        setattr(coverage, name, value)

    def write(self, path, text):
        with open(os.path.join(self.home, path), "w", encoding="utf-8") as f:
            f.write(text)

    def rows(self, *rows):
        self.write(coverage.EXCLUSIONS, HEAD + "".join(rows))

    def unreached(self, *lines, by=("tests", "corpus", "both")):
        for name in by:
            self.profiles[name].lines.update(dict.fromkeys(lines, 0))

    def outcomes(self, place, true, false, by=("tests", "corpus", "both")):
        for name in by:
            self.profiles[name].branches[place] = [true, false]


class Gate(Home):
    """The whole command, with these profiles in place of what it would build, run and measure."""

    def gate(self):
        """Its exit status and the problems that it names."""
        def told(verb, profile, *options):
            self.assertEqual(verb, "export")
            return self.profiles[profile].lcov() if options == ("-format=lcov",) else self.profiles[profile].json()

        self.put("build", lambda preset, log: True)
        self.put("measure", lambda log: {name: name for name in self.profiles})
        self.put("llvm_cov", told)
        self.addCleanup(setattr, sys, "argv", sys.argv)
        sys.argv = ["ci/coverage", "--no-html", "--json", os.path.join(self.home, "table.json")]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = coverage.main()
        with open(os.path.join(self.home, "table.json"), encoding="utf-8") as f:
            self.table = {line.pop("file"): line for line in json.load(f)}
        lines = [line[len("ci/coverage: "):] for line in said.getvalue().splitlines() if line.startswith("ci/coverage: ")]
        self.said = lines[-1]
        return status, lines[1:-1]

    def holds(self):
        self.assertEqual(self.gate(), (coverage.CLEAN, []))
        self.assertRegex(self.said, "^the gate holds; ")

    def fails(self, *problems):
        status, found = self.gate()
        self.assertEqual(status, coverage.FINDING)
        self.assertEqual(len(found), len(problems), found)
        for line, problem in zip(found, problems):
            self.assertIn(problem, line)
        self.assertRegex(self.said, r"^%d problems?; " % len(problems))

    def test_all_is_reached(self):
        self.holds()
        self.assertEqual(self.table["src/f.c"], self.table["all"])
        self.assertEqual(set(self.table["all"].values()), {"100.0%", "0.0%"})

    def test_a_line(self):
        self.unreached(4)
        self.fails("parsers/src/f.c:4: no test reaches it: line never run: return 1;")
        self.assertEqual(self.table["src/f.c"]["lines: tests"], "95.0%")

    def test_what_the_corpus_reaches_is_not_enough(self):
        self.unreached(4, by=["tests"])
        self.outcomes(LESS, 0, 1, by=["tests"])
        self.fails("f.c:3: no test reaches it: never true: a < 9", "f.c:4: no test reaches it")
        self.assertEqual([self.table["all"][of] for of in ("branches: tests", "branches: corpus", "branches: both")],
                         ["75.0%", "100.0%", "100.0%"])

    def test_what_the_corpus_does_not_reach_is_enough(self):
        self.unreached(4, by=["corpus"])
        self.holds()

    def test_an_outcome(self):
        self.outcomes(MORE, 0, 1)
        self.fails("f.c:3: no test reaches it: never true: a > 1")
        self.outcomes(MORE, 1, 0)
        self.fails("f.c:3: no test reaches it: never false: a > 1")

    def test_an_outcome_in_a_macro(self):
        self.profiles["tests"].expanded = [[4, 9, 4, 13, 1, 0, 0, 0, 4]]
        self.fails("f.c:4: no test reaches it: never false")

    def test_inlined_in_several_places(self):
        for profile in self.profiles.values():
            profile.branches[MORE] = [1, 0]
            profile.expanded = [[*MORE, 0, 1, 0, 0, 4]]
        self.holds()

    def test_a_parser_without_tests(self):
        self.write("parsers/src/g.c", "int third(void)\n{\n    return 3;\n}\n")
        self.fails("parsers/src/g.c: is in none of the tests")

    def test_unreachable_with_a_reason(self):
        self.unreached(4)
        self.rows(row("first", "line", "return 1;"))
        self.holds()
        self.assertRegex(self.said, "1 outcome called unreachable")
        self.assertEqual((self.table["all"]["unreachable"], self.table["all"]["lines: tests"]), ("5.0%", "100.0%"))

    def test_more_than_5_percent(self):
        self.unreached(4)
        self.outcomes(LESS, 0, 1)
        self.rows(row("first", "line", "return 1;"), row("first", "true", "a < 9"))
        self.fails("parsers/src/f.c: 10.0% of 20 lines are called unreachable, 5% are allowed")

    def test_two_outcomes_of_one_line(self):
        self.outcomes(MORE, 0, 1)
        self.outcomes(LESS, 0, 0)
        self.rows(row("first", "true", "a > 1"), row("first", "true", "a < 9"), row("first", "false", "a < 9"))
        self.holds()

    def test_a_row_that_does_not_hold(self):
        stale = "ci/coverage-exclusions.tsv:2: "
        self.rows(row("first", "line", "return 1;"))
        self.fails(stale)  # it is reached
        for wrong in (row("second", "line", "return 1;"), row("first", "line", "return 2;"),
                      row("first", "true", "return 1;"), row("first", "line", "return 1;").replace("f.c", "g.c")):
            self.unreached(4)
            self.rows(wrong)
            self.fails(stale, "f.c:4: no test reaches it")

    def test_a_row_of_what_the_corpus_reaches(self):
        self.unreached(4, by=["tests"])
        self.rows(row("first", "line", "return 1;"))
        self.fails("ci/coverage-exclusions.tsv:2: ", "f.c:4: no test reaches it")

    def test_a_row_twice(self):
        self.unreached(4)
        self.rows(row("first", "line", "return 1;"), row("first", "line", "return 1;"))
        self.fails("ci/coverage-exclusions.tsv:3: parsers/src/f.c, first: 'return 1;' has a row before")

    def test_one_row_for_lines_that_are_alike(self):
        self.unreached(10, 11)
        self.rows(row("second", "line", "a += 1;"))
        self.fails("10.0% of 20 lines are called unreachable")


class Reading(Home):
    def test_a_table_that_is_wrong(self):
        for text, line in ((HEAD.replace("why", "reason"), 1), ("", 1), (HEAD + row("first", "line", "x", "short"), 2),
                           (HEAD + row("first", "lines", "x"), 2), (HEAD + row("first", "line", "x\ty"), 2)):
            self.write(coverage.EXCLUSIONS, text)
            said = io.StringIO()
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(said):
                list(coverage.read_exclusions())
            self.assertRegex(said.getvalue(), r"^ci/coverage-exclusions\.tsv:%d: " % line)

    def test_a_condition_of_several_lines(self):
        text = ["if (a > 1 &&", "    b == 2)"]
        self.assertEqual(coverage.code_at(text, 1, (1, 5, 2, 11)), "a > 1 && b == 2")

    @unittest.skipUnless(all(map(shutil.which, ("clang-19", "llvm-cov-19", "llvm-profdata-19"))), "clang 19 is not installed")
    def test_the_made_up_exports_are_as_llvm_cov_writes_them(self):
        """A program of the same source, run: what is read of it is what is read of a Profile that says the same."""
        self.write("main.c", "int first(int a);\nint second(int a);\n"
                   "int main(int argc, char **argv) { (void)argv; return first(argc) + (argc > 2 ? second(1) : 0); }\n")
        program, raw = os.path.join(self.home, "program"), os.path.join(self.home, "raw")
        subprocess.run(["clang-19", "-O0", "-fprofile-instr-generate", "-fcoverage-mapping", "-o", program,
                        os.path.join(self.home, PATH), os.path.join(self.home, "main.c")], check=True)
        for arguments in ([], ["2"]):
            subprocess.run([program, *arguments], env={"LLVM_PROFILE_FILE": raw + str(len(arguments))}, check=False)
        os.makedirs(coverage.REPORT)
        profile = coverage.profile_of("tests", [raw + "0", raw + "1"])
        self.put("programs", lambda: [program])
        real, real_functions = coverage.read_profile(profile)

        said = Profile()
        said.lines.update({2: 2, 3: 2, 4: 1, 5: 1, 6: 2, **dict.fromkeys(range(9, 24), 0)})
        said.branches = {MORE: [1, 1], LESS: [1, 0]}
        self.put("llvm_cov", lambda verb, of, *options: said.lcov() if options else said.json())
        made_up, functions = coverage.read_profile(profile)
        self.assertEqual(set(real), set(made_up))
        self.assertEqual((real[PATH].lines, real[PATH].branches), (made_up[PATH].lines, made_up[PATH].branches))
        self.assertEqual(real_functions[PATH], functions[PATH])


if __name__ == "__main__":
    unittest.main()
