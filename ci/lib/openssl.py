"""ci/openssl: builds a static OpenSSL, plain and instrumented, from a source tree or from a Debian source package."""

import argparse
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import time

from common import BUILD, CLEAN, ROOT, USAGE, cores, die, newer_than_known, only_parse, openssl_versions, run, run_logged
from common import say, tail, too_old, write_json

HELP = """Builds static libssl and libcrypto, from an OpenSSL source tree or from the source package of a Debian suite, for
fuzz targets with feedback from inside the library and for comparing versions. Nothing of the machine is changed: the
suite's package lists and the source lie under build/openssl, and a tree given with --source is only read. What is built
stays there; the same command again builds just what changed, and goes on where Ctrl-C stopped it."""

EPILOG = """Use a build with: cmake --preset libfuzzer -B build/NAME -DOPENSSL_ROOT_DIR=PREFIX/KIND

exit status: 0 built, 2 usage, 3 could not run, 130 stopped with Ctrl-C"""

HOME = os.path.join(BUILD, "openssl")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
NEVER_SECURED = ("sid", "unstable", "experimental")  # suites that have no -security beside them

# What Debian builds, without what only costs time here. No kind defines FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION: it makes
# the library answer otherwise than it does for its users.
FEATURES = ["no-shared", "no-tests", "no-apps", "no-docs", "no-module", "no-idea", "no-mdc2", "no-rc5", "no-ssl3",
            "no-ssl3-method", "zlib", "enable-rfc3779", "enable-ec_nistp_64_gcc_128"]
SINCE_3_2 = ("no-apps", "no-docs")
KINDS = {
    "plain": ("gcc -O2: for speed and for comparing", "gcc", "-O2", []),
    "asan": ("clang 19: coverage feedback for libFuzzer, AddressSanitizer", "clang-19",
             "-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address", []),
    "coverage": ("clang 19: source coverage, and coverage that libFuzzer sees, for ci/reach", "clang-19",
                 "-O1 -fprofile-instr-generate -fcoverage-mapping -fsanitize=fuzzer-no-link", []),
}


def relative(path):
    inside = os.path.relpath(path, ROOT)
    return path if inside.startswith("..") else inside


def version_of(tree):
    """The version of a source tree, which has it in VERSION.dat since 3.0; None where that is not there or says none."""
    try:
        with open(os.path.join(tree, "VERSION.dat"), encoding="utf-8", errors="replace") as f:
            values = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', f.read(), re.M))
    except OSError:
        return None
    parts = [values.get(name, "") for name in ("MAJOR", "MINOR", "PATCH")]
    return ".".join(parts) if all(re.fullmatch("[0-9]+", part) for part in parts) else None


def check_tree(tree, given):
    """Says what is wrong with a source tree before anything is done with it."""
    oldest = openssl_versions()[0]
    for file in ("VERSION.dat", "Configure"):
        if not os.path.isfile(os.path.join(tree, file)):
            die("ci/openssl: %s: no source tree of OpenSSL %s or later: no %s" % (given, oldest, file), USAGE)
    version = version_of(tree)
    if version is None:
        die("ci/openssl: %s: VERSION.dat does not give MAJOR, MINOR and PATCH as numbers" % given, USAGE)
    if too_old(version):
        die("ci/openssl: %s: OpenSSL %s, older than %s, which the oracle needs" % (given, version, oldest), USAGE)
    return version


class Apt:
    """apt with the sources of one suite, and nothing of the machine's but its mirror and its keys."""

    def __init__(self, suite, place):
        self.suite, self.place = suite, place
        self.options = []
        for option in ("Dir::Etc::sourcelist=" + os.path.join(place, "sources.list"), "Dir::Etc::sourceparts=-",
                       "Dir::State::lists=" + os.path.join(place, "lists"), "Dir::Cache=" + os.path.join(place, "cache"),
                       "Dir::State::status=/dev/null", "Acquire::Languages=none", "APT::Sandbox::User="):
            self.options += ["-o", option]

    def mirrors(self):
        """The archives of Debian that this machine's apt knows, by label."""
        form = "$(ORIGIN)\t$(LABEL)\t$(REPO_URI)"
        listed = subprocess.run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
                                capture_output=True, text=True, check=False).stdout
        rows = [line.split("\t") for line in listed.splitlines()]
        return {row[1]: row[2] for row in rows if len(row) == 3 and row[0] == "Debian"}

    def update(self, log):
        mirrors = self.mirrors()
        if "Debian" not in mirrors:
            die("ci/openssl: this machine's apt knows no archive of Debian (its lists may be missing: apt-get update); "
                "--source DIR builds from a tree")
        signed = "[signed-by=%s] " % KEYRING if os.path.exists(KEYRING) else ""
        lines = ["deb-src %s%s %s main\n" % (signed, mirrors["Debian"], self.suite)]
        if "Debian-Security" in mirrors and self.suite not in NEVER_SECURED:
            lines.append("deb-src %s%s %s-security main\n" % (signed, mirrors["Debian-Security"], self.suite))
        for folder in ("lists/partial", "cache"):
            os.makedirs(os.path.join(self.place, folder), exist_ok=True)
        with open(os.path.join(self.place, "sources.list"), "w", encoding="utf-8") as f:
            f.writelines(lines)
        if run_logged(["apt-get", *self.options, "update"], log) != 0:
            say("ci/openssl: the list of %s could not be updated; going on with the one there is" % self.suite)

    def versions(self):
        """The versions of the source package, newest first."""
        shown = subprocess.run(["apt-cache", *self.options, "showsrc", "--only-source", "openssl"], capture_output=True,
                               text=True, check=False).stdout
        found = sorted(set(re.findall(r"^Version: (\S+)", shown, re.M)))
        newest_first = []
        for version in found:  # few: sorted in by apt's own comparison
            at = 0
            while at < len(newest_first) and subprocess.run(
                    ["dpkg", "--compare-versions", newest_first[at], "gt", version], check=False).returncode == 0:
                at += 1
            newest_first.insert(at, version)
        return newest_first

    def fetch(self, version, into, log):
        """Gets a version whole or, where the archive no longer has that, its tarball; returns the file to unpack."""
        os.makedirs(into, exist_ok=True)
        source = ["apt-get", *self.options, "source", "--download-only", "openssl=" + version]
        if run_logged(source, log, cwd=into) == 0:
            return glob.glob(os.path.join(into, "*.dsc"))[0]
        if run_logged([*source, "--tar-only"], log, cwd=into) == 0:
            say("ci/openssl: %s is listed, but only its upstream tarball can be had: built without Debian's patches" % version)
            return [p for p in glob.glob(os.path.join(into, "*.orig.tar.*")) if not p.endswith(".asc")][0]
        return None


def unpack(archive, tree, log):
    part = tree + ".part"
    shutil.rmtree(part, ignore_errors=True)
    if archive.endswith(".dsc"):
        worked = run_logged(["dpkg-source", "--extract", archive, part], log) == 0
    else:
        os.makedirs(part)
        worked = run_logged(["tar", "--extract", "--strip-components=1", "--directory", part, "--file", archive], log) == 0
    if not worked:
        print(tail(log, 20), end="")
        die("ci/openssl: %s could not be unpacked" % relative(archive))
    os.rename(part, tree)


def debian_tree(suite, place, log):
    """The source of a suite's OpenSSL, fetched when it is not there yet: (folder, Debian's version)."""
    apt = Apt(suite, os.path.join(place, "apt"))
    say("ci/openssl: looking up OpenSSL in Debian's %s" % suite)
    apt.update(log)
    versions = apt.versions()
    if not versions:
        print(tail(log, 20), end="")
        die("ci/openssl: Debian has no source package of OpenSSL in a suite called '%s', or it could not be reached" % suite)
    for version in versions:
        tree = os.path.join(place, "source-" + version)
        if os.path.isdir(tree):
            return tree, version
        archive = apt.fetch(version, os.path.join(place, "packages-" + version), log)
        if archive is not None:
            unpack(archive, tree, log)
            return tree, version
        say("ci/openssl: %s is listed, but the archive does not have it; trying an older one" % version)
    print(tail(log, 20), end="")
    die("ci/openssl: no version in %s could be fetched (%s)" % (suite, relative(log)))
    return None


def forget_suite(place):
    """Leaves nothing behind of a suite of which nothing was had."""
    if set(os.listdir(place)) <= {"apt", "fetch.log"}:
        shutil.rmtree(place)


def watched(args, log, cwd, what):
    """Runs a long command into a log; says now and then how far it is."""
    began = said = time.monotonic()
    with open(log, "ab") as f:
        f.write(("$ " + " ".join(args) + "\n").encode())
        f.flush()
        process = subprocess.Popen(args, cwd=cwd, stdin=subprocess.DEVNULL, stdout=f, stderr=f)
        try:
            while True:
                try:
                    return process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    if time.monotonic() - said >= 30:
                        said = time.monotonic()
                        with open(log, "rb") as written:
                            compiled = len(re.findall(rb"^\S*(?:gcc|clang-\d+) .* -c ", written.read(), re.M))
                        say("ci/openssl: %s: %d files compiled, %d s" % (what, compiled, said - began))
        except BaseException:
            process.terminate()
            process.wait()
            raise


def build_kind(kind, tree, source, place, prefix, jobs):
    """Configures, builds and installs one kind; does only what is left to do."""
    _, compiler, flags, more = KINDS[kind]
    if shutil.which(compiler) is None:
        die("ci/openssl: %s is not installed" % compiler)
    build = os.path.join(place, "build-" + kind)
    log = os.path.join(place, kind + ".log")
    open(log, "wb").close()
    configure = [os.path.join(tree, "Configure"), *FEATURES, *more, "--prefix=" + prefix, "--libdir=lib",
                 "--openssldir=" + os.path.join(prefix, "ssl"), "CC=" + compiler, "CFLAGS=" + flags]
    if tuple(int(part) for part in version_of(tree).split(".")[:2]) < (3, 2):  # its Configure stops at what it does not know
        configure = [a for a in configure if a not in SINCE_3_2]
    done = os.path.join(build, "configured")
    wanted = "\n".join([source, *configure, ""])
    try:
        with open(done, encoding="utf-8") as f:
            ready = f.read() == wanted
    except OSError:
        ready = False
    if not ready:
        shutil.rmtree(build, ignore_errors=True)
        os.makedirs(build)
        if run_logged(configure, log, cwd=build) != 0:
            print(tail(log, 20), end="")
            die("ci/openssl: Configure failed (all of it: %s)" % relative(log))
        with open(done, "w", encoding="utf-8") as f:
            f.write(wanted)
    if (watched(["nice", "make", "-j%d" % jobs, "build_libs"], log, build, kind) != 0
            or watched(["nice", "make", "install_dev"], log, build, kind) != 0):
        print(tail(log, 30), end="")
        die("ci/openssl: the %s build failed (all of it: %s)" % (kind, relative(log)))
    write_json(os.path.join(prefix, "cauth-openssl.json"), {
        "version": version_of(tree), "source": source, "kind": kind, "compiler": compiler, "flags": flags,
        "tree": tree, "build": build})


def about(prefix):
    """What was written down about a build."""
    with open(os.path.join(prefix, "cauth-openssl.json"), encoding="utf-8") as f:
        return json.load(f)


def altered(prefix, copy, path, alter, log):
    """Copies a build; in the copy one source file is what alter(its text) gives, compiled as the build's own make does it. What
    alter refuses, it says as a ValueError. Returns whether it could be compiled."""
    built = about(prefix)
    with open(os.path.join(built["tree"], path), encoding="utf-8") as f:
        text = alter(f.read())
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(prefix, copy)
    folder, name = os.path.split(path)
    made = "libssl-lib-" + name.replace(".c", ".o")
    with open(os.path.join(copy, name), "w", encoding="utf-8") as f:
        f.write(text)
    source = os.path.relpath(os.path.join(built["tree"], folder), built["build"])  # as its Makefile has it
    plan = subprocess.run(["make", "--dry-run", "--assume-new=%s/%s" % (source, name), os.path.join(folder, made)],
                          cwd=built["build"], capture_output=True, text=True, check=True).stdout
    command = [shlex.split(line) for line in plan.splitlines() if " -c -o %s " % os.path.join(folder, made) in line][0]
    made = os.path.join(copy, made)
    command = command[:command.index("-MMD")] + ["-I", source, "-c", "-o", made, os.path.join(copy, name)]
    return (run_logged(command, log, cwd=built["build"]) == 0
            and run_logged(["ar", "r", os.path.join(copy, "lib", "libssl.a"), made], log) == 0)


def add_source(what, required):
    """The options that say which source; args.source and args.debian are looked at by check_source."""
    what = what.add_mutually_exclusive_group(required=required)
    what.add_argument("--source", metavar="DIR", help="an OpenSSL source tree, 3.0 or later")
    what.add_argument("--debian", metavar="SUITE", help="the source package of this suite: bookworm, trixie, sid, ...")


def check_source(args):
    if args.jobs < 1:
        die("ci/openssl: --jobs takes a positive number", USAGE)
    if args.debian is not None and not re.fullmatch(r"[a-z][a-z-]*", args.debian):
        die("ci/openssl: '%s' is no suite of Debian; say bookworm, trixie or sid" % args.debian, USAGE)
    if args.source is not None:
        check_tree(os.path.realpath(args.source), args.source)


def build(args, kinds, prefix=None):
    """Builds kinds of what the options say; the folder that has one for each."""
    if args.source is not None:
        tree = os.path.realpath(args.source)
        version = check_tree(tree, args.source)
        name = "%s-%s" % (os.path.basename(tree), hashlib.sha256(tree.encode()).hexdigest()[:8])
        place, source = os.path.join(HOME, name), "%s (%s)" % (tree, version)
        os.makedirs(place, exist_ok=True)
    else:
        place = os.path.join(HOME, "debian-" + args.debian)
        os.makedirs(place, exist_ok=True)
        log = os.path.join(place, "fetch.log")
        open(log, "wb").close()
        try:
            tree, debian = debian_tree(args.debian, place, log)
        except SystemExit:
            forget_suite(place)
            raise
        version, source = check_tree(tree, relative(tree)), "Debian %s" % debian
    if newer_than_known(version):
        say("ci/openssl: " + newer_than_known(version))
    prefix = os.path.abspath(prefix) if prefix else place
    for kind in kinds:
        began = time.monotonic()
        say("ci/openssl: building %s from %s: %s" % (version, source, KINDS[kind][0]))
        build_kind(kind, tree, source, place, os.path.join(prefix, kind), args.jobs)
        say("ci/openssl: %s is in %s (%d s)" % (kind, relative(os.path.join(prefix, kind)), time.monotonic() - began))
    return prefix


def main():
    parser = argparse.ArgumentParser(prog="ci/openssl", description=HELP, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add_source(parser, required=True)
    parser.add_argument("--kind", action="append", choices=KINDS, default=[],
                        help="; ".join("%s: %s" % (k, v[0]) for k, v in KINDS.items()) +
                             "; may be repeated (default: plain and asan)")
    parser.add_argument("--prefix", metavar="DIR", help="install each kind into DIR/KIND (default: below build/openssl)")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="compilers at a time (default: one per core)")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    check_source(args)
    if only_parse():
        return CLEAN
    build(args, list(dict.fromkeys(args.kind)) or ["plain", "asan"], args.prefix)
    return CLEAN


if __name__ == "__main__":
    run("ci/openssl", main)
