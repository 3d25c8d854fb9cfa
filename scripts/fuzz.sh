# SPDX-License-Identifier: Apache-2.0
FUZZERS="read_policy image"

# run_fuzzer NAME SECONDS: the corpus is kept in the cache, seeded from the tests' examples.
run_fuzzer() {
    local corpus=${BAILIFF_CACHE:-$HOME/.cache/bailiff}/corpus/$1 seeds=build/fuzz-seeds/$1
    rm -rf "$seeds"
    mkdir -p "$corpus" "$seeds"
    [ "$1" = read_policy ] && cp --backup=numbered policy/testdata/*/*.yaml "$seeds/"
    say "fuzzing $1 for $2 s"
    "build/asan/fuzz_$1" -max_total_time="$2" -timeout=20 -rss_limit_mb=4096 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix=build/ "$corpus" "$seeds"
}

dev_fuzz() {
    if [ $# = 0 ]; then
        echo "fuzzers: $FUZZERS"
        return
    fi
    build_preset asan "fuzz_$1"
    run_fuzzer "$1" "${2:-60}"
}
