// Java's JSSE as server or client: see peer.h, whose command line this is.
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Principal;
import java.security.Security;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

public class Peer {
    static final Map<String, String> VERSIONS = Map.of("ssl30", "SSLv3", "tls10", "TLSv1", "tls11", "TLSv1.1", "tls12",
            "TLSv1.2", "tls13", "TLSv1.3");

    // One identity, whatever the other side asks for: JSSE's own managers send none where they think that none will do.
    static class OneIdentity extends X509ExtendedKeyManager {
        final X509Certificate[] chain;
        final PrivateKey key;

        OneIdentity(String certificates, String key) throws Exception {
            try (InputStream in = Files.newInputStream(Path.of(certificates))) {
                chain = CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new X509Certificate[0]);
            }
            String text = Files.readString(Path.of(key)).replaceAll("-----[A-Z ]*-----|\\s", "");
            this.key = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
        }

        String alias(String[] types) {
            String algorithm = key.getAlgorithm();
            for (String type : types)
                if (type.equals(algorithm) || type.startsWith("EC") && algorithm.equals("EC"))
                    return "own";
            return null;
        }

        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return alias(types);
        }

        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return alias(types);
        }

        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return alias(new String[] {type});
        }

        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"own"};
        }

        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[] {"own"};
        }

        public X509Certificate[] getCertificateChain(String alias) {
            return chain;
        }

        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    // A client does not judge here: recordings are about what it is asked for.
    static class TrustsAll extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    static TrustManager[] trusted(String file, String crl) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in))
                store.setCertificateEntry("ca" + number++, one);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        if (crl == null) {
            factory.init(store);
            return factory.getTrustManagers();
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
        try (InputStream in = Files.newInputStream(Path.of(crl))) {
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(
                    CertificateFactory.getInstance("X.509").generateCRLs(in))));
        }
        factory.init(new CertPathTrustManagerParameters(parameters));
        return factory.getTrustManagers();
    }

    public static void main(String[] args) throws Exception {
        boolean server = args[0].equals("server");
        int port = Integer.parseInt(args[1]);
        String version = VERSIONS.get(args[2]);
        String cert = null;
        String key = null;
        String ca = null;
        String crl = null;
        boolean ask = false;
        boolean require = false;
        for (int i = 3; i < args.length; i++) {
            switch (args[i]) {
                case "--cert" -> cert = args[++i];
                case "--key" -> key = args[++i];
                case "--ca" -> ca = args[++i];
                case "--crl" -> crl = args[++i];
                case "--ask" -> ask = true;
                case "--require" -> require = true;
                default -> throw new IllegalArgumentException(args[i] + ": no such option");
            }
        }
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        Security.setProperty("jdk.certpath.disabledAlgorithms", "");
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] own = cert == null ? new KeyManager[0] : new KeyManager[] {new OneIdentity(cert, key)};
        context.init(own, server && ca != null ? trusted(ca, crl) : new TrustManager[] {new TrustsAll()}, null);
        try (SSLSocket socket = open(context, server, port)) {
            socket.setEnabledProtocols(new String[] {version});
            if (server) {
                socket.setWantClientAuth(ask);
                if (require)
                    socket.setNeedClientAuth(true);
            }
            socket.startHandshake();
            System.out.println("connected");
            socket.setSoTimeout(server ? 10000 : 500);
            try {
                while (socket.getInputStream().read() >= 0)
                    ;
            } catch (IOException end) {
                System.out.println("ended: " + end.getMessage());
            }
        } catch (IOException reason) {
            System.out.println("failed: " + reason);
            System.exit(1);
        }
    }

    static SSLSocket open(SSLContext context, boolean server, int port) throws IOException {
        InetAddress here = InetAddress.getByName("127.0.0.1");
        if (!server)
            return (SSLSocket) context.getSocketFactory().createSocket(here, port);
        try (SSLServerSocket listener =
                     (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 1, here)) {
            return (SSLSocket) listener.accept();
        }
    }
}
