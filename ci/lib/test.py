"""ci/test: every check of the project, stage by stage."""

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import openssl
import services
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, build, check_writable, cmake_with_openssl, cores, die, only_parse
from common import plural, run, run_logged, say, seconds, table, tail, write_json

HELP = """Runs every check of the project, on a fresh Debian 12 or Ubuntu 24.04 with nothing but git installed by hand:
what is missing is installed first. Each stage logs into build/test/<stage>.log; the log of a stage that fails is
printed. A stage that cannot run fails, unless it is named with --allow-skip. diff-newer, reach-newer and known-bug build
another OpenSSL, which takes minutes: without one under build/openssl they only run when they are named."""

EPILOG = """exit status: 0 every stage passed, 1 a stage failed, 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

CORPUS = os.path.join(ROOT, "corpus")
LOGS = os.path.join(BUILD, "test")


class Skip(Exception):
    """A stage cannot run here; the text says why."""


def log_of(stage):
    return os.path.join(LOGS, stage + ".log")


def need(ok, what):
    if not ok:
        raise RuntimeError(what)


def need_program(name):
    if shutil.which(name) is None:
        raise Skip("%s is not installed" % name)


def tool(preset, name):
    return os.path.join(BUILD, preset, "fuzz", name)


def cmocka(preset):
    """Builds a preset and runs its cmocka tests through ctest."""
    def stage(log):
        need(build(preset, log), "the %s build failed" % preset)
        env = dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1", CTEST_OUTPUT_ON_FAILURE="1")
        env.pop("CMOCKA_XML_FILE", None)
        junit = os.path.join(LOGS, preset + "-junit.xml")
        need(run_logged(["ctest", "--test-dir", os.path.join(BUILD, preset), "-j", str(cores()), "--no-tests=error",
                         "--output-junit", junit], log, env=env) == 0, "a test failed under %s" % preset)
        with open(junit, encoding="utf-8") as f:
            return "%s test programs" % re.search(r'tests="(\d+)"', f.read()).group(1)
    return stage


def only_build(preset, program):
    def stage(log):
        need_program(program)
        need(build(preset, log), "the %s build failed" % preset)
    return stage


def replay(preset, runner=()):
    """The whole corpus through cauth-replay: every property, and every verdict as the manifest has it."""
    def stage(log):
        for program in runner:
            need_program(program)
        need(build(preset, log, ["cauth-replay"]), "the %s build failed" % preset)
        command = [*runner, tool(preset, "cauth-replay")]
        need(run_logged([*command, CORPUS], log) == 0, "a property broke in the replay under %s" % preset)
        need(run_logged([*command, "--manifest", os.path.join(CORPUS, "MANIFEST.tsv")], log) == 0,
             "a verdict differs from corpus/MANIFEST.tsv, or a file or row lacks its partner (%s)" % preset)
        with open(os.path.join(CORPUS, "MANIFEST.tsv"), encoding="utf-8") as f:
            return "%d files" % (sum(1 for _ in f) - 1)
    return stage


# What each version of a TLS library must pass: the tests of the oracles.
ORACLE_TESTS = sorted(os.path.basename(path)[:-2] for path in glob.glob(os.path.join(ROOT, "tests", "test_oracle_*.c")))
CATALOGUE = ["cauth-diff", *ORACLE_TESTS]


def catalogue(place, log):
    """The whole corpus through the oracles: no divergence without a row in the catalogue, and no row without a divergence. And
    the tests of the oracles: that rows are shown by their evidence, and fields compared."""
    need(ORACLE_TESTS, "there are no tests of the oracles")
    for test in ORACLE_TESTS:
        need(run_logged([os.path.join(BUILD, place, "tests", test)], log) == 0, "%s fails" % test)
    need(run_logged([tool(place, "cauth-diff"), "--summary", CORPUS], log) == 0, "an unexplained divergence in the corpus")


def diff(preset):
    def stage(log):
        need(build(preset, log, CATALOGUE), "the %s build failed" % preset)
        catalogue(preset, log)
    return stage


def symbols(log):
    """libcauth calls nothing but what compilers themselves emit, and has no data that can change."""
    allowed = {"memcpy", "memmove", "memset", "memcmp"}
    checked = 0
    for preset in ("dev", "release"):
        need(build(preset, log, ["cauth"]), "the %s build failed" % preset)
        library = os.path.join(BUILD, preset, "parsers", "libcauth.a")
        out = subprocess.run(["nm", "--format=sysv", library], capture_output=True, text=True, check=True).stdout
        defined, undefined, mutable = set(), set(), set()
        for line in out.splitlines():
            fields = [f.strip() for f in line.split("|")]
            if len(fields) != 7 or fields[0] == "Name":
                continue
            name, section = fields[0], fields[6]
            checked += 1
            if section == "*UND*":
                undefined.add(name)
            else:
                defined.add(name)
            # .data.rel.ro holds constants with pointers in them: read-only once loaded.
            if re.match(r"\.(t?data|t?bss|common)|\*COM\*", section) and not section.startswith(".data.rel.ro"):
                mutable.add(name)
        foreign = undefined - defined - allowed
        foreign = {n for n in foreign if n not in ("_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail")}
        need(not foreign, "libcauth.a (%s) calls %s" % (preset, ", ".join(sorted(foreign))))
        need(not mutable, "libcauth.a (%s) has mutable data: %s" % (preset, ", ".join(sorted(mutable))))
    need(checked > 50, "nm listed no symbols")
    return "%d symbols" % checked


def headers(log):
    """Every public header compiles alone, in C11 and in C++; the parsers include only freestanding headers."""
    include = os.path.join(ROOT, "parsers", "include")
    names = sorted(glob.glob(os.path.join(include, "cauth", "*.h")))
    need(names, "there are no headers")
    flags = ["-Wall", "-Wextra", "-Wshadow", "-Werror", "-fsyntax-only", "-I", include]
    for name in names:
        for args in (["gcc", "-std=c11", "-Wconversion", "-x", "c"], ["clang-19", "-std=c11", "-Wconversion", "-x", "c"],
                     ["g++", "-std=c++11", "-x", "c++"]):
            source = os.path.join(LOGS, "header.c")
            with open(source, "w", encoding="utf-8") as f:
                f.write('#include "cauth/%s"\n' % os.path.basename(name))
            need(run_logged([*args, *flags, source], log) == 0,
                 "%s does not compile alone with %s" % (os.path.relpath(name, ROOT), args[0]))
    freestanding = {"stddef.h", "stdint.h", "stdbool.h"}
    for name in names + glob.glob(os.path.join(ROOT, "parsers", "src", "*")):
        with open(name, encoding="utf-8") as f:
            for found in re.findall(r"^\s*#\s*include\s*<([^>]*)>", f.read(), re.M):
                need(found in freestanding, "%s includes <%s>" % (os.path.relpath(name, ROOT), found))
    return "%d headers" % len(names)


# The tables that clang-format lays out; in the others by hand, columns stand below each other, or lines are not wrapped.
TABLES = ["parsers/messages.def", "parsers/include/cauth/alerts.def", "parsers/include/cauth/fields.def",
          "fuzz/grammar/grammar.def", "fuzz/oracles/divergences.def"]


def layout(log):
    """As .clang-format asks for; other versions of clang-format do it otherwise here and there."""
    need_program("clang-format-14")
    sources = [path for folder in ("corpus/record", "fuzz", "parsers", "tests") for end in "ch"
               for path in glob.glob(os.path.join(ROOT, folder, "**", "*." + end), recursive=True)]
    tables = [os.path.join(ROOT, name) for name in TABLES]
    need(run_logged(["clang-format-14", "--dry-run", "-Werror", *sorted(sources), *tables], log) == 0,
         "not laid out as clang-format does it: clang-format-14 -i FILE")
    return "%d files" % len(sources + tables)


CONSUMER = """#include <cauth/cauth.h>
int main(void)
{
    cauth_context ctx = cauth_context_default(CAUTH_TLS12, CAUTH_FROM_SERVER);
    const uint8_t body[] = { 1, 1, 0, 2, 4, 1, 0, 0 };
    cauth_bytes in = { body, sizeof body };
    cauth_certreq12 view;
    cauth_flags flags;
    return cauth_is_accepted(cauth_certreq12_parse(in, &ctx, &view, &flags)) ? 0 : 1;
}
"""


def install(log):
    """The installed library is found and linked by another project, through CMake and through pkg-config."""
    need(build("release", log, ["cauth"]), "the release build failed")
    with tempfile.TemporaryDirectory() as place:
        prefix = os.path.join(place, "prefix")
        need(run_logged(["cmake", "--install", os.path.join(BUILD, "release"), "--prefix", prefix], log) == 0,
             "cmake --install failed")
        with open(os.path.join(place, "main.c"), "w", encoding="utf-8") as f:
            f.write(CONSUMER)
        with open(os.path.join(place, "CMakeLists.txt"), "w", encoding="utf-8") as f:
            f.write("cmake_minimum_required(VERSION 3.22)\nproject(consumer LANGUAGES C)\nfind_package(cauth REQUIRED)\n"
                    "add_executable(consumer main.c)\ntarget_link_libraries(consumer PRIVATE cauth::cauth)\n")
        need(run_logged(["cmake", "-G", "Ninja", "-S", place, "-B", place + "/b", "-DCMAKE_PREFIX_PATH=" + prefix], log) == 0
             and run_logged(["cmake", "--build", place + "/b"], log) == 0
             and run_logged([place + "/b/consumer"], log) == 0, "a project using cauthConfig.cmake failed")
        pc = glob.glob(prefix + "/**/cauth.pc", recursive=True)
        need(pc, "cauth.pc was not installed")
        script = ("PKG_CONFIG_PATH=%s && export PKG_CONFIG_PATH && flags=$(pkg-config --cflags --libs cauth) && "
                  "gcc -std=c11 %s/main.c $flags -o %s/p && %s/p" % (os.path.dirname(pc[0]), place, place, place))
        need(run_logged(["sh", "-c", script], log) == 0, "a project using cauth.pc failed")


def corpus(log):
    """The corpus has no unexplained hole, captured seeds are what their captures give, and cauth reads them as tshark does."""
    need_program("tshark")
    need(build("dev", log, ["cauth-fields"]), "the dev build failed")
    here = os.path.dirname(os.path.abspath(__file__))
    for check in (["corpus/record/agree", "--tool", os.path.join(BUILD, "dev", "tests", "props", "cauth-fields")],
                  ["corpus/record/cut", "--check"], ["corpus/record/regressions", "--check"],
                  ["corpus/record/siblings", "--check"]):
        need(run_logged([os.path.join(ROOT, check[0]), *check[1:]], log) == 0, "%s failed" % " ".join(check[:1]))
    need(run_logged([sys.executable, os.path.join(ROOT, "tests", "test_corpus_tools.py")], log) == 0,
         "the programs of the corpus do not behave (tests/test_corpus_tools.py)")
    for check in (["audit", "--no-coverage"], ["dict", "--check"]):
        need(run_logged([sys.executable, os.path.join(here, "corpus.py"), *check], log) == 0,
             "ci/corpus %s failed" % " ".join(check))
    return re.findall(r"^\d+ captured seeds.*", tail(log, 1000), re.M)[-1]


def documents(log):
    """Generated documents and the corpus are as their sources say, every planted bug still applies, and nothing binary is
    kept beside the corpus."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", ".", ":!corpus"], cwd=ROOT, capture_output=True, text=True,
                            check=False)
    for file in filter(None, listed.stdout.split("\0")):  # none where this is no clone
        path = os.path.join(ROOT, file)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                need(b"\0" not in f.read(), "%s is binary" % file)
    for check in (["ci/rules-doc", "--check"], ["ci/findings-doc", "--check"], ["ci/seeds", "--check"], ["corpus/record/check"],
                  ["ci/power", "--check"]):
        need(run_logged([os.path.join(ROOT, check[0]), *check[1:]], log) == 0, "%s failed" % " ".join(check))
    need(run_logged(["python3", os.path.join(ROOT, "ci/lib/power_test.py")], log) == 0, "a test of ci/power failed")


def coverage(log):
    """ci/coverage does what it says; every line and branch of the parsers that input can reach is reached by the tests."""
    need(run_logged(["python3", os.path.join(ROOT, "ci/lib/coverage_test.py")], log) == 0, "a test of ci/coverage failed")
    need(run_logged([os.path.join(ROOT, "ci/coverage"), "--no-install", "--no-html"], log) == 0,
         "a test failed, or the parsers are not covered as they should be")
    return re.findall(r"[0-9.]+%", re.search(r"^all .*$", tail(log, 20), re.M).group(0))[-1] + " of lines called unreachable"


def mutants(log):
    """ci/mutants does what it says, and finds the parsers whose code changed since it last ran well enough tested."""
    here = os.path.dirname(os.path.abspath(__file__))
    need(run_logged(["python3", os.path.join(here, "mutants_test.py")], log) == 0, "a test of ci/mutants failed")
    need(run_logged([os.path.join(ROOT, "ci/mutants"), "--no-install", "--changed", "--short"], log) == 0,
         "too many changes to the parsers go unnoticed, or a table under tests/mutants is stale")
    return tail(log, 1).strip().replace("ci/mutants: ", "")


def campaigns(log):
    """A campaign on targets with planted faults, killed and resumed, under each engine."""
    need_program("afl-fuzz")
    need(run_logged(["python3", os.path.join(ROOT, "ci/lib/campaign_test.py")], log) == 0, "a test of campaigns failed")
    return re.search(r"Ran (\d+ tests)", tail(log, 20)).group(1)


def reports(log):
    """The report of a campaign, in a browser where there is one."""
    need(run_logged(["python3", os.path.join(ROOT, "ci/lib/report_test.py")], log) == 0, "a test of the report failed")
    return "no browser" if "skipped" in tail(log, 5) else "in a browser"


def oss_fuzz(log):
    """The targets keep OSS-Fuzz's contract: libFuzzer with AddressSanitizer, the system's OpenSSL."""
    need(run_logged(["python3", os.path.join(ROOT, "ci/lib/oss-fuzz.py"), "libfuzzer-address"], log) == 0,
         "OSS-Fuzz would not take the build")
    return "%s targets" % re.search(r"^libfuzzer-address +(\d+)", tail(log, 20), re.M).group(1)


def debian_openssl(suite, kind, log):
    """OpenSSL built from Debian's source, once; where it is."""
    if run_logged([os.path.join(ROOT, "ci/openssl"), "--no-install", "--debian", suite, "--kind", kind], log) != 0:
        said = tail(log, 30)
        if "apt knows no archive of Debian" in said:
            raise Skip("no source packages of Debian here")
        raise RuntimeError("OpenSSL could not be built from Debian's source")
    return os.path.join(BUILD, "openssl", "debian-" + suite, kind)


NEWER = os.path.join(BUILD, "openssl", "debian-trixie", "plain")
NEWER_COVERAGE = os.path.join(BUILD, "openssl", "debian-trixie", "coverage")


def diff_newer(log):
    """The rows of the catalogue about OpenSSL 3.5."""
    prefix, place = debian_openssl("trixie", "plain", log), os.path.join(BUILD, "diff-newer")
    need(run_logged(["cmake", "--preset", "dev", "-B", place, *cmake_with_openssl(prefix), "-DCAUTH_WERROR=ON"], log) == 0
         and run_logged(["cmake", "--build", place, "-j", str(cores()), "--target", *CATALOGUE], log) == 0,
         "the build with OpenSSL 3.5 failed")
    catalogue("diff-newer", log)
    with open(os.path.join(prefix, "cauth-openssl.json"), encoding="utf-8") as f:
        return "OpenSSL " + json.load(f)["version"]


SID = os.path.join(BUILD, "openssl", "debian-sid", "asan")


def known_bug(log):
    """Fuzzing finds a bug again that OpenSSL once had."""
    debian_openssl("sid", "asan", log)
    need(run_logged([os.path.join(ROOT, "ci/known-bug"), "--no-install"], log) == 0,
         "a run did not find the bug, or an OpenSSL without it shows something")
    return re.search(r"OpenSSL [0-9.]+: .*?runs", tail(log, 1)).group(0)


def reaches_newer(log):
    """The same of OpenSSL 3.5, which has CompressedCertificate and raw public keys."""
    prefix = debian_openssl("trixie", "coverage", log)
    need(run_logged([os.path.join(ROOT, "ci/reach"), "--no-install", "--prefix", prefix, "--seconds", "0"], log) == 0,
         "a function of OpenSSL is not covered as it should be")
    return re.search(r"^OpenSSL [0-9.]+", tail(log, 40), re.M).group(0)


def reaches(log):
    """The corpus gets into the functions of OpenSSL that it is there for; beside it OpenSSL's own fuzz targets."""
    prefix = debian_openssl("bookworm", "coverage", log)
    found = os.path.join(LOGS, "reach.json")
    need(run_logged([os.path.join(ROOT, "ci/reach"), "--no-install", "--prefix", prefix, "--json", found], log) == 0,
         "a function of OpenSSL is not covered as it should be")
    with open(found, encoding="utf-8") as f:
        covered = {row["function"]: row["covered"] for row in json.load(f)["functions"]}
    for name, function in (("fuzz/client", "tls_process_certificate_request"), ("fuzz/server", "tls_collect_extensions")):
        need(covered[function][name], "%s gets nowhere from what it is given to begin with" % name)
    return re.search(r"^OpenSSL [0-9.]+", tail(log, 40), re.M).group(0)


# What is altered, in both roles' lists of names: whether a name fills its length.
CHECK = "if (namebytes != (namestart + name_len)) {"
CHANGE = re.compile(r"openssl\w* certreq_tls\w+: refuses, alert 50 \(ca dn length mismatch\) -> accepts")
CRASH = r"openssl\w* certreq_tls12: CRASH \(%s\) -> CRASH \(%s\)"
ALL_MEMORY = "while (OPENSSL_malloc(1 << 20) != NULL) continue;"
DEPRECATED = "__attribute__((deprecated)) SSL_CTX *SSL_CTX_new_ex(OSSL_LIB_CTX *, const char *, const SSL_METHOD *);\n"


def altered(prefix, instead, log):
    """A copy of a build in which parse_ca_names does something else than to see whether a name fills its length. A function that
    the oracle calls is deprecated there, as any may be in a newer version."""
    def alter(source):
        need(source.count(CHECK) == 1, "parse_ca_names of this OpenSSL is another")
        return source.replace(CHECK, instead)

    copy = os.path.join(LOGS, "altered")
    need(openssl.altered(prefix, copy, "ssl/statem/statem_lib.c", alter, log), "OpenSSL could not be altered")
    with open(os.path.join(copy, "include", "openssl", "ssl.h"), "a", encoding="utf-8") as f:
        f.write(DEPRECATED)
    return copy


def compared_builds(log):
    """ci/compare-builds says what a change to OpenSSL changes, and nothing else."""
    def changes(baseline, candidate, pattern, *more):
        found = os.path.join(LOGS, "compare-builds.json")
        need(run_logged([os.path.join(ROOT, "ci/compare-builds"), "--no-install", "--baseline", baseline, "--candidate", candidate,
                         "--seed", "1", "--json", found, *more], log) == (0 if pattern is None else 1),
             "a build differs from itself" if pattern is None else "an altered OpenSSL is not told apart")
        with open(found, encoding="utf-8") as f:
            rows = json.load(f)["changes"]
        need(bool(rows) != (pattern is None), "what changed is not said")
        for row in rows:
            need(pattern.match(row["signature"]), "nothing was altered that could cause: %s" % row["signature"])
            need(row["both_fall"] == (pattern is not CHANGE), "called otherwise than it is: %s" % row["signature"])
        return rows

    prefix = debian_openssl("bookworm", "plain", log)
    changes(prefix, prefix, None, "--mutated", "3000")
    other = altered(prefix, 'puts("a line of the library"); if (0) {', log)
    told = changes(prefix, other, CHANGE, "--mutated", "3000")
    # What crashes both is told too, and what makes both take all memory, and go on or not. Here only mutated copies of a message
    # do: they are kept, and asked about again they do.
    for instead, how in (("abort();", "SIGABRT"), (ALL_MEMORY, "memory limit"), (ALL_MEMORY + " abort();", "memory limit")):
        other = altered(prefix, "if (namebytes != (namestart + name_len)) { %s } if (0) {" % instead, log)
        fall = re.compile(CRASH % (how, how))
        with tempfile.TemporaryDirectory() as place:
            shutil.copytree(os.path.join(CORPUS, "certreq_tls12"), os.path.join(place, "certreq_tls12"),
                            ignore=lambda folder, names: [name for name in names if name != "openssl-tls12-cas-many"])
            kept = changes(other, other, fall, "--mutated", "3000", place)
        changes(other, other, fall, "--mutated", "0", *[os.path.join(ROOT, row["file"]) for row in kept])
    return plural(len(told), "change") + " found"


def service_files(log):
    """The files of OSS-Fuzz, ClusterFuzzLite and GitHub parse, and what they name is there."""
    found, num = services.check()
    with open(log, "a", encoding="utf-8") as f:
        f.writelines("%s: %s\n" % fault for fault in found)
    need(not found, "%s: %s" % found[0] if found else "")
    return "%d files" % num


def proofs(log):
    """ci/prove for what is always proved again, and for what parsers/proofs.tsv has not as it is now; then Eva's short run."""
    for program in ("frama-c", "why3", "cvc4"):
        need_program(program)
    prove = [os.path.join(ROOT, "ci", "prove"), "--no-install"]
    need(run_logged([*prove, "--changed"], log) == 0, "a goal is unproved")
    need(run_logged([*prove, "--changed", "--smoke", "--quick"], log) == 0, "what a function requires contradicts itself")
    need(run_logged([*prove, "--eva", "--quick"], log) == 0, "Eva raises an alarm")
    with open(log, encoding="utf-8") as f:
        lasts = [line for line in f if re.match(r"ci/prove: .*, (none unproved|no alarm), in [0-9.]+ s$", line)]
    return "; ".join(line.strip().replace("ci/prove: ", "") for line in lasts)


STAGES = {
    "gcc": (cmocka("dev"), "cmocka under gcc"),
    "asan-ubsan": (cmocka("asan-ubsan"), "cmocka under clang 19 with AddressSanitizer and UBSan (integer checks included)"),
    "msan": (cmocka("msan"), "cmocka under clang 19 with MemorySanitizer"),
    "clang14": (only_build("clang14", "clang-14"), "everything builds with clang 14"),
    "libfuzzer": (only_build("libfuzzer", "clang-19"), "every fuzz target builds"),
    "replay": (replay("dev"), "the corpus replayed: properties and verdicts, gcc"),
    "replay-asan": (replay("asan-ubsan"), "the same under AddressSanitizer and UBSan"),
    "replay-msan": (replay("msan"), "the same under MemorySanitizer"),
    "replay-32bit": (replay("m32"), "the same on a 32-bit machine"),
    "replay-bigendian": (replay("s390x", ("qemu-s390x",)), "the same on a big-endian machine"),
    "coverage": (coverage, "every line and branch of the parsers is reached by tests, or called unreachable with a reason"),
    "mutants": (mutants, "changes to a parser are noticed by the tests (of files changed since ci/mutants --update)"),
    "campaign": (campaigns, "a fuzzing campaign, killed and resumed, on targets with planted faults"),
    "report": (reports, "the report of a campaign"),
    "oss-fuzz": (oss_fuzz, "the contract of OSS-Fuzz: libFuzzer with AddressSanitizer"),
    "reach": (reaches, "the corpus gets into OpenSSL's functions, built for coverage from Debian's source"),
    "reach-newer": (reaches_newer, "the same with OpenSSL 3.5, which has CompressedCertificate and raw public keys"),
    "compare-builds": (compared_builds, "what an alteration of OpenSSL changes, and nothing else"),
    "services": (service_files, "what OSS-Fuzz, ClusterFuzzLite and GitHub read"),
    "diff": (diff("asan-ubsan"), "the corpus compared with the TLS libraries"),
    "diff-newer": (diff_newer, "the same with OpenSSL 3.5, built from Debian's source"),
    "known-bug": (known_bug, "a double free that OpenSSL once had, found again in 3.6, built from Debian's source"),
    "corpus": (corpus, "no unexplained hole in the corpus; its captures give its seeds; tshark reads it as cauth does"),
    "symbols": (symbols, "libcauth calls nothing and keeps nothing"),
    "format": (layout, "C files and tables are laid out as .clang-format asks for"),
    "headers": (headers, "public headers alone, in C and C++"),
    "install": (install, "the installed library used by another project"),
    "proofs": (proofs, "what WP proves of the reader, the writer, alerts and whatever changed since the last proof; Eva's short run"),
    "documents": (documents, "generated documents, the corpus manifest and the planted bugs are current; what ci/power keeps"),
}

# What builds an OpenSSL that no other stage needs: only when it is named, or where that is there.
LATER = {"diff-newer": (NEWER, "3.5"), "reach-newer": (NEWER_COVERAGE, "3.5 for coverage"), "known-bug": (SID, "3.6")}


def main():
    parser = argparse.ArgumentParser(prog="ci/test", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="run only these (default: all)")
    parser.add_argument("--list", action="store_true", help="list the stages and stop")
    parser.add_argument("--allow-skip", action="append", default=[], metavar="STAGE",
                        help="let this stage be skipped where it cannot run; may be repeated")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.list:
        for name, (_, what) in STAGES.items():
            print("%-18s %s" % (name, what))
        return CLEAN
    for name in args.stages + args.allow_skip:
        if name not in STAGES:
            die("ci/test: no stage '%s'; ci/test --list shows them" % name, USAGE)

    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN

    os.makedirs(LOGS, exist_ok=True)
    rows = []
    for name in dict.fromkeys(args.stages) or STAGES:
        log = log_of(name)
        open(log, "wb").close()
        began = time.monotonic()
        if name in LATER and not args.stages and not os.path.isdir(LATER[name][0]):
            rows.append([name, "skipped", "", "no OpenSSL %s is built here: ci/test %s does it" % (LATER[name][1], name)])
            continue
        say("ci/test: %-18s %s" % (name, STAGES[name][1]))
        try:
            note, outcome = STAGES[name][0](log) or "", "ok"
        except Skip as why:
            note, outcome = str(why), "skipped" if name in args.allow_skip else "FAILED"
        except (RuntimeError, subprocess.CalledProcessError, OSError) as why:
            note, outcome = str(why), "FAILED"
        if outcome == "FAILED":
            print(tail(log, 60), end="")
            say("ci/test: %s FAILED: %s (all of it: %s)" % (name, note, os.path.relpath(log, ROOT)))
        rows.append([name, outcome, seconds(began), note])

    say("")
    for line in table(["stage", "outcome", "time", "note"], rows):
        say(line)
    if args.json:
        write_json(args.json, [dict(zip(("stage", "outcome", "time", "note"), row)) for row in rows])
    failed = [row[0] for row in rows if row[1] == "FAILED"]
    skipped = sum(row[1] == "skipped" for row in rows)
    passed = plural(len(rows) - skipped, "stage") + " passed" + (", %d skipped" % skipped if skipped else "")
    say("\nci/test: %s" % ("failed: " + ", ".join(failed) if failed else passed))
    return FINDING if failed else CLEAN


if __name__ == "__main__":
    run("ci/test", main)
