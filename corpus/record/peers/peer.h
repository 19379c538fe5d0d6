/* What the recorder's peers in C share: their command line, their socket, and how they end. Every peer is called
 *
 *     PEER server|client PORT VERSION [option ...]      (all of it in stacks.py, class Peer)
 *
 * VERSION is ssl30, tls10 ... tls13 or dtls12. A peer makes one handshake on 127.0.0.1 and says "connected" or
 * "failed:" and why. The client then listens for half a second, since an alert may still come at TLS 1.3, and closes in
 * its stack's way; the server reads until its peer has closed, and closes too. */
#ifndef CAUTH_PEER_H
#define CAUTH_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_PATIENCE_MS = 500, POST_PATIENCE_MS = 3000, SERVER_PATIENCE_MS = 10000 };

struct peer {
    bool server;
    int port;
    const char *version;
    const char *cert; /* PEM: the certificate, then what stands above it */
    const char *key;
    const char *ca;   /* PEM: who is trusted; a server names them */
    const char *crl;  /* PEM: a revocation list that the server holds the client against */
    const char *keys; /* where the key log goes */
    bool ask;
    bool require;
    bool compress; /* certificates, where the stack can */
    bool post;     /* post-handshake authentication */
};

_Noreturn static inline void peer_failed(const char *what, const char *why)
{
    printf("failed: %s: %s\n", what, why);
    fflush(stdout);
    exit(1);
}

static inline struct peer peer_options(int argc, char **argv)
{
    struct peer p = { 0 };
    int i = 4;
    if (argc < 4)
        peer_failed("usage", "PEER server|client PORT VERSION [option ...]");
    p.server = strcmp(argv[1], "server") == 0;
    p.port = atoi(argv[2]);
    p.version = argv[3];
    while (i < argc) {
        const char *option = argv[i++];
        if (strcmp(option, "--ask") == 0)
            p.ask = true;
        else if (strcmp(option, "--require") == 0)
            p.ask = p.require = true;
        else if (strcmp(option, "--compress") == 0)
            p.compress = true;
        else if (strcmp(option, "--post") == 0)
            p.post = true;
        else if (i == argc)
            peer_failed(option, "no such option, or its value is missing");
        else if (strcmp(option, "--cert") == 0)
            p.cert = argv[i++];
        else if (strcmp(option, "--key") == 0)
            p.key = argv[i++];
        else if (strcmp(option, "--ca") == 0)
            p.ca = argv[i++];
        else if (strcmp(option, "--crl") == 0)
            p.crl = argv[i++];
        else if (strcmp(option, "--keys") == 0)
            p.keys = argv[i++];
        else
            peer_failed(option, "no such option");
    }
    return p;
}

static inline bool peer_is(const struct peer *p, const char *version)
{
    return strcmp(p->version, version) == 0;
}

static inline int peer_patience_ms(const struct peer *p)
{
    return p->server ? SERVER_PATIENCE_MS : p->post ? POST_PATIENCE_MS : CLIENT_PATIENCE_MS;
}

/* A socket to the other side. A server waits for it; with datagrams, for the first of them. */
static inline int peer_socket(const struct peer *p)
{
    bool datagrams = peer_is(p, "dtls12");
    int s = socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    int on = 1;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)p->port) };
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    char byte;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0)
        peer_failed("socket", "refused");
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!p->server) {
        if (connect(s, (struct sockaddr *)&at, sizeof at) != 0)
            peer_failed("connect", "refused");
        return s;
    }
    if (bind(s, (struct sockaddr *)&at, sizeof at) != 0)
        peer_failed("bind", "the port is taken");
    if (!datagrams) {
        int accepted;
        if (listen(s, 1) != 0 || (accepted = accept(s, NULL, NULL)) < 0)
            peer_failed("accept", "nobody came");
        close(s);
        return accepted;
    }
    if (recvfrom(s, &byte, 1, MSG_PEEK, (struct sockaddr *)&from, &len) < 0 ||
        connect(s, (struct sockaddr *)&from, len) != 0)
        peer_failed("recvfrom", "nobody came");
    return s;
}

/* Whether there is something to read before the side's patience ends. */
static inline bool peer_readable(const struct peer *p, int s)
{
    struct pollfd one = { .fd = s, .events = POLLIN };
    return poll(&one, 1, peer_patience_ms(p)) > 0;
}

/* A read from now on ends after the side's patience, too. */
static inline void peer_limit(const struct peer *p, int s)
{
    int ms = peer_patience_ms(p);
    struct timeval patience = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static inline void peer_connected(void)
{
    puts("connected");
    fflush(stdout);
}

#endif
