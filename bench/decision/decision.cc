// SPDX-License-Identifier: Apache-2.0
//
// decision UNIT REPEAT: what a decision takes by BPF_PROG_TEST_RUN, with 100,000 paths: `ns` on a
// real processor, `instructions` under QEMU's -icount. The program is a classifier that is attached
// to nothing. Exits 3 where bpf() is refused.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/decision.skel.h"
#include "bench/decision/question.h"
#include "policy/classify.h"
#include "policy/compile.h"
#include "policy/read_policy.h"

namespace {

using bailiff::policy::Image;

constexpr int kPaths = 100000, kRuns = 11;

struct Destroy {
    void operator()(decision_bpf* skeleton) const { decision_bpf::destroy(skeleton); }
};
using Program = std::unique_ptr<decision_bpf, Destroy>;

[[noreturn]] void Die(int code, const std::string& message) {
    fmt::print(stderr, "decision: {}: {}\n", message, std::strerror(errno));
    std::exit(code);
}

Image CompilePaths() {
    std::string text = "bailiff: 1\npolicy: many\nrules:\n  - deny: file.open\n    path:\n";
    for (int i = 0; i < kPaths; i++) text += fmt::format("      - /many/d{}/f{}\n", i % 97, i);
    bailiff::policy::Sources sources = {{"many.yaml", text}};
    bailiff::policy::Diagnostics diagnostics;
    auto policies = bailiff::policy::ReadPolicies(
        sources, [](std::string_view) { return std::nullopt; }, &diagnostics);
    auto image = bailiff::policy::Compile(std::move(policies), sources, &diagnostics);
    if (!image) Die(1, diagnostics.Render(sources));
    return *std::move(image);
}

Program Load(const Image& image) {
    Program program(decision_bpf::open());
    if (!program) Die(3, "open");
    bpf_map__set_max_entries(program->maps.image, static_cast<__u32>(image.blocks.size()));
    if (decision_bpf::load(program.get())) Die(3, "load");
    int map = bpf_map__fd(program->maps.image);
    for (__u32 i = 0; i < image.blocks.size(); i++) {
        if (bpf_map_update_elem(map, &i, &image.blocks[i], BPF_ANY)) Die(1, "fill the image");
    }
    return program;
}

bench_question Ask(const Image& image, const std::vector<std::string>& directory,
                   const std::string& name) {
    auto view = image.view();
    bench_question question{};
    question.state = bailiff::policy::Classify(view, view.root().object_root, directory).state;
    question.length = static_cast<__u32>(name.size());
    std::memcpy(question.name, name.data(), name.size());
    return question;
}

// The least of several averages: what disturbs can only add.
long Measure(const Program& program, const bench_question& question, int repeat, bool denied) {
    __u32 zero = 0;
    char packet[64] = {};
    long least = -1;
    if (bpf_map_update_elem(bpf_map__fd(program->maps.question), &zero, &question, BPF_ANY))
        Die(1, "question");
    for (int i = 0; i < kRuns; i++) {
        LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet),
                    .repeat = repeat);
        if (bpf_prog_test_run_opts(bpf_program__fd(program->progs.decision), &run))
            Die(3, "test run");
        if (run.retval != (denied ? EPERM : 0))
            Die(1, fmt::format("the wrong verdict, {}", run.retval));
        least = least < 0 ? run.duration : std::min<long>(least, run.duration);
    }
    return least;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    libbpf_set_print([](libbpf_print_level, const char*, va_list) { return 0; });
    int repeat = std::atoi(argv[2]);
    Image image = CompilePaths();
    Program program = Load(image);
    auto report = [&](const char* name, const bench_question& question, bool denied) {
        fmt::print("figure decide/{} {} {}\n", name, Measure(program, question, repeat, denied),
                   argv[1]);
    };
    bench_question question = Ask(image, {"many", "d3"}, "another-file");
    report("live-miss", question, false);
    question.closer = 1;
    report("live-miss-closer", question, false);
    report("hit", Ask(image, {"many", "d3"}, "f3"), true);
    return 0;
}
