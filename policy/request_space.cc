// SPDX-License-Identifier: Apache-2.0
#include "policy/request_space.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policy/read_number.h"
#include "policy/witnesses.h"

namespace bailiff::policy {
namespace {

constexpr size_t kCircumstancesMax = 200;  // each multiplies the requests
constexpr size_t kNamesMax = 100'000;      // that random paths are made of
constexpr std::string_view kLetters = "abcxyzABZ019-_.~ +{}*?\\";

class Collector {
  public:
    explicit Collector(size_t paths_max) : paths_max_(paths_max) {
        space_.circumstances.emplace_back();
    }

    void Add(const Policy& policy) {
        Add(policy.applies_to);
        for (const Rule& rule : policy.rules) {
            Add(rule.except);
            for (const PathPattern& pattern : rule.objects) AddPaths(pattern, &space_.paths);
        }
    }

    RequestSpace Take() {
        for (const char* path : {"/", "/stranger"}) space_.paths.emplace_back(path);
        for (const char* exe : {"", "/stranger"}) space_.exes.emplace_back(exe);
        for (uint32_t uid : {0U, 65534U}) space_.uids.push_back(uid);
        Sort(&space_.paths);
        Sort(&space_.exes);
        Sort(&space_.uids);
        return std::move(space_);
    }

  private:
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
                SetNumber(&asker, selector.dimension, range.first);
                AddCircumstance(std::move(asker));
            }
        }
    }

    void AddCircumstance(Asker asker) {
        if (std::ranges::find(space_.circumstances, asker) != space_.circumstances.end()) return;
        if (space_.circumstances.size() < kCircumstancesMax) {
            space_.circumstances.push_back(std::move(asker));
        } else {
            ++space_.left_out;
        }
    }

    void AddPaths(const PathPattern& pattern, std::vector<std::string>* paths) {
        if (paths->size() >= paths_max_) {
            ++space_.left_out;
        } else {
            std::ranges::move(WitnessesOf(pattern), std::back_inserter(*paths));
        }
    }

    size_t paths_max_;
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
    for (const std::vector<Policy>* set : policies) {
        for (const Policy& policy : *set) collector.Add(policy);
    }
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
    sample.path = RandomPath(space_.paths);
    sample.who = space_.circumstances[Below(space_.circumstances.size())];
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
