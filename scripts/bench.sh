# SPDX-License-Identifier: Apache-2.0
# ./dev bench [--json] [--kernel NAME] [GROUP...]: see bench/bench.py. Optimised as what is shipped.
dev_bench() {
    case " $* " in
        *" --document "* | *" --help "* | *" -h "*) ;;
        *) build_preset release bailiff deny_open open_loop operation_loop call_loop http_loop spent timeline landlock attach \
            bpf_objects decision compile_bench ;;
    esac
    exec $PYTHON bench/bench.py "$@"
}
