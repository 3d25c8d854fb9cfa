// SPDX-License-Identifier: Apache-2.0
#include "policy/resolve_links.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "abi/limits.h"
#include "policy/messages.h"
#include "policy/parse_glob.h"
#include "policy/parse_path.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

using Place = LinkResolver::Place;
using Problem = LinkResolver::Problem;

constexpr int kLinksMax = 40;          // the kernel's own bound
constexpr size_t kSpellingsMax = 256;  // of a pattern's beginning, by its {choices}

std::string ErrorText(int error) {
    return std::generic_category().message(error);
}

std::string Join(const std::string& directory, std::string_view name) {
    return (directory == "/" ? "" : directory) + "/" + std::string(name);
}

std::string ParentOf(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool IsInProc(const std::string& path) {
    return path == "/proc" || path.starts_with("/proc/");
}

Place Nowhere(Problem problem, const std::string& at) {
    Place place;
    place.problem = problem;
    place.problem_at = at;
    return place;
}

// Not followed any further.
Place Stopped(Place place, Problem problem, int error = 0) {
    place.ends = true;
    place.problem = problem;
    place.problem_at = place.path;
    place.error = error;
    return place;
}

// Characters that a pattern takes for its own are escaped.
std::string PatternText(std::string_view path) {
    std::string text;
    for (char byte : path) {
        if (std::string_view("*?[]{}\\").contains(byte)) text += '\\';
        text += byte;
    }
    return text;
}

// The ways in which the first components of a pattern are spelled without globs, and how many
// components that are.
struct Beginning {
    std::vector<std::string> spellings = {""};
    size_t components = 0;
};

// The names that a component matches, or none where it has a glob.
std::vector<std::string> NamesOf(const Component& component) {
    if (!component.name.empty()) return {component.name};
    std::vector<std::string> names;
    for (const Glob& choice : component.choices) {
        if (!IsLiteral(choice, &names.emplace_back())) return {};
    }
    return names;
}

Beginning BeginningOf(const PathPattern& pattern) {
    Beginning beginning;
    for (const Component& component : pattern.components) {
        std::vector<std::string> longer;
        for (const std::string& name : NamesOf(component)) {
            for (const std::string& spelling : beginning.spellings) {
                longer.push_back(spelling + "/" + name);
            }
        }
        if (longer.empty() || longer.size() > kSpellingsMax) return beginning;
        beginning.spellings = std::move(longer);
        ++beginning.components;
    }
    return beginning;
}

// What the pattern's text has behind its first `components`.
std::string_view RestOf(std::string_view text, size_t components) {
    size_t at = 0;
    for (; components > 0; --components) at = text.find('/', at + 1);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

class PolicyResolver {
  public:
    PolicyResolver(LinkLookup look, Diagnostics* diagnostics)
        : resolver_(std::move(look)), diagnostics_(diagnostics) {}

    void Resolve(std::vector<PathPattern>* patterns, std::vector<FollowedLink>* links) {
        std::set<std::string, std::less<>> texts;
        for (const PathPattern& pattern : *patterns) texts.insert(pattern.text);
        std::vector<PathPattern> added;
        for (const PathPattern& pattern : *patterns) {
            for (PathPattern& spelling : SpellingsOf(pattern, links)) {
                if (texts.insert(spelling.text).second) added.push_back(std::move(spelling));
            }
        }
        std::ranges::move(added, std::back_inserter(*patterns));
    }

    std::vector<ResolvedPattern> Take() { return std::move(resolved_); }

  private:
    std::vector<PathPattern> SpellingsOf(const PathPattern& pattern,
                                         std::vector<FollowedLink>* links) {
        std::vector<PathPattern> spellings;
        const Beginning beginning = BeginningOf(pattern);
        if (beginning.components == 0) return spellings;
        const std::string_view rest = RestOf(pattern.text, beginning.components);
        for (const std::string& written : beginning.spellings) {
            const Place place = resolver_.Resolve(written);
            if (place.problem != Problem::kNone) Tell(pattern.where, place);
            if (place.link.empty() || place.leads_nowhere()) continue;
            AddSpelling(pattern, place, rest, &spellings);
            links->push_back({place.link, place.link_path});
        }
        return spellings;
    }

    void AddSpelling(const PathPattern& pattern, const Place& place, std::string_view rest,
                     std::vector<PathPattern>* spellings) {
        Node node;
        node.kind = Node::Kind::kScalar;
        node.where = pattern.where;
        const std::string beginning =
            place.path == "/" && !rest.empty() ? "" : PatternText(place.path);
        node.value = beginning + std::string(rest);
        Diagnostics too_long;
        const bool spent = expansion_.spent();
        std::optional<PathPattern> spelling = ParsePath(node, &expansion_, &too_long);
        if (!spelling && expansion_.spent()) {
            if (!spent) {
                diagnostics_->Error(pattern.where, message::kTooManyAlternatives,
                                    fmt::format(message::kHintTooManyAlternatives));
            }
            return;
        }
        if (!spelling) {
            Tell(pattern.where, Nowhere(Problem::kTooLong, place.link));
            return;
        }
        resolved_.push_back({pattern.where, pattern.text, spelling->text});
        spellings->push_back(std::move(*spelling));
    }

    void Tell(const Span& where, const Place& place) {
        const std::string at = Shorten(place.problem_at);
        switch (place.problem) {
            case Problem::kLoop:
                diagnostics_->Warning(where, fmt::format(message::kLinkLoop, at),
                                      message::kHintLinkLoop);
                break;
            case Problem::kNotRoots:
                diagnostics_->Warning(where, fmt::format(message::kLinkNotRoots, at),
                                      message::kHintLinkNotRoots);
                break;
            case Problem::kTooLong:
                diagnostics_->Warning(where, fmt::format(message::kLinkTooLong, at),
                                      message::kHintLinkNotRoots);
                break;
            case Problem::kUnknown:
                diagnostics_->Warning(
                    where, fmt::format(message::kLinkUnknown, at, ErrorText(place.error)),
                    message::kHintLinkUnknown);
                break;
            case Problem::kNone:
                break;
        }
    }

    LinkResolver resolver_;
    Diagnostics* diagnostics_;
    Work expansion_{kExpansionWork};  // for all spellings
    std::vector<ResolvedPattern> resolved_;
};

// Paths of one rule mostly go through the same few links.
void DropRepeated(std::vector<FollowedLink>* links) {
    std::ranges::sort(*links, {}, &FollowedLink::spelling);
    const auto [first, last] = std::ranges::unique(*links, {}, &FollowedLink::spelling);
    links->erase(first, last);
}

std::string NowText(const Place& place) {
    switch (place.problem) {
        case Problem::kNone:
            return "to " + place.path;
        case Problem::kLoop:
            return "in circles";
        case Problem::kNotRoots:
            return "to a link that is not root's, " + place.problem_at;
        case Problem::kTooLong:
            return "to a path that is too long";
        case Problem::kUnknown:
            break;
    }
    return fmt::format("where {} cannot be looked at: {}", place.problem_at,
                       ErrorText(place.error));
}

}  // namespace

Place LinkResolver::Resolve(std::string_view path) {
    if (path == "/" || path.empty()) return Directory("/", 0);
    const size_t slash = path.rfind('/');
    const Place parent = Directory(path.substr(0, slash), 0);
    return Enter(parent, path, path.substr(slash + 1), 0);
}

Place LinkResolver::Directory(std::string_view path, int depth) {
    if (path.empty() || path == "/") {
        Place root;
        root.path = "/";
        return root;
    }
    const auto known = directories_.find(path);
    if (known != directories_.end()) return known->second;
    const size_t slash = path.rfind('/');
    const Place parent = Directory(path.substr(0, slash), depth);
    Place place = Enter(parent, path, path.substr(slash + 1), depth);
    // Inside a chain of links a loop may only be the chain's: the same directory may be fine.
    if (depth == 0 || place.problem == Problem::kNone) {
        directories_.emplace(std::string(path), place);
    }
    return place;
}

Place LinkResolver::Enter(const Place& parent, std::string_view path, std::string_view name,
                          int depth) {
    if (parent.leads_nowhere()) return parent;
    Place place = parent;
    place.path = Join(parent.path, name);
    if (name.size() > BLF_NAME_MAX) return Nowhere(Problem::kTooLong, place.path);
    if (parent.ends || IsInProc(parent.path)) return place;
    const LinkLook look = look_(place.path);
    switch (look.kind) {
        case LinkLook::Kind::kMissing:
            place.ends = true;
            return place;
        case LinkLook::Kind::kPlain:
            return place;
        case LinkLook::Kind::kUnknown:
            return Stopped(place, Problem::kUnknown, look.error);
        case LinkLook::Kind::kLink:
            break;
    }
    if (!look.roots) return Stopped(place, Problem::kNotRoots);
    if (depth >= kLinksMax) return Nowhere(Problem::kLoop, place.path);
    Place target = Follow(parent, look.target, depth);
    if (target.problem == Problem::kTooLong) target.problem_at = place.path;
    target.link = path;
    target.link_path = target.path;
    return target;
}

Place LinkResolver::Follow(const Place& parent, std::string_view target, int depth) {
    Place place = target.starts_with('/') ? Directory("/", depth) : parent;
    while (!target.empty() && !place.leads_nowhere()) {
        const std::string_view name = target.substr(0, target.find('/'));
        target.remove_prefix(std::min(name.size() + 1, target.size()));
        if (name.empty() || name == ".") continue;
        place = Directory(name == ".." ? ParentOf(place.path) : Join(place.path, name), depth + 1);
    }
    return place;
}

namespace {

void ResolveSubject(Subject* subject, std::vector<FollowedLink>* links, PolicyResolver* resolver) {
    for (const auto& selector : kPathSelectors) {
        if (!IsOfFiles(selector)) continue;
        resolver->Resolve(&(subject->*selector.field), links);
    }
}

}  // namespace

std::vector<ResolvedPattern> ResolveLinks(std::vector<Policy>* policies, LinkLookup look,
                                          Diagnostics* diagnostics) {
    PolicyResolver resolver(std::move(look), diagnostics);
    for (Policy& policy : *policies) {
        ResolveSubject(&policy.applies_to, &policy.links, &resolver);
        DropRepeated(&policy.links);
        for (Rule& rule : policy.rules) {
            resolver.Resolve(&rule.objects, &rule.links);
            ResolveSubject(&rule.details, &rule.links, &resolver);
            ResolveSubject(&rule.except, &rule.links, &resolver);
            DropRepeated(&rule.links);
        }
    }
    return resolver.Take();
}

std::vector<StaleLink> FindStaleLinks(const std::vector<LinkRecord>& links, LinkLookup look) {
    LinkResolver resolver(std::move(look));
    std::vector<StaleLink> stale;
    for (const LinkRecord& link : links) {
        const Place place = resolver.Resolve(link.spelling);
        if (!place.leads_nowhere() && place.path == link.target) continue;
        stale.push_back({link, NowText(place)});
    }
    return stale;
}

}  // namespace bailiff::policy
