"""How each TLS stack is run on either side of a recorded handshake.

A stack turns a version, a port and a scenario's own options, which come last so that they override, into a command.
`identity` turns a row of pki.CERTS into options. CONNECTED are words of the log that say the handshake is over; without
them the recorder waits for silence. A stack that does not end by itself LINGERS and is ended by the recorder. One whose
server listens on every interface is EXPOSED and runs in a private network namespace only.
"""

import os
import shutil
import subprocess


def _run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          **options).stdout


def _first(options, default, *marks):
    """The default identity, unless the scenario's options bring one."""
    return [] if any(option in marks for option in options) else default


class OpenSSL:
    PROGRAMS, PACKAGE = ("openssl",), "openssl"
    VERSIONS = {"tls10": "TLSv1", "tls11": "TLSv1.1", "tls12": "TLSv1.2", "tls13": "TLSv1.3"}
    CONNECTED = {"server": ("CIPHER is",), "client": ("SSL handshake has read",)}
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = True, False, False, "Q\n"
    ENVIRONMENT = {"OPENSSL_CONF": os.devnull}  # not what the distribution restricts

    @staticmethod
    def version():
        return " ".join(_run(["openssl", "version"]).split()[:2]).lower()

    @staticmethod
    def identity(certificates, name):
        chain = [] if certificates.is_direct(name) else ["-cert_chain", f"{name}.chain.pem"]
        return ["-cert", f"{name}.pem", "-key", f"{name}.key", *chain]

    @classmethod
    def _both(cls, version, log_keys):
        name = cls.VERSIONS[version]
        weak = ["-cipher", "DEFAULT@SECLEVEL=0"] if version in ("tls10", "tls11") else []
        keys = ["-keylogfile", "keys"] if log_keys else []
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
    VERSIONS = {"tls12": "NORMAL:-VERS-ALL:+VERS-TLS1.2", "tls13": "NORMAL:-VERS-ALL:+VERS-TLS1.3"}
    RAW = ":-CTYPE-CLI-ALL:-CTYPE-SRV-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"
    CONNECTED = None
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = True, True, True, ""
    ENVIRONMENT = {}

    @staticmethod
    def version():
        return "gnutls " + _run(["gnutls-cli", "--version"]).split()[1]

    @staticmethod
    def identity(certificates, name):
        return ["--x509certfile", certificates.bundle(name), "--x509keyfile", f"{name}.key"]

    @classmethod
    def _both(cls, version, options):
        raw = cls.RAW if "--rawpkfile" in options else ""
        return ["--priority", cls.VERSIONS[version] + raw]

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
                "tls13": "tls1.3:tls1.3"}
    CONNECTED = None
    LOGS_KEYS, LINGERS, EXPOSED, QUIT = False, True, True, ""
    ENVIRONMENT = {}

    @staticmethod
    def version():
        if not shutil.which("dpkg-query"):
            return "nss of unknown version"
        return "nss " + _run(["dpkg-query", "-W", "-f", "${Version}", "libnss3"])

    @staticmethod
    def identity(certificates, name):
        return ["-d", f"sql:{certificates.database(name)}", "-n", name]

    @classmethod
    def server(cls, version, port, options, certificates, log_keys):
        return ["selfserv", "-p", str(port), "-V", cls.VERSIONS[version], "-v",
                *_first(options, cls.identity(certificates, "server-rsa"), "-d"), *options]

    @classmethod
    def client(cls, version, port, options, certificates, log_keys):
        # it sends any certificate that it finds, so "none" takes a database without one
        nobody = ["-d", f"sql:{certificates.database(None)}"]
        return ["tstclnt", "-h", "127.0.0.1", "-p", str(port), "-V", cls.VERSIONS[version], "-o",
                *_first(options, nobody, "-d"), *options]


STACKS = {"openssl": OpenSSL, "gnutls": GnuTLS, "nss": NSS}
