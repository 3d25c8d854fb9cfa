// SPDX-License-Identifier: Apache-2.0
#include "cli/test_report.h"

#include <algorithm>
#include <string_view>

#include "cli/output.h"
#include "fmt/format.h"
#include "policy/utf8.h"

namespace bailiff::cli {
namespace {

struct Counts {
    size_t passed = 0;
    size_t failed = 0;
};

Counts CountAll(const std::vector<TestedFile>& files) {
    Counts counts;
    for (const TestedFile& file : files) {
        counts.failed += file.failed();
        counts.passed += file.results.size() - file.failed();
    }
    return counts;
}

std::string Place(const TestedFile& file, const policy::TestResult& result) {
    return fmt::format("{}:{}", file.name, result.where.line);
}

std::string Difference(const policy::TestResult& result) {
    return fmt::format("expected {}, found {}", result.wanted, result.found);
}

// What a test point is called: one line, whatever bytes the paths have.
std::string Title(const policy::TestResult& result) {
    return policy::EscapeText(result.request + ": " + result.wanted);
}

// TAP takes what is behind a `#` for a directive.
std::string TapEscaped(std::string_view text) {
    std::string escaped;
    for (char byte : text) {
        if (byte == '#' || byte == '\\') escaped += '\\';
        escaped += byte;
    }
    return escaped;
}

// JSON's strings are YAML's.
std::string Quoted(std::string_view text) {
    return nlohmann::json(policy::EscapeText(text)).dump();
}

// For text and for attributes in quotes. XML has no way to write a control character.
std::string XmlEscaped(std::string_view text) {
    std::string escaped;
    for (char byte : policy::EscapeText(text)) {
        switch (byte) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += byte;
        }
    }
    return escaped;
}

}  // namespace

size_t TestedFile::failed() const {
    return static_cast<size_t>(std::ranges::count(results, false, &policy::TestResult::passed));
}

std::string TestsToText(const std::vector<TestedFile>& files) {
    std::string text;
    for (const TestedFile& file : files) {
        if (file.failed() == 0) {
            text +=
                fmt::format("{}    {}: {}\n", Toned(Tone::kGood, "ok"),
                            policy::EscapeText(file.name), Count(file.results.size(), "request"));
        }
        for (const policy::TestResult& result : file.results) {
            if (result.passed) continue;
            text += fmt::format("{}  {}\n", Toned(Tone::kBad, "FAIL"),
                                policy::EscapeText(Place(file, result) + ": " + result.request));
            text += fmt::format("      {}\n", policy::EscapeText(Difference(result)));
        }
    }
    const Counts counts = CountAll(files);
    return text + fmt::format("{} passed, {} failed\n", counts.passed, counts.failed);
}

Json TestsToJson(const std::vector<TestedFile>& files) {
    Json list = Json::array();
    for (const TestedFile& file : files) {
        for (const policy::TestResult& result : file.results) {
            list.push_back({{"file", file.name},
                            {"line", result.where.line},
                            {"request", result.request},
                            {"passed", result.passed},
                            {"expected", result.wanted},
                            {"found", result.found}});
        }
    }
    const Counts counts = CountAll(files);
    return {{"passed", counts.passed}, {"failed", counts.failed}, {"requests", list}};
}

std::string TestsToTap(const std::vector<TestedFile>& files) {
    const Counts counts = CountAll(files);
    std::string text = fmt::format("TAP version 14\n1..{}\n", counts.passed + counts.failed);
    size_t number = 0;
    for (const TestedFile& file : files) {
        for (const policy::TestResult& result : file.results) {
            text += fmt::format("{} {} - {}\n", result.passed ? "ok" : "not ok", ++number,
                                TapEscaped(Title(result)));
            if (result.passed) continue;
            text += fmt::format("  ---\n  at: {}\n  expected: {}\n  found: {}\n  ...\n",
                                Quoted(Place(file, result)), Quoted(result.wanted),
                                Quoted(result.found));
        }
    }
    return text;
}

std::string TestsToJunit(const std::vector<TestedFile>& files) {
    const Counts counts = CountAll(files);
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuites name=\"bailiff test\" tests=\"{}\" failures=\"{}\">\n",
                        counts.passed + counts.failed, counts.failed);
    for (const TestedFile& file : files) {
        text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n",
                            XmlEscaped(file.name), file.results.size(), file.failed());
        for (const policy::TestResult& result : file.results) {
            text += fmt::format(
                "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"",
                XmlEscaped(file.name), XmlEscaped(result.request + ": " + result.wanted),
                XmlEscaped(file.name), result.where.line);
            text += result.passed
                        ? "/>\n"
                        : fmt::format(
                              ">\n      <failure message=\"{0}\">{1}: {0}</failure>\n"
                              "    </testcase>\n",
                              XmlEscaped(Difference(result)), XmlEscaped(Place(file, result)));
        }
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace bailiff::cli
