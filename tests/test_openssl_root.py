"""Which OpenSSL is taken: CMake with OPENSSL_ROOT_DIR, and ci/openssl with a source tree. usage: test_openssl_root.py CMAKE COMPILER"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "ci", "lib"))
import openssl  # noqa: E402
from common import cmake_with_openssl  # noqa: E402

CMAKE, COMPILER = "cmake", "cc"


class Place(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name

    def write(self, path, text=""):
        path = os.path.join(self.place, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path


class Configure(Place):
    """CMake takes the OpenSSL that it is told to, or stops."""

    def configure(self, *options):
        """(whether it worked, what it said) in a build folder that stays the same within a test."""
        done = subprocess.run([CMAKE, "-S", ROOT, "-B", os.path.join(self.place, "build"), "-G", "Ninja",
                               "-DCMAKE_C_COMPILER=" + COMPILER, "-DCAUTH_TESTS=OFF", *options], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False,
                              env={k: v for k, v in os.environ.items() if k != "OPENSSL_ROOT_DIR"})
        return done.returncode == 0, " ".join(done.stdout.split())

    def prefix(self, major, minor):
        """A folder that looks like an installed OpenSSL."""
        self.write("prefix/include/openssl/ssl.h", "#define OPENSSL_VERSION_NUMBER 0x%x0%x00000L\n" % (major, minor))
        self.write("prefix/include/openssl/opensslv.h", "#define OPENSSL_VERSION_MAJOR %d\n#define OPENSSL_VERSION_MINOR %d\n"
                   "#define OPENSSL_VERSION_PATCH 0\n#define OPENSSL_VERSION_STR \"%d.%d.0\"\n" % (major, minor, major, minor))
        for name in ("ssl", "crypto"):
            self.write("prefix/lib/lib%s.so" % name)
        return "-DOPENSSL_ROOT_DIR=" + os.path.join(self.place, "prefix")

    def test_folder_that_is_not_there(self):
        worked, said = self.configure("-DOPENSSL_ROOT_DIR=" + os.path.join(self.place, "nothing"))
        self.assertFalse(worked)
        self.assertIn("OPENSSL_ROOT_DIR is %s/nothing, but" % self.place, said)

    def test_folder_without_libraries(self):
        prefix = self.prefix(3, 0)
        shutil.rmtree(os.path.join(self.place, "prefix", "lib"))
        worked, said = self.configure(prefix)
        self.assertFalse(worked)
        self.assertIn("OPENSSL_ROOT_DIR is %s/prefix, but" % self.place, said)

    def test_links(self):
        """Of the folder, and in it."""
        prefix = self.prefix(3, 0)
        os.rename(os.path.join(self.place, "prefix", "lib"), os.path.join(self.place, "elsewhere"))
        os.symlink(os.path.join(self.place, "elsewhere"), os.path.join(self.place, "prefix", "lib"))
        worked, said = self.configure(prefix)
        self.assertTrue(worked, said)
        os.symlink(os.path.join(self.place, "prefix"), os.path.join(self.place, "link"))
        worked, said = self.configure("-UOPENSSL_*", "-DOPENSSL_ROOT_DIR=" + os.path.join(self.place, "link"))
        self.assertTrue(worked, said)
        self.assertNotIn("/usr/lib", said.split("Found OpenSSL")[1])

    def test_too_old(self):
        self.assertFalse(self.configure(self.prefix(1, 1))[0])

    def test_newer_than_known(self):
        worked, said = self.configure(self.prefix(3, 0))
        self.assertTrue(worked, said)
        self.assertNotIn("newer than", said)
        worked, said = self.configure(self.prefix(9, 1))  # found in the same place: its version is read again
        self.assertTrue(worked, said)
        self.assertIn("OpenSSL 9.1.0 is newer than the oracle and its catalogue know (3.0 to ", said)

    def test_what_is_deprecated_later(self):
        """Is no reason not to measure a build of another version, and is still declared."""
        self.prefix(9, 1)
        worked, said = self.configure(*cmake_with_openssl(os.path.join(self.place, "prefix")))
        self.assertTrue(worked, said)
        with open(os.path.join(self.place, "build", "build.ninja"), encoding="utf-8") as f:
            [(defines, flags)] = re.findall(r"^build \S+/oracles\.dir/openssl\.c\.o:.*?^  DEFINES = (.*?)$.*?^  FLAGS = (.*?)$",
                                            f.read(), re.M | re.S)
        self.assertIn("-DOPENSSL_API_COMPAT=30000", defines)
        self.assertNotIn("-Werror", flags.split())
        self.assertIn("-Werror=implicit-function-declaration", flags.split())

    def test_what_a_version_has(self):
        """Is asked again when the build folder is given another one."""
        for minor, there in ((0, False), (5, True), (0, False)):
            worked, said = self.configure(self.prefix(3, minor))
            self.assertTrue(worked, said)
            with open(os.path.join(self.place, "build", "build.ninja"), encoding="utf-8") as f:
                flags = f.read()
            self.assertEqual("-DORACLES_CERTIFICATE_COMPRESSION=1" in flags, there, minor)
            self.assertEqual("-DORACLES_RAW_PUBLIC_KEYS=1" in flags, there, minor)

    def test_another_folder_later(self):
        worked, said = self.configure()
        self.assertTrue(worked, said)
        prefix = self.prefix(3, 0)
        worked, said = self.configure(prefix)
        self.assertFalse(worked)
        self.assertIn("was configured with another one before", said)
        worked, said = self.configure("-UOPENSSL_*", prefix)  # as it says
        self.assertTrue(worked, said)
        with open(os.path.join(self.place, "build", "CMakeCache.txt"), encoding="utf-8") as f:
            self.assertIn("OPENSSL_SSL_LIBRARY:FILEPATH=%s/prefix/lib/libssl.so" % self.place, f.read())


class SourceTree(Place):
    """ci/openssl says what is wrong with a source tree."""

    def refused(self):
        out = io.StringIO()
        with contextlib.redirect_stderr(out), self.assertRaises(SystemExit) as stopped:
            openssl.check_tree(self.place, "given")
        self.assertEqual(stopped.exception.code, openssl.USAGE)
        return out.getvalue()

    def version(self, major, minor, patch="0"):
        self.write("VERSION.dat", "MAJOR=%s\nMINOR=%s\nPATCH=%s\nPRE_RELEASE_TAG=\"dev\"\n" % (major, minor, patch))

    def test_trees(self):
        self.assertIn("no VERSION.dat", self.refused())
        self.version(3, 0)
        self.assertIn("no Configure", self.refused())
        self.write("Configure")
        self.assertEqual(openssl.check_tree(self.place, "given"), "3.0.0")
        for version in (("3", "x"), ("3", ""), ("", "1"), ("3", "0", "0-dev")):
            self.version(*version)
            self.assertIn("VERSION.dat does not give MAJOR, MINOR and PATCH as numbers", self.refused())
        self.version(1, 1)
        self.assertIn("OpenSSL 1.1.0, older than 3.0", self.refused())
        self.version(4, 1)
        self.assertEqual(openssl.check_tree(self.place, "given"), "4.1.0")

    def test_newer_than_known(self):
        oldest, newest = openssl.openssl_versions()
        self.assertEqual([openssl.newer_than_known(version) for version in (oldest, newest, newest + ".9")], ["", "", ""])
        self.assertIn("OpenSSL 4.1.0 is newer", openssl.newer_than_known("4.1.0"))
        self.assertIn("is newer", openssl.newer_than_known("3.10"))


class Suite(Place):
    """ci/openssl leaves nothing behind of a suite that it finds nothing of, and all of one that it has something of."""

    def refused(self):
        out = io.StringIO()
        with unittest.mock.patch.object(openssl, "HOME", self.place), unittest.mock.patch.object(openssl.Apt, "update"), \
                unittest.mock.patch.object(openssl.Apt, "versions", return_value=[]), \
                unittest.mock.patch.object(sys, "argv", ["ci/openssl", "--debian", "nope"]), contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(out), self.assertRaises(SystemExit) as stopped:
            openssl.main()
        self.assertEqual(stopped.exception.code, 3)
        self.assertIn("in a suite called 'nope'", out.getvalue())

    def test_nothing_is_left(self):
        self.refused()
        self.assertEqual(os.listdir(self.place), [])
        self.write("debian-nope/plain/lib/libssl.a")
        self.refused()
        self.assertEqual(sorted(os.listdir(os.path.join(self.place, "debian-nope"))), ["fetch.log", "plain"])


if __name__ == "__main__":
    if len(sys.argv) >= 3 and not sys.argv[1].startswith("-"):
        CMAKE, COMPILER = sys.argv[1:3]
        del sys.argv[1:3]
    unittest.main()
