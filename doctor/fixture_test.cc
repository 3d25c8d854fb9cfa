// SPDX-License-Identifier: Apache-2.0
#include "doctor/fixture.h"

#include <bpf/btf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/testing/golden.h"

namespace bailiff::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "bpf_lsm_";

struct TestHook {
    const char* name;
    const char* function;
    int arguments;
    bool is_lsm() const { return std::string_view(function).starts_with(kPrefix); }
};

constexpr auto kHooks = std::to_array<TestHook>({
#define BLF_HOOK(hook, kind, function, arguments, operations, why) {#hook, #function, arguments},
#include "abi/hooks.def"
#undef BLF_HOOK
});

constexpr size_t kHooksInAll = 257;

// Two of our programs may sit on one.
std::set<std::string_view> LsmFunctions() {
    std::set<std::string_view> functions;
    for (const TestHook& hook : kHooks) {
        if (hook.is_lsm()) functions.insert(hook.function);
    }
    return functions;
}

fs::path TestData() {
    return fs::path(BAILIFF_SOURCE_DIR) / "doctor/testdata";
}

void AddFunction(btf* types, int number, const char* name, int arguments) {
    int prototype = btf__add_func_proto(types, number);
    for (int i = 0; i < arguments; ++i) {
        btf__add_func_param(types, fmt::format("a{}", i).c_str(), number);
    }
    btf__add_func(types, name, BTF_FUNC_STATIC, prototype);
}

std::string MakeTypes(FixtureTypes kind) {
    std::unique_ptr<btf, void (*)(btf*)> types(btf__new_empty(), btf__free);
    int number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
    btf__add_union(types.get(), "security_list_options", 8);
    const std::set<std::string_view> functions = LsmFunctions();
    const size_t ours = functions.size();
    for (std::string_view function : functions) {
        btf__add_field(types.get(), std::string(function.substr(kPrefix.size())).c_str(), number, 0,
                       0);
    }
    for (size_t i = ours; i < kHooksInAll; ++i) {
        btf__add_field(types.get(), fmt::format("hook_{}", i).c_str(), number, 0, 0);
    }
    bool other = kind == FixtureTypes::kOtherHooks;
    std::set<std::string_view> added;
    for (const TestHook& hook : kHooks) {
        if (!added.insert(hook.function).second) continue;
        if (other && std::string_view(hook.name) == "file_permission") continue;
        bool longer = other && std::string_view(hook.name) == "file_open";
        AddFunction(types.get(), number, hook.function, hook.arguments + (longer ? 1 : 0));
    }
    for (size_t i = ours; i < kHooksInAll; ++i) {
        AddFunction(types.get(), number, fmt::format("bpf_lsm_hook_{}", i).c_str(), 1);
    }
    AddFunction(types.get(), number, "bpf_lsm_verify_prog", 2);
    btf__add_enum(types.get(), "bpf_func_id", 4);
    btf__add_enum_value(types.get(), "BPF_FUNC_get_current_task_btf", 158);
    btf__add_enum_value(types.get(), "BPF_FUNC_task_storage_get", 156);
    if (kind != FixtureTypes::kNoLoop) btf__add_enum_value(types.get(), "BPF_FUNC_loop", 181);
    __u32 size = 0;
    const void* bytes = btf__raw_data(types.get(), &size);
    return {static_cast<const char*>(bytes), size};
}

}  // namespace

Fixture::Fixture(std::string_view name, FixtureTypes types) {
    std::string directory = (fs::temp_directory_path() / "bailiff-doctor-XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) std::abort();
    root_ = directory;
    auto over = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
    fs::copy(TestData() / "base", root_, over);
    fs::copy(TestData() / name, root_, over);
    if (types != FixtureTypes::kNone) Write("/sys/kernel/btf/vmlinux", MakeTypes(types));
}

Fixture::~Fixture() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

void Fixture::Write(const std::string& path, std::string_view text) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    // Not WriteFileAtomically: it waits for the disk.
    std::ofstream(root_ + path, std::ios::binary) << text;
}

std::string Fixture::Read(const std::string& path) const {
    return ReadFile(root_ + path).value_or("");
}

void ExpectGolden(std::string_view name, const std::string& actual) {
    golden::Expect(TestData() / fmt::format("{}.txt", name), actual);
}

}  // namespace bailiff::doctor
