// SPDX-License-Identifier: Apache-2.0
#include "doctor/report.h"

#include <fmt/format.h>

namespace bailiff::doctor {
namespace {

std::string_view LabelOf(State state) {
    switch (state) {
        case State::kOk:
            return "ok";
        case State::kWarn:
            return "warn";
        case State::kFail:
            return "FAIL";
        case State::kUnknown:
            break;
    }
    return "?";
}

std::string_view WordOf(State state) {
    if (state == State::kFail) return "fail";
    return state == State::kUnknown ? "unknown" : LabelOf(state);
}

std::string_view WordOf(FixKind kind) {
    switch (kind) {
        case FixKind::kNothing:
            return "nothing";
        case FixKind::kRebootDue:
            return "reboot-due";
        case FixKind::kWrite:
            return "write";
        case FixKind::kByHand:
            return "by-hand";
        case FixKind::kConflict:
            return "conflict";
        case FixKind::kImpossible:
            break;
    }
    return "impossible";
}

std::string RenderFinding(const Finding& finding, const Paint& paint) {
    std::string label = fmt::format("{:<6}", LabelOf(finding.state));
    if (paint) label = paint(finding.state, label);
    std::string text = fmt::format("  {}{:<18}{}\n", label, finding.name, finding.found);
    if (!finding.meaning.empty()) text += fmt::format("{:26}{}\n", "", finding.meaning);
    std::string_view heading = "fix:";
    for (const std::string& step : finding.fix) {
        text += fmt::format("{:26}{:<5}{}\n", "", heading, step);
        heading = "";
    }
    return text;
}

nlohmann::json JsonOf(const Finding& finding) {
    return {{"name", finding.name},
            {"state", WordOf(finding.state)},
            {"required", finding.need != Need::kAdvice},
            {"found", finding.found},
            {"meaning", finding.meaning},
            {"fix", finding.fix}};
}

}  // namespace

Examination Examine(const std::string& root) {
    Examination examination{enforce::Probe(root), {}, {}, {}};
    examination.findings = CheckRequirements(examination.facts);
    examination.plan = PlanFix(examination.facts, root);
    examination.conclusion = Conclude(examination.findings);
    std::vector<std::string> summary = SummarizePlan(examination.plan);
    for (Finding& finding : examination.findings) {
        bool boot = finding.name == kActiveLsms && finding.state == State::kFail;
        if (boot) finding.fix.insert(finding.fix.end(), summary.begin(), summary.end());
    }
    return examination;
}

std::string RenderText(const Examination& examination, const Paint& paint) {
    std::string text;
    for (const Finding& finding : examination.findings) text += RenderFinding(finding, paint);
    return text + examination.conclusion.text + "\n";
}

nlohmann::json RenderJson(const FixPlan& plan) {
    return {{"kind", WordOf(plan.kind)},
            {"boot_loader", NameOf(plan.loader.kind)},
            {"lsm", plan.lsm},
            {"reason", plan.reason},
            {"notes", plan.notes},
            {"steps", plan.steps},
            {"path", plan.path},
            {"content", plan.kind == FixKind::kWrite ? plan.new_content : ""},
            {"command", plan.command}};
}

nlohmann::json RenderJson(const Examination& examination) {
    nlohmann::json findings = nlohmann::json::array();
    for (const Finding& finding : examination.findings) findings.push_back(JsonOf(finding));
    nlohmann::json json = {{"can_enforce", !examination.conclusion.refusal.has_value()},
                           {"conclusion", examination.conclusion.text},
                           {"requirements", std::move(findings)},
                           {"fix", RenderJson(examination.plan)}};
    if (examination.facts.release) json["kernel"] = examination.facts.release->name;
    return json;
}

}  // namespace bailiff::doctor
