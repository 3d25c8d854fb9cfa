// SPDX-License-Identifier: Apache-2.0
#include "enforce/decider.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <bit>

namespace bailiff::enforce {
namespace {

constexpr const char* kSection = "freplace/";
constexpr const char* kDecision = "blf_decision";  // what it stands in for

}  // namespace

DeciderHandler::DeciderHandler() {
    LIBBPF_OPTS(libbpf_prog_handler_opts, options, .cookie = std::bit_cast<long>(this),
                .prog_prepare_load_fn = Prepare);
    id_ = libbpf_register_prog_handler(kSection, BPF_PROG_TYPE_EXT, bpf_attach_type{}, &options);
}

DeciderHandler::~DeciderHandler() {
    if (id_ >= 0) libbpf_unregister_prog_handler(id_);
}

Status DeciderHandler::SetExample(const bpf_object* object, const bpf_program* example) {
    if (id_ < 0) return FailErrno("cannot tell libbpf how to load the program that decides", -id_);
    const int type = btf__find_by_name_kind(bpf_object__btf(object), kDecision, BTF_KIND_FUNC);
    if (type < 0) return Fail(ErrorKind::kInternal, "our programs have nothing decided");
    function_ = static_cast<uint32_t>(type);  // the kernel has our types under the same numbers
    example_ = example;
    return {};
}

int DeciderHandler::Prepare(bpf_program* /*decider*/, bpf_prog_load_opts* options, long self) {
    const auto* handler = std::bit_cast<const DeciderHandler*>(self);
    options->attach_prog_fd = static_cast<__u32>(bpf_program__fd(handler->example_));
    options->attach_btf_id = handler->function_;
    return 0;
}

}  // namespace bailiff::enforce
