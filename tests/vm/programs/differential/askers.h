// SPDX-License-Identifier: Apache-2.0
//
// The processes that open files for us (tests/vm/actors/asker.c), each with an executable of its
// own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/fd.h"
#include "tests/vm/actors/asker.h"

namespace bailiff::differential {

// One process. It ends with this object.
class Asker {
  public:
    // Executes `program` with `lost` as the directory that relative paths begin in.
    static Result<Asker> Start(const std::string& program, int lost, int memory);
    Asker(Asker&& other) noexcept;
    ~Asker();

    // Answers questions [begin, end); returns when it has.
    Status Answer(uint32_t begin, uint32_t end) const;

  private:
    Asker(int process, Fd commands, Fd answers)
        : process_(process), commands_(std::move(commands)), answers_(std::move(answers)) {}

    int process_ = -1;
    Fd commands_;
    Fd answers_;
};

// What is asked, in memory shared with every asker.
class Questions {
  public:
    static Result<Questions> Create();

    int memory() const { return fd_.get(); }
    void Clear() { count_ = text_ = 0; }
    // Where the text lies, for Add(). Nothing when there is no room.
    std::optional<uint32_t> AddText(const std::string& text);
    bool Add(uint32_t text, uint32_t flags, uint32_t uid);
    uint32_t count() const { return count_; }
    // The errno of an answer; negative: the asker could not even ask.
    int error(uint32_t number) const { return memory_->question[number].error; }

  private:
    Questions(Fd fd, asker_memory* memory) : fd_(std::move(fd)), memory_(memory) {}

    Fd fd_;
    asker_memory* memory_;
    uint32_t count_ = 0;
    uint32_t text_ = 0;
};

}  // namespace bailiff::differential
