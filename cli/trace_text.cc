// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_text.h"

#include "cli/output.h"
#include "fmt/format.h"
#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

constexpr size_t kRulesNamed = 8;

std::string RuleName(const policy::ImageView& image, uint32_t number) {
    const blf_rule rule = image.rule(number);
    return fmt::format("{}/{}", image.text(image.policy(rule.policy).name),
                       policy::RuleNumber(rule));
}

std::string RuleList(const policy::ImageView& image, const std::vector<uint32_t>& rules) {
    if (rules.empty()) return "none";
    std::string list;
    for (size_t i = 0; i < rules.size() && i < kRulesNamed; ++i) {
        list += (i > 0 ? ", " : "") + RuleName(image, rules[i]);
    }
    if (rules.size() > kRulesNamed) list += fmt::format(" and {} more", rules.size() - kRulesNamed);
    return list;
}

Json RuleArray(const policy::ImageView& image, const std::vector<uint32_t>& rules) {
    Json array = Json::array();
    for (uint32_t rule : rules) array.push_back(RuleName(image, rule));
    return array;
}

std::string States(const policy::TraceStep& step) {
    if (step.kind == policy::StepKind::kStart) return fmt::format("{}", step.to);
    return fmt::format("{} -> {}", step.from, step.to);
}

// What can still become of an object's path; where it ends, what became of it.
std::string Meaning(const policy::ImageView& image, const policy::TraceStep& step, bool last) {
    if (step.kind == policy::StepKind::kUndecidable) {
        return std::string(policy::ReasonMeaning(step.reason));
    }
    if (step.kind == policy::StepKind::kDead) return "no pattern matches here or below";
    if (last) return "matches: " + RuleList(image, step.matches);
    return "possible: " + RuleList(image, step.possible);
}

std::string StepsToText(const policy::ImageView& image, const std::vector<policy::TraceStep>& steps,
                        bool object) {
    std::vector<std::vector<std::string>> rows;
    for (const policy::TraceStep& step : steps) {
        const bool start = step.kind == policy::StepKind::kStart;
        rows.push_back({start ? "/" : policy::EscapeText(policy::Shorten(step.component)),
                        std::string(policy::StepWord(step.kind)), States(step)});
        const bool ends =
            step.kind == policy::StepKind::kDead || step.kind == policy::StepKind::kUndecidable;
        if (object || ends) rows.back().push_back(Meaning(image, step, &step == &steps.back()));
    }
    return Table(rows, "  ");
}

std::string AddressToText(const policy::ImageView& image,
                          const std::vector<policy::TraceStep>& names) {
    std::string text;
    for (const policy::TraceStep& name : names) {
        text += fmt::format("{}: state {}, matches: {}\n",
                            text.empty() ? "the address" : "what the kernel takes it for", name.to,
                            RuleList(image, name.matches));
    }
    return text;
}

Json StepsToJson(const policy::ImageView& image, const std::vector<policy::TraceStep>& steps,
                 bool object) {
    Json array = Json::array();
    for (const policy::TraceStep& step : steps) {
        Json json = {{"component", step.component},
                     {"step", policy::StepWord(step.kind)},
                     {"from", step.from},
                     {"to", step.to}};
        if (step.reason != 0) json["reason"] = policy::ReasonWord(step.reason);
        if (object) {
            json["matches"] = RuleArray(image, step.matches);
            json["possible"] = RuleArray(image, step.possible);
        }
        array.push_back(std::move(json));
    }
    return array;
}

}  // namespace

std::string TraceToText(const policy::ImageView& image, const policy::Trace& trace) {
    std::string text;
    if (trace.on_socket) {
        text = AddressToText(image, trace.object);
    } else if (!trace.object.empty()) {
        text = "steps of the path, from state to state\n" + StepsToText(image, trace.object, true);
    }
    if (trace.anywhere) {
        text += "rules that name no place: " + RuleList(image, trace.without_place) + "\n";
    }
    for (const policy::SubjectTrace& one : trace.subject) {
        text += fmt::format("steps of the {}\n", policy::DimensionWord(one.by)) +
                StepsToText(image, one.steps, false);
    }
    std::vector<std::vector<std::string>> rows;
    for (const policy::DimensionTrace& dimension : trace.dimensions) {
        rows.push_back({std::string(dimension.dimension),
                        "leaves " + RuleList(image, dimension.leaves),
                        "strikes out " + RuleList(image, dimension.strikes_out)});
    }
    return text + "dimensions\n" + Table(rows, "  ");
}

Json TraceToJson(const policy::ImageView& image, const policy::Trace& trace) {
    Json dimensions;
    for (const policy::DimensionTrace& dimension : trace.dimensions) {
        dimensions[std::string(dimension.dimension)] = {
            {"leaves", RuleArray(image, dimension.leaves)},
            {"strikes_out", RuleArray(image, dimension.strikes_out)}};
    }
    Json json = {{trace.on_socket ? "address" : "path", StepsToJson(image, trace.object, true)},
                 {"dimensions", dimensions}};
    if (trace.anywhere) json["without_place"] = RuleArray(image, trace.without_place);
    for (const policy::SubjectTrace& one : trace.subject) {
        json[std::string(policy::DimensionWord(one.by))] = StepsToJson(image, one.steps, false);
    }
    return json;
}

}  // namespace bailiff::cli
