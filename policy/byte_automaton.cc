// SPDX-License-Identifier: Apache-2.0
#include "policy/byte_automaton.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

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

struct PlaceSetHash {
    size_t operator()(const PlaceSet& set) const {
        uint64_t hash = set.size();
        for (Place place : set) hash = ((hash ^ place) * 0x9e3779b97f4a7c15ULL) ^ hash >> 29;
        return hash ^ hash >> 32;
    }
};

class Builder {
  public:
    Builder(const std::vector<const Glob*>& globs, Work* work) : globs_(globs), work_(work) {
        FindClasses();
    }

    std::optional<ByteAutomaton> Build() {
        PlaceSet start;
        for (size_t glob = 0; glob < globs_.size(); glob++) AddClosed(&start, glob, 0);
        Normalize(&start);
        StateOf(std::move(start));
        for (size_t state = 0; state < sets_.size(); state++) {
            for (uint32_t c = 0; c < out_.classes; c++) {
                PlaceSet next = Advance(*sets_[state], representative_[c]);
                if (!work_->Spend(sets_[state]->size() + 2 * next.size() + 4)) return std::nullopt;
                out_.table.push_back(static_cast<uint16_t>(StateOf(std::move(next))));
            }
            if (sets_.size() > kByteStatesMax) return std::nullopt;
        }
        for (const PlaceSet* set : sets_) out_.accept.push_back(AcceptOf(*set));
        return std::move(out_);
    }

  private:
    // Two bytes are of one class when every element of every glob takes both or neither: each
    // distinct set of bytes divides the classes there are so far.
    void FindClasses() {
        std::bitset<256> alone;  // bytes that are taken by themselves
        std::unordered_set<std::bitset<256>> seen;
        for (const Glob* glob : globs_) {
            work_->Spend(glob->size());
            for (const GlobElement& element : *glob) {
                if (element.star) continue;
                if (element.bytes.count() == 1) {
                    alone |= element.bytes;
                } else if (seen.insert(element.bytes).second) {
                    Divide(element.bytes);
                }
            }
        }
        for (unsigned byte = 0; byte < 256; byte++) {
            if (alone[byte]) Divide(std::bitset<256>().set(byte));
        }
        for (unsigned byte = 0; byte < 256; byte++) {
            if (out_.class_of[byte] == representative_.size()) {
                representative_.push_back(static_cast<uint8_t>(byte));
            }
        }
        out_.classes = static_cast<uint32_t>(representative_.size());
    }

    // Classes are numbered in the order of their first bytes.
    void Divide(const std::bitset<256>& bytes) {
        std::map<std::pair<uint8_t, bool>, uint8_t> parts;
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t& number = out_.class_of[byte];
            number = parts.emplace(std::pair(number, bytes[byte]), parts.size()).first->second;
        }
    }

    // The place, and what a star lets skip from there.
    void AddClosed(PlaceSet* set, size_t glob, size_t element) const {
        set->push_back(MakePlace(glob, element));
        while (element < globs_[glob]->size() && (*globs_[glob])[element].star) {
            set->push_back(MakePlace(glob, ++element));
        }
    }

    static void Normalize(PlaceSet* set) {
        if (!std::ranges::is_sorted(*set)) std::ranges::sort(*set);
        set->erase(std::unique(set->begin(), set->end()), set->end());
    }

    PlaceSet Advance(const PlaceSet& set, uint8_t byte) const {
        PlaceSet next;
        for (Place place : set) {
            const Glob& glob = *globs_[GlobOf(place)];
            size_t at = ElementOf(place);
            if (at == glob.size()) continue;
            const GlobElement& element = glob[at];
            if (element.star) {
                AddClosed(&next, GlobOf(place), at);
            } else if (element.bytes[byte]) {
                AddClosed(&next, GlobOf(place), at + 1);
            }
        }
        Normalize(&next);
        return next;
    }

    size_t StateOf(PlaceSet set) {
        auto [at, is_new] = states_.emplace(std::move(set), states_.size());
        if (is_new) sets_.push_back(&at->first);
        return at->second;
    }

    uint16_t AcceptOf(const PlaceSet& set) {
        std::vector<uint32_t> matched;
        for (Place place : set) {
            if (ElementOf(place) != globs_[GlobOf(place)]->size()) continue;
            matched.push_back(static_cast<uint32_t>(GlobOf(place)));
        }
        if (matched.empty()) return 0;
        auto [at, is_new] = matches_.emplace(matched, out_.matches.size());
        if (is_new) out_.matches.push_back(std::move(matched));
        return static_cast<uint16_t>(at->second + 1);
    }

    const std::vector<const Glob*>& globs_;
    Work* work_;
    ByteAutomaton out_;
    std::vector<uint8_t> representative_;  // a byte of each class
    std::unordered_map<PlaceSet, size_t, PlaceSetHash> states_;
    std::vector<const PlaceSet*> sets_;  // by state; points into states_, whose nodes stay put
    std::map<std::vector<uint32_t>, size_t> matches_;
};

}  // namespace

uint16_t ByteAutomaton::Run(std::string_view name) const {
    size_t state = 0;
    for (char byte : name) {
        state = table[state * classes + class_of[static_cast<unsigned char>(byte)]];
    }
    return accept[state];
}

std::optional<ByteAutomaton> BuildByteAutomaton(const std::vector<const Glob*>& globs, Work* work) {
    return Builder(globs, work).Build();
}

}  // namespace bailiff::policy
