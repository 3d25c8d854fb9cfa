// SPDX-License-Identifier: Apache-2.0
#include "policy/resolve_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "policy/explain.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

using ::testing::ElementsAre;
using Kind = LinkLook::Kind;
using Problem = LinkResolver::Problem;

// A file system of links: what is not in it is plain, or below "/none" missing. Counts the looks.
struct FakeHost {
    std::map<std::string, std::string> links;
    std::map<std::string, int> looks;

    LinkLookup Lookup() {
        return [this](const std::string& path) -> LinkLook {
            looks[path]++;
            if (path.starts_with("/none")) return {.kind = Kind::kMissing, .target = {}};
            if (path.starts_with("/closed")) {
                return {.kind = Kind::kUnknown, .target = {}, .error = EACCES};
            }
            const auto found = links.find(path);
            if (found == links.end()) return {.kind = Kind::kPlain, .target = {}};
            return {
                .kind = Kind::kLink, .target = found->second, .roots = !path.starts_with("/home")};
        };
    }
};

FakeHost UsrMerged() {
    return {.links = {{"/bin", "usr/bin"},
                      {"/var/run", "../run"},
                      {"/var/lock", "/run/lock"},
                      {"/usr/bin/vi", "/etc/alternatives/vi"},
                      {"/etc/alternatives/vi", "/usr/bin/vim"},
                      {"/a", "/b/./x//y/.."},
                      {"/b", "c/"},
                      {"/up", "../../.."},
                      {"/loop", "loop/x"},
                      {"/one", "two"},
                      {"/two", "/one"},
                      {"/home/mine", "/etc"},
                      {"/to-home", "/home/mine/x"},
                      {"/dangling", "/none/here"},
                      {"/fd", "/proc/self/fd"},
                      {"/proc/self", "1234"}},
            .looks = {}};
}

std::string Resolve(const std::string& path) {
    FakeHost host = UsrMerged();
    LinkResolver resolver(host.Lookup());
    const LinkResolver::Place place = resolver.Resolve(path);
    const std::string link =
        place.link.empty() ? "" : " by " + place.link + " -> " + place.link_path;
    switch (place.problem) {
        case Problem::kNone:
            return place.path + link;
        case Problem::kNotRoots:
            return place.path + link + " not root's: " + place.problem_at;
        case Problem::kUnknown:
            return place.path + link + " unknown: " + place.problem_at;
        case Problem::kLoop:
            return "loop";
        case Problem::kTooLong:
            break;
    }
    return "too long: " + place.problem_at;
}

TEST(LinkResolver, FollowsAsTheKernelDoes) {
    EXPECT_EQ(Resolve("/"), "/");
    EXPECT_EQ(Resolve("/usr/bin/cat"), "/usr/bin/cat");
    EXPECT_EQ(Resolve("/bin/cat"), "/usr/bin/cat by /bin -> /usr/bin");
    EXPECT_EQ(Resolve("/var/run"), "/run by /var/run -> /run");
    EXPECT_EQ(Resolve("/var/lock/x/y"), "/run/lock/x/y by /var/lock -> /run/lock");
    // a chain, and a link behind a link: the last one of the spelling stands for both
    EXPECT_EQ(Resolve("/bin/vi"), "/usr/bin/vim by /bin/vi -> /usr/bin/vim");
    EXPECT_EQ(Resolve("/a/z"), "/c/x/z by /a -> /c/x");
    EXPECT_EQ(Resolve("/up/etc"), "/etc by /up -> /");
}

TEST(LinkResolver, WhatLeadsNowhere) {
    EXPECT_EQ(Resolve("/loop/y"), "loop");
    EXPECT_EQ(Resolve("/one"), "loop");
    EXPECT_EQ(Resolve("/dangling"), "/none/here by /dangling -> /none/here");
    FakeHost host{.links = {{"/l", "/d/" + std::string(256, 'x')}}, .looks = {}};
    EXPECT_EQ(LinkResolver(host.Lookup()).Resolve("/l/y").problem, Problem::kTooLong);
    EXPECT_EQ(LinkResolver(host.Lookup()).Resolve("/l/y").problem_at, "/l");
}

// What is not followed is a place like any other.
TEST(LinkResolver, WhatIsNotFollowed) {
    EXPECT_EQ(Resolve("/home/mine/x"), "/home/mine/x not root's: /home/mine");
    EXPECT_EQ(Resolve("/to-home"),
              "/home/mine/x by /to-home -> /home/mine/x not root's: /home/mine");
    EXPECT_EQ(Resolve("/closed/a/b"), "/closed/a/b unknown: /closed");
    EXPECT_EQ(Resolve("/proc/self/mem"), "/proc/self/mem");
    EXPECT_EQ(Resolve("/fd/0"), "/proc/self/fd/0 by /fd -> /proc/self/fd");
}

// A chain as long as the kernel follows.
TEST(LinkResolver, FortyLinks) {
    FakeHost host;
    for (int i = 0; i < 41; ++i) host.links["/" + std::to_string(i)] = std::to_string(i + 1);
    LinkResolver resolver(host.Lookup());
    EXPECT_EQ(resolver.Resolve("/0").problem, Problem::kLoop);
    EXPECT_EQ(resolver.Resolve("/1").path, "/41");
}

TEST(LinkResolver, LooksAtADirectoryOnceAndNotBelowAMissingOne) {
    FakeHost host = UsrMerged();
    LinkResolver resolver(host.Lookup());
    for (int i = 0; i < 1000; ++i) {
        resolver.Resolve("/srv/data/deep/" + std::to_string(i));
        resolver.Resolve("/none/deep/" + std::to_string(i));
    }
    EXPECT_EQ(host.looks["/srv"], 1);
    EXPECT_EQ(host.looks["/srv/data/deep"], 1);
    EXPECT_EQ(host.looks["/none"], 1);
    EXPECT_EQ(host.looks.size(), 3 + 1000U + 1U);
}

// The patterns of the first rule after resolving, and "LINK -> TARGET" of the rule's links.
struct Resolved {
    std::vector<std::string> objects;
    std::vector<std::string> except;
    std::vector<std::string> target;
    std::vector<std::string> links;
};

Resolved ResolveRule(const std::string& rule, const std::string& operation = "file.open") {
    auto policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- {deny: " + operation + ", " + rule + "}\n"}});
    FakeHost host = UsrMerged();
    Diagnostics diagnostics;
    ResolveLinks(&policies, host.Lookup(), &diagnostics);
    Resolved resolved;
    const Rule& read = policies.at(0).rules.at(0);
    for (const PathPattern& pattern : read.objects) resolved.objects.push_back(pattern.text);
    for (const PathPattern& pattern : read.except.exe) resolved.except.push_back(pattern.text);
    for (const PathPattern& pattern : read.details.target_exe) {
        resolved.target.push_back(pattern.text);
    }
    for (const FollowedLink& link : read.links) {
        resolved.links.push_back(link.spelling + " -> " + link.target);
    }
    return resolved;
}

TEST(ResolveLinks, KeepsBothSpellings) {
    const Resolved resolved =
        ResolveRule("path: [/bin/x, /srv/y], except: {exe: [/bin/vi, /bin/a]}");
    EXPECT_THAT(resolved.objects, ElementsAre("/bin/x", "/srv/y", "/usr/bin/x"));
    EXPECT_THAT(resolved.except, ElementsAre("/bin/vi", "/bin/a", "/usr/bin/vim", "/usr/bin/a"));
    EXPECT_THAT(resolved.links, ElementsAre("/bin -> /usr/bin", "/bin/vi -> /usr/bin/vim"));
}

TEST(ResolveLinks, AlsoOfWhomARuleIsAbout) {
    const Resolved resolved = ResolveRule("target-exe: /bin/vi", "process.signal");
    EXPECT_THAT(resolved.target, ElementsAre("/bin/vi", "/usr/bin/vim"));
    EXPECT_THAT(resolved.links, ElementsAre("/bin/vi -> /usr/bin/vim"));
}

TEST(ResolveLinks, FollowsUpToTheFirstGlob) {
    EXPECT_THAT(ResolveRule("path: \"/var/run/*/[a]/**\"").objects,
                ElementsAre("/var/run/*/[a]/**", "/run/*/[a]/**"));
    EXPECT_THAT(ResolveRule("path: /up/**").objects, ElementsAre("/up/**", "/**"));
    EXPECT_THAT(ResolveRule("path: /up").objects, ElementsAre("/up", "/"));
    EXPECT_THAT(ResolveRule("path: \"/{bin,sbin}/x\"").objects,
                ElementsAre("/{bin,sbin}/x", "/usr/bin/x"));
    EXPECT_THAT(ResolveRule("path: \"/b*/x\"").objects, ElementsAre("/b*/x"));
    EXPECT_THAT(ResolveRule("name: vi").objects, ElementsAre("/**/vi"));
    // Already there in the other spelling.
    EXPECT_THAT(ResolveRule("path: [/bin/x, /usr/bin/x]").objects,
                ElementsAre("/bin/x", "/usr/bin/x"));
}

// What a link leads to is a name and no glob.
TEST(ResolveLinks, EscapesWhatTheLinkSays) {
    auto policies =
        testing::ReadText({{"p.yaml", testing::Head("p") + "- {deny: file.open, path: /l/**}\n"}});
    FakeHost host{.links = {{"/l", "/odd*[x]{a,b}?\\"}}, .looks = {}};
    Diagnostics diagnostics;
    const auto told = ResolveLinks(&policies, host.Lookup(), &diagnostics);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].resolved, "/odd\\*\\[x\\]\\{a,b\\}\\?\\\\/**");
    EXPECT_EQ(policies[0].rules[0].objects.at(1).components.at(0).name, "odd*[x]{a,b}?\\");
}

// Each of 256 spellings of the beginning has the 256 choices of the end.
TEST(ResolveLinks, RefusesSpellingsThatTakeTooMuchMemory) {
    std::string braces;
    for (int i = 0; i < 8; ++i) braces += "{a,b}";
    const std::string path = "/l/" + braces + "/*" + braces + std::string(200, 'x');
    auto policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- {deny: file.open, path: \"" + path + "\"}\n"}});
    FakeHost host{.links = {{"/l", "/srv"}}, .looks = {}};
    Diagnostics diagnostics;
    ResolveLinks(&policies, host.Lookup(), &diagnostics);
    ASSERT_EQ(diagnostics.list().size(), 1U);
    EXPECT_EQ(diagnostics.list()[0].severity, Severity::kError);
    EXPECT_EQ(diagnostics.list()[0].where.line, 4U);
}

TEST(ResolveLinks, TheImageDeniesByBothAndKeepsTheLinks) {
    const Sources sources = {{"p.yaml",
                              "bailiff: 1\npolicy: p\napplies-to: {exe: /bin/cat}\nrules:\n"
                              "- {deny: file.open, path: /srv/x}\n"
                              "- {deny: file.open, path: [/var/run/x, /var/run/y]}\n"}};
    auto policies = testing::ReadText(sources);
    FakeHost host = UsrMerged();
    Diagnostics diagnostics;
    ResolveLinks(&policies, host.Lookup(), &diagnostics);
    const Image image = testing::CompileModel(policies, sources);
    for (const char* path : {"/run/x", "/var/run/y"}) {
        for (const char* exe : {"/bin/cat", "/usr/bin/cat"}) {
            const auto said = Explain(
                image.view(), {.ask = BLF_ASK_FILE_OPEN, .path = path, .who = {.exe = exe}});
            ASSERT_TRUE(said);
            EXPECT_EQ(said->error, 1U) << path << " " << exe;
            EXPECT_EQ(said->rule, 1U);
        }
    }
    const std::vector<LinkRecord> links = image.view().Links();
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[0].policy + links[0].at + links[0].spelling + " " + links[0].target,
              "p/bin /usr/bin");
    EXPECT_EQ(links[0].rule, 0U);
    EXPECT_EQ(links[1].at, "p.yaml:6");
    EXPECT_EQ(links[1].rule, 2U);
    EXPECT_EQ(links[1].spelling + " " + links[1].target, "/var/run /run");
    EXPECT_EQ(image.view().ComputeDigest(), image.view().stored_digest());
    // The links are under the digest too.
    Image forged = image;
    reinterpret_cast<blf_digest*>(&forged.blocks[BLF_BLOCK_DIGEST])->link_count = 1;
    EXPECT_NE(forged.view().ComputeDigest(), forged.view().stored_digest());

    EXPECT_TRUE(FindStaleLinks(links, host.Lookup()).empty());
    host.links["/var/run"] = "/var/tmp";
    host.links["/bin"] = "bin";
    const auto stale = FindStaleLinks(links, host.Lookup());
    ASSERT_EQ(stale.size(), 2U);
    EXPECT_EQ(stale[0].now, "in circles");
    EXPECT_EQ(stale[1].link.at + " " + stale[1].now, "p.yaml:6 to /var/tmp");
    host.links.erase("/var/run");
    host.links["/bin"] = "/usr/bin";
    EXPECT_EQ(FindStaleLinks(links, host.Lookup()).at(0).now, "to /var/run");
}

}  // namespace
}  // namespace bailiff::policy
