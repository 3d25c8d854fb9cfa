// SPDX-License-Identifier: Apache-2.0
//
// The space is the product of its dimensions, and is not walked: members of a dimension that both
// images take alike are one class, and each combination of classes is decided once.
#include "policy/compare.h"

#include <algorithm>
#include <array>
#include <iterator>
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
using ObjectsAlike = Alike<std::string, ObjectClass>;
using UsersAlike = Alike<uint32_t, uint32_t>;

// What a decision takes from a path: the state's vector and the rules behind it.
auto KeyOf(const ImageView& image, const PathClass& path) {
    const blf_state state = image.state(path.state);
    return std::tuple(state.vector, state.sources, path.reason, path.state == BLF_DEAD);
}

auto KeyOf(const ImageView& image, const ObjectClass& object) {
    return std::tuple(KeyOf(image, PathClass{object.state[0], object.reason}),
                      KeyOf(image, PathClass{object.state[1], object.reason}),
                      KeyOf(image, PathClass{object.anywhere, object.reason}));
}

// `classify` makes a class of a text, under one image.
template <typename Classify>
auto ClassesOf(const ImageView& before, const ImageView& after,
               const std::vector<std::string>& texts, Classify classify) {
    using Class = decltype(classify(before, texts.front()));
    using Key = decltype(KeyOf(before, Class{}));
    using TextsAlike = Alike<std::string, Class>;
    std::map<std::pair<Key, Key>, TextsAlike> classes;
    for (const std::string& text : texts) {
        const Class first = classify(before, text);
        const Class second = classify(after, text);
        const auto key = std::pair(KeyOf(before, first), KeyOf(after, second));
        classes.try_emplace(key, TextsAlike{&text, 0, first, second}).first->second.count++;
    }
    std::vector<TextsAlike> list;
    for (const auto& [key, alike] : classes) list.push_back(alike);
    return list;
}

ObjectClass ClassOf(const ImageView& image, blf_ask ask, const std::string& text) {
    return ClassifyObject(image, RequestOf(ask, text, {})).value_or(ObjectClass{});
}

// What an operation can be about, in classes. Addresses are other things as one's own and as a
// peer's.
class Objects {
  public:
    Objects(const ImageView& before, const ImageView& after, const RequestSpace& space) {
        const auto classes = [&](blf_ask ask, const std::vector<std::string>& texts) {
            return ClassesOf(before, after, texts,
                             [ask](const ImageView& image, const std::string& text) {
                                 return ClassOf(image, ask, text);
                             });
        };
        paths_ = classes(BLF_ASK_FILE_OPEN, space.paths);
        places_ = classes(BLF_ASK_NET_UNIX, space.paths);
        std::ranges::move(classes(BLF_ASK_NET_UNIX, nothing_), std::back_inserter(places_));
        nowhere_ = classes(BLF_ASK_KERNEL_PERF, nothing_);
        own_ = classes(BLF_ASK_NET_BIND, space.addresses);
        peers_ = classes(BLF_ASK_NET_CONNECT, space.addresses);
        none_ = classes(BLF_ASK_NET_CREATE, nothing_);
    }

    const std::vector<ObjectsAlike>& Of(unsigned operation) const {
        const blf_set bit = blf_set{1} << operation;
        const blf_set own = BLF_BIT(NET_BIND) | BLF_BIT(NET_LISTEN) | BLF_BIT(NET_ACCEPT);
        if (bit & BLF_PLACE_OPERATIONS) return places_;
        if (bit & BLF_PATH_OPERATIONS) return paths_;
        if (ObjectOf(operation) == BLF_ON_NOTHING) return nowhere_;
        if (!(bit & BLF_ADDRESS_OPERATIONS)) return none_;
        return bit & own ? own_ : peers_;
    }

  private:
    const std::vector<std::string> nothing_{""};
    std::vector<ObjectsAlike> paths_, places_, nowhere_, own_, peers_, none_;
};

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
        const Objects objects(before_, after_, space);
        const auto exes = ClassesOf(before_, after_, space.exes, ExeClass);
        const auto users = UserClasses(before_, after_, space.uids);
        for (const Asker& circumstance : space.circumstances) {
            for (const PathsAlike& exe : exes) {
                for (const UsersAlike& user : users) {
                    Asker asker = circumstance;
                    asker.exe = *exe.first;
                    asker.uid = *user.first;
                    Enumerate(objects, asker, exe.count * user.count);
                }
            }
        }
    }

    void Sample(const RequestSpace& space, uint64_t samples, uint64_t seed) {
        RequestSampler sampler(space, seed);
        for (uint64_t i = 0; i < samples; ++i) {
            const RequestSampler::Sample sample = sampler.Next();
            const blf_ask ask = AskOf(sample.operation);
            const ObjectsAlike object{&sample.object, 1, ClassOf(before_, ask, sample.object),
                                      ClassOf(after_, ask, sample.object)};
            Try(sample, object, WhoIn(sample.who), 1, &Difference::sampled);
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

    void Enumerate(const Objects& objects, const Asker& asker, uint64_t count) {
        const Whos who = WhoIn(asker);
        for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; ++operation) {
            for (const ObjectsAlike& object : objects.Of(operation)) {
                Try({operation, *object.first, asker}, object, who, object.count * count,
                    &Difference::enumerated);
            }
        }
    }

    void Try(const RequestSampler::Sample& sample, const ObjectsAlike& object, const Whos& who,
             uint64_t count, uint64_t Difference::* counter) {
        const blf_ask ask = AskOf(sample.operation);
        const Decision first = Decide(before_, {ask, object.before, &who.before});
        const Decision second = Decide(after_, {ask, object.after, &who.after});
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
    constexpr uint64_t kPaths = blf_count(BLF_PATH_OPERATIONS);
    constexpr uint64_t kAddressed = blf_count(BLF_ADDRESS_OPERATIONS);
    constexpr uint64_t kPlaces = blf_count(BLF_PLACE_OPERATIONS);
    constexpr uint64_t kOthers = BLF_OPERATION_COUNT - kPaths - kAddressed + kPlaces;
    const uint64_t objects =
        space.paths.size() * kPaths + space.addresses.size() * kAddressed + kOthers;
    return objects * space.exes.size() * space.uids.size() * space.circumstances.size();
}

bool RuleIsOfFirst(Change change) {
    return change == Change::kNowAllowed || change == Change::kNotAudited;
}

}  // namespace bailiff::policy
