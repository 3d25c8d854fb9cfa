// SPDX-License-Identifier: Apache-2.0
#include "policy/image.h"

#include <sodium/crypto_hash_sha256.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "fmt/format.h"

namespace bailiff::policy {

Status ImageView::Validate() const {
    if (blocks_.size() < BLF_BLOCK_SECTIONS || index().magic != BLF_IMAGE_MAGIC) {
        return Fail(ErrorKind::kUnknown, "not a bailiff image");
    }
    if (index().version != BLF_IMAGE_VERSION) {
        return Fail(ErrorKind::kUnknown,
                    fmt::format("image version {}, this program reads {}", index().version,
                                BLF_IMAGE_VERSION),
                    "use the bailiff that applied it");
    }
    const blf_root& r = root();
    const blf_index& i = index();
    bool fits = i.blocks <= blocks_.size() && i.counter_first <= i.blocks &&
                r.bucket_count <= i.blocks && i.policy_count <= i.blocks * 4 &&
                i.rule_count <= i.blocks * 2 && r.tag_blocks <= i.blocks &&
                r.vector_blocks <= BLF_BITS_MAX / 512 && r.state_first <= r.name_first &&
                r.name_first <= i.blocks;
    for (uint32_t by = BLF_AUTOMATA; by < BLF_DIMENSIONS; by++) {
        fits = fits && dimension(by).second <= i.blocks * 4;
    }
    if (!fits) return Fail(ErrorKind::kUnknown, "the image is cut short");
    return {};
}

template <typename T>
T ImageView::Record(uint32_t first, uint32_t number) const {
    constexpr uint32_t kPerBlock = sizeof(blf_block) / sizeof(T);
    T record{};
    const blf_block* found = block(first + number / kPerBlock);
    if (found) {
        size_t offset = number % kPerBlock * sizeof(T);
        std::memcpy(&record, reinterpret_cast<const char*>(found) + offset, sizeof(T));
    }
    return record;
}

const blf_root& ImageView::root() const {
    return *reinterpret_cast<const blf_root*>(&blocks_[BLF_BLOCK_ROOT]);
}

const blf_index& ImageView::index() const {
    return *reinterpret_cast<const blf_index*>(&blocks_[BLF_BLOCK_INDEX]);
}

blf_policy ImageView::policy(uint32_t number) const {
    return Record<blf_policy>(index().policy_first, number);
}

blf_rule ImageView::rule(uint32_t number) const {
    return Record<blf_rule>(index().rule_first, number);
}

blf_set ImageView::OperationsOf(uint32_t rule) const {
    const blf_clause of = clause(this->rule(rule).clause);
    return blf_set{of.operations[1]} << 64 | of.operations[0];
}

blf_clause ImageView::clause(uint32_t number) const {
    return Record<blf_clause>(index().clause_first, number);
}

blf_state ImageView::state(uint32_t number) const {
    return Record<blf_state>(root().state_first, number);
}

blf_tally ImageView::policy_tally(uint32_t number) const {
    return Record<blf_tally>(index().counter_first + BLF_REASON_BLOCKS, number);
}

blf_tally ImageView::rule_tally(uint32_t number) const {
    uint32_t first = index().counter_first + BLF_REASON_BLOCKS + (index().policy_count + 1) / 2;
    return Record<blf_tally>(first, number);
}

uint64_t ImageView::reason_count(uint32_t reason) const {
    return Record<uint64_t>(index().counter_first, reason);
}

std::string ImageView::text(uint32_t offset) const {
    std::string text;
    for (;; offset++) {
        char byte = Record<char>(index().text_first, offset);
        if (byte == 0) return text;
        text += byte;
    }
}

uint32_t ImageView::clause_count() const {
    return root().vector_blocks * 512;
}

// The names follow the states.
uint32_t ImageView::state_count() const {
    uint32_t count = (root().name_first - root().state_first) * 4;
    while (count > 1 && state(count - 1).sources == 0) count--;
    return count;
}

uint32_t ImageView::AskVector(blf_ask ask) const {
    return Record<uint32_t>(BLF_BLOCK_ASKS, ask);
}

blf_dimension ImageView::dimension(uint32_t by) const {
    return Record<blf_dimension>(BLF_BLOCK_WHO, by);
}

blf_number ImageView::number(uint32_t by, uint32_t position) const {
    return Record<blf_number>(dimension(by).first, position);
}

uint64_t ImageView::Lineages(uint32_t state_number) const {
    const auto lists = Record<blf_lineages>(index().lineage_first, state(state_number).vector);
    return lists.governing | lists.excepting;
}

blf_lineage_list ImageView::lineage_list(uint32_t bit) const {
    if (!(root().used >> BLF_BY_LINEAGE & 1)) return {};
    return Record<blf_lineage_list>(index().lineage_lists, bit);
}

std::vector<blf_edge> ImageView::Edges() const {
    std::vector<blf_edge> edges;
    for (uint32_t i = 0; i < root().bucket_count * 4; i++) {
        auto edge = Record<blf_edge>(root().bucket_first, i);
        edge.name &= ~BLF_EDGE_ELSEWHERE;
        if (edge.to != BLF_DEAD) edges.push_back(edge);
    }
    return edges;
}

std::string ImageView::Name(uint32_t word) const {
    std::string name;
    for (uint32_t byte = word * 8;; byte++) {
        char next = Record<char>(root().name_first, byte);
        if (next == 0) return name;
        name += next;
    }
}

blf_addresses ImageView::addresses() const {
    return Record<blf_addresses>(BLF_BLOCK_ADDRESSES, 0);
}

blf_defaults ImageView::defaults() const {
    return Record<blf_defaults>(BLF_BLOCK_DEFAULTS, 0);
}

blf_needs ImageView::needs(blf_ask ask) const {
    return Record<blf_needs>(defaults().need_first, ask);
}

blf_address_branch ImageView::address_branch(uint32_t link) const {
    return Record<blf_address_branch>(addresses().node_first, link & (BLF_ADDRESS_RUN - 1));
}

blf_address_run ImageView::address_run(uint32_t link) const {
    return Record<blf_address_run>(addresses().node_first, link & (BLF_ADDRESS_RUN - 1));
}

std::vector<uint32_t> ImageView::GlobTargets(uint32_t number) const {
    auto glob = Record<blf_glob>(index().glob_first, number);
    uint32_t most = 0;
    for (uint32_t i = 0; i < glob.states; i++) {
        most = std::max<uint32_t>(most, Record<uint16_t>(glob.accept, i));
    }
    std::vector<uint32_t> targets;
    for (uint32_t i = 0; i < most; i++) {
        targets.push_back(Record<uint32_t>(index().target_first, glob.target + i));
    }
    return targets;
}

bool ImageView::HasBit(uint32_t vector, uint32_t bit) const {
    uint32_t first = root().vector_first + vector * root().vector_blocks;
    return Record<uint64_t>(first, bit / 64) >> (bit % 64) & 1;
}

std::vector<blf_source> ImageView::Sources(uint32_t state_number) const {
    std::vector<blf_source> sources;
    for (uint32_t at = state(state_number).sources; at != BLF_NONE; at++) {
        if (!block(index().source_first + at / 8)) break;
        blf_source source = Record<blf_source>(index().source_first, at);
        if (source.clause == BLF_NONE) break;
        sources.push_back(source);
    }
    return sources;
}

uint32_t ImageView::RuleOf(uint32_t state_number, uint32_t wanted) const {
    if (const blf_clause of = clause(wanted); of.error != 0 && of.rule != BLF_NONE) return of.rule;
    for (blf_source source : Sources(state_number)) {
        if (source.clause == wanted) return source.rule;
    }
    return BLF_NONE;
}

bool ImageView::GivesRule(uint32_t state_number, uint32_t wanted, uint32_t rule_number) const {
    return std::ranges::any_of(Sources(state_number), [&](blf_source source) {
        return source.clause == wanted && source.rule == rule_number;
    });
}

std::vector<LinkRecord> ImageView::Links() const {
    const auto digest = Record<blf_digest>(BLF_BLOCK_DIGEST, 0);
    std::vector<LinkRecord> links;
    for (uint32_t i = 0; i < digest.link_count; i++) {
        if (!block(digest.link_first + i / 4)) break;
        const auto link = Record<blf_link>(digest.link_first, i);
        LinkRecord record{.policy = text(policy(link.policy).name),
                          .at = {},
                          .spelling = text(link.spelling),
                          .target = text(link.target)};
        if (link.rule != BLF_NONE) {
            const blf_rule of = rule(link.rule);
            record.rule = of.number;
            record.at = fmt::format("{}:{}", text(of.file), of.line);
        }
        links.push_back(std::move(record));
    }
    return links;
}

Digest ImageView::stored_digest() const {
    Digest digest;
    std::memcpy(digest.data(), block(BLF_BLOCK_DIGEST), digest.size());
    return digest;
}

Digest ImageView::ComputeDigest() const {
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    for (uint32_t i = 0; i < index().counter_first; i++) {
        blf_block bytes = blocks_[i];
        if (i == BLF_BLOCK_ROOT) reinterpret_cast<blf_root*>(&bytes)->generation = 0;
        if (i == BLF_BLOCK_DIGEST) {
            std::ranges::fill(reinterpret_cast<blf_digest*>(&bytes)->sha256, uint8_t{0});
        }
        crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(&bytes),
                                  sizeof(bytes));
    }
    Digest digest;
    crypto_hash_sha256_final(&hash, digest.data());
    return digest;
}

std::string RuleNumber(const blf_rule& rule) {
    return rule.verdict == BLF_RULE_DEFAULT ? "default" : std::to_string(rule.number);
}

std::string RuleLabel(const blf_rule& rule) {
    return rule.verdict == BLF_RULE_DEFAULT ? "default" : fmt::format("rule {}", rule.number);
}

Digest Sha256(const void* bytes, size_t size) {
    Digest digest;
    crypto_hash_sha256(digest.data(), static_cast<const unsigned char*>(bytes), size);
    return digest;
}

Result<Digest> Sha256OfFile(int fd) {
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    std::vector<unsigned char> bytes(size_t{1} << 16);
    off_t at = 0;
    for (;;) {
        const ssize_t size = pread(fd, bytes.data(), bytes.size(), at);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return FailErrno("cannot read a file to hash it");
        if (size == 0) break;
        crypto_hash_sha256_update(&hash, bytes.data(), static_cast<size_t>(size));
        at += size;
    }
    Digest digest;
    crypto_hash_sha256_final(&hash, digest.data());
    return digest;
}

uint64_t BeginningOf(const Digest& digest) {
    uint64_t number = 0;
    std::memcpy(&number, digest.data(), sizeof(number));
    return number;
}

std::string ToHex(const Digest& digest) {
    std::string text;
    for (uint8_t byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

void Image::set_generation(uint64_t generation) {
    reinterpret_cast<blf_root*>(&blocks[BLF_BLOCK_ROOT])->generation = generation;
}

void Image::UpdateDigest() {
    Digest digest = view().ComputeDigest();
    std::ranges::copy(digest, reinterpret_cast<blf_digest*>(&blocks[BLF_BLOCK_DIGEST])->sha256);
}

}  // namespace bailiff::policy
