# SPDX-License-Identifier: Apache-2.0

# --check: is the tree formatted, and does clang-tidy find nothing in the sources that differ from
# COMMIT? Over all of them it takes many minutes: that is `./dev test lint`.
dev_fmt() {
    case ${1:-} in
        --check) check_format && check_changed "${2:-HEAD~}" ;;
        "") format -i ;;
        *) echo "./dev fmt: unknown argument '$1' (--check [COMMIT])" >&2; exit 2 ;;
    esac
}

format() {
    git ls-files -co --exclude-standard '*.h' '*.cc' '*.c' | xargs -r clang-format-19 "$@"
}

check_format() {
    format --dry-run --Werror
}

check_changed() {
    local changed
    changed=$(changed_since "$1") || return
    [ -n "$changed" ] || return 0
    build_for_tidy
    run_tidy <<<"$changed"
}

# The sources to look at: those that differ, and those beside headers that do.
changed_since() {
    git rev-parse --quiet --verify "$1^{commit}" >/dev/null ||
        { echo "./dev fmt: there is no commit '$1'" >&2; return 2; }
    { git diff --name-only --diff-filter=d "$1" -- '*.cc' '*.h' && git ls-files -o --exclude-standard '*.cc' '*.h'; } |
        sed 's/\.h$/.cc/' | sort -u | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

all_sources() {
    git ls-files -co --exclude-standard '*.cc'
}

# What makes all the headers that are made.
build_for_tidy() {
    build_preset dev bailiff $TEST_PROGRAMS attach decision
}

# The sources on stdin, but not fuzzers. What a test copies costs nobody anything.
run_tidy() {
    local files
    files=$(grep -v '_fuzz\.cc$') || return 0
    : >build/tidy.log
    { sed '/_test\.cc$/d' <<<"$files" | tidy '' &&
        sed '/_test\.cc$/!d' <<<"$files" | tidy '-performance-*'; } ||
        { grep -E 'error|warning' build/tidy.log | sort -u | head -50 >&2; return 1; }
}

# tidy CHECKS: the files on stdin, with these besides those of .clang-tidy.
tidy() {
    xargs -r -P "$(nproc)" -n 4 clang-tidy-19 -p build/dev --quiet --checks="$1" 2>build/tidy.err >>build/tidy.log
}
