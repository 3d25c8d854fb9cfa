// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the random comparison with the oracle does not reach: names that differ, what cannot be
// told, segments of clauses that go over words and blocks.
#include "policy/image_seam.h"
// after the seam
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "decide/verdict.h"
#include "policy/classify.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

using policy::Image;

blf_verdict Decide(const Image& image, const blf_request& request,
                   const blf_subject& subject = {}) {
    blf_verdict verdict{};
    blf_sift sift;
    const policy::ImageView view = image.view();
    blf_sift_subject(&sift, &view, &view.root(), &subject);
    blf_decide(&verdict, &view, &view.root(), &request, &sift.who);
    return verdict;
}

uint32_t StateOf(const Image& image, const std::string& name) {
    return policy::Classify(image.view(), image.view().root().object_root, {name}).state;
}

// Seen as `visible`, which is really `canonical`.
blf_request Read(const Image& image, const std::string& visible, const std::string& canonical) {
    blf_request request{};
    request.ask = BLF_ASK_FILE_OPEN_READ;
    request.object[BLF_VISIBLE] = StateOf(image, visible);
    request.object[BLF_CANONICAL] = StateOf(image, canonical);
    request.opening[0] = request.object[BLF_VISIBLE];
    return request;
}

Image Closed(const std::string& rules) {
    return policy::testing::CompileText(
        "bailiff: 1\npolicy: p\ndefault: { deny: [file, kernel], errno: EACCES }\nrules:\n" +
        rules);
}

TEST(Closed, AnAllowFollowsTheVisibleName) {
    const Image image =
        Closed("- { allow: file.read, path: /a }\n- { deny: file.read, path: /s }\n");
    EXPECT_EQ(Decide(image, Read(image, "a", "b")).error, 0U);
    EXPECT_EQ(Decide(image, Read(image, "b", "a")).error, static_cast<uint32_t>(EACCES));
    EXPECT_EQ(Decide(image, Read(image, "a", "s")).error, static_cast<uint32_t>(EPERM));
}

TEST(Closed, WhatIsExemptIsDeniedByRulesAlone) {
    const Image image = Closed("- { deny: file.read, path: /s }\n");
    blf_request request = Read(image, "b", "b");
    request.exempt = 1;
    EXPECT_EQ(Decide(image, request).error, 0U);
    request = Read(image, "s", "s");
    request.exempt = 1;
    EXPECT_EQ(Decide(image, request).error, static_cast<uint32_t>(EPERM));
}

TEST(Closed, WhatCannotBeToldIsAllowedByNothing) {
    const Image image = Closed("- { allow: file.read, path: /** }\n");
    blf_request request = Read(image, "a", "a");
    EXPECT_EQ(Decide(image, request).error, 0U);
    request.object_reason = BLF_REASON_TOO_DEEP;
    const blf_verdict verdict = Decide(image, request);
    EXPECT_EQ(verdict.error, static_cast<uint32_t>(EACCES));
    EXPECT_EQ(verdict.reason, static_cast<uint32_t>(BLF_REASON_TOO_DEEP));
}

// A detail that cannot be told: what allows by it does not, what does not look at it does.
TEST(Closed, ADetailThatCannotBeToldAllowsNothing) {
    const Image image =
        Closed("- { allow: kernel.module, module: loop }\n- { allow: kernel.module, path: /m }\n");
    blf_request request{};
    request.ask = BLF_ASK_KERNEL_MODULE;
    request.opening[1] = request.object[BLF_ANYWHERE] = image.view().addresses().none;
    blf_subject subject{};
    subject.reason[BLF_BY_NAME] = BLF_REASON_UNREADABLE;
    EXPECT_EQ(Decide(image, request, subject).error, static_cast<uint32_t>(EACCES));
    request.opening[0] = request.object[BLF_VISIBLE] = StateOf(image, "m");
    EXPECT_EQ(Decide(image, request, subject).error, 0U);
}

TEST(Closed, WhoCannotBeToldIsGoverned) {
    const Image image = policy::testing::CompileText(
        "bailiff: 1\npolicy: p\napplies-to: { exe: /x }\ndefault: { deny: file }\n");
    blf_subject subject{};
    EXPECT_EQ(Decide(image, Read(image, "a", "a"), subject).error, 0U);
    subject.reason[BLF_BY_EXE] = BLF_REASON_MOVING;
    EXPECT_EQ(Decide(image, Read(image, "a", "a"), subject).error, static_cast<uint32_t>(EPERM));
}

// Allows with different ports or errnos are clauses of their own: more than a word, than a block.
TEST(Closed, SegmentsGoOverWordsAndBlocks) {
    for (const int count : {62, 63, 64, 65, 200, 511, 512, 513, 700}) {
        std::string text = "bailiff: 1\npolicy: p\ndefault: { deny: net, errno: EACCES }\nrules:\n";
        for (int i = 0; i < count; i++) {
            text += "- { allow: net.connect, port: " + std::to_string(1000 + i) + " }\n";
        }
        text +=
            "---\nbailiff: 1\npolicy: q\ndefault: { deny: net }\nrules: [{ allow: net.connect }]\n";
        const Image image = policy::testing::CompileText(text);
        blf_request request{};
        request.ask = BLF_ASK_NET_CONNECT;
        request.object[BLF_VISIBLE] = image.view().addresses().none;
        request.opening[0] = request.object[BLF_VISIBLE];
        blf_subject subject{};
        for (const int i : {0, 1, count / 2, count - 2, count - 1}) {
            subject.value[BLF_BY_PORT - BLF_AUTOMATA] = static_cast<uint32_t>(1000 + i);
            EXPECT_EQ(Decide(image, request, subject).error, 0U) << count << " " << i;
        }
        for (const int port : {999, 1000 + count}) {
            subject.value[BLF_BY_PORT - BLF_AUTOMATA] = static_cast<uint32_t>(port);
            EXPECT_EQ(Decide(image, request, subject).error, static_cast<uint32_t>(EACCES))
                << count << " " << port;
        }
    }
}

}  // namespace
}  // namespace bailiff::decide::testing
