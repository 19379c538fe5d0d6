#!/bin/bash
# usage: SRC=… WORK=… OUT=… CC=… CXX=… CFLAGS=… CXXFLAGS=… LIB_FUZZING_ENGINE=… SANITIZER=… ARCHITECTURE=… build.sh
#
# Builds every fuzz target into $OUT as OSS-Fuzz and ClusterFuzzLite ask for: the target, its dictionary, its options and
# its seed corpus. Only what OSS-Fuzz's base image has is used. ci/oss-fuzz/check runs it without docker.
#
# $SRC/openssl is built and linked where it is there, else the system's static libraries are. $SRC/openssl-master gives
# the same targets once more, under names that end in -master. Neither is there under MemorySanitizer, where assembler
# would report what it does not understand, nor on i386: only the parsers' own targets are built then.
set -eu

cauth=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
case $cauth in
*/ci/oss-fuzz) cauth=${cauth%/ci/oss-fuzz} ;;
*) cauth=$SRC/cauth ;; # copied to $SRC by the Dockerfile
esac
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
jobs=${CAUTH_JOBS:-$(nproc)}

# Builds a source tree of OpenSSL with the flags of the targets into a prefix. Without the macro by which OpenSSL would
# answer otherwise than it does for its users; with zlib, as distributions build it, or compress_certificate is not known.
build_openssl() {
    local source=$1 prefix=$2
    local newer="no-docs no-quic" # which Configure takes since 3.2, and stops at before
    grep -qx 'MAJOR=3' "$source/VERSION.dat" && grep -qx 'MINOR=[01]' "$source/VERSION.dat" && newer=
    mkdir -p "$prefix/build"
    (
        cd "$prefix/build"
        CFLAGS=${CFLAGS//-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION/} \
            "$source/Configure" linux-x86_64 no-shared no-tests $newer no-module no-engine zlib \
            --prefix="$prefix" --libdir=lib --openssldir="$prefix/ssl" >configure.log || {
            cat configure.log
            exit 1
        }
        make -j"$jobs" build_libs >make.log 2>&1 && make install_dev >>make.log 2>&1 || {
            tail -n 50 make.log
            exit 1
        }
    )
}

# usage: build_targets FOLDER SUFFIX CMAKE-OPTION...: configures, builds and installs the targets.
build_targets() {
    local build=$1 suffix=$2 target
    shift 2
    rm -f "$build/CMakeCache.txt" # which remembers the OpenSSL of a build before
    # $CXX links, because engines may be C++ libraries.
    cmake -G Ninja -S "$cauth" -B "$build" -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" \
        -DCMAKE_C_LINK_EXECUTABLE="$CXX $CXXFLAGS <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>" \
        -DCAUTH_TESTS=OFF -DCAUTH_TOOLS=OFF -DCAUTH_WERROR=OFF -DCAUTH_FUZZ=ON -DCAUTH_FUZZ_ENGINE="$engine" \
        -DCAUTH_DIVERGENCES_APART=ON -DOPENSSL_USE_STATIC_LIBS=TRUE -DZLIB_USE_STATIC_LIBS=ON "$@"
    cmake --build "$build" -j "$jobs"
    for target in "$build"/fuzz/fuzz_* "$build"/fuzz/diff_* "$build"/fuzz/divergence_*; do
        [ -x "$target" ] && [ -f "$target" ] || continue
        case $suffix$(basename "$target") in
        -masterfuzz_*) continue ;; # no OpenSSL in it
        esac
        install_target "$target" "$suffix"
    done
}

install_target() {
    local target=$1 name message seed
    name=$(basename "$target")
    message=$(message_of "$name")
    name=$name$2
    cp "$target" "$OUT/$name"
    if [ -f "$target.dict" ]; then
        cp "$target.dict" "$OUT/$name.dict"
    fi
    printf '[libfuzzer]\nmax_len = 65536\n\n[asan]\nquarantine_size_mb = 64\n' >"$OUT/$name.options"
    rm -rf "$WORK/seeds" "$OUT/${name}_seed_corpus.zip"
    mkdir -p "$WORK/seeds"
    cp -r "$cauth/corpus/$message" "$WORK/seeds/$message"
    # OSS-Fuzz takes no target that fails on a seed. With a version of OpenSSL that differs in a new way the fuzzer finds,
    # and reports, what the seed showed.
    case $name in
    divergence_*)
        passes "$target" "$WORK/seeds/$message"/* || for seed in "$WORK/seeds/$message"/*; do
            passes "$target" "$seed" || {
                echo "$name: left out: $message/$(basename "$seed")"
                rm "$seed"
            }
        done
        if [ -z "$(ls "$WORK/seeds/$message")" ]; then
            echo "$name: fails on every seed; it does not run here" >&2
            exit 1
        fi
        ;;
    esac
    (cd "$WORK/seeds" && python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" "$message")
}

# Without the search for leaks, which a container may not allow; and no profile is left where the build runs.
passes() {
    (cd "$WORK" && ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 LLVM_PROFILE_FILE=/dev/null "$@") >/dev/null 2>&1
}

# The message of a target: the longest name of messages.def that the target's name ends in.
message_of() {
    local name found=
    for name in $(sed -n 's/^CAUTH_MESSAGE(\([a-z0-9_]*\),.*/\1/p' "$cauth/parsers/messages.def"); do
        case $1 in
        *_"$name") [ ${#name} -le ${#found} ] || found=$name ;;
        esac
    done
    echo "$found"
}

if [ "${ARCHITECTURE:-x86_64}" = i386 ]; then
    CFLAGS="$CFLAGS -idirafter /usr/include/x86_64-linux-gnu" # <asm/…>, which is the same for both
fi
if [ "$SANITIZER" = memory ] || [ "${ARCHITECTURE:-x86_64}" != x86_64 ]; then
    build_targets "$WORK/cauth" "" -DCAUTH_ORACLES=OFF
    exit
fi
if [ -d "$SRC/openssl" ]; then
    build_openssl "$SRC/openssl" "$WORK/openssl"
    build_targets "$WORK/cauth" "" -DOPENSSL_ROOT_DIR="$WORK/openssl"
else
    build_targets "$WORK/cauth" ""
fi
if [ -d "$SRC/openssl-master" ]; then
    build_openssl "$SRC/openssl-master" "$WORK/openssl-master"
    build_targets "$WORK/cauth-master" -master -DOPENSSL_ROOT_DIR="$WORK/openssl-master"
fi
