// SPDX-License-Identifier: Apache-2.0
#include "policy/dump_image.h"

#include <algorithm>

#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

using Json = nlohmann::ordered_json;

Json Bits(const ImageView& image, uint32_t vector) {
    Json bits = Json::array();
    for (uint32_t bit = 0; bit < image.clause_count(); bit++) {
        if (image.HasBit(vector, bit)) bits.push_back(bit);
    }
    return bits;
}

// The bytes of an image's text may be anything; JSON wants UTF-8.
std::string Printable(const std::string& bytes) {
    std::string text;
    for (char byte : bytes) {
        auto code = static_cast<unsigned char>(byte);
        text += code < 0x20 || code >= 0x7f || byte == '\\' ? fmt::format("\\x{:02x}", code)
                                                            : std::string(1, byte);
    }
    return text;
}

Json Policies(const ImageView& image) {
    Json policies = Json::array();
    for (uint32_t i = 0; i < image.index().policy_count; i++) {
        blf_policy policy = image.policy(i);
        policies.push_back({{"name", image.text(policy.name)},
                            {"mode", policy.mode == BLF_MODE_AUDIT ? "audit" : "enforce"},
                            {"rules", policy.rules}});
    }
    return policies;
}

Json Rules(const ImageView& image) {
    Json rules = Json::array();
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        blf_rule rule = image.rule(i);
        Json clauses = Json::array();
        for (uint32_t c = 0; c < rule.clauses; c++) clauses.push_back(rule.clause + c);
        rules.push_back({{"policy", rule.policy},
                         {"number", rule.number},
                         {"at", fmt::format("{}:{}", image.text(rule.file), rule.line)},
                         {"operations", OperationList(image.OperationsOf(i))},
                         {"errno", ErrnoWord(rule.error)},
                         {"clauses", clauses}});
        if (rule.verdict == BLF_RULE_ALLOWS) {
            rules.back().erase("errno");
            rules.back()["verdict"] = "allow";
        }
        if (rule.verdict == BLF_RULE_DEFAULT) rules.back()["verdict"] = "default";
    }
    return rules;
}

// Each request that needs something allowed: the clauses that allow, and the defaults.
Json Needs(const ImageView& image) {
    Json needs = Json::object();
    auto add = [&](const char* name, blf_ask ask) {
        Json bits = Json::array();
        for (const uint32_t vector : image.needs(ask).vector) {
            if (vector != 0) bits.push_back(Bits(image, vector));
        }
        if (!bits.empty()) needs[name] = bits;
    };
#define BLF_ASK(id, operations, needs) add(#id, BLF_ASK_##id);
#include "abi/asks.def"
#undef BLF_ASK
    return needs;
}

Json Links(const ImageView& image) {
    Json links = Json::array();
    for (const LinkRecord& link : image.Links()) {
        links.push_back({{"policy", link.policy},
                         {"rule", link.rule},
                         {"link", Printable(link.spelling)},
                         {"to", Printable(link.target)}});
    }
    return links;
}

Json Asks(const ImageView& image) {
    Json asks = Json::object();
    auto add = [&](const char* name, blf_ask ask) {
        if (Json bits = Bits(image, image.AskVector(ask)); !bits.empty()) asks[name] = bits;
    };
#define BLF_ASK(id, operations, needs) add(#id, BLF_ASK_##id);
#include "abi/asks.def"
#undef BLF_ASK
    return asks;
}

Json Numbers(const ImageView& image, uint32_t by) {
    Json classes = Json::array();
    for (uint32_t i = 0; i < image.dimension(by).second; i++) {
        const blf_number number = image.number(by, i);
        Json one = {{"from", number.first}, {"clauses", Bits(image, number.vector)}};
        if (by >= BLF_VALUES_END) one["without"] = Bits(image, number.without);
        classes.push_back(std::move(one));
    }
    return classes;
}

Json Path(const ImageView& image, uint32_t by) {
    const blf_dimension path = image.dimension(by);
    Json json = {{"start", path.first}, {"start-lost", path.second}};
    if (by != BLF_BY_LINEAGE) json["without"] = Bits(image, path.none_vector);
    return json;
}

// The dimensions that some clause asks for.
Json Who(const ImageView& image) {
    Json who = Json::object();
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        if (!(image.root().used >> by & 1)) continue;
        const std::string name(by == BLF_BY_LINEAGE ? "lineage"
                                                    : DimensionWord(static_cast<blf_by>(by)));
        who[name] = by < BLF_AUTOMATA ? Path(image, by) : Numbers(image, by);
        if (by >= BLF_VALUES_END) {
            who[name].push_back({{"none", Bits(image, image.dimension(by).none_vector)}});
        }
    }
    return who;
}

std::string LinkText(uint32_t link) {
    if (!(link & BLF_ADDRESS_NODE)) return fmt::format("state {}", link);
    return fmt::format("node {}", link & (BLF_ADDRESS_RUN - 1));
}

// The nodes below a link, in the order of their numbers.
void AddNodes(const ImageView& image, uint32_t link, Json* nodes) {
    if (!(link & BLF_ADDRESS_NODE)) return;
    Json node = {{"node", link & (BLF_ADDRESS_RUN - 1)}};
    if (link & BLF_ADDRESS_RUN) {
        const blf_address_run run = image.address_run(link);
        node["mask"] = fmt::format("{:016x} {:016x}", run.mask[0], run.mask[1]);
        node["bits"] = fmt::format("{:016x} {:016x}", run.value[0], run.value[1]);
        node["then"] = LinkText(run.then);
        node["else"] = LinkText(run.otherwise);
        nodes->push_back(std::move(node));
        AddNodes(image, run.then, nodes);
        return;
    }
    const blf_address_branch branch = image.address_branch(link);
    for (const uint32_t to : branch.to) node["to"].push_back(LinkText(to));
    nodes->push_back(std::move(node));
    for (const uint32_t to : branch.to) AddNodes(image, to, nodes);
}

Json Addresses(const ImageView& image) {
    const blf_addresses table = image.addresses();
    Json nodes = Json::array();
    for (const uint32_t root : table.root) AddNodes(image, root, &nodes);
    Json json = {{"IPv4", LinkText(table.root[0])},
                 {"IPv6", LinkText(table.root[1])},
                 {"every-IPv4", LinkText(table.every[0])},
                 {"every", LinkText(table.every[1])},
                 {"none", LinkText(table.none)}};
    if (!nodes.empty()) json["nodes"] = std::move(nodes);
    return json;
}

bool HasAddresses(const ImageView& image) {
    const blf_addresses table = image.addresses();
    return table.every[1] != BLF_DEAD;
}

Json StateOf(const ImageView& image, uint32_t number) {
    blf_state state = image.state(number);
    Json json = {{"state", number}};
    if (state.default_to) json["any"] = state.default_to;
    if (state.glob) json["glob"] = image.GlobTargets(state.glob);
    Json bits = Bits(image, state.vector);
    if (!bits.empty()) json["clauses"] = bits;
    Json sources = Json::array();
    for (blf_source source : image.Sources(number)) {
        sources.push_back(fmt::format("{}:{}", source.clause, source.rule));
    }
    if (!sources.empty()) json["clause:rule"] = sources;
    return json;
}

Json States(const ImageView& image) {
    Json states = Json::array();
    for (uint32_t i = 0; i < image.state_count(); i++) states.push_back(StateOf(image, i));
    std::vector<std::pair<std::string, blf_edge>> edges;
    for (const blf_edge& edge : image.Edges()) edges.emplace_back(image.Name(edge.name), edge);
    std::ranges::sort(edges, {}, [](const auto& named) { return named.first; });
    for (const auto& [name, edge] : edges) {
        if (edge.from < states.size()) states[edge.from]["names"][Printable(name)] = edge.to;
    }
    return states;
}

void AppendText(const Json& value, const std::string& indent, std::string* text) {
    for (const auto& [key, item] : value.items()) {
        bool flat = item.is_primitive() ||
                    std::ranges::all_of(item, [](const Json& part) { return part.is_primitive(); });
        if (flat) {
            std::string label = value.is_array() ? "-" : key;
            *text += fmt::format("{}{} {}\n", indent, label,
                                 item.is_string() ? item.get<std::string>() : item.dump());
        } else {
            *text += fmt::format("{}{}\n", indent, value.is_array() ? "-" : key);
            AppendText(item, indent + "  ", text);
        }
    }
}

}  // namespace

nlohmann::ordered_json DumpImage(const ImageView& image) {
    const blf_root& root = image.root();
    Json json;
    json["digest"] = "sha256:" + ToHex(image.stored_digest());
    json["blocks"] = image.index().blocks;
    json["policies"] = Policies(image);
    json["rules"] = Rules(image);
    if (Json links = Links(image); !links.empty()) json["links"] = std::move(links);
    json["asks"] = Asks(image);
    if (Json needs = Needs(image); !needs.empty()) json["needs"] = needs;
    json["who"] = Who(image);
    json["start"] = {{"object", root.object_root}, {"object-lost", root.object_lost}};
    if (HasAddresses(image)) json["addresses"] = Addresses(image);
    json["states"] = States(image);
    return json;
}

std::string DumpImageText(const ImageView& image) {
    std::string text;
    AppendText(DumpImage(image), "", &text);
    return text;
}

}  // namespace bailiff::policy
