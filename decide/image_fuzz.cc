// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Whatever an image holds, a decision reads inside of it and ends. The input is a list of changes
// to a good image, or, when its first byte is odd, the image itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "policy/compile.h"
#include "policy/explain.h"
#include "policy/image_seam.h"
#include "policy/read_policy.h"
// after the seam
#include "decide/filter.h"
#include "decide/move.h"
#include "decide/tag.h"
#include "decide/transition.h"
#include "decide/verdict.h"

using namespace bailiff::policy;

namespace {

// See decide/transition_test.cc.
constexpr int kStepsMax = 33 + 8 * 5 + 1 + 256;

const char* const kPolicy = R"(bailiff: 1
policy: one
applies-to:
  exe: [/usr/bin/*, /bin/sh]
  uid: [0, 1000-1999]
  descendant-of: /bin/sh
  container: [none, a*]
rules:
- { deny: file.read, path: [/a/**, "/**/[xy]*z", /a/b/c], except: { exe: /bin/sh, uid: 5, gid: [1000, 7], capability: bpf } }
- { deny: file.write, name: "{secret,*.key}", errno: EACCES }
---
bailiff: 1
policy: two
mode: audit
rules:
- { deny: file.open, path: [/, "/*/b"] }
)";

Image GoodImage() {
    const Sources sources = {{"fuzz.yaml", kPolicy}};
    Diagnostics diagnostics;
    auto image = Compile(ReadPolicies(
                             sources, [](auto) { return std::nullopt; }, &diagnostics),
                         sources, &diagnostics);
    if (!image || diagnostics.has_errors()) std::abort();
    return *std::move(image);
}

// Five bytes a change: where (three), how, and the byte.
void Change(std::vector<blf_block>* blocks, const uint8_t* data, size_t size) {
    auto* bytes = reinterpret_cast<uint8_t*>(blocks->data());
    const size_t length = blocks->size() * sizeof(blf_block);
    for (; size >= 5; data += 5, size -= 5) {
        const size_t at = (data[0] + data[1] * size_t{256} + data[2] * size_t{65536}) % length;
        switch (data[3] % 4) {
            case 0:
                bytes[at] = data[4];
                break;
            case 1:
                bytes[at] = static_cast<uint8_t>(bytes[at] + data[4]);
                break;
            case 2:
                std::memset(&bytes[at], data[4], length - at < 4 ? length - at : 4);
                break;
            default:
                blocks->resize(BLF_BLOCK_SECTIONS + at % blocks->size());
                return;
        }
    }
}

std::vector<blf_block> ImageFrom(const uint8_t* data, size_t size) {
    static const Image good = GoodImage();
    if (size % 2 == 0) {
        std::vector<blf_block> blocks = good.blocks;
        Change(&blocks, data, size);
        return blocks;
    }
    std::vector<blf_block> blocks(BLF_BLOCK_SECTIONS + size / sizeof(blf_block));
    std::memcpy(blocks.data(), data, size);
    return blocks;
}

uint32_t Walk(const ImageView& image, uint32_t state, const std::vector<std::string>& path,
              uint32_t* reason) {
    blf_transition t{};
    t.state = state;
    for (const std::string& component : path) {
        blf_name name{};
        std::memcpy(name.word, component.data(), component.size());
        blf_transition_begin(&t, static_cast<uint32_t>(component.size()));
        int steps = 0;
        while (t.mode != BLF_MODE_DONE) {
            if (steps++ > kStepsMax) std::abort();
            blf_transition_step(&t, &image, &image.root(), &name);
        }
        if ((*reason = t.reason) != 0) return BLF_DEAD;
    }
    return t.state;
}

// Denied by a clause, or because nothing could be told; and then no clause is named.
void Check(const blf_verdict& verdict) {
    const int value = blf_return_value(&verdict);
    if (value > 0 || value < -4095) std::abort();
    const bool broken = verdict.reason == BLF_REASON_BAD_IMAGE && verdict.audit_clause == BLF_NONE;
    if ((value != 0) != (verdict.clause != BLF_NONE || broken)) std::abort();
}

// A process with something in every dimension.
blf_subject SubjectOf(const ImageView& image, const std::vector<std::string>& path) {
    static const uint32_t groups[] = {5, 1000, UINT32_MAX};
    blf_subject subject{};
    for (uint32_t by = 0; by < BLF_PATH_DIMENSIONS; by++) {
        const blf_dimension start = image.dimension(by);
        subject.path[by][BLF_VISIBLE] = Walk(image, start.first, path, &subject.reason[by]);
        subject.path[by][BLF_CANONICAL] = Walk(image, start.second, path, &subject.reason[by]);
    }
    for (uint32_t& value : subject.value) value = static_cast<uint32_t>(path.size() * 1000);
    for (blf_sets* sets : {&subject.own, &subject.target}) {
        sets->gid = static_cast<uint32_t>(path.size());
        sets->groups = reinterpret_cast<uintptr_t>(groups);
        sets->group_count = 3;
        sets->capabilities = path.size();
        sets->scripts = UINT64_MAX << path.size() % 64;
        sets->ancestors = UINT64_MAX >> path.size();
    }
    return subject;
}

void Move(const ImageView& image, const blf_request& from, const blf_request& to,
          const blf_who& who) {
    for (uint32_t directory : {0U, 1U}) {
        // As the kernel keeps it from one call to the next.
        static blf_move move;
        move.directory = directory;
        blf_verdict verdict;
        blf_decide_move(&verdict, &move, &image, &image.root(), &from, &to, &who);
        Check(verdict);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::vector<blf_block> blocks = ImageFrom(data, size);
    const ImageView image(blocks);
    static const std::vector<std::vector<std::string>> paths = {
        {},         {"a", "b", "c"}, {"usr", "bin", "x"},
        {"secret"}, {"bin", "sh"},   {"xz", std::string(255, 'x')}};
    blf_request before{};
    for (const auto& object : paths) {
        for (const auto& exe : paths) {
            blf_request request{};
            request.ask = static_cast<uint32_t>(object.size()) % BLF_ASK_COUNT;
            const blf_subject subject = SubjectOf(image, exe);
            request.object[BLF_VISIBLE] =
                Walk(image, image.root().object_root, object, &request.object_reason);
            request.object[BLF_CANONICAL] =
                Walk(image, image.root().object_lost, object, &request.object_reason);
            request.opening[0] = request.object[BLF_VISIBLE];
            request.opening[1] = request.object[BLF_CANONICAL];
            for (uint32_t state : request.object) {
                if (state == BLF_DEAD) continue;
                blf_filter_of(&image, &image.index(), state);
            }
            const blf_identity file = {
                .inode = object.size(), .device = subject.own.gid, .generation = 1};
            request.object[BLF_TAGGED] = blf_tag_state(&image, &image.root(), &file);
            blf_sift sift;
            blf_sift_subject(&sift, &image, &image.root(), &subject);
            blf_verdict verdict;
            blf_decide(&verdict, &image, &image.root(), &request, &sift.who);
            Check(verdict);
            Move(image, before, request, sift.who);
            Move(image, request, before, sift.who);
            before = request;
        }
    }
    return 0;
}
