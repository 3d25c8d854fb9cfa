// SPDX-License-Identifier: Apache-2.0
//
// What root could do with a BPF program of his own:
//
//   outdo PROGRAM COMMAND...   attaches that one of outdo.bpf.c and runs the command meanwhile
//   outdo PROGRAM TARGET       attaches it in place of a function of the program TARGET, and puts
//                              its link where our decider's at file_open is pinned
//
// Prints `attached`, or the errno that the kernel refuses it with. Only in the rig's VM.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "tests/outdo.skel.h"
#include "tests/vm/programs/test_vm.h"

namespace {

constexpr const char* kPin = "/sys/fs/bpf/bailiff/link_file_open_decider";

// A descriptor of the loaded program of this name, or -1.
int Find(std::string_view name) {
    __u32 id = 0;
    while (bpf_prog_get_next_id(id, &id) == 0) {
        bpf_prog_info info = {};
        __u32 size = sizeof(info);
        int fd = bpf_prog_get_fd_by_id(id);
        if (fd < 0) continue;
        if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && name == info.name) return fd;
        close(fd);
    }
    return -1;
}

bool IsReplacement(const bpf_program* program) {
    return bpf_program__type(program) == BPF_PROG_TYPE_EXT;
}

// 0 or -errno.
int Prepare(bpf_program* program, const char* target) {
    bpf_program__set_autoload(program, true);
    if (!IsReplacement(program)) return 0;
    const char* function = std::strrchr(bpf_program__section_name(program), '/') + 1;
    return bpf_program__set_attach_target(program, Find(target), function);
}

int Run(char** command) {
    pid_t child;
    int status;
    std::fflush(stdout);
    int failed = posix_spawnp(&child, command[0], nullptr, nullptr, command, environ);
    return failed || waitpid(child, &status, 0) < 0 || status != 0;
}

int Outdo(const char* name, char** arguments) {
    outdo_bpf* ours = outdo_bpf__open();
    bpf_program* program = ours ? bpf_object__find_program_by_name(ours->obj, name) : nullptr;
    if (!program) return 2;
    int refused = Prepare(program, arguments[0]);
    if (!refused) refused = outdo_bpf__load(ours);
    bpf_link* link = refused ? nullptr : bpf_program__attach(program);
    if (!link && !refused) refused = -errno;
    if (!refused && IsReplacement(program)) refused = bpf_link__pin(link, kPin);
    std::puts(refused ? strerrorname_np(-refused) : "attached");
    int status = refused ? 1 : IsReplacement(program) ? 0 : Run(arguments);
    bpf_link__destroy(link);
    outdo_bpf__destroy(ours);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    if (!bailiff::InTestVm()) {
        std::fprintf(stderr, "outdo runs in the rig's VM only (./dev vm)\n");
        return 99;
    }
    return argc < 3 ? 2 : Outdo(argv[1], argv + 2);
}
