/* How a process ends that is started to see that, and what tells one end from another. */
#ifndef CAUTH_FUZZ_REDUCE_END_H
#define CAUTH_FUZZ_REDUCE_END_H

#include <stdbool.h>
#include <stddef.h>

#include "cauth/bytes.h"

/* What may end the process. What it gives otherwise is what its process is waited for. */
typedef bool end_run(void *user, cauth_bytes in);

#define END_SIGNATURE_SIZE 400

typedef struct {
    int status;  /* of waitpid; -1: it could not be tried */
    bool late;   /* it took longer than it may, and was ended for that: this says nothing of the input */
    bool answer; /* of a process that lives: what the run gave */
    /* What a sanitizer says, its kind and the innermost functions, or else the last line that the process wrote to
     * standard error; numbers are left out. Empty when it said nothing. Of more than a MiB, only the first half MiB and
     * a quarter to a half of the last are looked at. */
    char signature[END_SIGNATURE_SIZE];
} process_end;

/* The signature of what a process wrote. Of a sanitizer it is made as that of a finding (ci/lib/findings.py): the kind,
 * and the three innermost functions of the first stack, the same ones passed over. But here numbers are left out of
 * every kind, and where the stack has no symbols, offsets in the program stand for functions; a finding has the kind
 * alone then. */
void end_signature(const char *text, char signature[END_SIGNATURE_SIZE]);

/* How a process ends that runs it, after so many seconds at the latest. */
process_end end_of(end_run *run, void *user, cauth_bytes in, unsigned seconds);

/* Whether the process outlives it, or it could not be tried. */
bool end_lives(const process_end *end);

/* The same status and signature. What came late is like nothing. */
bool end_is_alike(const process_end *a, const process_end *b);

#endif
