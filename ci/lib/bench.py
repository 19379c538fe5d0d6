"""ci/bench: the parsers beside OpenSSL."""

import argparse
import os
import subprocess

from common import BUILD, CLEAN, COULD_NOT_RUN, ROOT, USAGE, build, check_writable, die, only_parse, run, say, tail

HELP = """Builds with gcc -O2 and measures, in one run over the captured corpus and mutated copies of it: cauth's parse of
each message beside OpenSSL's for the same bytes, the name and certificate walks beside d2i_X509_NAME and d2i_X509,
time per byte as inputs grow, and the stack each parser uses. Figures only: nothing passes or fails."""


def main():
    parser = argparse.ArgumentParser(prog="ci/bench", description=HELP,
                                     epilog="exit status: 0 measured, 2 usage, 3 could not run", allow_abbrev=False)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    args = parser.parse_args()
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    log = os.path.join(BUILD, "bench.log")
    os.makedirs(BUILD, exist_ok=True)
    open(log, "wb").close()
    say("ci/bench: building into build/release")
    if not build("release", log):
        print(tail(log, 40), end="")
        die("ci/bench: the build failed (all of it: %s)" % os.path.relpath(log, ROOT))
    command = [os.path.join(BUILD, "release", "fuzz", "cauth-bench"), os.path.join(ROOT, "corpus")]
    if args.json:
        command += ["--json", os.path.abspath(args.json)]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return status if status in (0, USAGE) else COULD_NOT_RUN


if __name__ == "__main__":
    run("ci/bench", main)
