"""ci/mutants: the mutation score of the parsers."""

import argparse
import collections
import csv
import glob
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time

import mutate
import prove
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, build, check_writable, cores, die, only_parse, plural
from common import alone, rows_of, run, say, seconds, table, tail, write_json, write_text

HELP = """Changes the parsers in one place at a time (an operator, a constant, a condition, a statement) and runs the
cmocka tests: each change that no test notices is listed. A file's own tests come first, then the others that reach
the line, until one fails. Results are kept by the content of the file and of the test, so that a run that was stopped
goes on where it was, and of the tests only those are asked again that were changed. tests/mutants/equivalent.tsv names
the changes that make no difference, each with the reason; tests/mutants/score.tsv keeps the figures, survivors.tsv the
changes that no short test noticed."""

EPILOG = """exit status: 0 the goal is met, 1 it is not, 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

PARSERS = os.path.join(ROOT, "parsers")
SCORE = os.path.join(ROOT, "tests", "mutants", "score.tsv")
SCORE_COLUMNS = ["file", "mutants", "killed", "equivalent", "content"]
EQUIVALENT = os.path.join(ROOT, "tests", "mutants", "equivalent.tsv")
EQUIVALENT_COLUMNS = ["file", "function", "line", "column", "before", "after", "why"]
SURVIVORS = os.path.join(ROOT, "tests", "mutants", "survivors.tsv")
SURVIVORS_COLUMNS = EQUIVALENT_COLUMNS
UNKNOWN = "unknown"
NOTICED_LATER = "a long test notices it"
KILLED_WANTED = 95.0
EQUIVALENT_ALLOWED = 3.0

SUITE = os.path.join(BUILD, "mutants")
LINES = os.path.join(BUILD, "mutants-lines")
WORK = os.path.join(BUILD, "mutants-work")

# Programs that take a second and more. What notices most mutants are the others, and they are asked first.
LONG = re.compile(r"test_props/.*|test_grammar|test_linear|test_oracle_.*|test_places|test_openssl_internal")

# To be changed with what a kept result holds, or with how it is found.
FORMAT = "1"


def digest(*parts):
    found = hashlib.sha256()
    for part in parts:
        found.update((part if isinstance(part, bytes) else part.encode()) + b"\0")
    return found.hexdigest()[:32]


def shown(path):
    return os.path.relpath(path, ROOT)


# --- the files ---

def includes(place):
    return [os.path.join(place, "include"), os.path.join(place, "src")]


def code_of(text):
    """The text without comments and layout: a change to a contract or an assertion of a proof is none to the code."""
    return " ".join(re.sub(r"//[^\n]*", "", prove.without_comments(text)).split())


class Source:
    """A file of the parsers, as its mutants are found and their results kept."""

    def __init__(self, name, place):
        self.name, self.path = name, os.path.join(place, name)
        self.code = code_of(prove.read(self.path))
        self.content = digest(self.code)
        around = sorted(p for p in prove.included(self.path, place, set()) if not p.endswith(".def"))
        self.around = digest(*(code_of(prove.read(p)) for p in around))
        self.lines = prove.read(self.path).splitlines()
        self.place = place

    def mutants(self):
        return mutate.mutants_of(self.path, self.name, includes(self.place))

    def key(self, mutant):
        return digest(FORMAT, self.name, code_of(mutant.text), self.around)


def line_of(source, mutant):
    return source.lines[mutant.line - 1].strip()


def row_of(source, mutant):
    """What tells a mutant of a file in the tables, all but the first and the last column."""
    return mutant.function, line_of(source, mutant), str(mutant.column), mutant.before, mutant.after


# --- what is kept in the tree ---

def read_rows(path, columns):
    try:
        with open(path, encoding="utf-8", newline="") as f:
            rows = list(csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    except FileNotFoundError:
        return
    if not rows or rows[0] != columns:
        die("%s:1: the columns are %s" % (shown(path), ", ".join(columns)))
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(columns):
            die("%s:%d: %d columns are wanted" % (shown(path), number, len(columns)))
        yield number, dict(zip(columns, row))


class Equivalents:
    """The changes that make no difference. A row stands for the mutants of a function that are alike in line, column
    and change."""

    def __init__(self):
        self.rows = collections.defaultdict(dict)
        for number, row in read_rows(EQUIVALENT, EQUIVALENT_COLUMNS):
            if len(row["why"]) < 20:
                die("%s:%d: the last column is a reason" % (shown(EQUIVALENT), number))
            key = tuple(row[c] for c in EQUIVALENT_COLUMNS[1:-1])
            if key in self.rows[row["file"]]:
                die("%s:%d: the same as line %d" % (shown(EQUIVALENT), number, self.rows[row["file"]][key]))
            self.rows[row["file"]][key] = number

    def stale(self, sources, mutants):
        """Rows that are of no mutant: the line was changed, or is gone."""
        for name, rows in self.rows.items():
            there = {row_of(sources[name], m) for m in mutants[name]} if name in sources else set()
            for key, number in sorted(rows.items(), key=lambda r: r[1]):
                if key not in there:
                    yield "%s:%d: %s has no such line or mutant: '%s', column %s, %s -> %s" % (
                        shown(EQUIVALENT), number, name, *key[1:])


class Survivors:
    """The changes that no short test notices, a row for each. Who knows why writes it into the last column."""

    def __init__(self):
        self.rows = collections.defaultdict(list)  # file -> [(number, key, why)]
        for number, row in read_rows(SURVIVORS, SURVIVORS_COLUMNS):
            self.rows[row["file"]].append((number, tuple(row[c] for c in SURVIVORS_COLUMNS[1:-1]), row["why"]))

    def replace(self, source, left, only_short):
        """left: (mutant, whether a long test noticed it) of those that the short tests left."""
        before = {key: why for _, key, why in self.rows.pop(source.name, ())}
        for mutant, later in left:
            key = row_of(source, mutant)
            why = before.get(key, UNKNOWN)
            if not only_short:
                why = NOTICED_LATER if later else UNKNOWN if why == NOTICED_LATER else why
            self.rows[source.name].append((None, key, why))

    def write(self, sources):
        rows = [(name, *key, why) for name in sorted(self.rows) if name in sources for _, key, why in self.rows[name]]
        write_text(SURVIVORS, "\n".join("\t".join(row) for row in [SURVIVORS_COLUMNS, *rows]) + "\n")

    def stale(self, sources, mutants, equivalents):
        """Rows that are of no mutant, or of more than there are, or that are called equivalent as well."""
        for name, rows in self.rows.items():
            there = collections.Counter(row_of(sources[name], m) for m in mutants.get(name, ()))
            for number, key, _ in rows:
                there[key] -= 1
                if there[key] < 0:
                    yield "%s:%s: %s has no such line or mutant: '%s', column %s, %s -> %s" % (shown(SURVIVORS), number, name, *key[1:])
                elif key in equivalents.rows.get(name, {}):
                    yield "%s:%s: is called equivalent by %s:%d" % (shown(SURVIVORS), number, shown(EQUIVALENT),
                                                                    equivalents.rows[name][key])

    def noticed(self, source, left):
        """Rows that are none of those that a run of the file left."""
        there = collections.Counter(row_of(source, m) for m, _ in left)
        for number, key, _ in self.rows.get(source.name, ()):
            there[key] -= 1
            if there[key] < 0:
                yield "%s:%d: a short test notices it: %s: '%s', column %s, %s -> %s" % (shown(SURVIVORS), number, source.name,
                                                                                       *key[1:])

    def other_than(self, score):
        """Files of which there are not as many as the figures say."""
        for name in sorted({*score, *self.rows}):
            row = score.get(name, {"mutants": 0, "killed": 0, "equivalent": 0})
            left = row["mutants"] - row["killed"] - row["equivalent"]
            if left != len(self.rows.get(name, ())):
                yield "%s: %s of %s, and %s has %d" % (shown(SURVIVORS), plural(len(self.rows.get(name, ())), "row"), name,
                                                      shown(SCORE), left)

    def in_words(self):
        whys = [why for rows in self.rows.values() for _, _, why in rows]
        return "%s of %s, %d of them for reasons unknown" % (plural(len(whys), "row"), shown(SURVIVORS), whys.count(UNKNOWN))


def read_score():
    rows = {}
    for number, row in read_rows(SCORE, SCORE_COLUMNS):
        try:
            rows[row["file"]] = dict(row, **{c: int(row[c]) for c in SCORE_COLUMNS[1:4]})
        except ValueError:
            die("%s:%d: the second to the fourth column are numbers" % (shown(SCORE), number))
    return rows


def write_score(rows):
    lines = ["\t".join(SCORE_COLUMNS)] + ["\t".join(str(rows[f][c]) for c in SCORE_COLUMNS) for f in sorted(rows)]
    write_text(SCORE, "\n".join(lines) + "\n")


# --- the suite ---

class Test:
    """One entry of ctest: a cmocka program and its argument."""

    def __init__(self, name, command, objects, link, data):
        self.name, self.command = name, command
        self.objects, self.link = objects, link
        with open(command[0], "rb") as f:
            binary = f.read()
        self.key = digest(binary, *command[1:], *(content for path, content in data if path.encode() in binary))
        self.cpu, self.lines = 0.0, {}

    def reaches(self, mutant):
        """Whether it runs the line; of a line that is no code, whether it runs any of the file."""
        lines = self.lines.get(mutant.file, {})
        return lines[str(mutant.line)] if str(mutant.line) in lines else any(lines.values())


def content_of_tree(place):
    found = hashlib.sha256()
    for path in sorted(glob.glob(os.path.join(place, "**"), recursive=True)):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                found.update(os.path.relpath(path, place).encode() + b"\0" + f.read())
    return found.hexdigest()


class Suite:
    """What was built: the library's objects, the tests, and how each is compiled and linked."""

    def __init__(self):
        with open(os.path.join(SUITE, "compile_commands.json"), encoding="utf-8") as f:
            entries = json.load(f)
        self.compiled, self.optimised = {}, {}
        for entry in entries:
            command = shlex.split(entry["command"])
            self.compiled[command[command.index("-o") + 1]] = command
        self.depends = self.dependencies()
        self.objects = [a for a in self.link_of("parsers/libcauth.so") if a.endswith(".o")]
        listed = json.loads(self.ask("ctest", "--show-only=json-v1"))["tests"]
        data = [(p, content_of_tree(p)) for p in (os.path.join(ROOT, "corpus"), os.path.join(ROOT, "tests", "vectors"))]
        self.tests = []
        links = {}
        for entry in listed:
            command = entry["command"]
            program = os.path.relpath(command[0], SUITE)
            if not re.fullmatch(r"tests/test_\w+", program):
                continue
            if program not in links:
                links[program] = self.link_of(program)
            objects = [a for a in links[program] if a.endswith(".o")]
            self.tests.append(Test(entry["name"], command, objects, links[program], data))

    def ask(self, *command):
        return subprocess.run(command, cwd=SUITE, capture_output=True, text=True, check=True).stdout

    def link_of(self, output):
        """The command that links a target; ninja prints it with a shell's `: &&` around."""
        last = self.ask("ninja", "-t", "commands", output).strip().splitlines()[-1]
        return shlex.split(re.sub(r"^: && | && :$", "", last))

    def dependencies(self):
        """object -> the files of the parsers that it is made from."""
        found, current = {}, None
        for line in self.ask("ninja", "-t", "deps").splitlines():
            if line.startswith(" "):
                path = os.path.normpath(os.path.join(SUITE, line.strip()))
                if path.startswith(PARSERS + os.sep):
                    found[current].add(os.path.relpath(path, PARSERS))
            elif ":" in line:
                current = line.split(":")[0]
                found[current] = set()
        return found

    def affected(self, objects, name):
        """Those of the objects that a mutant of the file changes. What tests take from the public headers stays as it is,
        or a mutant would be in the test too."""
        return [o for o in objects if name in self.depends.get(o, ()) and
                (name.startswith("src/") or "/parsers/src/" in self.compiled[o][-1])]


# --- running ---

class Child:
    """A command to be run by the scheduler: what it is, and the processor time that it may take."""

    def __init__(self, command, cwd=SUITE, env=None, cpu=None):
        self.command, self.cwd, self.env, self.cpu = command, cwd, env, cpu


class Scheduler:
    """Runs generators that yield Child and are sent (status, processor seconds), so many children at a time."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.running = {}

    def spawn(self, job, slot, child):
        def limit():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if child.cpu:  # of processor time, so that a busy machine gives the same results
                signal.setitimer(signal.ITIMER_PROF, child.cpu)
                resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        process = subprocess.Popen(child.command, cwd=child.cwd, env=child.env, preexec_fn=limit, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running[process.pid] = process, job, slot

    def advance(self, job, slot, value):
        """Whether the job goes on."""
        try:
            self.spawn(job, slot, job.send(value))
            return True
        except StopIteration:
            return False

    def run(self, jobs):
        """Runs jobs, functions of a slot number that give a generator. Yields after each that ends."""
        free = list(range(self.jobs))
        jobs = iter(jobs)
        try:
            more = True
            while more or self.running:
                while free and more:
                    begin = next(jobs, None)
                    more = begin is not None
                    if more:
                        slot = free.pop()
                        if not self.advance(begin(slot), slot, None):
                            free.append(slot)
                            yield
                if not self.running:
                    continue
                pid, status, usage = os.wait4(-1, 0)
                process, job, slot = self.running.pop(pid)
                process.returncode = os.waitstatus_to_exitcode(status)
                if not self.advance(job, slot, (process.returncode, usage.ru_utime + usage.ru_stime)):
                    free.append(slot)
                    yield
        finally:
            for process, _, _ in self.running.values():
                process.kill()
            for pid in self.running:
                os.waitpid(pid, 0)
            self.running.clear()


def test_env(library, **more):
    env = dict(os.environ, LD_LIBRARY_PATH=library, CMOCKA_TEST_ABORT="1", **more)
    env.pop("CMOCKA_XML_FILE", None)
    env.pop("CAUTH_SEED", None)
    return env


class Journal:
    """What was found, a line each, so that a run can be killed at any time."""

    def __init__(self):
        self.path = os.path.join(WORK, "results.jsonl")
        self.kept = collections.defaultdict(dict)
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8", errors="replace") as f:
                for line in f:
                    try:
                        key, found = json.loads(line)
                    except ValueError:
                        continue  # the run was killed here
                    self.kept[key].update(found)
        self.file = open(self.path, "a", encoding="utf-8")
        self.file.write("\n")  # after a line that was cut off

    def add(self, key, found):
        self.kept[key].update(found)
        self.file.write(json.dumps([key, found]) + "\n")
        self.file.flush()


PASSED, FAILED = "passed", "failed"
# Not counted: what does not compile, and what an optimising compiler makes the same program of.
STILLBORN, SAME = "stillborn", "same"


def prepare(suite, scheduler):
    """Runs each test as it is: it must pass; its processor time and the lines that it reaches are kept."""
    library = digest(*(prove.read(p) for p in sorted(glob.glob(os.path.join(PARSERS, "*", "**", "*.*"), recursive=True))
                       if p.endswith((".c", ".h", ".def"))))
    place = os.path.join(WORK, "tests")
    os.makedirs(place, exist_ok=True)
    failed = []

    def measure(test, kept):
        def job(slot):
            status, cpu = yield Child(test.command, env=test_env(os.path.join(SUITE, "parsers")), cpu=600)
            if status != 0:
                failed.append(test.name)
                return
            raw = os.path.join(place, "slot%d.profraw" % slot)
            yield Child(test.command, env=test_env(os.path.join(LINES, "parsers"), LLVM_PROFILE_FILE=raw), cpu=600)
            merged = raw.replace("profraw", "profdata")
            status, _ = yield Child(["llvm-profdata-19", "merge", "-sparse", raw, "-o", merged])
            lines = lines_of(merged) if status == 0 else {}
            write_json(kept, {"cpu": cpu, "lines": lines})
        return job

    jobs = []
    for test in suite.tests:
        kept = os.path.join(place, digest(test.key, library, FORMAT) + ".json")
        test.kept = kept
        if not os.path.exists(kept):
            jobs.append(measure(test, kept))
    if jobs:
        say("ci/mutants: running %s as they are" % plural(len(jobs), "test"))
    for _ in scheduler.run(jobs):
        pass
    if failed:
        die("ci/mutants: without any mutant, %s fails" % failed[0])
    for test in suite.tests:
        with open(test.kept, encoding="utf-8") as f:
            kept = json.load(f)
        test.cpu, test.lines = kept["cpu"], kept["lines"]


def lines_of(profile):
    """file -> {line: whether it was run}"""
    out = subprocess.run(["llvm-cov-19", "export", os.path.join(LINES, "parsers", "libcauth.so"), "-instr-profile", profile,
                          "-format=lcov"], capture_output=True, text=True, check=True).stdout
    files, lines = {}, {}
    for line in out.splitlines():
        if line.startswith("SF:"):
            lines = files.setdefault(os.path.relpath(line[3:], PARSERS), {})
        elif line.startswith("DA:"):
            number, count = line[3:].split(",")[:2]
            lines[number] = lines.get(number, False) or count != "0"
    return files


def messages_of():
    """The layout that a file reads -> its messages."""
    found = collections.defaultdict(set)
    for row in rows_of("parsers/messages.def", "CAUTH_MESSAGE"):
        found[row[1]].add(row[0])
        found[row[1].rstrip("s")].add(row[0])          # records are read by record.c
        found[re.sub(r"\d+$", "", row[1])].add(row[0])  # and certverify10 by certverify.c
    return found


def order_of(suite, mutant, messages):
    """The tests that run a mutant's line, as (short ones, the file's own first; long ones, its messages' properties first)."""
    stem = os.path.splitext(os.path.basename(mutant.file))[0]
    own = {"test_" + stem} | {"test_props/" + m for m in messages.get(stem, ())}
    asked = [t for t in suite.tests if t.reaches(mutant) or suite.affected(t.objects[-1:], mutant.file)]
    asked.sort(key=lambda t: (t.name not in own, t.cpu))
    return [t for t in asked if not LONG.fullmatch(t.name)], [t for t in asked if LONG.fullmatch(t.name)]


class Place:
    """A copy of the parsers, one file of which is a mutant's, and what is built from it."""

    def __init__(self, slot):
        self.path = os.path.join(WORK, "slot%d" % slot)
        shutil.rmtree(self.path, ignore_errors=True)
        for folder, _, names in os.walk(PARSERS):
            inside = os.path.join(self.path, "parsers", os.path.relpath(folder, PARSERS))
            os.makedirs(inside)
            for name in names:
                os.symlink(os.path.join(folder, name), os.path.join(inside, name))
        self.changed = None

    def put(self, mutant):
        """A mutant, or the parsers as they are."""
        if self.changed:
            os.remove(os.path.join(self.path, "parsers", self.changed))
            os.symlink(os.path.join(PARSERS, self.changed), os.path.join(self.path, "parsers", self.changed))
        self.changed = mutant and mutant.file
        if mutant is None:
            return
        target = os.path.join(self.path, "parsers", mutant.file)
        os.remove(target)
        with open(target, "w", encoding="utf-8") as f:
            f.write(mutant.text)

    def mine(self, output):
        return os.path.join(self.path, output.replace("/", "-"))

    def compile(self, command, level="-O0"):
        """Without optimising: it is compiled once, and run for a moment."""
        command = [a.replace(PARSERS, os.path.join(self.path, "parsers")) for a in command if not a.startswith("-W")]
        command = [level if a == "-O1" else a for a in command]
        at = command.index("-o") + 1
        command[at] = self.mine(command[at])
        return Child([*command, "-w"])

    def optimised(self, command):
        """As it is released: no traps, and no pattern where nothing is set."""
        return self.compile([a for a in command if not a.startswith(("-fsanitize", "-ftrivial"))], "-O2")

    def link(self, command, objects, name):
        """With the objects that were compiled here in place of the others."""
        command = [self.mine(a) if a in objects else a for a in command]
        command[command.index("-o") + 1] = os.path.join(self.path, name)
        return Child(command)


def is_same(suite, mutant, key, place, journal):
    """The job that compares what an optimising compiler makes of a mutant, and of the file as it is."""
    objects = suite.affected(suite.objects, mutant.file)

    def compiled(what):
        place.put(what)
        found = hashlib.sha256()
        for name in objects:
            yield place.optimised(suite.compiled[name])
            with open(place.mine(name), "rb") as f:
                found.update(f.read())
        return found.hexdigest()

    if mutant.file not in suite.optimised:
        suite.optimised[mutant.file] = yield from compiled(None)
    found = yield from compiled(mutant)
    journal.add(key, {SAME: SAME if found == suite.optimised[mutant.file] else "no"})


def judge(suite, mutant, key, tests, place, journal):
    """The job that asks the tests about a mutant, one after the other."""
    if not tests:
        return
    place.put(mutant)
    built = set()

    def compiled(objects):
        for name in objects:
            if name not in built:
                status, _ = yield place.compile(suite.compiled[name])
                if status != 0:
                    return False
                built.add(name)
        return True

    objects = suite.affected(suite.objects, mutant.file)
    well = yield from compiled(objects)
    if well:
        # By the linker itself: it has nothing to add to the parsers, and the compiler takes longer to say so.
        status, _ = yield place.link(["ld", "-shared", "-o", "", *suite.objects], built, "libcauth.so")
        well = status == 0
    if not well:
        journal.add(key, {STILLBORN: STILLBORN})
        return
    for test in tests:
        command = test.command
        own = suite.affected(test.objects, mutant.file)
        if own:
            well = yield from compiled(own)
            status, _ = yield place.link(test.link, built, os.path.basename(test.command[0]))
            if not well or status != 0:
                raise RuntimeError("%s cannot be built with a mutant of %s:%d" % (test.name, mutant.file, mutant.line))
            command = [os.path.join(place.path, os.path.basename(test.command[0])), *test.command[1:]]
        # Five times what it takes unmutated: what goes on beyond that does not end.
        status, _ = yield Child(command, env=test_env(place.path), cpu=0.3 + 5 * test.cpu)
        journal.add(key, {test.key: PASSED if status == 0 else FAILED})
        if status != 0:
            return


class Progress:
    """How far it is, now and then; on a terminal in one line."""

    def __init__(self, what, total):
        self.what = what
        self.total, self.done, self.survived = total, 0, 0
        self.began = self.last = time.monotonic()
        self.tty = sys.stdout.isatty()

    def step(self, survived):
        self.done += 1
        self.survived += survived
        now = time.monotonic()
        if now - self.last < (0.5 if self.tty else 30) and self.done < self.total:
            return
        self.last = now
        left = (now - self.began) / self.done * (self.total - self.done)
        text = "ci/mutants: %s: %d of %d mutants, %d survived, about %d:%02d left" % (
            self.what, self.done, self.total, self.survived, left // 60, left % 60)
        if self.tty:
            print("\r" + text.ljust(78), end="\n" if self.done == self.total else "", flush=True)
        else:
            say(text)


def verdict(kept, tests):
    """STILLBORN, SAME, FAILED, PASSED, or None where a test is still to be asked."""
    if STILLBORN in kept or kept.get(SAME) == SAME:
        return SAME if SAME in kept else STILLBORN
    if any(kept.get(t.key) == FAILED for t in tests):
        return FAILED
    return PASSED if SAME in kept and all(t.key in kept for t in tests) else None


def run_mutants(sources, mutants, equivalents, jobs, only_short):
    """[(mutant, verdict of the short tests, verdict of all)] of each file."""
    log = os.path.join(WORK, "log")
    _lock = alone(os.path.join(WORK, "lock"), "ci/mutants")  # until the end of this function
    open(log, "wb").close()
    say("ci/mutants: building the tests into %s" % shown(SUITE))
    if not build("mutants", log) or not build("mutants-lines", log, ["cauth"]):
        print(tail(log, 40), end="")
        die("ci/mutants: the build failed (all of it: %s)" % shown(log))
    suite = Suite()
    if only_short:
        suite.tests = [t for t in suite.tests if not LONG.fullmatch(t.name)]
    scheduler = Scheduler(jobs)
    prepare(suite, scheduler)
    journal = Journal()
    messages = messages_of()
    places = {}
    work, called = [], set()
    for name in mutants:
        for mutant in mutants[name]:
            key = sources[name].key(mutant)
            work.append((mutant, key, *order_of(suite, mutant, messages)))
            if row_of(sources[name], mutant) in equivalents.rows.get(name, {}):
                called.add(key)

    def starter(mutant, key, tests, progress):
        def job(slot):
            if slot not in places:
                places[slot] = Place(slot)
            kept = journal.kept[key]
            yield from judge(suite, mutant, key, [t for t in tests if t.key not in kept], places[slot], journal)
            if verdict(kept, tests) is None:
                yield from is_same(suite, mutant, key, places[slot], journal)
            progress.step(verdict(kept, tests) == PASSED)
        return job

    def ask(what, asked):
        # What was never asked goes first, and from all files alike, so that the time left can be told.
        asked.sort(key=lambda a: (bool(journal.kept[a[1]]), a[1]))
        if len(asked) < len(work):
            say("ci/mutants: %s: %d of %d need not be asked" % (what, len(work) - len(asked), len(work)))
        progress = Progress(what, len(asked))
        for _ in scheduler.run(starter(*a, progress) for a in asked):
            pass

    ask("short tests", [(m, key, tests) for m, key, tests, _ in work if verdict(journal.kept[key], tests) is None])
    if not only_short:
        # Not about what is called equivalent: the reason stands for the line.
        ask("long tests", [(m, key, tests + more) for m, key, tests, more in work if key not in called and
                           verdict(journal.kept[key], tests) == PASSED and verdict(journal.kept[key], more) is None])
    found = collections.defaultdict(list)
    for mutant, key, tests, more in work:
        kept = journal.kept[key]
        at_once = verdict(kept, tests)
        found[mutant.file].append((mutant, at_once, at_once if at_once != PASSED else verdict(kept, more) or PASSED))
    return found


# --- the score ---

def count(rows):
    """(mutants, killed, equivalent) of score rows."""
    return tuple(sum(r[c] for r in rows) for c in SCORE_COLUMNS[1:4])


def goal_missed(rows, later):
    """What is wrong with the score of all files, or None. later: how many only the long tests kill, as far as asked."""
    mutants, killed, equivalent = count(rows)
    killed += later
    if mutants and 100.0 * killed / mutants < KILLED_WANTED:
        return "%.1f%% of the mutants of all files are killed, %.0f%% are asked for" % (100.0 * killed / mutants, KILLED_WANTED)
    if mutants and 100.0 * equivalent / mutants > EQUIVALENT_ALLOWED:
        return "%.1f%% of the mutants of all files are called equivalent, %.0f%% are allowed" % (
            100.0 * equivalent / mutants, EQUIVALENT_ALLOWED)
    return None


def print_score(rows, later):
    """later: how many of each file only the long tests kill; None where they were not asked."""
    def cells(name, numbers, more):
        mutants, killed, equivalent = numbers
        return [name, mutants, killed, "-" if more is None else more, equivalent, mutants - killed - (more or 0) - equivalent,
                "%.1f%%" % (100.0 * (killed + (more or 0)) / mutants) if mutants else "-"]
    say("")
    lines = [cells(f, count([rows[f]]), later and later[f]) for f in sorted(rows)]
    lines.append(cells("all", count(rows.values()), later and sum(later.values())))
    for line in table(["file", "mutants", "by short tests", "by long ones", "equivalent", "survived", "killed"], lines):
        say(line)


def judged(source, found, equivalents, before):
    """The score row of a file, how many only the long tests kill, those that the short ones leave, what is wrong, and the
    report. Lists the survivors."""
    alike = equivalents.rows.get(source.name, {})
    row = {"file": source.name, "mutants": 0, "killed": 0, "equivalent": 0, "content": source.content}
    later, left_over, faults, report = 0, [], [], []
    for m, at_once, finally_ in found:
        report.append(dict(m._asdict(), edit=m.edit[1:], text=line_of(source, m), verdict=finally_))
        if at_once in (STILLBORN, SAME):
            continue
        number = alike.get(row_of(source, m))
        row["mutants"] += 1
        row["killed"] += at_once == FAILED
        later += at_once == PASSED and finally_ == FAILED
        row["equivalent"] += finally_ == PASSED and number is not None
        if at_once == PASSED and (finally_ == FAILED or number is None):
            left_over.append((m, finally_ == FAILED))
        if finally_ == FAILED and number is not None:
            faults.append("%s:%d: a test notices it: %s:%d:%d" % (shown(EQUIVALENT), number, source.name, m.line, m.column))
        if finally_ == PASSED and number is None:
            say("parsers/%s:%d:%d: %s: survives: %s -> %s" % (source.name, m.line, m.column, m.function, m.before, m.after))
    if before:
        left, known = (r["mutants"] - r["killed"] - r["equivalent"] for r in (row, before))
        if left > known:
            faults.append("%s: the short tests leave %d, %d before" % (source.name, left, known))
    return row, later, left_over, faults, report


def main():
    parser = argparse.ArgumentParser(prog="ci/mutants", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("files", nargs="*", metavar="FILE", help="only these, as src/alert.c (default: all of the parsers)")
    parser.add_argument("--changed", action="store_true", help="only files whose code is not that of tests/mutants/score.tsv")
    parser.add_argument("--short", action="store_true",
                        help="ask only tests that take a moment; what survives them may be noticed by the others")
    parser.add_argument("--check", action="store_true", help="run nothing; see whether the three tables are current, and score.tsv reaches the goal")
    parser.add_argument("--update", action="store_true", help="write into tests/mutants/score.tsv how many the short tests kill, and into survivors.tsv which they leave")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="processes at a time (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the verdict on every mutant there")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    sources = {name: Source(name, PARSERS) for name in prove.sources(PARSERS)}
    names = list(dict.fromkeys(re.sub(r"^(\./)?parsers/", "", name) for name in args.files))
    for name in names:
        if name not in sources:
            die("ci/mutants: %s is no file of the parsers that has functions" % name, USAGE)
    if args.changed and names:
        die("ci/mutants: --changed and FILE both say which files; give one of them", USAGE)
    if args.check and (args.update or args.short or args.changed or args.json):
        die("ci/mutants: --check runs nothing; --update, --short, --changed and --json mean nothing with it", USAGE)
    if args.jobs < 1:
        die("ci/mutants: --jobs is at least 1", USAGE)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN

    began = time.monotonic()
    score = read_score()
    equivalents, survivors = Equivalents(), Survivors()
    changed = sorted(n for n in sources if n not in score or score[n]["content"] != sources[n].content)
    gone = sorted(n for n in score if n not in sources)
    chosen = names or (changed if args.changed or args.check else sorted(sources))
    try:
        listed = [n for n in [*equivalents.rows, *survivors.rows] if n in sources]
        mutants = {n: sources[n].mutants() for n in sorted({*chosen, *listed})}
    except mutate.CannotRead as error:
        die("ci/mutants: %s" % error)
    problems = list(equivalents.stale(sources, mutants))
    if args.check:
        problems += ["%s: its code is not that of %s; run ci/mutants --short --update %s" % (n, shown(SCORE), n) for n in changed]
    if not args.update:
        problems += ["%s: %s is not there" % (shown(SCORE), n) for n in gone]
        problems += survivors.stale(sources, mutants, equivalents)
        problems += survivors.other_than(score)
    rows = {n: r for n, r in score.items() if n in sources}
    report, later = {}, {}
    if chosen and not args.check:
        found = run_mutants(sources, {n: mutants[n] for n in chosen}, equivalents, args.jobs, args.short)
        rows = {} if not (args.changed or names) else rows
        for name in chosen:
            rows[name], later[name], left, faults, report[name] = judged(sources[name], found[name], equivalents, score.get(name))
            problems += faults
            if args.update:
                survivors.replace(sources[name], left, args.short)
            else:
                problems += survivors.noticed(sources[name], left)
        print_score({n: rows[n] for n in chosen}, None if args.short else later)
        verdicts = collections.Counter(v for name in chosen for _, v, _ in found[name])
        say("\nnot counted: %d that do not compile, %d that an optimising compiler makes the same program of" % (
            verdicts[STILLBORN], verdicts[SAME]))
    if args.json:
        write_json(args.json, report)
    if args.update:
        write_score(rows)
        survivors.write(sources)
        problems += Survivors().stale(sources, mutants, equivalents)
    missed = goal_missed(rows.values(), sum(later.values()))
    problems += ["%s" % missed] if missed else []
    say("")
    for problem in problems:
        say("ci/mutants: " + problem)
    if args.check or args.update:
        say("ci/mutants: " + survivors.in_words())
    all_mutants, killed, equivalent = count([rows[n] for n in (names or rows)])
    say("ci/mutants: %s run, %d of %d mutants killed, %d equivalent, in %s" % (
        plural(len(chosen) if not args.check else 0, "file"), killed + sum(later.values()), all_mutants, equivalent,
        seconds(began)))
    return FINDING if problems else CLEAN


if __name__ == "__main__":
    run("ci/mutants", main)
