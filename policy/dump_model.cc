// SPDX-License-Identifier: Apache-2.0
#include "policy/dump_model.h"

#include <fmt/format.h>

#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

std::string DumpByte(size_t byte) {
    const bool plain = byte > 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
    return plain ? std::string(1, static_cast<char>(byte)) : fmt::format("\\x{:02x}", byte);
}

std::string DumpSet(const std::bitset<256>& bytes) {
    std::string text = "[";
    for (size_t first = 0; first < 256; ++first) {
        if (!bytes[first]) continue;
        size_t last = first;
        while (last < 255 && bytes[last + 1]) ++last;
        text += DumpByte(first);
        if (last > first) text += (last > first + 1 ? "-" : "") + DumpByte(last);
        first = last;
    }
    return text + "]";
}

std::string DumpGlob(const Glob& glob) {
    std::string text;
    bool quoted = false;
    for (const GlobElement& element : glob) {
        const bool literal = !element.star && element.bytes.count() == 1;
        if (literal != quoted) text += '"';
        quoted = literal;
        if (literal) {
            text += DumpByte(element.bytes._Find_first());
        } else if (element.star) {
            text += '*';
        } else {
            text += element.bytes.all() ? "?" : DumpSet(element.bytes);
        }
    }
    return quoted ? text + '"' : text;
}

std::string DumpRange(const NumberRange& range) {
    if (range.first == range.last) return fmt::format("{}", range.first);
    return fmt::format("{}-{}", range.first, range.last);
}

std::string DumpSubject(std::string_view indent, std::string_view what, const Subject& subject) {
    std::string text;
    for (const auto& selector : kPathSelectors) {
        for (const PathPattern& pattern : subject.*selector.field) {
            text += fmt::format("{}{} {} {}{}\n", indent, what, selector.word, DumpPattern(pattern),
                                pattern.outside ? " (outside)" : "");
        }
    }
    for (const auto& selector : kNumberSelectors) {
        for (const NumberRange& range : subject.*selector.field) {
            text += fmt::format("{}{} {} {}\n", indent, what, selector.word, DumpRange(range));
        }
    }
    return text;
}

std::string_view KindWord(RuleKind kind) {
    if (kind == RuleKind::kAllows) return "allow";
    return kind == RuleKind::kDefault ? "deny by default" : "deny";
}

std::string DumpRule(const Rule& rule) {
    std::string text =
        fmt::format("  rule {}:{} {}", rule.where.line, rule.where.column, KindWord(rule.kind));
    for (size_t i = 0; i < OperationWords().size(); ++i) {
        if (rule.operations >> i & 1) text += fmt::format(" {}", OperationWords()[i]);
    }
    if (rule.kind != RuleKind::kAllows) text += fmt::format(" with {}", ErrnoWord(rule.error));
    text += '\n';
    for (const PathPattern& object : rule.objects) {
        text += fmt::format("    path {}\n", DumpPattern(object));
    }
    for (const AddressPrefix& address : rule.addresses) {
        text += fmt::format("    address {}\n", AddressText(address));
    }
    text += DumpSubject("    ", "of", rule.details);
    return text + DumpSubject("    ", "except", rule.except);
}

}  // namespace

std::string DumpPattern(const PathPattern& pattern) {
    std::string text = pattern.components.empty() ? "(root)" : "";
    for (const Component& component : pattern.components) {
        if (!text.empty()) text += " / ";
        if (component.any_depth) text += "**";
        if (!component.name.empty()) text += DumpGlob(LiteralGlob(component.name));
        for (size_t i = 0; i < component.choices.size(); ++i) {
            text += (i > 0 ? "|" : "") + DumpGlob(component.choices[i]);
        }
    }
    return text;
}

std::string DumpModel(const std::vector<Policy>& policies) {
    std::string text;
    for (const Policy& policy : policies) {
        text += fmt::format("policy {} {}\n", policy.name,
                            policy.mode == Mode::kEnforce ? "enforce" : "audit");
        if (!policy.description.empty()) {
            text += fmt::format("  description {}\n", EscapeText(policy.description));
        }
        text += DumpSubject("  ", "applies-to", policy.applies_to);
        for (const Rule& rule : policy.rules) text += DumpRule(rule);
    }
    return text;
}

}  // namespace bailiff::policy
