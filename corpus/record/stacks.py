"""How each TLS stack is run on either side of a recorded handshake.

A stack turns a version, a port and a scenario's own options, which come last so that they override, into a command.
`identity` turns a row of pki.CERTS into options; ASK, REQUIRE and `authorities` are what !ask, !require and !ca:FILE
stand for in a scenario; SPEAKS its versions. CONNECTED are words of the log that say the handshake is over; without them the recorder waits
for silence. A stack that does not end by itself LINGERS and is ended by the recorder. One whose server listens on every
interface is EXPOSED and runs in a private network namespace only. `build` makes the programs that are not packaged.
"""

import os
import shutil
import subprocess

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
BUILT = "peers"  # beside the certificates


def _run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          **options).stdout


def _first(options, default, *marks):
    """The default identity, unless the scenario's options bring one."""
    return [] if any(option in marks for option in options) else default


def _package_version(package):
    """The version of an installed package, without what its distribution adds for order and patches."""
    if not shutil.which("dpkg-query"):
        return "of unknown version"
    return _run(["dpkg-query", "-W", "-f", "${Version}", package])


class OpenSSL:
    PROGRAMS, PACKAGE = ("openssl",), "openssl"
    VERSIONS = {"tls10": "TLSv1", "tls11": "TLSv1.1", "tls12": "TLSv1.2", "tls13": "TLSv1.3"}
    CONNECTED = {"server": ("CIPHER is",), "client": ("SSL handshake has read",)}
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = True, False, False, "Q\n"
    SPEAKS = ("tls10", "tls11", "tls12", "tls13", "dtls12")
    ENVIRONMENT = {"OPENSSL_CONF": os.devnull}  # not what the distribution restricts
    ASK = "-verify 4 -verify_return_error -CAfile root.pem"
    REQUIRE = "-Verify 4 -verify_return_error -CAfile root.pem"

    @staticmethod
    def build(folder):
        pass

    @staticmethod
    def authorities(file):
        return ["-CAfile", file]

    @staticmethod
    def version():
        return " ".join(_run(["openssl", "version"]).split()[:2]).lower()

    @staticmethod
    def identity(certificates, name):
        chain = [] if certificates.is_direct(name) else ["-cert_chain", f"{name}.chain.pem"]
        return ["-cert", f"{name}.pem", "-key", f"{name}.key", *chain]

    @classmethod
    def _both(cls, version, log_keys):
        keys = ["-keylogfile", "keys"] if log_keys else []
        if version == "dtls12":
            return ["-dtls1_2", *keys]
        name = cls.VERSIONS[version]
        weak = ["-cipher", "DEFAULT@SECLEVEL=0"] if version in ("tls10", "tls11") else []
        return ["-min_protocol", name, "-max_protocol", name, *weak, *keys]

    @classmethod
    def server(cls, version, port, options, certificates, log_keys):
        tickets = ["-num_tickets", "0", "-no_ticket"] if "-num_tickets" not in options else []
        return ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", "1",
                *_first(options, cls.identity(certificates, "server-rsa"), "-cert"), *cls._both(version, log_keys),
                *tickets, *options]

    @classmethod
    def client(cls, version, port, options, certificates, log_keys):
        return ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-verifyCAfile", "several.pem",
                *cls._both(version, log_keys), *options]


class GnuTLS:
    PROGRAMS, PACKAGE = ("gnutls-serv", "gnutls-cli"), "gnutls-bin"
    VERSIONS = {"tls10": "TLS1.0", "tls11": "TLS1.1", "tls12": "TLS1.2", "tls13": "TLS1.3", "dtls12": "DTLS1.2"}
    RAW = ":-CTYPE-CLI-ALL:-CTYPE-SRV-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"
    CONNECTED = None
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = True, True, True, ""
    SPEAKS = ("tls10", "tls11", "tls12", "tls13", "dtls12")
    ENVIRONMENT = {}
    ASK, REQUIRE = "--verify-client-cert", "--require-client-cert --verify-client-cert"

    @staticmethod
    def build(folder):
        pass

    @staticmethod
    def authorities(file):
        return ["--x509cafile", file]

    @staticmethod
    def version():
        return "gnutls " + _run(["gnutls-cli", "--version"]).split()[1]

    @staticmethod
    def identity(certificates, name):
        return ["--x509certfile", certificates.bundle(name), "--x509keyfile", f"{name}.key"]

    @classmethod
    def _both(cls, version, options):
        raw = cls.RAW if "--rawpkfile" in options else ""
        udp = ["--udp"] if version == "dtls12" else []
        return ["--priority", f"NORMAL:-VERS-ALL:+VERS-{cls.VERSIONS[version]}{raw}", *udp]

    @classmethod
    def server(cls, version, port, options, certificates, log_keys):
        return ["gnutls-serv", "--port", str(port), "--x509cafile", "root.pem", *cls._both(version, options),
                *_first(options, cls.identity(certificates, "server-rsa"), "--x509certfile", "--rawpkfile"), *options]

    @classmethod
    def client(cls, version, port, options, certificates, log_keys):
        return ["gnutls-cli", "127.0.0.1", "--port", str(port), "--insecure", *cls._both(version, options), *options]


class NSS:
    PROGRAMS, PACKAGE = ("selfserv", "tstclnt", "certutil", "pk12util"), "libnss3-tools"
    VERSIONS = {"ssl30": "ssl3:ssl3", "tls10": "tls1.0:tls1.0", "tls11": "tls1.1:tls1.1", "tls12": "tls1.2:tls1.2",
                "tls13": "tls1.3:tls1.3", "dtls12": "tls1.2:tls1.2"}
    CONNECTED = None
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = False, True, True, ""
    SPEAKS = ("ssl30", "tls10", "tls11", "tls12", "tls13", "dtls12")
    ENVIRONMENT = {}
    ASK, REQUIRE = "-r", "-r -r"

    @staticmethod
    def build(folder):
        pass

    @staticmethod
    def authorities(file):
        raise ValueError(f"selfserv names those whom its database trusts, not {file}")

    @staticmethod
    def version():
        return "nss " + _package_version("libnss3")

    @staticmethod
    def identity(certificates, name):
        return ["-d", f"sql:{certificates.database(name)}", "-n", name]

    @classmethod
    def server(cls, version, port, options, certificates, log_keys):
        return ["selfserv", "-p", str(port), "-V", cls.VERSIONS[version], "-v",
                *_first(options, cls.identity(certificates, "server-rsa"), "-d"), *options]

    @classmethod
    def client(cls, version, port, options, certificates, log_keys):
        # it sends any certificate that it finds, so "none" takes a database without one; -O makes it choose at once, since
        # it gives up with internal_error now and then when it chooses while the handshake waits
        nobody = ["-d", f"sql:{certificates.database(None)}"]
        datagrams = ["-P", "client"] if version == "dtls12" else []
        return ["tstclnt", "-h", "127.0.0.1", "-p", str(port), "-V", cls.VERSIONS[version], "-o", "-O",
                *datagrams, *_first(options, nobody, "-d"), *options]


class Peer:
    """A stack without a program of its own in the distribution: one in peers/ runs it. See peers/peer.h."""
    CONNECTED = {"server": ("connected",), "client": ("connected",)}
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = False, False, False, ""
    ENVIRONMENT = {}
    ASK, REQUIRE = "--ask", "--require"
    PROGRAMS, SOURCE, COMPILE, RUN = (), "", (), ()

    @classmethod
    def build(cls, folder):
        """Compiles the peer into BUILT, below the folder of the certificates."""
        os.makedirs(os.path.join(folder, BUILT), exist_ok=True)
        environment = {**os.environ, "GO111MODULE": "off", "GOCACHE": os.path.join(folder, BUILT, "go-cache")}
        _run([*cls.COMPILE[:1], *(word.replace("@", os.path.join(PEERS, cls.SOURCE)) for word in cls.COMPILE[1:])],
             cwd=os.path.join(folder, BUILT), env=environment)

    @staticmethod
    def authorities(file):
        return ["--ca", file]

    @staticmethod
    def identity(certificates, name):
        return ["--cert", certificates.bundle(name), "--key", f"{name}.key"]

    @classmethod
    def _both(cls, role, version, port, log_keys):
        return [*cls.RUN, role, str(port), version, *(["--keys", "keys"] if log_keys else [])]

    @classmethod
    def server(cls, version, port, options, certificates, log_keys):
        return [*cls._both("server", version, port, log_keys), "--ca", "root.pem",
                *_first(options, cls.identity(certificates, "server-rsa"), "--cert"), *options]

    @classmethod
    def client(cls, version, port, options, certificates, log_keys):
        return [*cls._both("client", version, port, log_keys), *options]


class MbedTLS(Peer):
    SPEAKS = ("tls10", "tls11", "tls12", "dtls12")
    PROGRAMS, PACKAGE = ("gcc",), "libmbedtls-dev"
    SOURCE, COMPILE = "mbedtls.c", ("gcc", "-o", "mbedtls", "@", "-lmbedtls", "-lmbedx509", "-lmbedcrypto")
    RUN = (f"{BUILT}/mbedtls",)

    @staticmethod
    def version():
        return "mbedtls " + _package_version("libmbedtls14")


class WolfSSL(Peer):
    SPEAKS = ("tls11", "tls12", "tls13", "dtls12")
    PROGRAMS, PACKAGE = ("gcc",), "libwolfssl-dev"
    SOURCE, COMPILE = "wolfssl.c", ("gcc", "-o", "wolfssl", "@", "-lwolfssl")
    RUN = (f"{BUILT}/wolfssl",)

    @staticmethod
    def version():
        return "wolfssl " + _package_version("libwolfssl35")


class BoringSSL(Peer):
    """Debian has Android's copy of it, in a folder of its own."""
    SPEAKS = ("tls10", "tls11", "tls12", "tls13", "dtls12")
    PROGRAMS, PACKAGE = ("gcc",), "android-libboringssl-dev"
    SOURCE = "boringssl.c"
    # headers and libraries of the same names as OpenSSL's
    COMPILE = ("sh", "-c", "place=$(dirname $(ls /usr/lib/*/android/libssl.so)) && gcc -I/usr/include/android "
               "-o boringssl @ -L$place -lssl -lcrypto -lz -Wl,-rpath,$place")
    RUN, LOGS_KEYS = (f"{BUILT}/boringssl",), True

    @staticmethod
    def version():
        return "boringssl of android " + _package_version("android-libboringssl")


class Java(Peer):
    SPEAKS = ("ssl30", "tls10", "tls11", "tls12", "tls13")
    PROGRAMS, PACKAGE = ("java", "javac"), "openjdk-17-jdk-headless"
    SOURCE, COMPILE = "Peer.java", ("javac", "-d", ".", "@")
    RUN = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", BUILT, "Peer")

    @staticmethod
    def version():
        done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True)
        return "java " + done.stderr.split('"')[1]


class Go(Peer):
    SPEAKS = ("tls10", "tls11", "tls12", "tls13")
    PROGRAMS, PACKAGE = ("go",), "golang-go"
    SOURCE, COMPILE = "peer.go", ("go", "build", "-o", "go", "@")
    RUN, LOGS_KEYS = (f"{BUILT}/go",), True

    @staticmethod
    def version():
        return "go " + _run(["go", "version"]).split()[2].removeprefix("go")


STACKS = {"openssl": OpenSSL, "gnutls": GnuTLS, "nss": NSS, "mbedtls": MbedTLS, "wolfssl": WolfSSL, "java": Java, "go": Go,
          "boringssl": BoringSSL}
