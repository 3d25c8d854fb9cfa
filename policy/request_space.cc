// SPDX-License-Identifier: Apache-2.0
#include "policy/request_space.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <utility>

#include "policy/read_number.h"
#include "policy/witnesses.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr size_t kCircumstancesMax = 200;  // each multiplies the requests
constexpr size_t kNamesMax = 100'000;      // that random paths are made of
constexpr std::string_view kLetters = "abcxyzABZ019-_.~ +{}*?\\";

template <typename T>
bool Has(const std::vector<T>& list, const T& one) {
    return std::ranges::find(list, one) != list.end();
}

// A path that the list asks for, as far as a first witness tells; empty: there is none to give.
std::string PathFor(const PathPattern& pattern) {
    if (pattern.outside) return {};
    const std::vector<std::string> witnesses = WitnessesOf(pattern);
    return witnesses.empty() ? std::string{} : witnesses.front();
}

void Put(Asker* asker, const Selector<Patterns>& selector, const PathPattern& pattern) {
    std::string path = PathFor(pattern);
    if (selector.dimension == BLF_BY_EXE || path.empty()) return;
    // A container that is in that cgroup; most kinds can be anywhere.
    const bool container = selector.field == &Subject::container;
    if (container && asker->cgroup != "/") path = asker->cgroup + path;
    const bool is_ancestor = selector.dimension == BLF_BY_ANCESTORS;
    if (is_ancestor && Has(asker->ancestors, path)) return;
    SetPath(asker, selector.dimension, std::move(path));
}

void Put(Asker* asker, const Selector<Ranges>& selector, NumberRange range) {
    if (selector.dimension == BLF_BY_UID) return;
    const bool is_group = selector.dimension == BLF_BY_GID;
    if (is_group && Has(asker->gids, range.first)) return;
    SetNumber(asker, selector.dimension, range.first);
}

template <typename Function>
void ForEachSelector(const Function& function) {
    for (const auto& selector : kPathSelectors) function(selector);
    for (const auto& selector : kNumberSelectors) function(selector);
}

// For one selector of one subject another entry than its first, or none when it is past the last.
struct Choice {
    const Subject* of = nullptr;
    std::string_view selector = {};
    size_t entry = 0;
};

// What a subject asks besides executables and users.
void PutAll(Asker* asker, const Subject& subject, const Choice& choice) {
    ForEachSelector([&](const auto& selector) {
        const auto& list = subject.*selector.field;
        const bool chosen = choice.of == &subject && choice.selector == selector.word;
        const size_t entry = chosen ? choice.entry : 0;
        if (entry < list.size()) Put(asker, selector, list[entry]);
    });
}

void JoinTargets(Asker* asker, const Asker& other);

// One process to whom both apply: where it can have one thing only, that of the second.
void Join(Asker* asker, const Asker& other) {
    const Asker plain;
    const auto take = [&](auto Asker::* field) {
        if (other.*field != plain.*field) asker->*field = other.*field;
    };
    take(&Asker::exe_sha256);
    take(&Asker::script);
    take(&Asker::parent);
    take(&Asker::cgroup);
    take(&Asker::login_uid);
    take(&Asker::session);
    take(&Asker::user_namespace);
    take(&Asker::port);
    take(&Asker::protocol);
    take(&Asker::family);
    take(&Asker::type);
    take(&Asker::name);
    take(&Asker::source);
    take(&Asker::lockdown);
    take(&Asker::command);
    take(&Asker::program_type);
    take(&Asker::map_type);
    take(&Asker::ptrace_access);
    take(&Asker::signal);
    take(&Asker::used_capability);
    take(&Asker::option);
    take(&Asker::resource);
    for (const std::string& one : other.ancestors) {
        if (!Has(asker->ancestors, one)) asker->ancestors.push_back(one);
    }
    for (uint32_t gid : other.gids) {
        if (!Has(asker->gids, gid)) asker->gids.push_back(gid);
    }
    asker->capabilities |= other.capabilities;
    asker->mount_flags |= other.mount_flags;
    JoinTargets(asker, other);
}

// The executable and the user of the one who asks are told apart from the rest; not so of these.
void JoinTargets(Asker* asker, const Asker& other) {
    if (other.target.empty()) return;
    if (asker->target.empty()) asker->target.emplace_back();
    const Asker plain;
    Asker& own = asker->target.front();
    const Asker& others = other.target.front();
    if (others.exe != plain.exe) own.exe = others.exe;
    if (others.uid != plain.uid) own.uid = others.uid;
    Join(&own, others);
}

class Collector {
  public:
    explicit Collector(size_t paths_max) : paths_max_(paths_max) {
        space_.circumstances.emplace_back();
    }

    void Add(const std::vector<const Policy*>& policies) {
        // Half of the circumstances, if there are so many, are for what is asked together.
        circumstances_max_ = kCircumstancesMax / 2;
        for (const Policy* policy : policies) AddTogether(*policy);
        circumstances_max_ = kCircumstancesMax;
        space_.circumstances_left_out = 0;
        for (const Policy* policy : policies) Add(*policy);
        for (const Policy* policy : policies) AddTogether(*policy);
        for (const Policy* policy : policies) AddNearly(*policy);
    }

    RequestSpace Take() {
        for (const char* path : {"/", "/stranger"}) space_.paths.emplace_back(path);
        for (const char* exe : {"", "/stranger"}) space_.exes.emplace_back(exe);
        for (const char* address : {"", "192.0.2.1", "2001:db8::1"}) {
            space_.addresses.emplace_back(address);
        }
        for (uint32_t uid : {0U, 65534U}) space_.uids.push_back(uid);
        Sort(&space_.paths);
        Sort(&space_.addresses);
        Sort(&space_.exes);
        Sort(&space_.uids);
        return std::move(space_);
    }

  private:
    void Add(const Policy& policy) {
        Add(policy.applies_to);
        for (const Rule& rule : policy.rules) {
            Add(rule.except);
            AddCircumstances(rule.details);
            for (const PathPattern& pattern : rule.objects) AddPaths(pattern, &space_.paths);
            for (const AddressPrefix& prefix : rule.addresses) AddAddresses(prefix);
        }
    }

    // Whom the policy is about, and whom each rule excepts of them.
    void AddTogether(const Policy& policy) {
        AddTogether({&policy.applies_to}, {});
        for (const Rule& rule : policy.rules) {
            if (!rule.details.empty()) AddTogether({&policy.applies_to, &rule.details}, {});
            if (rule.except.empty()) continue;
            AddTogether({&rule.except, &rule.details}, {});
            AddTogether({&policy.applies_to, &rule.except, &rule.details}, {});
        }
    }

    // Those to whom nearly all of that applies: without one selector, or by another of its entries.
    void AddNearly(const Policy& policy) {
        AddNearly({&policy.applies_to}, policy.applies_to);
        for (const Rule& rule : policy.rules) {
            AddNearly({&policy.applies_to, &rule.except, &rule.details}, rule.except);
            AddNearly({&policy.applies_to, &rule.details}, rule.details);
        }
    }

    template <typename T>
    static void Sort(std::vector<T>* list) {
        std::ranges::sort(*list);
        list->erase(std::unique(list->begin(), list->end()), list->end());
    }

    void Add(const Subject& subject) {
        AddCircumstances(subject);
        for (const PathPattern& pattern : subject.exe) AddPaths(pattern, &space_.exes);
        for (NumberRange range : subject.uid) {
            if (range.first > 0) space_.uids.push_back(range.first - 1);
            space_.uids.push_back(range.first);
            space_.uids.push_back(range.last);
            if (range.last < kLargestId) space_.uids.push_back(range.last + 1);
        }
    }

    // One at a time. Also of containers that a subject is to be outside of.
    void AddCircumstances(const Subject& subject) {
        for (const auto& selector : kPathSelectors) {
            if (selector.dimension == BLF_BY_EXE) continue;
            for (const PathPattern& pattern : subject.*selector.field) {
                Asker asker;
                SetPath(&asker, selector.dimension, WitnessesOf(pattern).at(0));
                AddCircumstance(std::move(asker));
            }
        }
        for (const auto& selector : kNumberSelectors) {
            if (selector.dimension == BLF_BY_UID) continue;
            for (const NumberRange range : subject.*selector.field) {
                Asker asker;
                Put(&asker, selector, range);
                AddCircumstance(std::move(asker));
            }
        }
    }

    using Subjects = std::initializer_list<const Subject*>;

    // Later subjects change what earlier ones say, where a process has only one.
    void AddTogether(Subjects subjects, const Choice& choice) {
        Asker asker;
        for (const Subject* subject : subjects) PutAll(&asker, *subject, choice);
        AddCircumstance(std::move(asker));
    }

    void AddNearly(Subjects subjects, const Subject& of) {
        ForEachSelector([&](const auto& selector) {
            const size_t entries = (of.*selector.field).size();
            for (size_t entry = 1; entry <= entries; entry++) {
                AddTogether(subjects, {&of, selector.word, entry});
            }
        });
    }

    void AddCircumstance(Asker asker) {
        if (Has(space_.circumstances, asker)) return;
        if (space_.circumstances.size() < circumstances_max_) {
            space_.circumstances.push_back(std::move(asker));
        } else {
            ++space_.circumstances_left_out;
        }
    }

    // One within the prefix, and its neighbour that is not.
    void AddAddresses(const AddressPrefix& prefix) {
        if (space_.addresses.size() >= paths_max_) {
            ++space_.left_out;
            return;
        }
        AddressPrefix address = prefix;
        address.length = AddressBits(prefix.version);
        space_.addresses.push_back(AddressText(address));
        if (prefix.length == 0) return;
        address.Flip(prefix.length - 1);
        space_.addresses.push_back(AddressText(address));
    }

    void AddPaths(const PathPattern& pattern, std::vector<std::string>* paths) {
        if (paths->size() >= paths_max_) {
            ++space_.left_out;
        } else {
            std::ranges::move(WitnessesOf(pattern), std::back_inserter(*paths));
        }
    }

    size_t paths_max_;
    size_t circumstances_max_ = kCircumstancesMax;
    RequestSpace space_;
};

std::vector<std::string_view> Split(std::string_view path) {
    std::vector<std::string_view> components;
    while (path.size() > 1) {
        path.remove_prefix(1);
        components.push_back(path.substr(0, path.find('/')));
        path.remove_prefix(components.back().size());
    }
    return components;
}

}  // namespace

RequestSpace RequestSpaceOf(const std::vector<const std::vector<Policy>*>& policies,
                            size_t paths_max) {
    Collector collector(paths_max);
    std::vector<const Policy*> all;
    for (const std::vector<Policy>* set : policies) {
        for (const Policy& policy : *set) all.push_back(&policy);
    }
    collector.Add(all);
    return collector.Take();
}

RequestSampler::RequestSampler(const RequestSpace& space, uint64_t seed)
    : space_(space), random_(seed) {
    for (const auto* paths : {&space.paths, &space.exes}) {
        for (const std::string& path : *paths) {
            if (names_.size() >= kNamesMax) break;
            for (std::string_view name : Split(path)) names_.emplace_back(name);
        }
    }
    std::ranges::sort(names_);
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
}

RequestSampler::Sample RequestSampler::Next() {
    Sample sample;
    sample.operation = static_cast<unsigned>(Below(BLF_OPERATION_COUNT));
    const bool has_path = (BLF_PATH_OPERATIONS >> sample.operation & 1) != 0;
    const bool addressed = (BLF_ADDRESS_OPERATIONS >> sample.operation & 1) != 0;
    const bool nowhere = ObjectOf(sample.operation) == BLF_ON_PLACE && Below(4) == 0;
    if (has_path && !nowhere) sample.object = RandomPath(space_.paths);
    if (addressed) sample.object = RandomAddress();
    sample.who = RandomCircumstance();
    const bool several = space_.circumstances.size() > 1 && Below(2) == 0;
    if (several) Join(&sample.who, RandomCircumstance());
    const bool known_exe = Below(2) == 0;
    sample.who.exe = known_exe ? space_.exes[Below(space_.exes.size())] : RandomPath(space_.exes);
    const bool known_uid = Below(4) != 0;
    sample.who.uid = known_uid ? space_.uids[Below(space_.uids.size())]
                               : static_cast<uint32_t>(Below(uint64_t{kLargestId} + 1));
    return sample;
}

// Three times in four a name that some pattern has to do with.
std::string RequestSampler::RandomName() {
    if (Below(4) != 0) return names_[Below(names_.size())];
    std::string name(1 + Below(8), ' ');
    for (char& byte : name) byte = kLetters[Below(kLetters.size())];
    return name == "." || name == ".." ? "x" : name;
}

// One of the known addresses, as it is or with one bit changed.
std::string RequestSampler::RandomAddress() {
    const std::string& known = space_.addresses[Below(space_.addresses.size())];
    std::optional<AddressPrefix> address = AddressOf(known);
    if (!address || Below(2) == 0) return known;
    address->Flip(Below(address->length));
    return AddressText(*address);
}

// One of the known paths with a component changed, added or taken away; or all new.
std::string RequestSampler::RandomPath(const std::vector<std::string>& known) {
    std::vector<std::string> components;
    if (Below(3) != 0) {
        const std::string& path = known[Below(known.size())];
        for (std::string_view name : Split(path)) components.emplace_back(name);
    } else {
        for (uint64_t depth = Below(7); depth > 0; --depth) components.push_back(RandomName());
    }
    const auto at = static_cast<std::ptrdiff_t>(Below(components.size() + 1));
    const uint64_t what = Below(3);
    if (what == 0) {
        components.insert(components.begin() + at, RandomName());
    } else if (std::cmp_less(at, components.size())) {
        if (what == 1) components[static_cast<size_t>(at)] = RandomName();
        if (what == 2) components.erase(components.begin() + at);
    }
    std::string path;
    for (const std::string& component : components) path += "/" + component;
    return path.empty() ? "/" : path;
}

}  // namespace bailiff::policy
