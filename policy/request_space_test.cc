// SPDX-License-Identifier: Apache-2.0
#include "policy/request_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "policy/address.h"
#include "policy/classify.h"
#include "policy/testing/compile_text.h"
#include "policy/witnesses.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Witnesses(const std::string& pattern) {
    return WitnessesOf(testing::ReadPatterns({pattern}).at(0));
}

TEST(Witnesses, EachWayOfAPatternAndWhatIsNear) {
    EXPECT_THAT(Witnesses("/srv/**/*.key"),
                IsSupersetOf({"/srv/x.key", "/srv/.key", "/srv/d/x.key", "/srv/d/e/x.key", "/srv",
                              "/srv/x.key/x", "/srv/x.ke", "/srv/x.key~", "/sr/x.key"}));
    EXPECT_THAT(Witnesses("/a/{b,c?}[!a-z]"), IsSupersetOf({"/a/b0", "/a/ca0"}));
    EXPECT_THAT(Witnesses("/"), ElementsAre("/"));
    EXPECT_THAT(Witnesses("/dir/**"), IsSupersetOf({"/dir/x", "/dir/d/x", "/dir"}));
}

// What the first witness of a pattern is for: the pattern matches it.
TEST(Witnesses, TheFirstMatches) {
    for (const char* pattern :
         {"/a", "/", "/**", "/**/x", "/a/**/b/**", "/*", "/?", "/[!a-zA-Z0-9]", "/{x,y{1,2}}/z*"}) {
        const Image image = testing::CompileText(
            testing::Head("p") + "- deny: file.open\n  path: \"" + pattern + "\"\n");
        const Result<PathClass> found = ClassifyObject(image.view(), Witnesses(pattern).at(0));
        ASSERT_TRUE(found) << pattern;
        EXPECT_FALSE(image.view().Sources(found->state).empty()) << pattern;
    }
}

TEST(RequestSpace, HasTheNamedAndStrangersOnce) {
    const auto policies = testing::ReadText(
        {{"p.yaml",
          "bailiff: 1\npolicy: p\napplies-to: {uid: [alice, 1001-1002], exe: /bin/a}\nrules:\n"
          "- {deny: file.open, path: [/k, /j], except: {exe: /bin/b}}\n"}});
    const RequestSpace space = RequestSpaceOf({&policies, &policies});
    EXPECT_THAT(space.paths, IsSupersetOf({"/", "/stranger", "/k", "/k~", "/k/x", "/j"}));
    EXPECT_THAT(space.exes, IsSupersetOf({"", "/stranger", "/bin/a", "/bin/b", "/bin/b~"}));
    EXPECT_THAT(space.uids, ElementsAre(0, 999, 1000, 1001, 1002, 1003, 65534));
    EXPECT_TRUE(std::ranges::is_sorted(space.paths));
    EXPECT_EQ(std::ranges::adjacent_find(space.paths), space.paths.end());
    EXPECT_EQ(space.left_out, 0U);
}

TEST(RequestSpace, SaysWhatItLeavesOut) {
    const auto policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- {deny: file.open, path: [/a, /b, /c]}\n"}});
    const RequestSpace space = RequestSpaceOf({&policies}, 3);
    EXPECT_EQ(space.left_out, 2U);
    EXPECT_THAT(space.paths, Contains("/a"));
    EXPECT_THAT(space.paths, Not(Contains("/c")));
}

std::vector<std::string> Circumstances(const std::string& text) {
    const auto policies = testing::ReadText({{"p.yaml", text}});
    std::vector<std::string> texts;
    for (const Asker& one : RequestSpaceOf({&policies}).circumstances) {
        texts.push_back(AskerText(one));
    }
    return texts;
}

TEST(RequestSpace, HasWhatIsAskedTogetherAndNearlyThat) {
    EXPECT_THAT(
        Circumstances("bailiff: 1\npolicy: p\n"
                      "applies-to: {uid: 5, cgroup: [/a/**, /b], gid: 7, session: tty}\nrules:\n"
                      "- {deny: file.open, path: /k, except: {gid: 8, login-uid: 9}}\n"),
        UnorderedElementsAre(
            // one at a time
            "uid 0", "cgroup /a/x, uid 0", "cgroup /b, uid 0", "uid 0, gid 7", "uid 0, session tty",
            "uid 0, gid 8", "uid 0, login-uid 9",
            // the policy's, the exception's, and both
            "cgroup /a/x, uid 0, gid 7, session tty", "uid 0, gid 8, login-uid 9",
            "cgroup /a/x, uid 0, gid 7, gid 8, login-uid 9, session tty",
            // nearly
            "cgroup /b, uid 0, gid 7, session tty", "uid 0, gid 7, session tty",
            "cgroup /a/x, uid 0, session tty", "cgroup /a/x, uid 0, gid 7",
            "cgroup /a/x, uid 0, gid 7, login-uid 9, session tty",
            "cgroup /a/x, uid 0, gid 7, gid 8, session tty"));
}

TEST(RequestSpace, PutsAContainerIntoItsCgroup) {
    EXPECT_THAT(Circumstances("bailiff: 1\npolicy: p\n"
                              "applies-to: {cgroup: /a/**, container: web}\nrules:\n"
                              "- {deny: file.open, path: /k}\n"),
                Contains("cgroup /a/x/docker-web.scope, uid 0"));
}

TEST(RequestSpace, SaysHowManyCircumstancesItLeavesOut) {
    std::string text = "bailiff: 1\npolicy: p\napplies-to: {session: tty, gid: [0";
    for (int gid = 1; gid < 300; gid++) text += ", " + std::to_string(gid);
    text += "]}\nrules: [{deny: file.open, path: /k}]\n";
    const auto policies = testing::ReadText({{"p.yaml", text}});
    const RequestSpace space = RequestSpaceOf({&policies});
    EXPECT_EQ(space.circumstances.size(), 200U);
    EXPECT_GE(space.circumstances_left_out, 300U);
    EXPECT_EQ(space.left_out, 0U);
    EXPECT_EQ(AskerText(space.circumstances[1]), "uid 0, gid 0, session tty");
}

std::string Samples(const RequestSpace& space, uint64_t seed) {
    RequestSampler sampler(space, seed);
    std::string text;
    for (int i = 0; i < 200; ++i) {
        const RequestSampler::Sample sample = sampler.Next();
        if (IsOnSocket(AskOf(sample.operation))) {
            EXPECT_TRUE(sample.object.empty() || AddressOf(sample.object)) << sample.object;
        } else {
            const bool nowhere = BLF_IS_ANYWHERE(AskOf(sample.operation)) && sample.object.empty();
            EXPECT_TRUE(nowhere || SplitPath(sample.object)) << sample.object;
        }
        EXPECT_TRUE(sample.who.exe.empty() || SplitPath(sample.who.exe)) << sample.who.exe;
        text += sample.object + " " + AskerText(sample.who) + "\n";
    }
    return text;
}

TEST(RequestSampler, TheSameSeedGivesTheSameRequests) {
    const auto policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- {deny: file.open, path: /srv/**/x}\n"}});
    const RequestSpace space = RequestSpaceOf({&policies});
    EXPECT_EQ(Samples(space, 7), Samples(space, 7));
    EXPECT_NE(Samples(space, 7), Samples(space, 8));
}

}  // namespace
}  // namespace bailiff::policy
