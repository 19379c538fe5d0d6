// Go's crypto/tls as server or client: see peer.h, whose command line this is.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"
)

func need(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

var versions = map[string]uint16{"tls10": tls.VersionTLS10, "tls11": tls.VersionTLS11, "tls12": tls.VersionTLS12,
	"tls13": tls.VersionTLS13}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	options := flag.NewFlagSet("peer", flag.ExitOnError)
	cert := options.String("cert", "", "certificate and what stands above it")
	key := options.String("key", "", "its key")
	ca := options.String("ca", "", "who is trusted; a server names them")
	keys := options.String("keys", "", "key log")
	ocsp := options.String("ocsp", "", "OCSP response for it, which a client staples where it is asked to")
	ask := options.Bool("ask", false, "ask for a certificate")
	require := options.Bool("require", false, "require one")
	need(options.Parse(os.Args[4:]))
	server, address, version := os.Args[1] == "server", "127.0.0.1:"+os.Args[2], versions[os.Args[3]]

	config := &tls.Config{MinVersion: version, MaxVersion: version, InsecureSkipVerify: true}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		need(err)
		if *ocsp != "" {
			pair.OCSPStaple, err = os.ReadFile(*ocsp)
			need(err)
		}
		if server {
			config.Certificates = []tls.Certificate{pair}
		} else { // whatever the server asks for: else Go sends none where it thinks that none will do
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				return &pair, nil
			}
		}
	}
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		need(err)
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
	}
	if *keys != "" {
		file, err := os.OpenFile(*keys, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0600)
		need(err)
		config.KeyLogWriter = file
	}
	if *ask {
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	if *require {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}

	var connection *tls.Conn
	patience := 500 * time.Millisecond
	if server {
		listener, err := net.Listen("tcp4", address)
		need(err)
		socket, err := listener.Accept()
		need(err)
		connection, patience = tls.Server(socket, config), 10*time.Second
	} else {
		socket, err := net.Dial("tcp4", address)
		need(err)
		connection = tls.Client(socket, config)
	}
	need(connection.Handshake())
	fmt.Println("connected")
	need(connection.SetReadDeadline(time.Now().Add(patience)))
	bytes := make([]byte, 256)
	for {
		if _, err := connection.Read(bytes); err != nil {
			break
		}
	}
	connection.Close()
}
