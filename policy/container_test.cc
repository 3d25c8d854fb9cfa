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
    const auto said =
        Explain(image.view(), {.ask = BLF_ASK_FILE_OPEN_READ, .path = "/a", .who = who});
    EXPECT_TRUE(said);
    return said && said->error != 0;
}

constexpr const char* kContainers[] = {
    // Docker
    "/system.slice/docker-4e5f6a.scope",
    "/docker/4e5f6a",
    "/docker/4e5f6a/init.scope",
    "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-4e5f6a.scope",
    "/kubepods.slice/kubepods-pod77.slice/docker-4e5f6a.scope",
    "/kubepods/burstable/pod77/4e5f6a",
    // Podman
    "/machine.slice/libpod-4e5f6a.scope/container",
    "/machine.slice/machine-libpod_pod_77.slice/libpod-4e5f6a.scope",
    "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-4e5f6a.scope/container",
    "/system.slice/web.service/libpod-payload-4e5f6a",
    "/libpod_parent/libpod-4e5f6a",
    "/libpod_parent/libpod-4e5f6a/container",
    "/of-an-option/libpod-4e5f6a",
    // containerd, below the kubelet and by nerdctl
    "/kubepods.slice/kubepods-burstable.slice/pod.slice/cri-containerd-4e5f6a.scope",
    "/kubepods/pod77/4e5f6a",
    "/kubepods/besteffort/pod77/4e5f6a",
    "/k8s.io/4e5f6a",
    "/system.slice/nerdctl-4e5f6a.scope",
    // CRI-O
    "/kubepods.slice/crio-4e5f6a.scope",
    "/kubepods/burstable/pod77/crio-4e5f6a",
    "/crio/crio-4e5f6a",
};
constexpr const char* kMachines[] = {
    // systemd-nspawn; what libvirt's LXC driver makes is a container, too
    "/machine.slice/systemd-nspawn@4e5f6a.service/payload",
    "/machine.slice/systemd-nspawn@4e5f6a.service/payload/init.scope",
    "/machine.slice/machine-4e5f6a.scope",
    "/machine.slice/machine-4e5f6a.scope/payload",
};
constexpr const char* kHosts[] = {
    "/",
    "/init.scope",
    "/docker",
    "/k8s.io",
    "/system.slice/docker.service",
    "/machine.slice/libpod-conmon-4e5f6a.scope",
    "/machine.slice/systemd-nspawn@4e5f6a.service/supervisor",
    "/libpod_parent/conmon",
    "/kubepods.slice/crio-conmon-4e5f6a.scope",
    "/kubepods/burstable/pod77/crio-conmon-4e5f6a",
    "/user.slice/user-1000.slice/session-3.scope",
    // `ctr`, where nobody said a namespace: as good as any other
    "/default/4e5f6a",
    // libvirt's virtual machines
    R"(/machine.slice/machine-qemu\x2d1\x2dvm.scope)",
    R"(/machine.slice/machine-qemu\x2d12\x2dvm.scope/libvirt/emulator)",
    R"(/machine.slice/machine-ch\x2d1\x2dvm.scope)",
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

// Only what libvirt calls its virtual machines, not what looks a little like it.
TEST(Container, OtherMachinesAreNotTakenForVirtualOnes) {
    for (const char* name :
         {"q", "qe", "qemu", R"(qemu\x2dbuilder)", R"(qemu\x2)", "qemu1", R"(qu\x2d1)", "c", "ch",
          "chemistry", R"(ch\x2dweb)", "ch-1", R"(lxc\x2d1\x2dweb)", R"(web\x2d1)"}) {
        const std::string cgroup = std::string("/machine.slice/machine-") + name + ".scope";
        EXPECT_TRUE(Applies("any", cgroup)) << cgroup;
        EXPECT_FALSE(Applies("none", cgroup)) << cgroup;
    }
    // who names one, means it
    EXPECT_TRUE(Applies("qemu-1-vm", R"(/machine.slice/machine-qemu\x2d1\x2dvm.scope)"));
}

TEST(Container, AnAsteriskIsAny) {
    for (const char* cgroup : kContainers) EXPECT_TRUE(Applies("'*'", cgroup)) << cgroup;
    for (const char* cgroup : kHosts) EXPECT_FALSE(Applies("'*'", cgroup)) << cgroup;
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
    EXPECT_LT(testing::CompileText(text).blocks.size(), 60'000U);
}

}  // namespace
}  // namespace bailiff::policy
