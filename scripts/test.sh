# SPDX-License-Identifier: Apache-2.0
#
# Every part prints its own lines and adds to the counts that ./dev ci closes with, and to what is
# told about failures right before them: whoever keeps only the end of a long log sees the reasons.
PASSED=0
FAILED=0
FAILURES=

# failed WHAT: one check that failed.
failed() {
    FAILED=$((FAILED + 1))
    FAILURES+="$1"$'\n'
}

# count_log LOG PASS_REGEX FAIL_REGEX: a failure is told with the indented lines that follow it.
count_log() {
    PASSED=$((PASSED + $(grep -cE "$2" "$1" || true)))
    FAILED=$((FAILED + $(grep -cE "$3" "$1" || true)))
    FAILURES+=$(failure=$3 awk '$0 ~ ENVIRON["failure"] { left = 12; print; next }
                     /^ / && left-- > 0 { print substr($0, 1, 300); next }
                     { left = 0 }' "$1")$'\n'
}

# part NAME COMMAND...: one check that passes or fails as a whole.
part() {
    local name=$1
    shift
    if "$@"; then
        PASSED=$((PASSED + 1))
    else
        echo "FAIL $name" >&2
        failed "FAIL $name"
    fi
}

# timed COMMAND...: in this shell, and says how long it took.
timed() {
    local begin=$SECONDS
    "$@"
    say "$1: $((SECONDS - begin)) s"
}

# run_ctest PRESET [OPTION...]
run_ctest() {
    local log=build/ctest-$1.log
    ctest --preset "$1" -j"$(nproc)" "${@:2}" >"$log" 2>&1 || grep -vE ' +Passed +[0-9.]+ sec$|^ +Start ' "$log" >&2
    count_log "$log" ' Passed +[0-9.]+ sec$' '\*\*\*(Failed|Timeout|Not Run|Exception)'
    grep -E 'tests passed' "$log" || failed "FAIL unit tests ($1): they did not come to their end"
}

test_unit() {
    build_preset dev unit_tests || { failed "FAIL build (dev)"; return; }
    say "unit tests"
    run_ctest dev
    test_scripts
}

test_scripts() {
    part schema $PYTHON tests/schema_test.py
    part rig $PYTHON -m unittest discover -q -s tests/vm -p 'test_*.py'
    part bench $PYTHON -m unittest discover -q -s bench -p 'test_*.py'
}

# The same tests with sanitizers, but for those that try everything: test_exhaustive does without.
test_asan() {
    build_preset asan unit_tests || { failed "FAIL build (asan)"; return; }
    say "unit tests with address and undefined-behaviour sanitizers"
    run_ctest asan --exclude-regex "$EXHAUSTIVE"
    test_scripts
}

EXHAUSTIVE='/Exhaustive\.'
test_exhaustive() {
    build_preset dev decide_test || { failed "FAIL build (dev)"; return; }
    say "every small policy on every small request"
    run_ctest dev --tests-regex "$EXHAUSTIVE"
}

test_lint() {
    say "format, layout, clang-tidy"
    . scripts/fmt.sh
    part format check_format
    part layout $PYTHON tests/layout_check.py
    part shell check_shell dev scripts/*.sh scripts/demo/*.sh bench/guest/*.sh tests/vm/guest/{init,taken-over} .ci/run
    build_for_tidy || { failed "FAIL build (dev)"; return; }
    part tidy run_tidy < <(all_sources)
}

# `bash -n` reads one file; others would be its arguments.
check_shell() {
    local file
    for file in "$@"; do bash -n "$file" || return; done
}

test_fuzz() {
    local name
    local -A running
    . scripts/fuzz.sh
    build_preset asan $(printf 'fuzz_%s ' $FUZZERS) || { failed "FAIL build (fuzzers)"; return; }
    for name in $FUZZERS; do
        run_fuzzer "$name" "${FUZZ_SECONDS:-60}" >build/fuzz-$name.log 2>&1 &
        running[$name]=$!
    done
    for name in $FUZZERS; do
        part "fuzz $name" wait "${running[$name]}"
        grep -E 'number_of_executed_units|SUMMARY|ERROR' "build/fuzz-$name.log" || true
    done
}

test_vm() {
    local log=build/vm.log
    build_preset dev bailiff $TEST_PROGRAMS || { failed "FAIL build (dev)"; return; }
    make_payload
    say "cases in the VM, on every kernel"
    $PYTHON tests/vm/run.py --payload "$PAYLOAD" --results build/vm-results "$@" 2>&1 | tee "$log" || true
    count_log "$log" '^ok ' '^FAIL '
    grep -qE '^vm: [0-9]+ passed' "$log" || failed "FAIL vm: it did not come to its end"
}

dev_test() {
    local what=${1:-all}
    [ $# -gt 0 ] && shift
    case $what in
        all) for what in asan lint exhaustive vm fuzz; do timed "test_$what"; done ;;
        unit | asan | exhaustive | vm | lint | fuzz) timed "test_$what" "$@" ;;
        *) echo "./dev test: unknown part '$what' (unit, asan, exhaustive, vm, lint, fuzz)" >&2; exit 2 ;;
    esac
    sed '/^$/d' <<<"$FAILURES" >&2
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}
