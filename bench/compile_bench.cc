// SPDX-License-Identifier: Apache-2.0
//
// The compiler natively, from text to image, as `bailiff check` runs it: time, and the most memory
// that the process had up to then (the cases are in ascending order of it). The shapes are those of
// the limits: literal paths, rules that differ only in their path, globs that do not multiply, and
// globs with `**` on both sides of what tells them apart, which do.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>

#include "fmt/format.h"
#include "policy/compile.h"
#include "policy/read_policy.h"

namespace {

using namespace bailiff::policy;

using Entry = std::string (*)(int64_t);

std::string LiteralPath(int64_t i) {
    return fmt::format("  - /srv/data/tenant-{}/private/file-{}.key\n", i % 1000, i);
}
std::string RuleOfItsOwn(int64_t i) {
    return fmt::format("- {{ deny: file.read, path: /srv/data/tenant-{}/private/file-{}.key }}\n",
                       i % 1000, i);
}
std::string GlobInADirectory(int64_t i) {
    return fmt::format("  - \"/srv/tenant-{}/**/*.key\"\n", i);
}
std::string GlobThatMultiplies(int64_t i) {
    return fmt::format("  - \"/srv/**/tenant-{}/**/*-{}.key\"\n", i, i);
}

std::string PolicyOf(Entry entry, int64_t count) {
    std::string text = "bailiff: 1\npolicy: bench\nrules:\n";
    if (entry != RuleOfItsOwn) text += "- deny: file.read\n  path:\n";
    for (int64_t i = 0; i < count; i++) text += entry(i);
    return text;
}

double PeakMebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

void CompileText(benchmark::State& state, Entry entry) {
    const Sources sources = {{"bench.yaml", PolicyOf(entry, state.range(0))}};
    size_t bytes = 0;
    bool refused = false;
    for (auto _ : state) {
        Diagnostics diagnostics;
        auto policies = ReadPolicies(sources, [](auto) { return std::nullopt; }, &diagnostics);
        if (diagnostics.has_errors()) std::abort();
        const auto image = Compile(std::move(policies), sources, &diagnostics,
                                   {.automaton = {}, .review = kReviewWork});
        bytes = image ? image->blocks.size() * sizeof(blf_block) : 0;
        refused = !image;
    }
    state.counters["peak_MiB"] = PeakMebibytes();
    state.counters["image_KiB"] = static_cast<double>(bytes) / 1024;
    state.counters["refused"] = refused ? 1 : 0;
}

}  // namespace

BENCHMARK_CAPTURE(CompileText, globs_in_directories, GlobInADirectory)
    ->Arg(300)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileText, literal_paths, LiteralPath)
    ->Arg(1000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileText, rules_that_differ_in_the_path, RuleOfItsOwn)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileText, globs_that_multiply, GlobThatMultiplies)
    ->Arg(8)
    ->Arg(10)
    ->Arg(300)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(CompileText, literal_paths, LiteralPath)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
