// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cstring>

namespace bailiff {
namespace {

ErrorKind KindOf(int code) {
    switch (code) {
        case EPERM:
        case EACCES:
            return ErrorKind::kNoPrivilege;
        case ENOMEM:
        case EMFILE:
        case ENFILE:
            return ErrorKind::kExhausted;
        default:
            return ErrorKind::kSystem;
    }
}

}  // namespace

std::unexpected<Error> Fail(ErrorKind kind, std::string message, std::string remedy) {
    return std::unexpected(Error{kind, std::move(message), std::move(remedy)});
}

std::unexpected<Error> FailErrno(std::string_view what, int code) {
    return Fail(KindOf(code), std::string(what) + ": " + std::strerror(code));
}

std::unexpected<Error> AddContext(std::string_view context, Error error) {
    error.message = std::string(context) + ": " + error.message;
    return std::unexpected(std::move(error));
}

}  // namespace bailiff
