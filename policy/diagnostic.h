// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with what a user wrote: where, what, and what to do. Diagnostics are collected, so
// that all mistakes of all files are told at once, in the order of the text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/source.h"

namespace bailiff::policy {

enum class Severity { kError, kWarning };

struct Diagnostic {
    Severity severity = Severity::kError;
    Span where;
    std::string message;  // one line, no full stop
    std::string hint;     // behind the caret, or empty: "did you mean `file.read`?"
};

// What a terminal takes for colours: goes before the severity and the caret, and behind them.
struct Colours {
    std::string_view error, warning, end;
};

class Diagnostics {
  public:
    void Error(Span where, std::string message, std::string hint = {}) {
        list_.push_back({Severity::kError, where, std::move(message), std::move(hint)});
    }
    void Warning(Span where, std::string message, std::string hint = {}) {
        list_.push_back({Severity::kWarning, where, std::move(message), std::move(hint)});
    }

    bool has_errors() const;
    const std::vector<Diagnostic>& list() const { return list_; }

    // Sorted by place, as a person reads them:
    //
    //   keep.yaml:7:11: error: unknown operation `file.opne`
    //       7 |   - deny: file.opne
    //         |           ^~~~~~~~~ did you mean `file.open`?
    //
    // Control bytes and invalid UTF-8 of the policy's text are shown as escapes.
    std::string Render(const Sources& sources, const Colours& colours = {}) const;

  private:
    std::vector<Diagnostic> list_;
};

}  // namespace bailiff::policy
