// SPDX-License-Identifier: Apache-2.0
// Opens and reads files while everything around them moves, and demands the right verdict each
// time.
//
//   storm SECONDS [SEED [MOVER]]
//
// Each mover changes names in a loop, and after each change of its own opens the files concerned:
// nobody else touches them, so it knows what the answer must be. Meanwhile openers open all files
// there are, so that what is remembered of a directory was remembered in the very middle of a
// change. They too know an answer: what goes from one denied name to another is never opened, and
// what goes between two free ones is never refused.
//
// Who opens is bob, whom the policies are about. Who moves is root, whom they are not: a subject
// may not take a file from one rule to another (decide/move.h).
//
// Each mover has the machine to itself for a while, since any one's movement makes others forget
// too; then all move at once. A MOVER that is named has all the time to itself. Prints counters,
// and `wrong` lines; exits 1 when there was one. Moves, mounts and applies policies: only in the
// rig's VM.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OPENERS 2
#define WRONG_SHOWN 5  // of each phase
#define SUBJECT 1001   // bob

static struct shared {
    volatile int stop;
    int wrong;  // in this phase
    long opens, checks;
    long steps[16];
    unsigned swapped;  // which policy is in force
}* shared;
static unsigned long long random_state;

static unsigned choose(unsigned count) {
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(random_state >> 33) % count;
}

static void die(const char* what) {
    perror(what);
    kill(0, SIGKILL);
}

// What a mover does to names must work, or it tests nothing.
#define MUST(call) ((call) < 0 ? die(#call) : (void)0)

static int try_open(const char* path) {
    const int fd = open(path, O_RDONLY);
    if (fd < 0) return errno;
    close(fd);
    return 0;
}

static void wrong(const char* path, int got, const char* meant) {
    if (__atomic_add_fetch(&shared->wrong, 1, __ATOMIC_RELAXED) <= WRONG_SHOWN)
        printf("wrong: %s: %s, %s\n", path, got ? strerrorname_np(got) : "opened", meant);
    fflush(stdout);
}

static void become(uid_t uid) {
    MUST(seteuid(uid));
}

static void judge(const char* path, int got, int expected) {
    __atomic_add_fetch(&shared->checks, 1, __ATOMIC_RELAXED);
    if (got != expected) wrong(path, got, expected ? "must be refused" : "must be had");
}

// What root holds open at this name, used by bob.
static void demand_use(int fd, const char* path, int expected) {
    char byte;
    become(SUBJECT);
    const int got = pread(fd, &byte, 1, 0) < 0 ? errno : 0;
    become(0);
    judge(path, got, expected);
}

static int hold(const char* path) {
    const int fd = open(path, O_RDONLY);
    MUST(fd);
    return fd;
}

// By its name, and through a descriptor, whose file is mostly at the address of the one before.
static void demand(const char* path, int expected) {
    become(SUBJECT);
    const int got = try_open(path);
    become(0);
    judge(path, got, expected);
    const int fd = hold(path);
    demand_use(fd, path, expected);
    if (choose(2)) demand_use(fd, path, expected);
    close(fd);
}

static void make_file(const char* path) {
    const int fd = open(path, O_WRONLY | O_CREAT, 0644);
    MUST(fd);
    close(fd);
}

// ---- movers ----

// A directory on the way, in and out of a denied place.
static void move_directory(void) {
    const int held = hold("free/d/e/f");
    demand_use(held, "free/d/e/f", 0);
    MUST(rename("free/d", "kept/d"));
    demand_use(held, "kept/d/e/f", EPERM);
    demand("kept/d/e/f", EPERM);
    if (choose(2)) demand("kept/d/e/f", EPERM);
    MUST(rename("kept/d", "free/d"));
    demand_use(held, "free/d/e/f", 0);
    close(held);
    demand("free/d/e/f", 0);
    demand("free/d/f", 0);
}

static void exchange_directories(void) {
    MUST(renameat2(AT_FDCWD, "kept/x", AT_FDCWD, "free/x", RENAME_EXCHANGE));
    demand("kept/x/e/f", EPERM);
    demand("free/x/e/f", 0);
}

// A file itself, into a denied place and back. No rule names it: who is named is known by his inode
// until the next policy.
static void rename_file(void) {
    const int held = hold("free/c");
    demand_use(held, "free/c", 0);
    MUST(rename("free/c", "kept/c"));
    demand_use(held, "kept/c", EPERM);
    MUST(rename("kept/c", "free/c"));
    demand_use(held, "free/c", 0);
    close(held);
}

// Between two denied places, and between two free ones: see open_all().
static void move_between(void) {
    MUST(rename("kept/b1", "kept/b2"));
    MUST(rename("free/b1", "free/b2"));
    demand("kept/b2/f", EPERM);
    demand("free/b2/f", 0);
    MUST(rename("kept/b2", "kept/b1"));
    MUST(rename("free/b2", "free/b1"));
    demand("kept/b1/f", EPERM);
    demand("free/b1/f", 0);
}

// A file between two names that are both denied, of which no mixture is; and the other way round.
static void move_file(void) {
    rename_file();
    MUST(rename("names/1/denied-a", "names/2/denied-b"));
    MUST(rename("names/1/free-a", "names/2/free-b"));
    demand("names/2/denied-b", EPERM);
    demand("names/2/free-b", 0);
    MUST(rename("names/2/denied-b", "names/1/denied-a"));
    MUST(rename("names/2/free-b", "names/1/free-a"));
    demand("names/1/denied-a", EPERM);
    demand("names/1/free-a", 0);
}

// So often that a moment within a rename is the last one of its CPU's time on the host, for tens of
// milliseconds: what is just being moved is waited for.
static void move_often(void) {
    for (int i = 0; i < 64; i++) {
        MUST(rename("kept/o1", "kept/o2"));
        MUST(rename("free/o1", "free/o2"));
        MUST(rename("kept/o2", "kept/o1"));
        MUST(rename("free/o2", "free/o1"));
    }
    demand("kept/o1/f", EPERM);
    demand("free/o1/f", 0);
}

// The addresses of inodes go from a directory that is denied to one that is free, and back.
static void reuse_inodes(void) {
    MUST(mkdir("kept/n", 0755));
    make_file("kept/n/f");
    demand("kept/n/f", EPERM);
    MUST(unlink("kept/n/f"));
    MUST(rmdir("kept/n"));
    if (choose(4) == 0) usleep(choose(20000));  // inodes are freed after a grace period
    MUST(mkdir("free/n", 0755));
    make_file("free/n/f");
    demand("free/n/f", 0);
    MUST(unlink("free/n/f"));
    MUST(rmdir("free/n"));
}

// An opener may be just inside.
static void unmount(const char* path) {
    if (choose(2) && umount2(path, 0) == 0) return;
    MUST(umount2(path, MNT_DETACH));
}

static void bind_mount(void) {
    MUST(mount("kept/m", "place/1", NULL, MS_BIND, NULL));
    demand("place/1/f", EPERM);
    if (choose(2)) {
        MUST(mount("place/1", "place/2", NULL, MS_MOVE, NULL));
        demand("place/2/f", EPERM);
        demand("place/1/f", 0);
        unmount("place/2");
    } else {
        unmount("place/1");
    }
    demand("place/1/f", 0);
    MUST(mount("free/m", "place/2", NULL, MS_BIND, NULL));
    demand("place/2/f", 0);
    unmount("place/2");
}

// A file system of its own is known by where it is mounted.
static void move_mount_point(void) {
    MUST(mount("storm", "place/away", "tmpfs", 0, NULL));
    make_file("place/away/f");
    demand("place/away/f", 0);
    MUST(mount("place/away", "place/kept", NULL, MS_MOVE, NULL));
    demand("place/kept/f", EPERM);
    MUST(mount("place/kept", "place/away", NULL, MS_BIND, NULL));
    demand("place/away/f", EPERM);
    unmount("place/kept");
    demand("place/away/f", 0);
    unmount("place/away");
}

static void apply(const char* file) {
    const pid_t child = fork();
    int status;
    if (child == 0) {
        const int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execlp("bailiff", "bailiff", "apply", file, (char*)NULL);
        _exit(127);
    }
    MUST(waitpid(child, &status, 0));
    if (status) die(file);
}

// Two policies by turns, which differ in one file each.
static void swap_policies(void) {
    const int held = hold("swap/1");
    demand_use(held, "swap/1", shared->swapped == 1 ? EPERM : 0);
    shared->swapped = 3 - shared->swapped;
    apply(shared->swapped == 1 ? "one.yaml" : "two.yaml");
    demand_use(held, "swap/1", shared->swapped == 1 ? EPERM : 0);
    close(held);
    demand("swap/1", shared->swapped == 1 ? EPERM : 0);
    demand("swap/2", shared->swapped == 2 ? EPERM : 0);
    demand("kept/m/f", EPERM);
}

static const struct {
    const char* name;
    void (*step)(void);
    int share;  // of the time; its steps are slow
} movers[] = {
    {"directory", move_directory, 2}, {"exchange", exchange_directories, 1},
    {"between", move_between, 1},     {"file", move_file, 1},
    {"often", move_often, 2},         {"reuse", reuse_inodes, 2},
    {"bind", bind_mount, 2},          {"mount", move_mount_point, 2},
    {"swap", swap_policies, 4},
};
#define SHARE_OF_ALL 5
#define SHARES 22
#define MOVERS (sizeof(movers) / sizeof(movers[0]))

// ---- openers ----

static const struct {
    const char* path;
    int never;  // this must not come of it: 0 opened, EPERM refused, -1 either may
} files[] = {
    {"kept/d/e/f", -1},
    {"free/d/e/f", -1},
    {"free/d/f", -1},
    {"kept/x/e/f", -1},
    {"free/x/e/f", -1},
    {"kept/b1/f", 0},
    {"kept/b2/f", 0},
    {"free/b1/f", EPERM},
    {"free/b2/f", EPERM},
    {"kept/o1/f", 0},
    {"kept/o2/f", 0},
    {"free/o1/f", EPERM},
    {"free/o2/f", EPERM},
    {"names/1/denied-a", 0},
    {"names/2/denied-b", 0},
    {"names/1/free-a", EPERM},
    {"names/2/free-b", EPERM},
    {"kept/n/f", 0},
    {"free/n/f", EPERM},
    {"place/1/f", -1},
    {"place/2/f", -1},
    {"place/away/f", -1},
    {"place/kept/f", -1},
    {"swap/1", -1},
    {"swap/2", -1},
    {"kept/m/f", 0},
    {"free/m/f", EPERM},
};

#define FILES (sizeof(files) / sizeof(files[0]))

// What was opened earlier by root, used by bob: renamed, unmounted or removed since, it is the same
// file, and what must never be of its names must never be of it.
static int use_held(size_t at) {
    static int held[FILES];
    char byte;
    if (!held[at] || choose(16) == 0) {
        if (held[at] > 0) close(held[at]);
        become(0);
        held[at] = open(files[at].path, O_RDONLY);
        become(SUBJECT);
    }
    if (held[at] < 0) return held[at] = 0, ENOENT;
    return pread(held[at], &byte, 1, 0) < 0 ? errno : 0;
}

static void open_all(void) {
    const size_t first = choose(FILES);
    become(SUBJECT);
    for (size_t i = 0; i < FILES; i++) {
        const size_t at = (first + i) % FILES;
        const int got = try_open(files[at].path), used = use_held(at);
        if (got == files[at].never) wrong(files[at].path, got, "must never be");
        if (used == files[at].never) wrong(files[at].path, used, "must never be, held open");
    }
    __atomic_add_fetch(&shared->opens, FILES, __ATOMIC_RELAXED);
}

// ---- the run ----

static void prepare(void) {
    static const char* const directories[] = {
        "kept",     "free",    "names",      "names/1",    "names/2",  "place",
        "place/1",  "place/2", "place/away", "place/kept", "swap",     "free/d",
        "free/d/e", "kept/x",  "kept/x/e",   "free/x",     "free/x/e", "kept/b1",
        "free/b1",  "kept/o1", "free/o1",    "kept/m",     "free/m"};
    static const char* const existing[] = {
        "free/d/e/f", "free/d/f",  "kept/x/e/f",       "free/x/e/f",     "kept/b1/f", "free/b1/f",
        "kept/o1/f",  "free/o1/f", "names/1/denied-a", "names/1/free-a", "free/c",    "kept/m/f",
        "free/m/f",   "place/1/f", "place/2/f",        "swap/1",         "swap/2"};
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        MUST(mkdir(directories[i], 0755));
    for (size_t i = 0; i < sizeof(existing) / sizeof(existing[0]); i++) make_file(existing[i]);
}

static void start(void (*step)(void), long* count, unsigned number) {
    const pid_t child = fork();
    if (child < 0) die("fork");
    if (child) return;
    random_state += number * 0x9e3779b97f4a7c15ULL;
    while (!shared->stop) {
        step();
        __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    }
    _exit(0);
}

// The movers of `from` to `to`, for so long.
static int phase(size_t from, size_t to, double seconds) {
    long before[MOVERS];
    const long checks = shared->checks, opens = shared->opens;
    memcpy(before, shared->steps, sizeof(before));
    shared->stop = 0;
    shared->wrong = 0;
    for (size_t i = from; i < to; i++) start(movers[i].step, &shared->steps[i], (unsigned)i);
    long ignored = 0;
    for (unsigned i = 0; i < OPENERS; i++) start(open_all, &ignored, MOVERS + i);
    usleep((useconds_t)(seconds * 1e6));
    shared->stop = 1;
    while (wait(NULL) > 0) {
    }
    printf("%s:", to - from == 1 ? movers[from].name : "all at once");
    for (size_t i = from; i < to; i++) printf(" %ld", shared->steps[i] - before[i]);
    printf(" steps, %ld checks, %ld opens beside them: %d wrong\n", shared->checks - checks,
           shared->opens - opens, shared->wrong);
    fflush(stdout);
    return shared->wrong;
}

// Each alone, then all; or the one that is named.
static int run(double seconds, const char* named) {
    int wrong_ones = 0;
    for (size_t i = 0; i < MOVERS; i++) {
        if (named && strcmp(named, movers[i].name) != 0) continue;
        const double share = named ? 1 : (double)movers[i].share / SHARES;
        wrong_ones += phase(i, i + 1, seconds * share);
    }
    if (!named) wrong_ones += phase(0, MOVERS, seconds * SHARE_OF_ALL / SHARES);
    return wrong_ones;
}

static int in_test_vm(void) {
    char line[4096] = {0};
    const int fd = open("/proc/cmdline", O_RDONLY);
    const ssize_t size = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
    close(fd);
    return size > 0 && strstr(line, " bailiff.testvm=1") != NULL;
}

int main(int argc, char** argv) {
    if (argc < 2 || !in_test_vm()) {
        fprintf(stderr, "storm SECONDS [SEED [MOVER]], in the rig's VM only\n");
        return 2;
    }
    const double seconds = atof(argv[1]);
    const unsigned long long seed =
        argc > 2 ? strtoull(argv[2], NULL, 0) : (unsigned long long)time(NULL) * 1000003;
    printf("seed %llu\n", seed);
    fflush(stdout);
    random_state = seed;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) die("mmap");
    setpgid(0, 0);  // fails for who leads a group already
    MUST(chdir("/tmp/storm"));
    prepare();
    shared->swapped = 1;
    apply("one.yaml");
    const int wrong_ones = run(seconds, argc > 3 ? argv[3] : NULL);
    printf("%d wrong of %ld checks and %ld opens\n", wrong_ones, shared->checks, shared->opens);
    return wrong_ones != 0;
}
