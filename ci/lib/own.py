"""OpenSSL's own fuzz targets for its TLS client and server, built from the source tree of a build of ci/openssl."""

import csv
import json
import os
import resource
import shutil
import subprocess

from common import ROOT, USAGE, die, run_logged, tail

NAMES = ("client", "server")
GLUE = os.path.join(ROOT, "fuzz", "bench", "own_fuzzer.c")
CORPUS = os.path.join(ROOT, "corpus")
CHANGE_CIPHER_SPEC, HANDSHAKE, SERVER_HELLO, SERVER_KEY_EXCHANGE = 20, 22, 2, 12
RSA_WITH_AES_128_CBC_SHA = b"\x00\x2f"  # RFC 5246, A.5
MOST_OF_A_RECORD = 1 << 14


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


def seeds(name, place):
    """A start for one of them, a folder: all that a client or a server sent in connections of the captures, which is the input
    of fuzz/server or fuzz/client. What servers signed is about other hellos than that of fuzz/client, which stops there: so
    each flight to TLS 1.2 is given once more as of a server that signs nothing. Sealed records are closed to both."""
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    sender = "client" if name == "server" else "server"
    with open(os.path.join(CORPUS, "MANIFEST.tsv"), encoding="utf-8", newline="") as f:
        rows = [row for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["message"].startswith("record_tls") and row["origin"] == "captured" and row["role"] == sender]
    for row in rows:
        with open(os.path.join(CORPUS, row["path"]), "rb") as f:
            stream = f.read()
        given = {"": stream}
        if sender == "server" and row["version"] != "TLS13":
            given["-unsigned"] = unsigned(stream)
        for end, data in given.items():
            with open(os.path.join(place, row["path"].replace("/", "-") + end), "wb") as f:
                f.write(data)
    return place


def unsigned(stream):
    """A server's flight to TLS 1.2 with RSA for the key exchange: another cipher suite, and no ServerKeyExchange."""
    flight, made, at = b"", b"", 0
    while at < len(stream) and stream[at] != CHANGE_CIPHER_SPEC:
        end = at + 5 + int.from_bytes(stream[at + 3:at + 5], "big")
        if stream[at] == HANDSHAKE:
            flight += stream[at + 5:end]
        at = end
    at = 0
    while at < len(flight):
        end = at + 4 + int.from_bytes(flight[at + 1:at + 4], "big")
        message = flight[at:end]
        if message[0] == SERVER_HELLO:
            suite = 4 + 2 + 32 + 1 + message[38]  # behind version, random and session_id
            message = message[:suite] + RSA_WITH_AES_128_CBC_SHA + message[suite + 2:]
        if message[0] != SERVER_KEY_EXCHANGE:
            made += message
        at = end
    parts = [made[i:i + MOST_OF_A_RECORD] for i in range(0, len(made), MOST_OF_A_RECORD)]
    return b"".join(stream[:3] + len(part).to_bytes(2, "big") + part for part in parts)


def explore(program, name, tree, place, seconds, log, more=(), env=None):
    """Runs one of them under libFuzzer for so much CPU time (the system ends it), from the corpus that comes with the source and
    from whole connections of the captures; below `place`, the folder of what it found, and those of what it began with."""
    made = os.path.join(place, "own-" + name)
    shutil.rmtree(made, ignore_errors=True)
    os.makedirs(made)
    began = [*start(tree, name), seeds(name, os.path.join(place, "seeds-" + name))]

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(log, "ab") as f:
        subprocess.run([program, "-rss_limit_mb=0", "-print_final_stats=0", "-len_control=0", *more, made, *began],
                       stdin=subprocess.DEVNULL, stdout=f, stderr=f, env=env, preexec_fn=limit, check=False)
    return made, began
