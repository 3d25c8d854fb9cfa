// SPDX-License-Identifier: Apache-2.0
//
// The one error type. A function that can fail returns Result<T>; nothing throws across our
// interfaces. Library code never prints: it adds context on the way up, and the command that was
// asked prints once. What a *user wrote wrong* in a policy is not an Error but a Diagnostic
// (policy/diagnostic.h), so that all of a file's mistakes can be told at once.
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace bailiff {

// What kind of failure it was; the CLI maps each kind to one exit code (cli/exit_code.h).
enum class ErrorKind {
    kUsage,        // the request itself makes no sense
    kNoPrivilege,  // the caller may not do this
    kPolicy,       // the policy text is invalid; the diagnostics say where
    kKernel,       // the running kernel lacks something, or did not obey
    kUnknown,      // the state cannot be told (a half-readable pin, a foreign version)
    kSystem,       // an ordinary system call failed
    kExhausted,    // no memory or no descriptors: nothing is said about what was asked for
    kHalfDone,     // it failed on the way and could not be undone: the message says what is so now
    kInternal,     // a promise of our own code was broken
};

struct Error {
    ErrorKind kind = ErrorKind::kInternal;
    std::string message;  // what failed, and why, in one sentence
    std::string remedy;   // what to do about it; may be empty
};

template <typename T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

std::unexpected<Error> Fail(ErrorKind kind, std::string message, std::string remedy = {});

// "<what>: <strerror(code)>". EPERM and EACCES become kNoPrivilege; ENOMEM, EMFILE and
// ENFILE kExhausted.
std::unexpected<Error> FailErrno(std::string_view what, int code = errno);

// The same error with "<context>: " before its message.
std::unexpected<Error> AddContext(std::string_view context, Error error);

}  // namespace bailiff

// Evaluates to the value of a Result, or returns its error from the calling function. Only as a
// whole initialiser or assignment: g++ 12 does not destroy the temporaries of a larger expression
// around it when it returns.
#define TRY(expression)                                                           \
    (__extension__({                                                              \
        auto try_result_ = (expression);                                          \
        if (!try_result_) return std::unexpected(std::move(try_result_).error()); \
        std::move(*try_result_);                                                  \
    }))

// The same for a Status, which has no value.
#define TRY_STATUS(expression)                                                    \
    do {                                                                          \
        auto try_status_ = (expression);                                          \
        if (!try_status_) return std::unexpected(std::move(try_status_).error()); \
    } while (0)
