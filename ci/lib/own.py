"""OpenSSL's own fuzz targets for its TLS client and server, built from the source tree of a build of ci/openssl."""

import json
import os
import resource
import subprocess

from common import ROOT, USAGE, die, run_logged, tail

NAMES = ("client", "server")
GLUE = os.path.join(ROOT, "fuzz", "bench", "own_fuzzer.c")


def about(prefix, kind, who):
    """What ci/openssl wrote down about a build."""
    try:
        with open(os.path.join(prefix, "cauth-openssl.json"), encoding="utf-8") as f:
            found = json.load(f)
    except (OSError, ValueError):
        die("%s: %s: no build of OpenSSL; make one with: ci/openssl --debian bookworm --kind %s" % (who, prefix, kind), USAGE)
    if found.get("kind") != kind:
        die("%s: %s: of the kind %s, not %s" % (who, prefix, found.get("kind"), kind), USAGE)
    return found


def build(prefix, tree, place, flags, log, who):
    """Both targets; {name: program}."""
    os.makedirs(place, exist_ok=True)
    programs = {}
    for name in NAMES:
        programs[name] = os.path.join(place, name)
        sources = [GLUE, os.path.join(tree, "fuzz", name + ".c"), os.path.join(tree, "fuzz", "fuzz_rand.c")]
        libraries = [os.path.join(prefix, "lib", "lib%s.a" % library) for library in ("ssl", "crypto")]
        if run_logged([*flags, "-I", os.path.join(prefix, "include"), "-I", os.path.join(tree, "include"), *sources,
                       *libraries, "-lz", "-ldl", "-lpthread", "-o", programs[name]], log) != 0:
            print(tail(log, 20), end="")
            die("%s: OpenSSL's fuzz/%s.c could not be built (all of it: %s)" % (who, name, os.path.relpath(log, ROOT)))
    return programs


def start(tree, name):
    """The corpus that comes with the source, where one does: a release has none."""
    place = os.path.join(tree, "fuzz", "corpora", name)
    return [place] if os.path.isdir(place) and os.listdir(place) else []


def fuzz(program, corpus, more, seconds, log, env=None):
    """Runs a libFuzzer target for so much CPU time: the system ends it."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(log, "ab") as f:
        subprocess.run([program, "-rss_limit_mb=0", "-print_final_stats=0", corpus, *more], stdin=subprocess.DEVNULL,
                       stdout=f, stderr=f, env=env, preexec_fn=limit, check=False)
