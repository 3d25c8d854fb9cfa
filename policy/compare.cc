// SPDX-License-Identifier: Apache-2.0
//
// The space is the product of its dimensions, and is not walked: members of a dimension that both
// images take alike are one class, and each combination of classes is decided once.
#include "policy/compare.h"

#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "policy/classify.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// By enum Change.
constexpr std::array<std::string_view, 5> kChanges = {"now denied", "now allowed", "other errno",
                                                      "now audited", "no longer audited"};

// Members of one dimension that neither image tells apart.
template <typename Member, typename Class>
struct Alike {
    const Member* first;  // stands for all of them
    uint64_t count;
    Class before;
    Class after;
};
using PathsAlike = Alike<std::string, PathClass>;
using UsersAlike = Alike<uint32_t, uint32_t>;

// What a decision takes from a path: the state's vector and the rules behind it.
auto KeyOf(const ImageView& image, const PathClass& path) {
    const blf_state state = image.state(path.state);
    return std::tuple(state.vector, state.sources, path.reason, path.state == BLF_DEAD);
}

std::vector<PathsAlike> PathClasses(const ImageView& before, const ImageView& after,
                                    const std::vector<std::string>& paths,
                                    PathClass (*classify)(const ImageView&, const std::string&)) {
    using Key = decltype(KeyOf(before, {}));
    std::map<std::pair<Key, Key>, PathsAlike> classes;
    for (const std::string& path : paths) {
        const PathClass first = classify(before, path);
        const PathClass second = classify(after, path);
        const auto key = std::pair(KeyOf(before, first), KeyOf(after, second));
        classes.try_emplace(key, PathsAlike{&path, 0, first, second}).first->second.count++;
    }
    std::vector<PathsAlike> list;
    for (const auto& [key, alike] : classes) list.push_back(alike);
    return list;
}

PathClass ObjectClass(const ImageView& image, const std::string& path) {
    return ClassifyObject(image, path).value_or(PathClass{});
}

PathClass ExeClass(const ImageView& image, const std::string& path) {
    return ClassifyBy(image, BLF_BY_EXE, path).value_or(PathClass{});
}

// The number of the entry of the table that a user falls under.
uint32_t UserClass(const ImageView& image, uint32_t uid) {
    uint32_t number = 0;
    const uint32_t count = image.dimension(BLF_BY_UID).second;
    while (number + 1 < count && image.number(BLF_BY_UID, number + 1).first <= uid) ++number;
    return number;
}

std::vector<UsersAlike> UserClasses(const ImageView& before, const ImageView& after,
                                    const std::vector<uint32_t>& uids) {
    std::map<std::pair<uint32_t, uint32_t>, UsersAlike> classes;
    for (const uint32_t& uid : uids) {
        const std::pair key(UserClass(before, uid), UserClass(after, uid));
        classes.try_emplace(key, UsersAlike{&uid, 0, key.first, key.second}).first->second.count++;
    }
    std::vector<UsersAlike> list;
    for (const auto& [key, alike] : classes) list.push_back(alike);
    return list;
}

std::optional<Change> ChangeOf(const Decision& before, const Decision& after) {
    if (before.error != after.error) {
        if (before.error == 0) return Change::kNowDenied;
        return after.error == 0 ? Change::kNowAllowed : Change::kOtherErrno;
    }
    const bool audited_before = before.audit_rule != BLF_NONE;
    const bool audited_after = after.audit_rule != BLF_NONE;
    if (audited_before == audited_after) return std::nullopt;
    return audited_after ? Change::kNowAudited : Change::kNotAudited;
}

uint32_t RuleBehind(Change change, const Decision& before, const Decision& after) {
    const Decision& decision = RuleIsOfFirst(change) ? before : after;
    const bool audit = change == Change::kNowAudited || change == Change::kNotAudited;
    return audit ? decision.audit_rule : decision.rule;
}

class Comparison {
  public:
    Comparison(const ImageView& before, const ImageView& after) : before_(before), after_(after) {}

    void Enumerate(const RequestSpace& space) {
        const auto paths = PathClasses(before_, after_, space.paths, ObjectClass);
        const auto exes = PathClasses(before_, after_, space.exes, ExeClass);
        const auto users = UserClasses(before_, after_, space.uids);
        for (const Asker& circumstance : space.circumstances) {
            for (const PathsAlike& exe : exes) {
                for (const UsersAlike& user : users) {
                    Asker asker = circumstance;
                    asker.exe = *exe.first;
                    asker.uid = *user.first;
                    Enumerate(paths, asker, exe.count * user.count);
                }
            }
        }
    }

    void Sample(const RequestSpace& space, uint64_t samples, uint64_t seed) {
        RequestSampler sampler(space, seed);
        for (uint64_t i = 0; i < samples; ++i) {
            const RequestSampler::Sample sample = sampler.Next();
            const PathsAlike path{&sample.path, 1, ObjectClass(before_, sample.path),
                                  ObjectClass(after_, sample.path)};
            Try(sample, path, WhoIn(sample.who), 1, &Difference::sampled);
        }
    }

    std::vector<Difference> Take() {
        std::vector<Difference> list;
        for (auto& [key, difference] : differences_) list.push_back(std::move(difference));
        return list;
    }

  private:
    // As each image sees the process.
    struct Whos {
        blf_who before{};
        blf_who after{};
    };

    Whos WhoIn(const Asker& asker) const {
        return {Sift(before_, asker).value_or(blf_who{}), Sift(after_, asker).value_or(blf_who{})};
    }

    void Enumerate(const std::vector<PathsAlike>& paths, const Asker& asker, uint64_t count) {
        const Whos who = WhoIn(asker);
        for (const PathsAlike& path : paths) {
            for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; ++operation) {
                Try({operation, *path.first, asker}, path, who, path.count * count,
                    &Difference::enumerated);
            }
        }
    }

    void Try(const RequestSampler::Sample& sample, const PathsAlike& path, const Whos& who,
             uint64_t count, uint64_t Difference::* counter) {
        const blf_ask ask = AskOf(sample.operation);
        const Decision first = Decide(before_, {ask, path.before, &who.before});
        const Decision second = Decide(after_, {ask, path.after, &who.after});
        const std::optional<Change> change = ChangeOf(first, second);
        if (!change) return;
        const uint32_t rule = RuleBehind(*change, first, second);
        auto [at, is_new] = differences_.try_emplace(std::pair(*change, rule));
        Difference& difference = at->second;
        if (is_new) {
            difference.change = *change;
            difference.rule = rule;
            difference.example = sample;
            difference.before = first;
            difference.after = second;
        }
        difference.*counter += count;
    }

    const ImageView& before_;
    const ImageView& after_;
    std::map<std::pair<Change, uint32_t>, Difference> differences_;
};

}  // namespace

std::string_view ChangeWord(Change change) {
    return kChanges[static_cast<size_t>(change)];
}

std::vector<Difference> Compare(const ImageView& before, const ImageView& after,
                                const RequestSpace& space, uint64_t samples, uint64_t seed) {
    Comparison comparison(before, after);
    comparison.Enumerate(space);
    comparison.Sample(space, samples, seed);
    return comparison.Take();
}

uint64_t SizeOf(const RequestSpace& space) {
    return uint64_t{space.paths.size()} * space.exes.size() * space.uids.size() *
           space.circumstances.size() * BLF_OPERATION_COUNT;
}

bool RuleIsOfFirst(Change change) {
    return change == Change::kNowAllowed || change == Change::kNotAudited;
}

}  // namespace bailiff::policy
