"""The programs that look after the corpus: what they refuse, what they warn about, and what they find in a capture."""

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
import zlib

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECORD = os.path.join(ROOT, "corpus", "record")
sys.path[:0] = [RECORD, os.path.join(ROOT, "ci", "lib")]
import capture  # noqa: E402
import corpus  # noqa: E402
import cutter  # noqa: E402
import manifest  # noqa: E402
import pcapng  # noqa: E402

CAPTURES = os.path.join(ROOT, "corpus", "captures")
TLS13 = os.path.join(CAPTURES, "go-openssl-tls13-rsa-required.pcapng")
DTLS12 = os.path.join(CAPTURES, "openssl-dtls12-chain3-required.pcapng")
HOLES = corpus.HOLES
SECRETS = 10  # the type of the block that holds a key log


def script(name):
    """A program without a suffix, as a module."""
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(RECORD, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def read(path):
    with open(path, "rb") as file:
        return file.read()


def without_secrets(data):
    """The capture without its key log, and the key log."""
    out, log, at = b"", b"", 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == SECRETS:
            log += data[at + 16:at + 16 + struct.unpack_from("<I", data, at + 12)[0]]
        else:
            out += data[at:at + length]
        at += length
    return out, log


def with_machine(data, hardware, system):
    """The capture with options that name the machine it was recorded on."""
    def option(code, text):
        return struct.pack("<HH", code, len(text)) + text.encode() + bytes(-len(text) % 4)

    length, kind = struct.unpack_from("<I", data, 4)[0], struct.unpack_from("<I", data, 0)[0]
    assert kind == pcapng.SECTION_HEADER
    block = data[8:24] + option(2, hardware) + option(3, system) + data[24:length - 4]
    size = struct.pack("<I", len(block) + 12)
    return data[:4] + size + block + size + data[length:]


class Import(unittest.TestCase):
    """Into a corpus of their own."""

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.corpus = os.path.join(self.place.name, "corpus")
        os.mkdir(self.corpus)
        self.data = read(TLS13)

    def run_import(self, data, *options, key_log=None):
        options = ("--corpus", self.corpus, *options)
        path = os.path.join(self.place.name, "sample.pcapng")
        with open(path, "wb") as file:
            file.write(data)
        if key_log is not None:
            with open(os.path.join(self.place.name, "keys"), "wb") as file:
                file.write(key_log)
            options = (*options, "--keylog", os.path.join(self.place.name, "keys"))
        return subprocess.run([os.path.join(ROOT, "corpus", "import"), path, *options], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)

    def refused(self, ran, *words):
        self.assertEqual(ran.returncode, 1, ran)
        for word in words:
            self.assertIn(word, ran.stderr)
        self.assertNotIn("Traceback", ran.stderr)

    def test_a_rehearsal_says_what_it_would_add(self):
        data, log = without_secrets(self.data)
        ran = self.run_import(bytes(data), "--keep", "nothing", key_log=log)
        self.assertEqual(ran.returncode, 0, ran)
        self.assertRegex(ran.stdout, r"^(would add corpus/\S+ .*\n)+$")
        for message in ("certreq", "cert", "certverify", "record", "handshake"):
            self.assertIn(f"would add corpus/{message}_tls13", ran.stdout)
        self.assertEqual(os.listdir(self.corpus), [])

    def test_what_is_stripped_is_said(self):
        data = with_machine(self.data, "A processor", "An operating system")
        said = "the copy of the capture: hardware 'A processor', operating system 'An operating system'\n"
        for keep, words in (("nothing", "would strip from " + said), ("capture", "strips from " + said)):
            ran = self.run_import(data, "--keep", keep)
            self.assertEqual(ran.returncode, 0, ran)
            self.assertTrue(ran.stdout.startswith("corpus/import: " + words), ran.stdout)
        kept = read(os.path.join(self.corpus, "captures", "sample.pcapng"))
        self.assertEqual(pcapng.machine(data), ["hardware 'A processor'", "operating system 'An operating system'"])
        self.assertEqual(kept[24:], self.data[24:])

    def test_only_bodies_are_kept(self):
        data = with_machine(self.data, "A processor", "An operating system")
        ran = self.run_import(data, "--keep", "bodies")
        self.assertEqual(ran.returncode, 0, ran)
        self.assertNotIn("strip", ran.stdout)
        rows = manifest.read(os.path.join(self.corpus, "MANIFEST.tsv"))
        self.assertEqual({row.capture for row in rows}, {"-"})
        self.assertEqual(set(os.listdir(self.corpus)), {row.message for row in rows} | {"MANIFEST.tsv"})

    def test_a_capture_that_is_held_already(self):
        self.corpus = os.path.join(ROOT, "corpus")
        for keep in ("capture", "bodies", "nothing"):
            self.refused(self.run_import(self.data, "--keep", keep),
                         f"has its connections already, in captures/{os.path.basename(TLS13)}")

    def test_what_is_no_tls(self):
        def packet(source, destination, sequence, acknowledged, flags, data=b""):
            tcp = struct.pack(">HHIIBBHHH", source, destination, sequence, acknowledged, 5 << 4, flags, 65535, 0, 0) + data
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, *[bytes([127, 0, 0, 1])] * 2)
            frame = bytes(12) + b"\x08\0" + ip + tcp
            return struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame

        data = (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + packet(40000, 80, 1, 0, 2)
                + packet(80, 40000, 1, 2, 18) + packet(40000, 80, 2, 2, 24, b"GET / HTTP/1.0\r\n\r\n"))
        for keep in ("capture", "bodies", "nothing"):
            ran = self.run_import(data, "--keep", keep)
            self.refused(ran, "not a TLS handshake")
            self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        for more, words in ((b"\0\0\0", "cut short"), (struct.pack("<IIII", 1, 0, 1 << 30, 1 << 30), "damaged")):
            ran = self.run_import(data + more, "--keep", "nothing")
            self.refused(ran, words)
            self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)

    def test_identities_are_named_and_need_a_decision(self):
        self.refused(self.run_import(self.data), "client RSA", "--keep capture or --keep bodies")

    def test_truncated(self):
        self.refused(self.run_import(self.data[:5000], "--keep", "nothing"), "cut short")

    def test_flipped_bytes_never_crash_it(self):
        for at in range(100, len(self.data), 997):
            data = bytearray(self.data)
            data[at] ^= 0x40
            ran = self.run_import(bytes(data), "--keep", "nothing")
            self.assertIn(ran.returncode, (0, 1), (at, ran))
            self.assertNotIn("Traceback", ran.stderr)
            self.assertTrue(ran.returncode == 0 or ran.stderr.strip())

    def test_without_its_key_log(self):
        data, _ = without_secrets(self.data)
        self.refused(self.run_import(data, "--keep", "nothing"), "no key log", "nothing could be decrypted")

    def test_key_log_of_another_connection(self):
        data, log = without_secrets(self.data)
        random = next(line.split()[1] for line in log.splitlines() if line[:1] not in (b"#", b""))
        other = log.replace(random, random[::-1])
        self.refused(self.run_import(data, "--keep", "nothing", key_log=other), "no secret of this connection")

    def test_no_capture(self):
        self.refused(self.run_import(b"GET / HTTP/1.0\r\n\r\n", "--keep", "nothing"), "not a capture")
        self.refused(self.run_import(b"", "--keep", "nothing"), "empty file")

    def test_private_keys(self):
        key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        self.refused(self.run_import(self.data, "--keep", "nothing", key_log=key), "holds a private key")
        with_key = pcapng.with_key_log(self.data, key)
        self.refused(self.run_import(with_key, "--keep", "nothing"), "holds a private key")

    def test_no_key_log(self):
        self.refused(self.run_import(self.data, "--keep", "nothing", key_log=b"CLIENT_RANDOM zz\n"), "keys:1:")


class Capture(unittest.TestCase):
    def test_datagrams_are_put_together(self):
        (connection,) = capture.read(DTLS12)
        self.assertEqual(connection.version, "DTLS12")
        (sent,) = connection.messages(capture.CERTIFICATE, "client")
        at, lengths = 3, []
        self.assertEqual(int.from_bytes(sent.body[:3], "big"), len(sent.body) - 3)
        while at < len(sent.body):
            lengths.append(int.from_bytes(sent.body[at:at + 3], "big"))
            at += 3 + lengths[-1]
        self.assertEqual((len(lengths), at), (3, len(sent.body)))

    def test_fragments_in_any_order_and_again(self):
        whole = bytes(range(200))

        def fragment(offset, end):
            body = whole[offset:end]
            return (b"\x0b" + (200).to_bytes(3, "big") + (1).to_bytes(2, "big") + offset.to_bytes(3, "big")
                    + len(body).to_bytes(3, "big") + body)

        def datagram(*fragments):
            data = b"".join(fragments)
            return b"\x16\xfe\xfd" + bytes(8) + len(data).to_bytes(2, "big") + data

        connection = capture.Connection(0)
        for number, data in enumerate((datagram(fragment(0, 90)), datagram(fragment(0, 90), fragment(50, 120)),
                                       datagram(fragment(120, 200)), datagram(fragment(120, 200))), 1):
            connection.datagram(number, "client", data, [])
        self.assertEqual([(sent.frame, sent.body) for sent in connection.sent], [(3, whole)])

    def test_a_key_log_goes_in_and_out(self):
        data, log = without_secrets(read(TLS13))
        again, found = without_secrets(pcapng.with_key_log(data, log))
        self.assertEqual(found, log)
        self.assertEqual(again[28:], data[28:])


    def test_resolved_names_are_seen(self):
        data = read(TLS13)
        self.assertFalse(pcapng.names_hosts(data))
        self.assertTrue(pcapng.names_hosts(data + struct.pack("<IIII", 4, 16, 0, 16)))


class Provenance(unittest.TestCase):
    """Seeds are held to the captures that they name: those of one capture, in a corpus of their own."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.corpus = place.name
        self.rows = [row for row in manifest.read(corpus.MANIFEST)
                     if row.capture == f"captures/{os.path.basename(TLS13)}" and ", " not in row.senders]
        self.assertGreater(len(self.rows), 1)
        os.mkdir(os.path.join(self.corpus, "captures"))
        shutil.copy(TLS13, os.path.join(self.corpus, "captures"))
        for row in self.rows:
            self.put(row, read(os.path.join(ROOT, "corpus", row.path)))

    def put(self, row, data):
        path = os.path.join(self.corpus, row.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def check(self, first):
        manifest.write(os.path.join(self.corpus, "MANIFEST.tsv"), [first, *self.rows[1:]])
        ran = subprocess.run([os.path.join(RECORD, "cut"), "--check", "--corpus", self.corpus], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, check=False)
        return ran.returncode, ran.stderr

    def test_what_its_capture_gives(self):
        self.assertEqual(self.check(self.rows[0]), (0, ""))

    def test_a_changed_byte_with_its_sha256(self):
        row = self.rows[0]
        data = bytearray(read(os.path.join(self.corpus, row.path)))
        data[-1] ^= 1
        self.put(row, bytes(data))
        status, said = self.check(row._replace(sha256=manifest.digest(bytes(data))))
        self.assertEqual((status, said), (1, f"{row.path}: frame {row.frame} of {row.capture} does not give these bytes\n"))

    def test_an_untrue_account(self):
        for column, value, words in (("frame", "1", "the row says frame 1,"), ("version", "TLS12", "the row says frame"),
                                     ("stacks", "nobody", "the row's stacks 'nobody'"),
                                     ("scenario", "nothing", "the row's scenario 'nothing'"),
                                     ("senders", "botan 3.0 (TLS13)", "sent by botan 3.0 (TLS13)"),
                                     ("capture", "captures/none.pcapng", "captures/none.pcapng is not there")):
            status, said = self.check(self.rows[0]._replace(**{column: value}))
            self.assertEqual(status, 1, column)
            self.assertEqual(said.count("\n"), 1, said)
            self.assertIn(words, said)


def heed_interrupts():
    """What a shell starts in the background ignores SIGINT, and so would all that the tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@unittest.skipUnless(subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0,
                     "needs a network namespace of its own")
class Stopped(unittest.TestCase):
    def test_what_a_stopped_run_leaves(self):
        record = script("record")
        names = {recording.name for recording in record.recordings() if recording.name.startswith("openssl-tls1")}
        for way in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(way), tempfile.TemporaryDirectory() as place:
                note = os.path.join(place, record.LEFT)
                with open(note, "w", encoding="utf-8") as file:
                    file.write("of-an-earlier-run\n")
                run = subprocess.Popen([os.path.join(RECORD, "record"), "--only", "openssl-tls1*", "--out", place], text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                       preexec_fn=heed_interrupts)
                while run.poll() is None and len(record.left(place)) == 1:
                    time.sleep(0.05)
                run.send_signal(way)
                _, said = run.communicate()
                self.assertEqual(run.returncode, 130, said)
                self.assertTrue(said.endswith("corpus/record/record: stopped\n"), said)
                done = {name.removesuffix(".pcapng") for name in os.listdir(place) if name.endswith(".pcapng")}
                self.assertEqual(record.left(place), {"of-an-earlier-run"} | names - done)
                self.assertLess(len(done), len(names))


class Compressed(unittest.TestCase):
    """The streams in compressed_tls13/rc-*-zlib* are what their names say (RFC 8879 §4)."""

    def parts(self, name):
        body = read(os.path.join(ROOT, "corpus", "compressed_tls13", name))
        self.assertEqual((body[:2], int.from_bytes(body[5:8], "big")), (b"\0\1", len(body) - 8))
        stream = zlib.decompressobj()
        return int.from_bytes(body[2:5], "big"), stream.decompress(body[8:], 11_000_000), stream.eof

    def test_lengths(self):
        length, given, whole = self.parts("rc-strict-zlib")
        self.assertEqual((length, whole), (len(given), True))
        self.assertEqual(len(cutter.certificates(given, "TLS13")), 1)
        self.assertEqual(self.parts("rc-bounds-zlib-length-plus-1"), (length + 1, given, True))
        self.assertEqual(self.parts("rc-bounds-zlib-length-minus-1"), (length - 1, given, True))
        announced, part, whole = self.parts("rc-bounds-zlib-truncated")
        self.assertEqual((announced, whole, given.startswith(part)), (length, False, True))
        announced, much, whole = self.parts("rc-alloc-zlib-bomb")
        self.assertEqual((announced, len(much), whole, much[:length]), (length, 10_000_000, True, given))


class Table(unittest.TestCase):
    def test_every_scenario_can_be_expanded(self):
        record = script("record")
        names = [recording.name for recording in record.recordings()]
        self.assertEqual(len(names), len(set(names)))
        for recording in record.recordings():
            self.assertIsInstance(recording.alerts, str, recording.name)

    def test_every_capture_has_a_scenario(self):
        record = script("record")
        names = {recording.name for recording in record.recordings()}
        imported = {row.capture for row in manifest.read(corpus.MANIFEST) if row.origin == "import"}
        files = {name for name in os.listdir(CAPTURES) if not name.startswith(".")}
        self.assertEqual({name for name in files if f"captures/{name}" not in imported},
                         {f"{name}.pcapng" for name in names})


class Audit(unittest.TestCase):
    def audit(self, holes):
        with tempfile.TemporaryDirectory() as place:
            corpus.HOLES = os.path.join(place, "holes.tsv")
            with open(corpus.HOLES, "w", encoding="utf-8") as file:
                file.write(holes)
            said = io.StringIO()
            sys.argv = ["corpus", "audit", "--no-coverage"]
            with contextlib.redirect_stdout(said):
                status = corpus.main()
            return status, said.getvalue()

    def test_a_hole_without_a_reason_is_found(self):
        holes = read(HOLES).decode()
        self.assertEqual(self.audit(holes)[0], 0)
        fewer = "".join(line for line in holes.splitlines(True) if "openpgp_tls12" not in line)
        status, said = self.audit(fewer)
        self.assertEqual(status, 1)
        self.assertIn("message openpgp_tls12 TLS12: captured from fewer than two stacks", said)

    def test_a_reason_without_a_hole_is_found(self):
        status, said = self.audit("kind\twhat\treason\nmessage\tx509 TLS12\tfor fun\n")
        self.assertEqual(status, 1)
        self.assertIn("message x509 TLS12: is no hole any more", said)

    def test_a_version_that_no_seed_was_sent_under_is_found(self):
        rows = manifest.read(corpus.MANIFEST)
        without = [row for row in rows if row.message != "cert_tls12_server"
                   or "DTLS12" not in {version for _, version in manifest.senders(row)}]
        self.assertLess(len(without), len(rows))
        holes = read(HOLES).decode()
        with tempfile.TemporaryDirectory() as place, unittest.mock.patch.object(
                corpus, "MANIFEST", os.path.join(place, "MANIFEST.tsv")):
            manifest.write(corpus.MANIFEST, without)
            status, said = self.audit(holes)
        self.assertEqual(status, 1)
        self.assertIn("message cert_tls12_server DTLS12: captured from fewer than two stacks", said)

    def test_one_stack_is_not_enough_in_any_version(self):
        rows = manifest.read(corpus.MANIFEST)
        pairs = {(row.message, version) for row in rows for _, version in manifest.senders(row)}
        self.assertGreater(len(pairs), 50)
        for message, version in pairs:
            first = min(stack for row in rows if row.message == message
                        for stack, spoken in manifest.senders(row) if spoken == version)
            fewer = [row for row in rows if row.message != message
                     or all(stack == first for stack, spoken in manifest.senders(row) if spoken == version)]
            self.assertIn(("message", f"{message} {version}"), corpus.message_table(fewer)[2])

    def test_every_version_that_a_capture_speaks_is_looked_for(self):
        versions = {message.name: cutter.versions_of(message) for message in manifest.messages()}
        for row in manifest.read(corpus.MANIFEST):
            for _, version in manifest.senders(row):
                self.assertIn(version, versions[row.message], row.path)
        self.assertEqual(versions["certverify_tls10"], ["SSL30", "TLS10", "TLS11"])
        self.assertEqual(versions["cert_tls12_client"], ["TLS10", "TLS11", "TLS12", "DTLS12"])
        self.assertEqual(versions["name_tls12"], ["TLS11", "TLS12", "TLS13", "DTLS12"])
        self.assertEqual(versions["record_tls12"], ["TLS12"])

    def test_redundant(self):
        features = {"a": {1, 2}, "b": {2}, "c": {3}, "d": {1, 3}}
        self.assertEqual(corpus.redundant(["b", "a", "c", "d"], features), ["d"])
        self.assertEqual(corpus.redundant(["b", "c"], features, ["a"]), ["b"])

    def test_what_is_dropped_takes_no_coverage_along(self):
        features = {"kept": {1}, "small": {2}, "middle": {1, 3}, "large": {2, 4}, "none": {1}}
        gone = corpus.droppable(["none", "small", "middle", "large"], features, ["kept"])
        self.assertEqual(gone, {"none", "small"})


if __name__ == "__main__":
    unittest.main()
