// SPDX-License-Identifier: Apache-2.0
#include "policy/byte_automaton.h"

#include <algorithm>
#include <map>

namespace bailiff::policy {
namespace {

// A place in a glob: (glob, how many of its elements are consumed), as one sortable number.
using Place = uint64_t;
using PlaceSet = std::vector<Place>;

Place MakePlace(size_t glob, size_t element) {
    return uint64_t{glob} << 32 | element;
}
size_t GlobOf(Place place) {
    return place >> 32;
}
size_t ElementOf(Place place) {
    return place & 0xffffffff;
}

class Builder {
  public:
    explicit Builder(const std::vector<Glob>& globs) : globs_(globs) { FindClasses(); }

    std::optional<ByteAutomaton> Build() {
        PlaceSet start;
        for (size_t glob = 0; glob < globs_.size(); glob++) AddClosed(&start, glob, 0);
        Normalize(&start);
        StateOf(start);
        for (size_t state = 0; state < sets_.size(); state++) {
            if (sets_.size() > kByteStatesMax) return std::nullopt;
            for (uint32_t c = 0; c < out_.classes; c++) {
                PlaceSet next = Advance(sets_[state], representative_[c]);
                out_.table.push_back(static_cast<uint16_t>(StateOf(next)));
            }
        }
        for (const PlaceSet& set : sets_) out_.accept.push_back(AcceptOf(set));
        return std::move(out_);
    }

  private:
    // Two bytes are of one class when every element of every glob takes both or neither.
    void FindClasses() {
        std::map<std::vector<bool>, uint8_t> classes;
        for (unsigned byte = 0; byte < 256; byte++) {
            std::vector<bool> signature;
            for (const Glob& glob : globs_) {
                for (const GlobElement& element : glob) signature.push_back(element.bytes[byte]);
            }
            auto [at, is_new] = classes.emplace(std::move(signature), classes.size());
            out_.class_of[byte] = at->second;
            if (is_new) representative_.push_back(static_cast<uint8_t>(byte));
        }
        out_.classes = static_cast<uint32_t>(representative_.size());
    }

    // The place, and what a star lets skip from there.
    void AddClosed(PlaceSet* set, size_t glob, size_t element) const {
        set->push_back(MakePlace(glob, element));
        while (element < globs_[glob].size() && globs_[glob][element].star) {
            set->push_back(MakePlace(glob, ++element));
        }
    }

    static void Normalize(PlaceSet* set) {
        std::ranges::sort(*set);
        set->erase(std::unique(set->begin(), set->end()), set->end());
    }

    PlaceSet Advance(const PlaceSet& set, uint8_t byte) const {
        PlaceSet next;
        for (Place place : set) {
            size_t glob = GlobOf(place);
            size_t at = ElementOf(place);
            if (at == globs_[glob].size()) continue;
            const GlobElement& element = globs_[glob][at];
            if (element.star) {
                AddClosed(&next, glob, at);
            } else if (element.bytes[byte]) {
                AddClosed(&next, glob, at + 1);
            }
        }
        Normalize(&next);
        return next;
    }

    size_t StateOf(const PlaceSet& set) {
        auto [at, is_new] = states_.emplace(set, states_.size());
        if (is_new) sets_.push_back(set);
        return at->second;
    }

    uint16_t AcceptOf(const PlaceSet& set) {
        std::vector<uint32_t> matched;
        for (Place place : set) {
            if (ElementOf(place) != globs_[GlobOf(place)].size()) continue;
            matched.push_back(static_cast<uint32_t>(GlobOf(place)));
        }
        if (matched.empty()) return 0;
        auto at = std::ranges::find(out_.matches, matched);
        if (at == out_.matches.end()) at = out_.matches.insert(at, matched);
        return static_cast<uint16_t>(at - out_.matches.begin() + 1);
    }

    const std::vector<Glob>& globs_;
    ByteAutomaton out_;
    std::vector<uint8_t> representative_;  // a byte of each class
    std::map<PlaceSet, size_t> states_;
    std::vector<PlaceSet> sets_;
};

}  // namespace

std::optional<ByteAutomaton> BuildByteAutomaton(const std::vector<Glob>& globs) {
    return Builder(globs).Build();
}

}  // namespace bailiff::policy
