"""ci/reach's table of what is not executed: what is held to it. And its arguments."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path.insert(0, LIB)
import reach  # noqa: E402


def lines(*rows):
    """(count, text) of each line."""
    return [reach.Line(number, count, text) for number, (count, text) in enumerate(rows, 1)]


FUNCTION = lines(("9", "int f(int a)"), ("9", "{"), (None, "/* a comment */"), ("9", "if (a == NULL) {"), ("0", "fail(1);"),
                 (None, ""), ("0", "return -1;"), ("0", "}"), ("9", "if (a > 1) {"), ("0", "fail(1);"), ("0", "return -1;"),
                 ("0", "}"), ("9", "return 0;"), ("9", "}"))


def row(times, what="never", code="fail(1); return -1;"):
    return reach.Exclusion("f", times, what, code, "why")


class Versions(unittest.TestCase):
    def test_what_a_version_has(self):
        """CompressedCertificate and raw public keys came with OpenSSL 3.2."""
        old, new = reach.parts_of("3.0.22"), reach.parts_of("3.5.7")
        self.assertEqual(new, reach.PARTS)
        self.assertEqual({part.function for part in new} - {part.function for part in old},
                         {"tls_process_client_compressed_certificate", "tls13_process_compressed_certificate",
                          "tls_process_client_rpk", "tls_process_rpk"})
        self.assertEqual(set(reach.folders_of(new)) - set(reach.folders_of(old)),
                         {"compressed_tls13", "rawkey_tls12", "rawkey_tls13"})
        self.assertEqual(reach.parts_of("3.2.0"), new)
        self.assertFalse([part for part in old if not part.entered or not all(part.entered.values())])


class Table(unittest.TestCase):
    def problems(self, *rows):
        return reach.check_missed("f", reach.missed(FUNCTION), rows)[1]

    def test_neighbours_are_one_place(self):
        self.assertEqual(reach.missed(FUNCTION), [("fail(1); return -1;", 2)] * 2)
        self.assertEqual(len(reach.counted(FUNCTION)), 8)

    def test_listed(self):
        self.assertEqual(reach.check_missed("f", reach.missed(FUNCTION), [row(2)]), ({"never": 4}, []))
        self.assertEqual(reach.check_missed("f", reach.missed(FUNCTION), [row(2, "around")]), ({"around": 4}, []))

    def test_what_could_be_reached_counts(self):
        self.assertEqual(reach.check_missed("f", reach.missed(FUNCTION), [row(2, "not yet")]), ({}, []))

    def test_missing(self):
        self.assertRegex(self.problems()[0], "not in ci/reach-exclusions.tsv: 2 times: fail")
        self.assertRegex(self.problems(row(1))[0], "not in ci/reach-exclusions.tsv: 1 times: fail")

    def test_executed(self):
        self.assertRegex(self.problems(row(3))[0], "but executed")

    def test_changed(self):
        found = self.problems(row(2, code="fail(2); return -1;"))
        self.assertRegex(found[0], "not in ci/reach-exclusions.tsv")
        self.assertRegex(found[1], "no longer there as it was")

    def test_part(self):
        part = reach.Part("f", r"if \(a > 1\) \{", "return 0;", {})
        self.assertEqual([line.number for line in reach.of_part(part, FUNCTION)], [9, 10, 11, 12])
        self.assertEqual(reach.of_part(part._replace(first=r"if \(a > 2\) \{"), FUNCTION), [])

    def test_the_table_can_be_read(self):
        for version in ("3.0.22", "3.5.7"):
            rows = reach.exclusions(version)
            self.assertTrue(rows)
            self.assertTrue(all(r.function in [part.function for part in reach.parts_of(version)] for r in rows))
        self.assertIsNone(reach.exclusions("2.0.0"))

    def test_what_an_application_sets(self):
        """No peer reaches it, so that it is not of what another handshake would."""
        for version in ("3.0.22", "3.5.7"):
            rows = [r for r in reach.exclusions(version) if "_callback" in r.code]
            self.assertEqual({r.what for r in rows}, {"never"})


class Start(unittest.TestCase):
    """What OpenSSL's own targets are given to begin with."""

    @staticmethod
    def messages(stream):
        """(type, message) of a flight in plaintext."""
        flight, at, found = b"", 0, []
        while at < len(stream):
            length = int.from_bytes(stream[at + 3:at + 5], "big")
            assert stream[at] == 22 and 0 < length <= 1 << 14
            flight += stream[at + 5:at + 5 + length]
            at += 5 + length
        while flight:
            length = int.from_bytes(flight[1:4], "big")
            found.append((flight[0], flight[:4 + length]))
            flight = flight[4 + length:]
        return found

    def test_streams_of_the_captures(self):
        for name, first in (("client", 2), ("server", 1)):  # ServerHello, ClientHello
            with tempfile.TemporaryDirectory() as place:
                folder = reach.own.seeds(name, os.path.join(place, "seeds"))
                names = sorted(os.listdir(folder))
                self.assertGreater(len(names), 20)
                for file in names:
                    with open(os.path.join(folder, file), "rb") as f:
                        stream = f.read()
                    self.assertEqual((stream[0], stream[5]), (22, first), file)
                    if file.endswith("-unsigned"):
                        types = [kind for kind, _ in self.messages(stream)]
                        self.assertEqual((types[:2], types.count(14), types.count(12)), ([2, 11], 1, 0), file)
                unsigned = [file for file in names if file.endswith("-unsigned")]
                self.assertEqual(bool(unsigned), name == "client")

    def test_explore(self):
        """What they are run on; what was found before is not there any more."""
        with tempfile.TemporaryDirectory() as place:
            program, tree = os.path.join(place, "program"), os.path.join(place, "tree")
            with open(program, "w", encoding="utf-8") as f:
                f.write('#!/bin/sh\nfor a; do echo "$a"; done\nls "$5"\n')
            os.chmod(program, 0o755)
            for folder in ("tree/fuzz/corpora/server", "own-server/old"):
                os.makedirs(os.path.join(place, folder))
            with open(os.path.join(tree, "fuzz/corpora/server/one"), "wb"):
                pass
            made, began = reach.own.explore(program, "server", tree, place, 1, os.path.join(place, "log"), more=["-more"])
            with open(os.path.join(place, "log"), encoding="utf-8") as f:
                said = f.read().splitlines()
            self.assertEqual((made, began), (place + "/own-server", [tree + "/fuzz/corpora/server", place + "/seeds-server"]))
            self.assertTrue(os.listdir(began[1]))
        self.assertEqual(said, ["-rss_limit_mb=0", "-print_final_stats=0", "-len_control=0", "-more", made, *began])

    def test_unsigned(self):
        """One message over two records; another record behind it."""
        def record(kind, data):
            return bytes([kind, 3, 3]) + len(data).to_bytes(2, "big") + data

        def message(kind, body):
            return bytes([kind]) + len(body).to_bytes(3, "big") + body
        hello = bytes(34) + b"\x02id%s\x00"
        certificate = message(11, b"c" * 20000)
        sent = (record(22, message(2, hello % b"\xc0\x2f") + certificate[:10000])
                + record(22, certificate[10000:] + message(12, b"signed")) + record(22, message(13, b"r") + message(14, b""))
                + record(20, b"\x01") + record(22, b"sealed"))
        made = reach.own.unsigned(sent)
        self.assertEqual(b"".join(m for _, m in self.messages(made)),
                         message(2, hello % b"\x00\x2f") + certificate + message(13, b"r") + message(14, b""))


class Arguments(unittest.TestCase):
    def test_less_than_no_time(self):
        out = io.StringIO()
        with unittest.mock.patch.object(sys, "argv", ["ci/reach", "--seconds", "-3"]), contextlib.redirect_stderr(out), \
                unittest.mock.patch.dict(os.environ, CAUTH_ONLY_PARSE="yes"), self.assertRaises(SystemExit) as stopped:
            sys.exit(reach.main())
        self.assertEqual(stopped.exception.code, 2)
        self.assertIn("--seconds -3: takes 0 or more", out.getvalue())


    def test_no_openssl(self):
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as place, unittest.mock.patch.object(reach, "HOME", place), \
                unittest.mock.patch.object(sys, "argv", ["ci/reach", "--prefix", place]), contextlib.redirect_stderr(out), \
                self.assertRaises(SystemExit) as stopped:
            reach.main()
        self.assertEqual(stopped.exception.code, 2)
        self.assertIn("no build of OpenSSL", out.getvalue())


if __name__ == "__main__":
    unittest.main()
