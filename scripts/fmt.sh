# SPDX-License-Identifier: Apache-2.0
dev_fmt() {
    local how=-i
    [ "${1:-}" = --check ] && how="--dry-run --Werror"
    git ls-files -co --exclude-standard '*.h' '*.cc' '*.c' | xargs -r clang-format-19 $how
}
