// SPDX-License-Identifier: Apache-2.0
//
// For tests: a machine as a directory, testdata/base with testdata/<name> laid over it and BTF that
// fits abi/hooks.def, 257 hooks in all. Removed with the object.
#pragma once

#include <string>
#include <string_view>

namespace bailiff::doctor {

enum class FixtureTypes {
    kSound,
    kNone,
    kNoLoop,      // enum bpf_func_id without BPF_FUNC_loop
    kOtherHooks,  // file_permission is missing, file_open takes one argument more
};

class Fixture {
  public:
    explicit Fixture(std::string_view name, FixtureTypes types = FixtureTypes::kSound);
    ~Fixture();
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    const std::string& root() const { return root_; }
    void Write(const std::string& path, std::string_view text) const;
    std::string Read(const std::string& path) const;  // empty when there is none

  private:
    std::string root_;
};

// testdata/<name>.txt says `actual`.
void ExpectGolden(std::string_view name, const std::string& actual);

}  // namespace bailiff::doctor
