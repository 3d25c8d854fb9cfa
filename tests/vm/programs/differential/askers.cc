// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/programs/differential/askers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cstring>
#include <utility>

namespace bailiff::differential {
namespace {

// In the child. Descriptors from ASKER_MEMORY on are nobody else's.
void Become(const std::string& program, int lost, int memory, int commands, int answers) {
    const int given[] = {memory, commands, answers, lost};
    for (int i = 0; i < 4; i++) {
        if (dup2(given[i], ASKER_MEMORY + i) < 0) return;
    }
    char name[] = "asker";
    char* arguments[] = {name, nullptr};
    fchdir(ASKER_LOST);
    execv(program.c_str(), arguments);
}

}  // namespace

Result<Asker> Asker::Start(const std::string& program, int lost, int memory) {
    int commands[2];
    int answers[2];
    if (pipe2(commands, O_CLOEXEC) < 0) return FailErrno("pipe");
    Fd command_end(commands[0]);
    Fd our_commands(commands[1]);
    if (pipe2(answers, O_CLOEXEC) < 0) return FailErrno("pipe");
    Fd our_answers(answers[0]);
    Fd answer_end(answers[1]);
    const pid_t process = fork();
    if (process < 0) return FailErrno("fork");
    if (process == 0) {
        Become(program, lost, memory, command_end.get(), answer_end.get());
        _exit(127);
    }
    return Asker(process, std::move(our_commands), std::move(our_answers));
}

Asker::Asker(Asker&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      commands_(std::move(other.commands_)),
      answers_(std::move(other.answers_)) {}

Asker::~Asker() {
    if (process_ < 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

Status Asker::Answer(uint32_t begin, uint32_t end) const {
    asker_range range{begin, end};
    if (write(commands_.get(), &range, sizeof(range)) != sizeof(range) ||
        read(answers_.get(), &range, sizeof(range)) != sizeof(range)) {
        return Fail(ErrorKind::kSystem, "an asker ended");
    }
    return {};
}

Result<Questions> Questions::Create() {
    Fd fd(memfd_create("questions", MFD_CLOEXEC));
    if (!fd || ftruncate(fd.get(), sizeof(asker_memory)) < 0) return FailErrno("memfd");
    void* memory =
        mmap(nullptr, sizeof(asker_memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED) return FailErrno("mmap");
    return Questions(std::move(fd), static_cast<asker_memory*>(memory));
}

std::optional<uint32_t> Questions::AddText(const std::string& text) {
    if (text.size() + 1 > ASKER_TEXT_MAX - text_) return std::nullopt;
    std::memcpy(memory_->text + text_, text.c_str(), text.size() + 1);
    return std::exchange(text_, text_ + static_cast<uint32_t>(text.size()) + 1);
}

bool Questions::Add(uint32_t text, uint32_t flags, uint32_t uid) {
    if (count_ == ASKER_QUESTIONS_MAX) return false;
    memory_->question[count_++] = {text, flags, uid, -1};
    return true;
}

}  // namespace bailiff::differential
