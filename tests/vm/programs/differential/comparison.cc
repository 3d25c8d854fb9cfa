// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/programs/differential/comparison.h"

#include <fcntl.h>

#include <cstring>
#include <utility>

#include "cli/myself.h"
#include "decide/testing/engine.h"
#include "enforce/apply.h"
#include "enforce/pins.h"
#include "fmt/format.h"
#include "policy/classify.h"
#include "policy/compile.h"
#include "policy/read_policy.h"

namespace bailiff::differential {
namespace {

using decide::testing::Components;
using decide::testing::OraclePath;
using decide::testing::OracleVerdict;

constexpr uint64_t kWrongShown = 5;
constexpr uint64_t kExplainEvery = 16;  // it looks at each rule, and takes its time

OraclePath PathOf(const std::string& path) {
    return {policy::SplitPath(path).value_or(Components{}), false};
}

// What an asker has from us, who start it.
OracleWho Ours() {
    const policy::Asker self = cli::Myself();
    OracleWho who{.parent = PathOf(self.exe),
                  .cgroup = PathOf(self.cgroup),
                  .login_uid = self.login_uid,
                  .session = self.session,
                  .user_namespace = self.user_namespace,
                  .gids = self.gids,
                  .capabilities = self.capabilities};
    for (const std::string& ancestor : self.ancestors) who.ancestors.push_back(PathOf(ancestor));
    return who;
}

// Access mode 3 opens for neither reading nor writing.
uint32_t FlagsOf(blf_ask ask) {
    switch (ask) {
        case BLF_ASK_FILE_OPEN_READ:
            return O_RDONLY;
        case BLF_ASK_FILE_OPEN_WRITE:
            return O_WRONLY;
        case BLF_ASK_FILE_OPEN_READ_WRITE:
            return O_RDWR;
        case BLF_ASK_FILE_OPEN_APPEND:
            return O_WRONLY | O_APPEND;
        case BLF_ASK_FILE_OPEN_READ_APPEND:
            return O_RDWR | O_APPEND;
        default:
            return O_ACCMODE;
    }
}

// Directories, and programs that run, cannot be opened for writing.
bool CanAsk(Node node, blf_ask ask) {
    return node == Node::kFile || ask == BLF_ASK_FILE_OPEN_READ;
}

std::string Name(int error) {
    if (error == -EAGAIN) return "not always the same";
    if (error < 0) return fmt::format("not asked ({})", strerrorname_np(-error));
    return error == 0 ? "opened" : strerrorname_np(error);
}

// Whether a count is what the askers' requests make. Others open something now and then (init, the
// rig's own shell), which a pattern like `/**` is about too.
bool Counts(uint64_t counted, uint64_t requests) {
    constexpr uint64_t kByOthers = 3;
    return counted >= requests * ASKER_PASSES && counted <= requests * ASKER_PASSES + kByOthers;
}

// Has the programs attached that decide an open, and no others: what is published later may be
// about any operation, and only opens are counted.
Result<policy::Image> AboutOpening() {
    const std::string text =
        "{bailiff: 1, policy: opening, applies-to: {exe: /a, parent: /a, descendant-of: /a, "
        "cgroup: /a, uid: 1, gid: 1, login-uid: 1, session: tty, user-namespace: other, "
        "capability: bpf}, rules: [{deny: file.open, path: /nowhere}]}\n";
    const policy::Sources sources = {{"opening", text}};
    const auto nobody = [](std::string_view) -> std::optional<uint32_t> { return std::nullopt; };
    policy::Diagnostics diagnostics;
    std::optional<policy::Image> image =
        policy::Compile(policy::ReadPolicies(sources, nobody, &diagnostics), sources, &diagnostics);
    if (!image) return Fail(ErrorKind::kInternal, "the policy about opening does not compile");
    return *std::move(image);
}

}  // namespace

Result<Comparison> Comparison::Create() {
    TRY_STATUS(enforce::Apply(TRY(AboutOpening()), TRY(enforce::KernelTypes::Load())));
    enforce::Deployment deployment = TRY(enforce::Deployment::Adopt(enforce::kDirectory));
    Questions questions = TRY(Questions::Create());
    return Comparison(std::move(deployment), std::move(questions), Ours());
}

Result<enforce::ImageMap> Comparison::Publish(policy::Image image) {
    const uint64_t generation = deployment_.control()->last_generation + 1;
    image.set_generation(generation);
    image.CarryLineages(TRY(deployment_.Published()).view(), generation);
    enforce::ImageMap map = TRY(enforce::ImageMap::Create(image));
    deployment_.control()->last_generation = generation;
    TRY_STATUS(deployment_.Publish(map));
    return map;
}

Result<std::vector<Comparison::Target>> Comparison::Prepare(const Case& given, FileTree* tree) {
    std::vector<Target> targets;
    for (const OraclePath& path : given.objects) {
        const Node node = tree->AddFile(path);
        if (node == Node::kNone) continue;
        const std::optional<uint32_t> text = questions_.AddText(tree->TextOf(path));
        if (!text) return Fail(ErrorKind::kInternal, "no room for the paths");
        targets.push_back({path, node, *text});
    }
    return targets;
}

// A user other than root has no effective capability.
OracleWho Comparison::WhoAsks(const OraclePath& exe, uint32_t uid) const {
    OracleWho who = ours_;
    who.exe = exe;
    who.uid = uid;
    if (uid != 0) who.capabilities = 0;
    return who;
}

// Askers start before the policies are in force, which may deny their own programs. While they are,
// we open nothing ourselves.
Status Comparison::Ask(const Case& given, const FileTree& tree, const std::vector<Target>& targets,
                       policy::Image image) {
    std::vector<Asker> askers;
    std::vector<uint32_t> ends;
    for (const OraclePath& exe : given.exes) {
        askers.push_back(TRY(Asker::Start(tree.TextOf(exe), tree.lost(), questions_.memory())));
        for (uint32_t uid : given.uids) {
            for (const Target& target : targets) {
                for (blf_ask ask : given.asks) {
                    if (!CanAsk(target.node, ask)) continue;
                    if (!questions_.Add(target.text, FlagsOf(ask), uid)) break;
                    requests_.push_back(
                        {.ask = ask, .object = target.path, .who = WhoAsks(exe, uid)});
                }
            }
        }
        ends.push_back(questions_.count());
    }
    const enforce::ImageMap map = TRY(Publish(std::move(image)));
    Status answered;
    for (size_t i = 0, begin = 0; i < askers.size() && answered; begin = ends[i++]) {
        if (begin != ends[i]) answered = askers[i].Answer(static_cast<uint32_t>(begin), ends[i]);
    }
    TRY_STATUS(deployment_.PublishEmpty());
    counted_.clear();
    for (uint32_t i = 0; i < map.view().index().rule_count; i++) {
        counted_.push_back(map.view().rule_tally(i));
    }
    return answered;
}

Status Comparison::Compare(const Case& given) {
    policy::Diagnostics diagnostics;
    const std::optional<policy::Image> image =
        policy::Compile(given.policies, {{"model", ""}}, &diagnostics);
    tally_.cases++;
    if (!image) {
        tally_.refused++;
        return {};
    }
    FileTree tree = TRY(FileTree::Create(given.directory, kProgram));
    Case usable = given;
    std::erase_if(usable.exes, [&](const OraclePath& exe) {
        return exe.components.empty() || tree.AddProgram(exe) != Node::kProgram;
    });
    questions_.Clear();
    requests_.clear();
    expected_.clear();
    const std::vector<Target> targets = TRY(Prepare(usable, &tree));
    TRY_STATUS(Ask(usable, tree, targets, *image));
    for (uint32_t i = 0; i < questions_.count(); i++) {
        Judge(given, image->view(), requests_[i], questions_.error(i));
    }
    JudgeCounters(given, image->view());
    return {};
}

void Comparison::JudgeCounters(const Case& given, const policy::ImageView& image) {
    for (uint32_t i = 0; i < counted_.size(); i++) {
        const blf_rule rule = image.rule(i);
        const std::string policy = image.text(image.policy(rule.policy).name);
        const blf_tally expected = expected_[{policy, rule.number}];
        const blf_tally& counted = counted_[i];
        if (Counts(counted.denied, expected.denied) &&
            Counts(counted.would_deny, expected.would_deny)) {
            continue;
        }
        if (++tally_.wrong > kWrongShown) continue;
        fmt::print(
            "differs: {}: {} rule {}: counted {} denied, {} audited; oracle: {} times {}, {}\n",
            given.title, policy, rule.number, counted.denied, counted.would_deny, ASKER_PASSES,
            expected.denied, expected.would_deny);
    }
}

void Comparison::Judge(const Case& given, const policy::ImageView& image,
                       const OracleRequest& request, int answer) {
    OracleVerdict expected = decide::testing::OracleDecide(given.policies, request);
    bool same = answer == expected.error;
    std::string explained;
    if (tally_.requests % kExplainEvery == 0 && decide::testing::CanExplain(request)) {
        const OracleVerdict verdict = decide::testing::ExplainDecide(image, request);
        same = same && verdict == expected;
        explained = "explain: " + decide::testing::Describe(verdict) + "\n";
        tally_.explained++;
    }
    expected.applying.clear();
    const OracleVerdict engine = decide::testing::EngineDecide(image, request);
    same = same && engine == expected;
    tally_.requests++;
    tally_.denied += expected.error != 0;
    tally_.audited += expected.audit.has_value();
    tally_.lost += request.object.lost;
    if (expected.rule) expected_[{expected.rule->policy, expected.rule->number}].denied++;
    if (expected.audit) expected_[{expected.audit->policy, expected.audit->number}].would_deny++;
    if (same) return;
    if (++tally_.wrong > kWrongShown) return;
    fmt::print("differs: {}: kernel: {}\nengine: {}\n{}oracle: {}\n{}\n", given.title, Name(answer),
               decide::testing::Describe(engine), explained, decide::testing::Describe(expected),
               decide::testing::Describe(given.policies, request));
}

}  // namespace bailiff::differential
