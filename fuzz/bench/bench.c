/* cauth-bench: what parsing costs, beside OpenSSL, in one run. Figures only; nothing passes or fails. */
#define _GNU_SOURCE

#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "exact.h"
#include "files.h"
#include "manifest.h"
#include "message.h"
#include "mutate.h"
#include "oracle.h"
#include "shapes.h"
#ifdef BENCH_OPENSSL_INTERNAL
#include "openssl_internal.h"
#else
typedef bool openssl_internal_fn(cauth_bytes body, const describe_sink *sink);
#endif

enum { CLEAN = 0, USAGE = 2, COULD_NOT_RUN = 3 };

#define ROUNDS 15u           /* each measures every column once; medians are printed */
#define SLICE 0.008          /* seconds a column is measured for in one round */
#define MUTATED_PER_INPUT 8u /* changed copies of each captured message */

static bool internal; /* the functions inside libssl.a can be measured */

static void *must(void *ptr)
{
    if (ptr == NULL) {
        fputs("cauth-bench: out of memory\n", stderr);
        exit(COULD_NOT_RUN);
    }
    return ptr;
}

/* --- JSON: an object of lists of flat objects --- */

static FILE *json; /* NULL: not asked for */
static bool json_first_list;
static bool json_first_item;
static bool json_open_item;

static void json_begin(void)
{
    if (json != NULL)
        fputs("{", json);
    json_first_list = true;
}

static void json_text(const char *name, const char *text)
{
    if (json != NULL)
        fprintf(json, "%s\n  \"%s\": \"%s\"", json_first_list ? "" : ",", name, text);
    json_first_list = false;
}

static void json_list(const char *name)
{
    if (json != NULL)
        fprintf(json, "%s\n  \"%s\": [", json_first_list ? "" : ",", name);
    json_first_list = false;
    json_first_item = true;
    json_open_item = false;
}

/* Members of the next object of the list; further ones of the same object. */
static void json_item(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void json_more(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void json_item(const char *format, ...)
{
    va_list values;
    if (json == NULL)
        return;
    fprintf(json, "%s%s\n    {", json_open_item ? "}" : "", json_first_item ? "" : ",");
    va_start(values, format);
    vfprintf(json, format, values);
    va_end(values);
    json_first_item = false;
    json_open_item = true;
}

static void json_more(const char *format, ...)
{
    va_list values;
    if (json == NULL)
        return;
    fputs(", ", json);
    va_start(values, format);
    vfprintf(json, format, values);
    va_end(values);
}

static void json_end_list(void)
{
    if (json != NULL)
        fprintf(json, "%s\n  ]", json_open_item ? "}" : "");
}

static void json_end(void)
{
    if (json != NULL)
        fputs("\n}\n", json);
}

/* --- inputs --- */

typedef struct {
    const message *m;
    cauth_bytes *in;
    size_t num;
    size_t bytes;
} input_set;

static void add_input(input_set *set, cauth_bytes in)
{
    set->in = must(realloc(set->in, (set->num + 1) * sizeof *set->in));
    set->in[set->num++] = in;
    set->bytes += in.len;
}

static void free_set(input_set *set)
{
    for (size_t i = 0; i < set->num; i++)
        exact_free(set->in[i]);
    free(set->in);
    memset(set, 0, sizeof *set);
}

/* The captured files of a message. */
static input_set captured(const char *corpus, const manifest *rows, const char *name)
{
    input_set set = { message_by_name(name), NULL, 0, 0 };
    for (size_t i = 0; i < rows->num; i++) {
        char path[4096];
        const char *error = NULL;
        cauth_bytes in;
        if (strcmp(rows->rows[i].message, name) != 0 || strcmp(rows->rows[i].origin, "captured") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", corpus, rows->rows[i].path);
        if (!file_read(path, &in, &error)) {
            fprintf(stderr, "cauth-bench: %s: %s\n", path, error);
            exit(COULD_NOT_RUN);
        }
        add_input(&set, in);
    }
    return set;
}

static input_set mutated(const input_set *from)
{
    input_set set = { from->m, NULL, 0, 0 };
    random_source r = random_init(1);
    for (size_t i = 0; i < from->num; i++)
        for (size_t k = 0; k < MUTATED_PER_INPUT; k++)
            add_input(&set, mutate(&r, from->in[i]));
    return set;
}

/* --- time --- */

typedef struct column {
    void (*pass)(const input_set *set, struct column *c); /* once over the set */
    openssl_internal_fn *read;
    const oracle *oracle;
    size_t asked;           /* of the last pass: what the oracle could be asked */
    size_t accepted;        /* of the last pass */
    double seconds[ROUNDS]; /* of one pass */
} column;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of_pass(const input_set *set, column *c)
{
    size_t passes = 0;
    double start = cpu_seconds();
    double taken;
    do {
        c->accepted = 0;
        c->pass(set, c);
        passes++;
        taken = cpu_seconds() - start;
    } while (taken < SLICE);
    return taken / (double)passes;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double values[ROUNDS])
{
    double sorted[ROUNDS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, ROUNDS, sizeof sorted[0], ascending);
    return sorted[ROUNDS / 2];
}

/* How many times longer b takes than a: of the rounds, not of the medians, since a busy machine slows both. */
static double median_ratio(const column *a, const column *b)
{
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        ratios[i] = b->seconds[i] / a->seconds[i];
    return median(ratios);
}

static void measure(const input_set *set, column *columns, size_t num)
{
    for (size_t i = 0; i < num; i++)
        columns[i].pass(set, &columns[i]); /* warm */
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < num; i++)
            columns[i].seconds[round] = seconds_of_pass(set, &columns[i]);
}

static double per_second(const column *c, double amount)
{
    return amount / median(c->seconds);
}

/* --- messages --- */

static void pass_judge(const input_set *set, column *c)
{
    cauth_flags flags;
    for (size_t i = 0; i < set->num; i++)
        c->accepted += cauth_is_accepted(message_judge(set->m, set->in[i], CAUTH_STRICT, &flags));
}

static void pass_framing(const input_set *set, column *c)
{
    message_view view;
    cauth_flags flags;
    cauth_context ctx = message_context(set->m, CAUTH_STRICT);
    for (size_t i = 0; i < set->num; i++)
        c->accepted += cauth_is_accepted(set->m->parse(set->in[i], &ctx, &view, &flags));
}

static void pass_public(const input_set *set, column *c)
{
    oracle_observation seen;
    for (size_t i = 0; i < set->num; i++) {
        oracle_openssl.judge(set->m, set->in[i], &seen);
        c->accepted += seen.verdict == ORACLE_ACCEPT;
    }
}

static void pass_internal(const input_set *set, column *c)
{
    for (size_t i = 0; i < set->num; i++)
        c->accepted += c->read(set->in[i], NULL);
}

static openssl_internal_fn *find_internal(const char *name)
{
#ifdef BENCH_OPENSSL_INTERNAL
    return internal ? openssl_internal_find(name) : NULL;
#else
    (void)name;
    return NULL;
#endif
}

static void bench_set(const input_set *set, const char *kind)
{
    column columns[] = {
        { .pass = pass_judge },
        { .pass = pass_framing },
        { .pass = pass_public },
        { .pass = pass_internal, .read = find_internal(set->m->name) },
    };
    bool inside = columns[3].read != NULL;
    double num = (double)set->num;
    double megabytes = (double)set->bytes / 1e6;
    if (set->num == 0)
        return;
    measure(set, columns, inside ? 4 : 3);
    printf("%-19s %-8s %5zu %7.0f %4.0f%% %11.0f %9.0f %12.0f %10.0f %8.0fx", set->m->name, kind, set->num,
           (double)set->bytes / num, 100 * (double)columns[0].accepted / num, per_second(&columns[0], num),
           per_second(&columns[0], megabytes), per_second(&columns[1], num), per_second(&columns[2], num),
           median_ratio(&columns[0], &columns[2]));
    if (inside)
        printf(" %10.0f %7.1fx\n", per_second(&columns[3], num), median_ratio(&columns[0], &columns[3]));
    else
        printf(" %10s %8s\n", "-", "-");
    json_item("\"message\": \"%s\", \"set\": \"%s\", \"inputs\": %zu, \"bytes\": %zu, \"accepted\": %zu, "
              "\"cauth_per_second\": %.0f, \"cauth_megabytes_per_second\": %.1f, \"framing_per_second\": %.0f, "
              "\"openssl_public_per_second\": %.0f, \"ratio_public\": %.1f",
              set->m->name, kind, set->num, set->bytes, columns[0].accepted, per_second(&columns[0], num),
              per_second(&columns[0], megabytes), per_second(&columns[1], num), per_second(&columns[2], num),
              median_ratio(&columns[0], &columns[2]));
    if (inside)
        json_more("\"openssl_internal_per_second\": %.0f, \"ratio_internal\": %.1f", per_second(&columns[3], num),
                  median_ratio(&columns[0], &columns[3]));
}

static void bench_messages(const char *corpus, const manifest *rows)
{
    static const char *const names[] = {
        "certreq_tls12", "cert_tls12_client", "cert_tls12_server", "alert_tls12_client", "alert_tls12_server",
    };
    puts("whole messages, framing and DER, strict, beside OpenSSL; per second of CPU time");
    printf("%-19s %-8s %5s %7s %5s %11s %9s %12s %10s %9s %10s %8s\n", "message", "set", "num", "bytes", "valid",
           "cauth", "MB/s", "framing only", "public", "ratio", "internal", "ratio");
    json_list("messages");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        input_set set = captured(corpus, rows, names[i]);
        input_set changed = mutated(&set);
        bench_set(&set, "captured");
        bench_set(&changed, "mutated");
        free_set(&set);
        free_set(&changed);
    }
    json_end_list();
}

/* --- every question --- */

#define USUAL_LENGTH 4096u /* what libFuzzer makes; longer files of the corpus would decide the figures alone */

static input_set corpus_set(const char *corpus, const manifest *rows, const message *m, size_t longest);

/* Messages a second that a compared message is aimed at; where each is four questions, a quarter of that. */
static double aim_of(const oracle *o, const message *m)
{
    bool finished = m->post_handshake || o == &oracle_openssl_after_finished;
    double aim = finished ? 2000 : m->version == CAUTH_TLS13 ? 5000 : 10000;
    return o == &oracle_openssl_coalesced ? aim / 4 : aim;
}

static void pass_oracle(const input_set *set, column *c)
{
    oracle_observation seen;
    c->asked = 0;
    for (size_t i = 0; i < set->num; i++) {
        c->oracle->judge(set->m, set->in[i], &seen);
        c->asked += seen.verdict != ORACLE_UNSUPPORTED;
        c->accepted += seen.verdict == ORACLE_ACCEPT;
    }
}

static void bench_question(const oracle *o, const input_set *set, const char *kind)
{
    column c = { .pass = pass_oracle, .oracle = o };
    double num = (double)set->num;
    double aim = aim_of(o, set->m);
    char name[64];
    pass_oracle(set, &c);
    if (c.asked == 0) /* the linked library cannot */
        return;
    measure(set, &c, 1);
    snprintf(name, sizeof name, "%s_%s", o->name, set->m->name);
    printf("%-45s %-8s %5zu %7.0f %4.0f%% %9.0f %7.0f%s\n", name, kind, set->num, (double)set->bytes / num,
           100 * (double)c.accepted / num, per_second(&c, num), aim, per_second(&c, num) < aim ? "  below" : "");
    json_item("\"oracle\": \"%s\", \"message\": \"%s\", \"set\": \"%s\", \"inputs\": %zu, \"bytes\": %zu, "
              "\"accepted\": %zu, \"per_second\": %.0f, \"aim\": %.0f",
              o->name, set->m->name, kind, set->num, set->bytes, c.accepted, per_second(&c, num), aim);
}

static void bench_questions(const char *corpus, const manifest *rows)
{
    printf("\nevery question to OpenSSL, messages up to %u octets; per second of CPU time\n", USUAL_LENGTH);
    printf("%-45s %-8s %5s %7s %5s %9s %7s\n", "compared", "set", "num", "bytes", "valid", "messages", "aim");
    json_list("questions");
    for (size_t i = 0; i < num_oracles_compared; i++) {
        input_set set = corpus_set(corpus, rows, message_by_name(oracles_compared[i].message), USUAL_LENGTH);
        input_set changed = mutated(&set);
        bench_question(oracles_compared[i].oracle, &set, "corpus");
        bench_question(oracles_compared[i].oracle, &changed, "mutated");
        free_set(&set);
        free_set(&changed);
    }
    json_end_list();
}

/* --- memory --- */

#define MEMORY_QUESTIONS 1000000u
#define MEMORY_STEPS 10u

/* What the process holds, in KB. */
static long resident(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A set for each compared message, of the corpus and of changed copies, and one question after the other. */
static void bench_memory(const char *corpus, const manifest *rows)
{
    input_set *sets = must(calloc(num_oracles_compared, sizeof *sets));
    size_t asked = 0;
    for (size_t i = 0; i < num_oracles_compared; i++) {
        input_set set = corpus_set(corpus, rows, message_by_name(oracles_compared[i].message), USUAL_LENGTH);
        sets[i] = mutated(&set);
        for (size_t k = 0; k < set.num; k++)
            add_input(&sets[i], set.in[k]);
        free(set.in);
    }
    printf("\nmemory over %u questions, of all messages in turn, in KB resident and in use\n", MEMORY_QUESTIONS);
    printf("%9s %9s %9s\n", "questions", "resident", "in use");
    json_list("memory");
    for (size_t round = 0; asked < MEMORY_QUESTIONS; round++)
        for (size_t i = 0; i < num_oracles_compared && asked < MEMORY_QUESTIONS; i++) {
            oracle_observation seen;
            if (sets[i].num == 0)
                continue;
            oracles_compared[i].oracle->judge(sets[i].m, sets[i].in[round % sets[i].num], &seen);
            if (++asked % (MEMORY_QUESTIONS / MEMORY_STEPS) != 0)
                continue;
            printf("%9zu %9ld %9zu\n", asked, resident(), mallinfo2().uordblks / 1024);
            json_item("\"questions\": %zu, \"resident_kb\": %ld, \"in_use_kb\": %zu", asked, resident(),
                      mallinfo2().uordblks / 1024);
        }
    json_end_list();
    for (size_t i = 0; i < num_oracles_compared; i++)
        free_set(&sets[i]);
    free(sets);
}

/* --- walks of names and certificates --- */

static void pass_d2i_name(const input_set *set, column *c)
{
    for (size_t i = 0; i < set->num; i++) {
        const unsigned char *p = set->in[i].ptr;
        X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)set->in[i].len);
        c->accepted += name != NULL;
        X509_NAME_free(name);
        ERR_clear_error();
    }
}

static void pass_d2i_certificate(const input_set *set, column *c)
{
    for (size_t i = 0; i < set->num; i++) {
        const unsigned char *p = set->in[i].ptr;
        X509 *certificate = d2i_X509(NULL, &p, (long)set->in[i].len);
        c->accepted += certificate != NULL;
        X509_free(certificate);
        ERR_clear_error();
    }
}

static void bench_walk(const input_set *set, const char *kind, const char *function,
                       void (*pass)(const input_set *, column *))
{
    column columns[] = { { .pass = pass_framing }, { .pass = pass } };
    double num = (double)set->num;
    double megabytes = (double)set->bytes / 1e6;
    if (set->num == 0)
        return;
    measure(set, columns, 2);
    printf("%-19s %-8s %5zu %7.0f %11.0f %9.0f   %-14s %10.0f %9.0f %7.1fx\n", set->m->name, kind, set->num,
           (double)set->bytes / num, per_second(&columns[0], num), per_second(&columns[0], megabytes), function,
           per_second(&columns[1], num), per_second(&columns[1], megabytes), median_ratio(&columns[0], &columns[1]));
    json_item("\"message\": \"%s\", \"set\": \"%s\", \"inputs\": %zu, \"bytes\": %zu, \"cauth_per_second\": %.0f, "
              "\"cauth_megabytes_per_second\": %.1f, \"function\": \"%s\", \"function_per_second\": %.0f, "
              "\"function_megabytes_per_second\": %.1f, \"ratio\": %.1f",
              set->m->name, kind, set->num, set->bytes, per_second(&columns[0], num),
              per_second(&columns[0], megabytes), function, per_second(&columns[1], num),
              per_second(&columns[1], megabytes), median_ratio(&columns[0], &columns[1]));
}

static void bench_walks(const char *corpus, const manifest *rows)
{
    static const struct {
        const char *name;
        const char *function;
        void (*pass)(const input_set *, column *);
    } walks[] = { { "name_tls12", "d2i_X509_NAME", pass_d2i_name }, { "x509", "d2i_X509", pass_d2i_certificate } };
    printf("\nnames and certificates, beside OpenSSL's decoders\n%-19s %-8s %5s %7s %11s %9s   %-14s %10s %9s %8s\n",
           "message", "set", "num", "bytes", "cauth", "MB/s", "function", "per second", "MB/s", "ratio");
    json_list("walks");
    for (size_t i = 0; i < sizeof walks / sizeof walks[0]; i++) {
        input_set set = captured(corpus, rows, walks[i].name);
        input_set changed = mutated(&set);
        bench_walk(&set, "captured", walks[i].function, walks[i].pass);
        bench_walk(&changed, "mutated", walks[i].function, walks[i].pass);
        free_set(&set);
        free_set(&changed);
    }
    json_end_list();
}

/* --- growth --- */

static const size_t sizes[] = { 1, 4, 16, 64, 128 }; /* in KB */
#define NUM_SIZES (sizeof sizes / sizeof sizes[0])

static input_set shape_of_size(const shape *s, size_t size)
{
    uint8_t *room = must(malloc(SHAPE_MAX));
    cauth_writer w = cauth_writer_init(room, SHAPE_MAX);
    input_set set = { message_by_name(s->message), NULL, 0, 0 };
    s->build(&w, size);
    if (!w.failed)
        add_input(&set, exact_copy(w.ptr, w.len));
    free(room);
    return set;
}

/* ns per byte; 0 when the message cannot be that long. */
static double ns_per_byte(const shape *s, size_t size)
{
    column c = { .pass = pass_judge };
    input_set set = shape_of_size(s, size);
    double ns = 0;
    if (set.bytes > size - size / 4) {
        measure(&set, &c, 1);
        ns = median(c.seconds) * 1e9 / (double)set.bytes;
    }
    free_set(&set);
    return ns;
}

static void bench_growth(void)
{
    puts("\nns per byte of the costliest shapes as they grow");
    printf("%-24s %-17s %8s %8s %8s %8s %8s\n", "message", "shape", "1 KB", "4 KB", "16 KB", "64 KB", "128 KB");
    json_list("growth");
    for (size_t i = 0; i < num_shapes; i++) {
        double ns[NUM_SIZES];
        printf("%-24s %-17s", shapes[i].message, shapes[i].name);
        json_item("\"message\": \"%s\", \"shape\": \"%s\"", shapes[i].message, shapes[i].name);
        for (size_t k = 0; k < NUM_SIZES; k++) {
            ns[k] = ns_per_byte(&shapes[i], sizes[k] * 1024);
            if (ns[k] > 0)
                printf(" %8.2f", ns[k]);
            else
                printf(" %8s", "-");
            if (ns[k] > 0)
                json_more("\"ns_per_byte_%zu_kb\": %.3f", sizes[k], ns[k]);
        }
        putchar('\n');
    }
    json_end_list();
}

/* --- stack --- */

#define STACK_SIZE ((size_t)256 * 1024)
#define PAINT 0xA5u

static uint8_t *stack;
static ucontext_t outside;
static ucontext_t inside_context;
static struct {
    const message *m;
    cauth_bytes in;
    cauth_profile profile;
    bool judge; /* false: nothing at all, to see what entering costs */
} task;

static void run_task(void)
{
    cauth_flags flags;
    if (task.judge)
        message_judge(task.m, task.in, task.profile, &flags);
}

/* Bytes of a painted stack that a run of the task overwrites. */
static size_t stack_of_task(void)
{
    size_t untouched = 0;
    memset(stack, PAINT, STACK_SIZE);
    getcontext(&inside_context);
    inside_context.uc_stack.ss_sp = stack;
    inside_context.uc_stack.ss_size = STACK_SIZE;
    inside_context.uc_link = &outside;
    makecontext(&inside_context, run_task, 0);
    swapcontext(&outside, &inside_context);
    while (untouched < STACK_SIZE && stack[untouched] == PAINT)
        untouched++;
    return STACK_SIZE - untouched;
}

static size_t worst_stack(const input_set *set, size_t worst)
{
    for (size_t i = 0; i < set->num; i++)
        for (int profile = CAUTH_STRICT; profile <= CAUTH_INTEROP; profile++) {
            task.m = set->m;
            task.in = set->in[i];
            task.profile = (cauth_profile)profile;
            size_t used = stack_of_task();
            if (used > worst)
                worst = used;
        }
    return worst;
}

static input_set corpus_set(const char *corpus, const manifest *rows, const message *m, size_t longest)
{
    input_set set = { m, NULL, 0, 0 };
    for (size_t i = 0; i < rows->num; i++) {
        char path[4096];
        const char *error = NULL;
        cauth_bytes in;
        snprintf(path, sizeof path, "%s/%s", corpus, rows->rows[i].path);
        if (strcmp(rows->rows[i].message, m->name) != 0 || !file_read(path, &in, &error))
            continue;
        if (in.len <= longest)
            add_input(&set, in);
        else
            exact_free(in);
    }
    return set;
}

static void bench_stack(const char *corpus, const manifest *rows)
{
    puts("\nmost stack a whole verdict took over the corpus and the shapes above, in bytes");
    json_list("stack");
    stack = must(malloc(STACK_SIZE));
    task.judge = false;
    size_t entering = stack_of_task();
    task.judge = true;
    for (size_t i = 0; i < num_messages; i++) {
        input_set set = corpus_set(corpus, rows, &messages[i], SIZE_MAX);
        size_t worst = worst_stack(&set, entering);
        free_set(&set);
        for (size_t k = 0; k < num_shapes; k++)
            if (strcmp(shapes[k].message, messages[i].name) == 0) {
                set = shape_of_size(&shapes[k], 16384);
                worst = worst_stack(&set, worst);
                free_set(&set);
            }
        printf("%-24s %6zu\n", messages[i].name, worst - entering);
        json_item("\"message\": \"%s\", \"bytes\": %zu", messages[i].name, worst - entering);
    }
    json_end_list();
    free(stack);
}

/* --- */

static int usage(FILE *out, int status)
{
    fputs("usage: cauth-bench CORPUS [--questions | --memory] [--json FILE]\n"
          "\n"
          "Measures cauth beside OpenSSL over the captured files of a corpus folder (the one with MANIFEST.tsv) and "
          "over\n"
          "changed copies of them. Prints tables; --json writes the same figures to a file. --questions measures only "
          "what "
          "a\n"
          "question to each oracle takes, --memory only whether memory grows over a million of them.\n"
          "\n"
          "exit status: 0 measured, 2 wrong usage, 3 could not run\n",
          out);
    return status;
}

static bool only_questions;
static bool only_memory;

static void run(const char *corpus, const manifest *rows)
{
#ifdef BENCH_OPENSSL_INTERNAL
    internal = openssl_internal_start();
#endif
    printf("%s; internal functions: %s\n\n", oracle_openssl.version(), internal ? "measured" : "not available");
    json_begin();
    json_text("openssl", oracle_openssl.version());
    if (!only_questions && !only_memory) {
        bench_messages(corpus, rows);
        bench_walks(corpus, rows);
        bench_growth();
        bench_stack(corpus, rows);
    }
    if (!only_memory)
        bench_questions(corpus, rows);
    if (!only_questions)
        bench_memory(corpus, rows);
    json_end();
    oracle_openssl.end();
#ifdef BENCH_OPENSSL_INTERNAL
    openssl_internal_end();
#endif
}

int main(int argc, char **argv)
{
    const char *corpus = NULL;
    const char *json_path = NULL;
    char path[4096];
    manifest rows;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return usage(stdout, CLEAN);
        if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            json_path = argv[++i];
        else if (strcmp(argv[i], "--questions") == 0)
            only_questions = true;
        else if (strcmp(argv[i], "--memory") == 0)
            only_memory = true;
        else if (argv[i][0] != '-' && corpus == NULL)
            corpus = argv[i];
        else
            return usage(stderr, USAGE);
    }
    if (corpus == NULL)
        return usage(stderr, USAGE);
    snprintf(path, sizeof path, "%s/MANIFEST.tsv", corpus);
    if (!manifest_read(path, &rows))
        return COULD_NOT_RUN;
    if (json_path != NULL && (json = fopen(json_path, "w")) == NULL) {
        perror(json_path);
        return COULD_NOT_RUN;
    }
    run(corpus, &rows);
    manifest_free(&rows);
    if (json != NULL && fclose(json) != 0) {
        perror(json_path);
        return COULD_NOT_RUN;
    }
    return CLEAN;
}
