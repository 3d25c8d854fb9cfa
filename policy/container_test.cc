// SPDX-License-Identifier: Apache-2.0
#include "policy/container.h"

#include <gtest/gtest.h>

#include "policy/explain.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

// Does a rule about such containers apply to a process in this cgroup?
bool Applies(const std::string& container, const std::string& cgroup) {
    const Image image =
        testing::CompileText("bailiff: 1\npolicy: p\napplies-to: { container: " + container +
                             " }\nrules:\n- { deny: file.read, path: /a }\n");
    Asker who;
    who.cgroup = cgroup;
    const auto said = Explain(image.view(), {BLF_ASK_FILE_OPEN_READ, "/a", who});
    EXPECT_TRUE(said);
    return said && said->error != 0;
}

constexpr const char* kContainers[] = {
    "/system.slice/docker-4e5f6a.scope",
    "/docker/4e5f6a",
    "/docker/4e5f6a/init.scope",
    "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-4e5f6a.scope/container",
    "/system.slice/web.service/libpod-payload-4e5f6a",
    "/kubepods.slice/kubepods-burstable.slice/pod.slice/cri-containerd-4e5f6a.scope",
    "/kubepods/pod77/4e5f6a",
    "/kubepods/besteffort/pod77/4e5f6a",
    "/kubepods.slice/crio-4e5f6a.scope",
    "/system.slice/nerdctl-4e5f6a.scope",
};
constexpr const char* kMachines[] = {
    "/machine.slice/systemd-nspawn@4e5f6a.service/payload",
    "/machine.slice/machine-4e5f6a.scope",
};
constexpr const char* kHosts[] = {
    "/",
    "/init.scope",
    "/docker",
    "/system.slice/docker.service",
    "/machine.slice/libpod-conmon-4e5f6a.scope",
    "/kubepods.slice/crio-conmon-4e5f6a.scope",
    "/user.slice/user-1000.slice/session-3.scope",
};

TEST(Container, AnyAndNoneDivideTheCgroups) {
    for (const char* cgroup : kContainers) {
        EXPECT_TRUE(Applies("any", cgroup)) << cgroup;
        EXPECT_FALSE(Applies("none", cgroup)) << cgroup;
    }
    for (const char* cgroup : kMachines) EXPECT_TRUE(Applies("any", cgroup)) << cgroup;
    for (const char* cgroup : kHosts) {
        EXPECT_FALSE(Applies("any", cgroup)) << cgroup;
        EXPECT_TRUE(Applies("none", cgroup)) << cgroup;
    }
}

TEST(Container, IsKnownByItsIdOrName) {
    for (const char* cgroup : kContainers) {
        EXPECT_TRUE(Applies("4e5f*", cgroup)) << cgroup;
        EXPECT_TRUE(Applies("[none, 4e5f6a]", cgroup)) << cgroup;
        EXPECT_FALSE(Applies("4e5f", cgroup)) << cgroup;
    }
    for (const char* cgroup : kMachines) EXPECT_TRUE(Applies("4e5f*", cgroup)) << cgroup;
    for (const char* cgroup : kHosts) EXPECT_TRUE(Applies("[none, 4e5f6a]", cgroup)) << cgroup;
}

// systemd escapes it in the name of a scope, and does not in the name of a service.
TEST(Container, ADashMayBeEscaped) {
    EXPECT_TRUE(Applies("web-1", R"(/machine.slice/machine-web\x2d1.scope)"));
    EXPECT_TRUE(Applies("web-1", "/machine.slice/systemd-nspawn@web-1.service"));
    EXPECT_FALSE(Applies("web-1", "/machine.slice/machine-web2.scope"));
}

// A container may lie within another, so that lists multiply; not by more than two each.
TEST(Container, SeveralListsFitIntoOneImage) {
    std::string text;
    for (int i = 0; i < 10; i++) {
        text += "---\nbailiff: 1\npolicy: p" + std::to_string(i) +
                "\napplies-to: { container: [web-" + std::to_string(i) +
                "-*, none] }\nrules:\n- { deny: file.read, path: /a }\n";
    }
    EXPECT_LT(testing::CompileText(text).blocks.size(), 20'000U);
}

}  // namespace
}  // namespace bailiff::policy
