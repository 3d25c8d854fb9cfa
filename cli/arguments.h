// SPDX-License-Identifier: Apache-2.0
//
// What a command can be given, as its --help shows it. Names without a dash are of what stands on
// the line without one; values are written when the line is parsed. Only arguments.cc, program.cc
// and usage.cc include CLI11, which takes many seconds to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bailiff::cli {

class Arguments {
  public:
    enum Need { kOptional, kRequired };

    // `behind`: what stands behind `--`, where that is another command. Both outlive this.
    Arguments(CLI::App* app, const std::vector<std::string>* behind) : app_(app), behind_(behind) {}

    void Flag(const std::string& name, bool* value, const std::string& help);
    // One that cannot stand beside `other`, a flag declared before.
    void FlagInsteadOf(const std::string& other, const std::string& name, bool* value,
                       const std::string& help);
    void Value(const std::string& name, std::string* value, const std::string& help,
               Need need = kOptional);
    void Value(const std::string& name, std::optional<uint64_t>* value, const std::string& help);
    // Its value now is what the help calls the default.
    void Value(const std::string& name, uint64_t* value, const std::string& help);
    void Values(const std::string& name, std::vector<std::string>* values, const std::string& help,
                Need need = kOptional);

    // The command behind `--`, as it stands there.
    void OtherCommand(std::vector<std::string>* words, const std::string& help);

    using Take = std::function<void(const std::vector<std::string>&)>;
    // `take` gets one value, or the parts of it between commas.
    void One(const std::string& name, const Take& take, const std::string& help);
    void Listed(const std::string& name, const Take& take, const std::string& help);

    // Below the options.
    void Footer(const std::string& text);

  private:
    CLI::App* app_;
    const std::vector<std::string>* behind_;
};

}  // namespace bailiff::cli
