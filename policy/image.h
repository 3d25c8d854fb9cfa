// SPDX-License-Identifier: Apache-2.0
//
// A compiled set of policies as bytes (abi/image.h): what the compiler produces, what is published,
// what `explain` and `status` read back. Reading never trusts the bytes: an index outside gives
// nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "abi/image.h"
#include "base/error.h"

namespace bailiff::policy {

using Digest = std::array<uint8_t, 32>;

// A symbolic link that the text of a rule, or of a policy's applies-to, went through.
struct LinkRecord {
    std::string policy;
    uint32_t rule = 0;  // its number in the policy; 0: applies-to
    std::string at;     // FILE:LINE of the rule, or ""
    std::string spelling;
    std::string target;
};

// An image that somebody else owns: the compiler's, or the kernel's map.
class ImageView {
  public:
    explicit ImageView(std::span<const blf_block> blocks) : blocks_(blocks) {}

    // Nothing is known about the bytes until this said yes: magic, version and size.
    Status Validate() const;

    const blf_block* block(uint32_t index) const {
        return index < blocks_.size() ? &blocks_[index] : nullptr;
    }
    std::span<const blf_block> blocks() const { return blocks_; }

    // The fixed blocks. Only after Validate().
    const blf_root& root() const;
    const blf_index& index() const;

    // Records by number; zeros or "" when there is no such record.
    blf_policy policy(uint32_t number) const;
    blf_rule rule(uint32_t number) const;
    // Of a rule.
    blf_set OperationsOf(uint32_t rule) const;
    blf_clause clause(uint32_t number) const;
    blf_state state(uint32_t number) const;
    blf_tally policy_tally(uint32_t number) const;
    blf_tally rule_tally(uint32_t number) const;
    uint64_t reason_count(uint32_t reason) const;
    std::string text(uint32_t offset) const;
    uint32_t clause_count() const;  // bits a vector has room for
    uint32_t state_count() const;
    uint32_t AskVector(blf_ask ask) const;
    blf_dimension dimension(uint32_t by) const;               // enum blf_by
    blf_number number(uint32_t by, uint32_t position) const;  // of a dimension of numbers
    uint64_t Lineages(uint32_t state) const;  // of a path by which an executable is always known
    blf_lineage_list lineage_list(uint32_t bit) const;
    std::vector<blf_edge> Edges() const;  // all literal edges, in the order of their places
    std::string Name(uint32_t word) const;
    std::vector<uint32_t> GlobTargets(uint32_t glob) const;
    blf_addresses addresses() const;
    blf_defaults defaults() const;
    blf_needs needs(blf_ask ask) const;
    // Of the node that a link leads to; zeros when there is no such node.
    blf_address_branch address_branch(uint32_t link) const;
    blf_address_run address_run(uint32_t link) const;

    // Is clause `bit` in vector `vector`?
    bool HasBit(uint32_t vector, uint32_t bit) const;

    // The clauses and rules that a state gives its objects, sorted.
    std::vector<blf_source> Sources(uint32_t state) const;
    // The first rule that gave this state the clause, or BLF_NONE; of a default, that default.
    uint32_t RuleOf(uint32_t state, uint32_t clause) const;
    bool GivesRule(uint32_t state, uint32_t clause, uint32_t rule) const;

    std::vector<LinkRecord> Links() const;

    Digest stored_digest() const;
    Digest ComputeDigest() const;  // of the bytes as they are

  private:
    template <typename T>
    T Record(uint32_t first, uint32_t number) const;

    std::span<const blf_block> blocks_;
};

// How people call a rule of its policy: "3", or "default"; in a sentence "rule 3", or "default".
std::string RuleNumber(const blf_rule& rule);
std::string RuleLabel(const blf_rule& rule);

Digest Sha256(const void* bytes, size_t size);
// Its first bytes, as a number.
uint64_t BeginningOf(const Digest& digest);
// Of all that is in an open file, from its beginning.
Result<Digest> Sha256OfFile(int fd);

// "5b1c…", all 64 digits.
std::string ToHex(const Digest& digest);

struct Image {
    std::vector<blf_block> blocks;

    ImageView view() const { return ImageView(blocks); }

    // The number under which it is published; the digest does not depend on it.
    void set_generation(uint64_t generation);

    // After a change of its blocks.
    void UpdateDigest();

    // Follows `before` as this generation (policy/lineages.cc): lists of programs that the image
    // before has as well keep their bits, and a new one gets a bit that means something new from
    // then on. Tasks carry these bits, also of ancestors that are gone. Changes the bytes and the
    // digest; an image without such lists stays as it is.
    void CarryLineages(const ImageView& before, uint64_t generation);
};

// The image of no policy at all: it denies nothing.
Image EmptyImage();

}  // namespace bailiff::policy
