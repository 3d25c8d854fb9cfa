// SPDX-License-Identifier: Apache-2.0
//
// Does the kernel decide as the engine does in userspace, and as the oracle says?
//
//   kernel_differential random REQUESTS [SEED]  random policies and requests, so many at least.
//                                               Each is put several times, one after another and
//                                               backwards: of remembered directories, and not
//   kernel_differential case NUMBER             one of them again
//   kernel_differential pairs DEPTH             every two patterns on every path, of such a depth
//
// Only in the rig's VM: for moments, everything may be denied to everyone.
#include <sys/mount.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "fmt/format.h"
#include "tests/vm/programs/differential/cases.h"
#include "tests/vm/programs/test_vm.h"

namespace bailiff::differential {
namespace {

using Clock = std::chrono::steady_clock;

Status MakePlace() {
    umask(0);
    if (mkdir(kPlace, 0777) < 0 || mount("differential", kPlace, "tmpfs", 0, nullptr) < 0) {
        return FailErrno(kPlace);
    }
    std::error_code error;
    std::filesystem::copy_file("/bailiff/bin/asker", kProgram, error);
    if (error) return Fail(ErrorKind::kSystem, error.message());
    return {};
}

// Requests that meet no rule, or always one, would prove nothing.
bool IsTelling(const Tally& tally) {
    const uint64_t allowed = tally.requests - tally.denied;
    return tally.denied * 50 > tally.requests && allowed * 50 > tally.requests;
}

// Some policy sets deny thousands of requests and some hardly any, so what few have denied says
// little of the drawing: where that is not telling yet, more are drawn, twice as many at most.
// The 100,000s keep the cases of neighbouring seeds apart.
Status RunRandom(Comparison* comparison, uint64_t requests, uint64_t seed) {
    fmt::print("seed {}\n", seed);
    std::fflush(stdout);
    const Tally& tally = comparison->tally();
    for (uint64_t number = 0; tally.wrong == 0; number++) {
        const uint64_t put = tally.requests * ASKER_PASSES;
        if (put >= requests && (IsTelling(tally) || put >= 2 * requests)) break;
        TRY_STATUS(comparison->Compare(RandomCase(seed * 100'000 + number)));
    }
    return {};
}

Status RunPairs(Comparison* comparison, size_t depth) {
    for (size_t part = 0;; part++) {
        const Case pairs = PairsOfPatterns(depth, part);
        if (pairs.policies.empty()) return {};
        TRY_STATUS(comparison->Compare(pairs));
    }
}

Status Run(Comparison* comparison, const std::string& mode, int argc, char** argv) {
    const uint64_t number = std::strtoull(argv[2], nullptr, 10);
    if (mode == "pairs") return RunPairs(comparison, number);
    if (mode == "case") return comparison->Compare(RandomCase(number));
    const uint64_t seed =
        argc > 3 ? std::strtoull(argv[3], nullptr, 10) : std::random_device()() % 1'000'000;
    return RunRandom(comparison, number, seed);
}

Result<bool> Compare(const std::string& mode, int argc, char** argv) {
    TRY_STATUS(MakePlace());
    Comparison comparison = TRY(Comparison::Create());
    const auto begin = Clock::now();
    TRY_STATUS(Run(&comparison, mode, argc, argv));
    const std::chrono::duration<double> time = Clock::now() - begin;
    const Tally& tally = comparison.tally();
    fmt::print(
        "{} policy sets ({} refused), {} requests put {} times each ({} denied, {} audited, {} of "
        "lost trees, {} "
        "explained) in {:.1f} s\n",
        tally.cases, tally.refused, tally.requests, ASKER_PASSES, tally.denied, tally.audited,
        tally.lost, tally.explained, time.count());
    fmt::print("{} differ\n", tally.wrong);
    const bool telling = mode == "case" || IsTelling(tally);
    if (!telling) fmt::print("too few or too many denied to prove anything\n");
    return tally.wrong == 0 && telling;
}

}  // namespace
}  // namespace bailiff::differential

int main(int argc, char** argv) {
    const std::string mode = argc > 2 ? argv[1] : "";
    if (!bailiff::InTestVm() || (mode != "random" && mode != "case" && mode != "pairs")) {
        fmt::print(stderr, "kernel_differential random|case|pairs NUMBER, in the rig's VM only\n");
        return 2;
    }
    const bailiff::Result<bool> same = bailiff::differential::Compare(mode, argc, argv);
    if (!same) fmt::print(stderr, "kernel_differential: {}\n", same.error().message);
    return same && *same ? 0 : 1;
}
