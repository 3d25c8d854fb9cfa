// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
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
using policy::ImageView;

// A process without an executable that is root, unless it is said otherwise.
blf_verdict Decide(const ImageView& image, const blf_request& request,
                   const blf_subject& subject = {}) {
    blf_verdict verdict{};
    blf_sift sift;
    blf_sift_subject(&sift, &image, &image.root(), &subject);
    blf_decide(&verdict, &image, &image.root(), &request, &sift.who);
    return verdict;
}

blf_subject WithExe(uint32_t state, uint32_t reason = 0) {
    blf_subject subject{};
    subject.path[BLF_BY_EXE][BLF_VISIBLE] = state;
    subject.reason[BLF_BY_EXE] = reason;
    return subject;
}

blf_subject WithUid(uint32_t uid) {
    blf_subject subject{};
    subject.value[BLF_BY_UID - BLF_AUTOMATA] = uid;
    return subject;
}

uint32_t StateOf(const Image& image, const std::string& name) {
    return policy::Classify(image.view(), image.view().root().object_root, {name}).state;
}

blf_request Read(const Image& image, const std::string& name) {
    blf_request request{};
    request.ask = BLF_ASK_FILE_OPEN_READ;
    request.object[BLF_VISIBLE] = StateOf(image, name);
    return request;
}

TEST(LowestBit, IsFoundInEveryWord) {
    for (uint32_t bit = 0; bit < 64; bit++) {
        EXPECT_EQ(blf_lowest_bit(uint64_t{1} << bit), bit);
        EXPECT_EQ(blf_lowest_bit(~uint64_t{0} << bit), bit);
        EXPECT_EQ(blf_lowest_bit(uint64_t{1} << bit | uint64_t{1} << 63), bit);
    }
}

TEST(ReturnValue, IsZeroOrAnErrno) {
    const auto value = [](uint32_t error) {
        const blf_verdict verdict = {.clause = 0, .audit_clause = 0, .reason = 0, .error = error};
        return blf_return_value(&verdict);
    };
    EXPECT_EQ(value(0), 0);
    EXPECT_EQ(value(EACCES), -EACCES);
    EXPECT_EQ(value(4095), -4095);
    EXPECT_EQ(value(4096), -EPERM);
    EXPECT_EQ(value(0xffffffff), -EPERM);
}

// One policy for root that enforces, one for everybody that only audits.
Image Stacked() {
    return policy::testing::CompileText(
        "bailiff: 1\npolicy: audits\nmode: audit\nrules:\n"
        "- { deny: file.open, path: [/a, /b] }\n---\n"
        "bailiff: 1\npolicy: enforces\napplies-to: { uid: root, exe: /cat }\nrules:\n"
        "- { deny: file.read, path: /a, errno: EACCES }\n");
}

TEST(Verdict, AuditNeverHidesADenial) {
    const Image image = Stacked();
    const uint32_t root = image.view().dimension(BLF_BY_EXE).first;
    const uint32_t cat = policy::Classify(image.view(), root, {"cat"}).state;
    const blf_verdict verdict = Decide(image.view(), Read(image, "a"), WithExe(cat));
    EXPECT_EQ(verdict.error, uint32_t{EACCES});
    EXPECT_EQ(verdict.clause, 0U);
    EXPECT_EQ(verdict.audit_clause, 512U) << "auditing clauses begin on a block of their own";
    EXPECT_EQ(verdict.reason, uint32_t{BLF_REASON_RULE});
}

TEST(Verdict, AuditAloneDeniesNothing) {
    const Image image = Stacked();
    const blf_verdict verdict = Decide(image.view(), Read(image, "b"));
    EXPECT_EQ(verdict.error, 0U);
    EXPECT_EQ(verdict.clause, BLF_NONE);
    EXPECT_EQ(verdict.audit_clause, 512U);
    EXPECT_EQ(verdict.reason, uint32_t{BLF_REASON_RULE});
}

TEST(Verdict, NoRuleIsAllowed) {
    const Image image = Stacked();
    const blf_verdict verdict = Decide(image.view(), Read(image, "c"));
    EXPECT_EQ(verdict.error, 0U);
    EXPECT_EQ(verdict.audit_clause, BLF_NONE);
    EXPECT_EQ(verdict.reason, uint32_t{BLF_REASON_NO_RULE});
}

// Every way in which a path or an executable can stay unknown.
TEST(Verdict, WhatCannotBeToldIsDeniedWhereARuleRemains) {
    const Image image = Stacked();
    for (uint32_t reason = BLF_REASON_NOT_SEEN; reason < BLF_REASON_COUNT; reason++) {
        blf_request request = Read(image, "c");
        request.object_reason = reason;
        EXPECT_EQ(Decide(image.view(), request).error, 0U) << "no executable: rule 1 is not asked";
        const blf_verdict verdict =
            Decide(image.view(), request, WithExe(BLF_DEAD, BLF_REASON_UNREADABLE));
        EXPECT_EQ(verdict.error, uint32_t{EACCES});
        EXPECT_EQ(verdict.reason, reason) << "the object's reason is told before the subject's";
    }
}

TEST(Verdict, AnUnknownExecutableIsDeniedOnlyForTheObject) {
    const Image image = Stacked();
    const blf_subject unknown = WithExe(BLF_DEAD, BLF_REASON_DETACHED);
    blf_request request = Read(image, "a");
    EXPECT_EQ(Decide(image.view(), request, unknown).error, uint32_t{EACCES});
    EXPECT_EQ(Decide(image.view(), request, unknown).reason, uint32_t{BLF_REASON_DETACHED});
    request.object[BLF_VISIBLE] = StateOf(image, "c");
    EXPECT_EQ(Decide(image.view(), request, unknown).error, 0U);
    EXPECT_EQ(Decide(image.view(), request, unknown).reason, uint32_t{BLF_REASON_NO_RULE});
}

TEST(Verdict, WhatNoRuleAsksForStaysAllowedHoweverUnknown) {
    const Image image = Stacked();
    blf_request request = Read(image, "a");
    request.object_reason = BLF_REASON_TOO_DEEP;
    blf_subject subject = WithExe(BLF_DEAD, BLF_REASON_TOO_DEEP);
    request.ask = BLF_ASK_FILE_OPEN_WRITE;
    const blf_verdict verdict = Decide(image.view(), request, subject);
    EXPECT_EQ(verdict.error, 0U) << "only reading is denied";
    EXPECT_EQ(verdict.audit_clause, 512U) << "opening is audited";
    request.ask = BLF_ASK_FILE_OPEN_READ;
    subject.value[BLF_BY_UID - BLF_AUTOMATA] = 1000;
    EXPECT_EQ(Decide(image.view(), request, subject).error, 0U) << "only root is denied";
}

void ExpectBroken(const blf_verdict& verdict) {
    EXPECT_EQ(verdict.reason, uint32_t{BLF_REASON_BAD_IMAGE});
    EXPECT_EQ(verdict.error, uint32_t{EPERM});
    EXPECT_EQ(verdict.clause, BLF_NONE);
}

// A denial needs everything up to its clause's errno: an image cut before there refuses.
TEST(Verdict, ACutImageRefuses) {
    const Image image = policy::testing::CompileText(
        policy::testing::Head("p") + "- { deny: file.read, path: /a, errno: EACCES }\n");
    const blf_request request = Read(image, "a");
    const uint32_t needed = image.view().index().clause_first + 1;
    ASSERT_EQ(Decide(image.view(), request).error, uint32_t{EACCES});
    // The root is a program's own copy; without it there is no decision to ask for.
    for (uint32_t length = 0; length < needed; length++) {
        SCOPED_TRACE(length);
        const ImageView cut(std::span(image.blocks).first(length));
        blf_verdict verdict{};
        blf_sift sift;
        const blf_subject subject{};
        blf_sift_subject(&sift, &cut, &image.view().root(), &subject);
        blf_decide(&verdict, &cut, &image.view().root(), &request, &sift.who);
        ExpectBroken(verdict);
    }
    const ImageView enough(std::span(image.blocks).first(needed));
    EXPECT_EQ(Decide(enough, request).error, uint32_t{EACCES});
}

// Each number that a decision follows, led out of the image.
TEST(Verdict, EveryNumberOutOfRangeRefuses) {
    const Image good = policy::testing::CompileText(
        policy::testing::Head("p") + "- { deny: file.read, path: /a, except: { uid: 5 } }\n");
    const blf_request request = Read(good, "a");
    const auto blocks = static_cast<uint32_t>(good.blocks.size());
    for (uint32_t outside : {blocks, blocks + 1, 0x40000000U, 0x7fffffffU}) {
        for (uint32_t blf_root::* member : {&blf_root::state_first, &blf_root::vector_first}) {
            Image image = good;
            reinterpret_cast<blf_root*>(image.blocks.data())->*member = outside;
            ExpectBroken(Decide(image.view(), request));
        }
        Image image = good;
        reinterpret_cast<blf_dimension*>(&image.blocks[BLF_BLOCK_WHO])[BLF_BY_UID].first = outside;
        ExpectBroken(Decide(image.view(), request));
        image = good;
        reinterpret_cast<blf_index*>(&image.blocks[BLF_BLOCK_INDEX])->clause_first = outside;
        ExpectBroken(Decide(image.view(), request));
        image = good;
        reinterpret_cast<uint32_t*>(&image.blocks[BLF_BLOCK_ASKS])[request.ask] = outside;
        ExpectBroken(Decide(image.view(), request));
    }
}

TEST(Verdict, AClauseWithoutAnErrnoRefuses) {
    Image image = policy::testing::CompileText(policy::testing::Head("p") +
                                               "- { deny: file.read, path: /a }\n");
    image.blocks[image.view().index().clause_first] = {};
    ExpectBroken(Decide(image.view(), Read(image, "a")));
}

TEST(Verdict, TheEmptyImageDeniesNothing) {
    const Image image = policy::EmptyImage();
    for (uint32_t reason : {0, int{BLF_REASON_TOO_DEEP}}) {
        blf_request request{};
        request.object_reason = reason;
        const blf_verdict verdict = Decide(image.view(), request, WithExe(BLF_DEAD, reason));
        EXPECT_EQ(verdict.error, 0U);
        EXPECT_EQ(verdict.reason, uint32_t{BLF_REASON_NO_RULE});
    }
}

// Entries hold from their first uid to the next entry's: the ends of ranges, and of the numbers.
TEST(Uid, RangesEndWhereTheyEnd) {
    std::string text;
    for (const char* range : {"0", "5-7", "8", "1000-1999", "4294967294"}) {
        text += std::string("---\nbailiff: 1\npolicy: p") + range +
                "\napplies-to: { uid: " + range + " }\nrules:\n- { deny: file.read, path: /a }\n";
    }
    const Image image = policy::testing::CompileText(text);
    const blf_request request = Read(image, "a");
    for (uint32_t uid : {0U, 5U, 6U, 7U, 8U, 1000U, 1500U, 1999U, 4294967294U}) {
        EXPECT_EQ(Decide(image.view(), request, WithUid(uid)).error, uint32_t{EPERM}) << uid;
    }
    for (uint32_t uid : {1U, 4U, 9U, 999U, 2000U, 4294967293U, 4294967295U}) {
        EXPECT_EQ(Decide(image.view(), request, WithUid(uid)).error, 0U) << uid;
    }
}

}  // namespace
}  // namespace bailiff::decide::testing
