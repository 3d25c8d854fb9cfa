/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Programs: run, mapped, made of memory that could be written.
 */
#ifndef BAILIFF_BPF_EXEC_H
#define BAILIFF_BPF_EXEC_H

#include "bpf/file.h"

BLF_INLINE __u32 blf_is_nameless_file(struct file* file) {
    struct inode* inode = file->f_inode;
    return blf_is_internal(file) || (inode && !inode->i_nlink);
}

/* Asked for the script, and again for the interpreter that its first line names. */
BLF_INLINE __u32 blf_is_script(struct linux_binprm* bprm) {
    return (bprm->buf[0] == '#' && bprm->buf[1] == '!') || bprm->interp != bprm->filename;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(blf_bprm_check_security, struct linux_binprm* bprm) {
    if (blf_is_probed(BLF_HOOK_bprm_check_security)) return blf_prove();
    if (bprm) bprm = BLF_UNTRUSTED(linux_binprm, bprm);
    struct file* file = bprm ? bprm->file : NULL;
    if (!file) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_EXEC, BLF_REASON_NOT_SEEN));
    __u32 nameless = BLF_VALUE(blf_is_nameless_file(file)), script = BLF_VALUE(blf_is_script(bprm));
    if (blf_is_untouched_file(file)) return 0;
    return blf_decide_file(file, nameless ? script ? BLF_ASK_EXEC_MEMFD_SCRIPT : BLF_ASK_EXEC_MEMFD
                                 : script ? BLF_ASK_EXEC_SCRIPT
                                          : BLF_ASK_EXEC);
}

/* Memory without a file is at no place: rules about every place hold for it. */
BLF_INLINE int blf_decide_memory(void) {
    struct blf_object object = {.nameless = 1};
    return blf_answer_kernel(blf_decide_object(&object, BLF_ASK_EXEC_MPROTECT));
}

/* In execve(2) the kernel maps what bprm_check_security was asked about. */
BLF_INLINE __u32 blf_ask_of_exec_mapping(void) {
    return blf_in_execve() ? BLF_ASK_FILE_MMAP_EXEC : BLF_ASK_EXEC_LIBRARY;
}

/* What a mapping reads and writes of its file; 0: neither, or the file is nobody's by name. */
BLF_INLINE int blf_decide_mapping(struct file* file, __u32 write) {
    if (blf_is_internal(file) || blf_is_loading(file)) return 0;
    return blf_decide_file(file, write ? BLF_ASK_FILE_READ_WRITE : BLF_ASK_FILE_READ);
}

/* `file` is NULL for memory of its own. The way of nearly every mapping comes first; the proof's
 * file is not remembered, see blf_file_access. */
SEC("lsm/mmap_file")
int BPF_PROG(blf_mmap_file, struct file* file, unsigned long wanted, unsigned long rights,
             unsigned long flags) {
    if (!BLF_IS_NULL(file) && blf_is_known_file(file)) return 0;
    if (blf_is_probed(BLF_HOOK_mmap_file)) return blf_prove();
    __u32 executable = BLF_VALUE((rights & PROT_EXEC) != 0);
    __u32 writable = BLF_VALUE((rights & PROT_WRITE) != 0);
    if (BLF_IS_NULL(file)) return executable && writable ? blf_decide_memory() : 0;
    file = BLF_UNTRUSTED(file, file);
    if (blf_is_untouched_file(file)) return 0;
    __u32 written = writable && (flags & MAP_TYPE) != MAP_PRIVATE;
    int answer = rights & (PROT_READ | PROT_WRITE) ? blf_decide_mapping(file, written) : 0;
    if (answer || !executable) return answer;
    answer = blf_decide_file(file, blf_ask_of_exec_mapping());
    if (answer || !writable) return answer;
    return blf_decide_file(file, BLF_ASK_EXEC_MPROTECT);
}

/* What a mapping of a file gets beyond what it had. */
BLF_INLINE int blf_decide_further_use(struct file* file, __u32 had, __u32 rights) {
    if ((rights & PROT_WRITE) && !(had & VM_WRITE) && (had & VM_SHARED))
        return blf_decide_mapping(file, 1);
    return (rights & PROT_READ) && !(had & VM_READ) ? blf_decide_mapping(file, 0) : 0;
}

/* Memory that was written privately has an anon_vma. */
SEC("lsm/file_mprotect")
int BPF_PROG(blf_file_mprotect, struct vm_area_struct* vma, unsigned long wanted,
             unsigned long rights) {
    if (blf_is_probed(BLF_HOOK_file_mprotect)) return blf_prove();
    if (!vma) return 0; /* allows: the kernel always has one here */
    vma = BLF_UNTRUSTED(vm_area_struct, vma);
    __u32 had = vma->vm_flags;
    struct file* file = vma->vm_file;
    __u32 executable = BLF_VALUE((rights & PROT_EXEC) && !(had & VM_EXEC));
    if (BLF_IS_NULL(file)) return executable ? blf_decide_memory() : 0;
    if (blf_is_untouched_file(file)) return 0;
    int answer = blf_decide_further_use(file, had, rights);
    if (answer || !executable) return answer;
    answer = blf_decide_file(file, BLF_ASK_EXEC_LIBRARY);
    if (answer) return answer;
    __u32 could_be_written = blf_number(vma->anon_vma) || (had & VM_WRITE) || (rights & PROT_WRITE);
    return could_be_written ? blf_decide_file(file, BLF_ASK_EXEC_MPROTECT) : 0;
}

#endif
