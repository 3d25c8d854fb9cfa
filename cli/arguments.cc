// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include "CLI/CLI.hpp"

namespace bailiff::cli {

void Arguments::Flag(const std::string& name, bool* value, const std::string& help) {
    app_->add_flag(name, *value, help);
}

void Arguments::FlagInsteadOf(const std::string& other, const std::string& name, bool* value,
                              const std::string& help) {
    app_->add_flag(name, *value, help)->excludes(app_->get_option(other));
}

void Arguments::Value(const std::string& name, std::string* value, const std::string& help,
                      Need need) {
    app_->add_option(name, *value, help)->required(need == kRequired);
}

void Arguments::Value(const std::string& name, std::optional<uint64_t>* value,
                      const std::string& help) {
    app_->add_option(name, *value, help);
}

void Arguments::Value(const std::string& name, uint64_t* value, const std::string& help) {
    app_->add_option(name, *value, help)->capture_default_str();
}

void Arguments::Values(const std::string& name, std::vector<std::string>* values,
                       const std::string& help, Need need) {
    app_->add_option(name, *values, help)->required(need == kRequired);
}

void Arguments::OtherCommand(std::vector<std::string>* words, const std::string& help) {
    app_->add_option("COMMAND", *words, help);
    *words = *behind_;
}

void Arguments::One(const std::string& name, const Take& take, const std::string& help) {
    app_->add_option_function<std::string>(
        name, [take](const std::string& value) { take({value}); }, help);
}

void Arguments::Listed(const std::string& name, const Take& take, const std::string& help) {
    app_->add_option_function<std::vector<std::string>>(name, take, help)
        ->delimiter(',')
        ->allow_extra_args(false);
}

void Arguments::Footer(const std::string& text) {
    app_->footer(text);
}

}  // namespace bailiff::cli
