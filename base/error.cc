// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cstring>

namespace bailiff {

std::unexpected<Error> Fail(ErrorKind kind, std::string message, std::string remedy) {
    return std::unexpected(Error{kind, std::move(message), std::move(remedy)});
}

std::unexpected<Error> FailErrno(std::string_view what, int code) {
    bool refused = code == EPERM || code == EACCES;
    std::string message = std::string(what) + ": " + std::strerror(code);
    return Fail(refused ? ErrorKind::kNoPrivilege : ErrorKind::kSystem, std::move(message));
}

std::unexpected<Error> AddContext(std::string_view context, Error error) {
    error.message = std::string(context) + ": " + error.message;
    return std::unexpected(std::move(error));
}

}  // namespace bailiff
