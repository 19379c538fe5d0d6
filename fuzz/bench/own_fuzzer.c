/* A fuzz target out of OpenSSL's source tree (fuzz/client.c, fuzz/server.c) as it is: under libFuzzer, or timed, to
 * measure ours beside it. Compiled by ci/lib/own.py. */
#include <stddef.h>
#include <stdint.h>

int FuzzerInitialize(int *argc, char ***argv);
int FuzzerTestOneInput(const uint8_t *ptr, size_t len);

#ifndef OWN_TIMED

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *ptr, size_t len);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return FuzzerInitialize(argc, argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *ptr, size_t len)
{
    return FuzzerTestOneInput(ptr, len);
}

#else

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Its own time() stands still. */
static double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what)
{
    perror(what);
    exit(3);
}

typedef struct {
    uint8_t *ptr;
    size_t len;
} input;

static input read_input(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        fail(path);
    long len = ftell(f);
    input in = { malloc(len > 0 ? (size_t)len : 1), len > 0 ? (size_t)len : 0 };
    rewind(f);
    if (in.ptr == NULL || fread(in.ptr, 1, in.len, f) != in.len)
        fail(path);
    fclose(f);
    return in;
}

/* SECONDS FILE ...: prints how many inputs it took in a second of CPU time. */
int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    size_t num = (size_t)argc - 2;
    input *in = calloc(num, sizeof *in);
    if (in == NULL)
        fail("calloc");
    for (size_t i = 0; i < num; i++)
        in[i] = read_input(argv[i + 2]);
    FuzzerInitialize(&argc, &argv);
    (void)FuzzerTestOneInput(in[0].ptr, in[0].len); /* what is made once */
    double seconds = strtod(argv[1], NULL);
    double start = cpu_seconds();
    double taken = 0;
    size_t done = 0;
    while (taken < seconds) {
        for (size_t i = 0; i < num; i++)
            (void)FuzzerTestOneInput(in[i].ptr, in[i].len);
        done += num;
        taken = cpu_seconds() - start;
    }
    printf("%.1f\n", (double)done / taken);
    for (size_t i = 0; i < num; i++)
        free(in[i].ptr);
    free(in);
    return 0;
}

#endif
