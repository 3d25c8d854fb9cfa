# SPDX-License-Identifier: Apache-2.0
FUZZERS="read_policy image"

fuzz_corpus() { echo "${BAILIFF_CACHE:-$HOME/.cache/bailiff}/corpus/$1"; }

# run_fuzzer NAME SECONDS: the corpus grows in the cache; it begins with what is kept in tests/corpus, and with the
# tests' examples.
run_fuzzer() {
    local corpus seeds=build/fuzz-seeds/$1
    corpus=$(fuzz_corpus "$1")
    rm -rf "$seeds"
    mkdir -p "$corpus" "$seeds" "tests/corpus/$1"
    [ "$1" = read_policy ] && cp --backup=numbered policy/testdata/*/*.yaml "$seeds/"
    say "fuzzing $1 for $2 s"
    "build/asan/fuzz_$1" -max_total_time="$2" -timeout=20 -rss_limit_mb=4096 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix=build/ "$corpus" "$seeds" "tests/corpus/$1"
}

# keep_corpus NAME: of the cache and of what is kept, the few that reach all that any of them does.
keep_corpus() {
    local kept=tests/corpus/$1 fresh=build/fuzz-kept/$1
    rm -rf "$fresh"
    mkdir -p "$fresh" "$kept" "$(fuzz_corpus "$1")"
    say "choosing what is kept of the corpus of $1"
    "build/asan/fuzz_$1" -set_cover_merge=1 -use_counters=0 -rss_limit_mb=4096 -verbosity=0 \
        "$fresh" "$kept" "$(fuzz_corpus "$1")"
    rm -rf "$kept"
    mv "$fresh" "$kept"
    echo "$kept: $(ls "$kept" | wc -l) files, $(cat "$kept"/* | wc -c) bytes"
}

dev_fuzz() {
    if [ $# = 0 ]; then
        echo "fuzzers: $FUZZERS"
        return
    fi
    build_preset asan "fuzz_$1"
    if [ "${2:-}" = --keep ]; then
        keep_corpus "$1"
        return
    fi
    run_fuzzer "$1" "${2:-60}"
}
