// SPDX-License-Identifier: Apache-2.0
#include "policy/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "policy/list_runs.h"
#include "policy/messages.h"
#include "policy/scalar_extent.h"
#include "policy/text_check.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

// Thrown through the parser to leave it early; what is wrong has been told already.
struct StopParsing {};

// A list or map that is being read.
struct Open {
    Node node;
    Node key;  // of a map: the key that waits for its value
    bool has_key = false;
    bool keep = true;  // whether that key's entry is kept: not so when the key was wrong
    std::unordered_map<std::string, uint32_t> lines;  // of a map: its keys, and where they are
};

// What to do about a syntax error, guessed from the text at its place.
std::string SyntaxHint(std::string_view text, size_t at, std::string_view what) {
    const char here = at < text.size() ? text[at] : '\0';
    if (at > 0 && text[at - 1] == '*') return message::kHintAlias;
    if (here == '@' || here == '`' || here == '%') {
        return fmt::format(message::kHintSyntaxQuote, here);
    }
    if (what.find("flow") != std::string_view::npos) return fmt::format(message::kHintSyntaxFlow);
    if (what.find("map") != std::string_view::npos) return message::kHintSyntaxColon;
    if (what.find("block entry") != std::string_view::npos) return message::kHintSyntaxEntry;
    if (what.find("escape") != std::string_view::npos) return message::kHintSyntaxEscape;
    return message::kHintSyntax;
}

// Where a tab stands in the indentation of the line that has this place; nothing where none does.
std::optional<size_t> TabBefore(std::string_view text, size_t at) {
    const size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    const size_t indent = text.find_first_not_of(' ', begin);
    if (indent >= text.size() || text[indent] != '\t') return std::nullopt;
    return indent - begin;
}

class Builder : public YAML::EventHandler {
  public:
    // The parser reads the text without the inner lines of these runs.
    Builder(const Source& source, uint32_t file, const std::vector<ListRun>& runs,
            Diagnostics* diagnostics)
        : text_(source.text), file_(file), diagnostics_(diagnostics), runs_(runs) {}

    std::vector<Node> TakeDocuments() { return std::move(documents_); }
    bool all_runs_read() const { return runs_read_ == runs_.size(); }

    Span At(const YAML::Mark& mark) const {
        uint32_t line = static_cast<uint32_t>(std::max(mark.line, 0)) + 1;
        size_t at = static_cast<size_t>(std::max(mark.pos, 0));
        for (const ListRun& run : runs_) {
            if (at < run.begin) break;
            at += run.end - run.begin;
            line += run.lines;
        }
        return {file_, line, static_cast<uint32_t>(std::max(mark.column, 0)) + 1, 1};
    }
    size_t Offset(const YAML::Mark& mark) const {
        size_t at = static_cast<size_t>(std::max(mark.pos, 0));
        for (const ListRun& run : runs_) {
            if (at < run.begin) break;
            at += run.end - run.begin;
        }
        return std::min(at, text_.size());
    }

    void TellSyntaxError(const YAML::Exception& error) {
        const size_t at = Offset(error.mark);
        Span where = At(error.mark);
        if (const auto tab = TabBefore(text_, at)) {
            where.column = static_cast<uint32_t>(*tab) + 1;
            diagnostics_->Error(where, message::kTab, message::kHintTab);
        } else if (text_.substr(at).starts_with('*')) {
            // An alias of nothing: most likely a pattern without quotes.
            where.length = TokenLength(error.mark);
            diagnostics_->Error(where, message::kAlias, message::kHintAlias);
        } else {
            diagnostics_->Error(where, fmt::format(message::kSyntax, error.msg),
                                SyntaxHint(text_, at, error.msg));
        }
    }

    // Of the document that the parser was left in.
    void KeepWhatIsComplete() {
        if (open_.empty() || open_.front().node.kind != Node::Kind::kMap) return;
        Open& map = open_.front();
        if (open_.size() > 1 && map.has_key && map.keep) {
            Node& value = open_[1].node;
            if (value.kind == Node::Kind::kList && !value.items.empty()) {
                map.node.entries.push_back({std::move(map.key), std::move(value)});
            }
        }
        map.node.incomplete = true;
        documents_.push_back(std::move(map.node));
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        const bool separated = text_.substr(Offset(mark)).starts_with("---");
        if (!documents_.empty() && !separated) {
            Stop(At(mark), message::kNoSeparator, message::kHintNoSeparator);
        }
        start_ = At(mark);
        start_.length = separated ? 3 : 1;
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        RefuseProperties(mark, "?", anchor);
        Node node;
        node.where = At(mark);
        // An empty value has the mark of whatever comes next; its key is a better place.
        const size_t at = Offset(mark);
        const std::string_view rest = text_.substr(at);
        const bool written = rest.starts_with("~") || rest.starts_with("null") ||
                             rest.starts_with("Null") || rest.starts_with("NULL");
        if (written) {
            node.where.length = rest.starts_with("~") ? 1 : 4;
        } else if (!open_.empty() && open_.back().has_key) {
            node.where = open_.back().key.where;
        } else {
            StepBackToDash(at, &node.where);
        }
        Add(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        Span where = At(mark);
        where.length = TokenLength(mark);
        diagnostics_->Error(where, message::kAlias, message::kHintAlias);
        Node node;
        node.where = where;
        node.refused = true;
        Add(std::move(node));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.kind = Node::Kind::kScalar;
        node.where = At(mark);
        node.value = value;
        const bool bare = RefuseProperties(mark, tag, anchor);
        if (bare && !MeasureScalar(text_, Offset(mark), &node)) {
            Stop(node.where, message::kUnterminated,
                 fmt::format(message::kHintUnterminated, text_[Offset(mark)]));
        }
        const bool begins_run = runs_read_ < runs_.size() && !open_.empty() &&
                                open_.back().node.kind == Node::Kind::kList &&
                                Offset(mark) == runs_[runs_read_].first && node.verbatim >= 0;
        Add(std::move(node));
        if (begins_run) AddInnerEntries(runs_[runs_read_++]);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        Begin(Node::Kind::kList, mark, tag, anchor);
    }
    void OnSequenceEnd() override { End(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        Begin(Node::Kind::kMap, mark, tag, anchor);
    }
    void OnMapEnd() override { End(); }

  private:
    [[noreturn]] void Stop(const Span& where, std::string message, std::string hint = {}) {
        diagnostics_->Error(where, std::move(message), std::move(hint));
        throw StopParsing{};
    }

    void AddInnerEntries(const ListRun& run) {
        Span where{file_, open_.back().node.items.back().where.line, run.column + 1, 1};
        open_.back().node.items.reserve(open_.back().node.items.size() + run.lines + 1);
        for (size_t begin = run.begin; begin < run.end;) {
            const size_t end = text_.find('\n', begin);
            const size_t value = begin + run.column;
            const size_t quote = text_[value] == '"' ? 1 : 0;
            Node node;
            node.kind = Node::Kind::kScalar;
            where.line++;
            node.where = where;
            node.value = text_.substr(value + quote, end - value - 2 * quote);
            MeasureScalar(text_, value, &node);
            Add(std::move(node));
            begin = end + 1;
        }
    }

    uint32_t TokenLength(const YAML::Mark& mark) const {
        const std::string_view rest = text_.substr(Offset(mark));
        const size_t length = std::min(rest.find_first_of(" \t\r\n,]}"), rest.size());
        return static_cast<uint32_t>(std::max<size_t>(length, 1));
    }

    // True when the node is bare: without tag and anchor. The parser says "!" for quoted scalars
    // and also for a written `!`.
    bool RefuseProperties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        const std::string_view rest = text_.substr(Offset(mark));
        const bool tagged = tag != "?" && (tag != "!" || rest.starts_with("!"));
        Span where = At(mark);
        where.length = TokenLength(mark);
        if (anchor != 0) diagnostics_->Error(where, message::kAnchor, message::kHintAnchor);
        if (tagged) diagnostics_->Error(where, message::kTag, message::kHintTag);
        return anchor == 0 && !tagged;
    }

    // An empty entry of a list has the mark of the next token: go back to its own dash.
    void StepBackToDash(size_t at, Span* where) const {
        uint32_t lines = 0;
        while (at > 0 && std::string_view(" \t\r\n").contains(text_[at - 1])) {
            if (text_[--at] == '\n') ++lines;
        }
        if (at == 0 || text_[at - 1] != '-' || lines >= where->line) return;
        const size_t newline = text_.rfind('\n', at - 1);
        const size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
        where->line -= lines;
        where->column = static_cast<uint32_t>(at - 1 - begin) + 1;
    }

    void Begin(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
               YAML::anchor_t anchor) {
        RefuseProperties(mark, tag, anchor);
        if (open_.size() >= kMaxDepth) {
            Stop(At(mark), fmt::format(message::kTooDeep, kMaxDepth),
                 fmt::format(message::kHintTooDeep));
        }
        open_.emplace_back();
        open_.back().node.kind = kind;
        open_.back().node.where = At(mark);
    }

    void End() {
        Node node = std::move(open_.back().node);
        open_.pop_back();
        if (!node.entries.empty()) {
            const Span& first = node.entries.front().key.where;
            if (first.line == node.where.line && first.column == node.where.column) {
                node.where.length = first.length;
            }
        }
        Add(std::move(node));
    }

    void Add(Node node) {
        if (++nodes_ > kMaxNodes) {
            Stop(node.where, fmt::format(message::kTooManyNodes, kMaxNodes), message::kHintTooBig);
        }
        if (open_.empty()) {
            AddDocument(std::move(node));
        } else if (open_.back().node.kind == Node::Kind::kList) {
            open_.back().node.items.push_back(std::move(node));
        } else if (!open_.back().has_key) {
            AddKey(std::move(node));
        } else {
            Open& map = open_.back();
            map.has_key = false;
            if (map.keep) map.node.entries.push_back({std::move(map.key), std::move(node)});
        }
    }

    // After an empty document the parser may be at a token that it never takes (`,`), so stop.
    void AddDocument(Node node) {
        if (node.kind == Node::Kind::kNull) {
            const bool separated = start_.length > 1;
            Stop(start_, message::kEmptyDocument,
                 separated ? message::kHintEmptyDocument : message::kHintNoPolicy);
        }
        documents_.push_back(std::move(node));
    }

    void AddKey(Node key) {
        Open& map = open_.back();
        map.has_key = true;
        map.keep = false;
        if (key.kind != Node::Kind::kScalar || key.several_lines) {
            diagnostics_->Error(key.where, fmt::format(message::kKeyNotScalar, KindName(key)),
                                fmt::format(message::kHintKeyNotScalar));
        } else if (key.plain && key.value == "<<") {
            diagnostics_->Error(key.where, message::kMergeKey, message::kHintMergeKey);
        } else {
            const auto [first, is_new] = map.lines.emplace(key.value, key.where.line);
            map.keep = is_new;
            if (!is_new) {
                diagnostics_->Error(key.where,
                                    fmt::format(message::kDuplicateKey, Shorten(key.value)),
                                    fmt::format(message::kHintFirstLine, first->second));
            }
        }
        map.key = std::move(key);
    }

    std::string_view text_;
    uint32_t file_;
    Diagnostics* diagnostics_;
    std::vector<Open> open_;
    std::vector<Node> documents_;
    Span start_;
    int nodes_ = 0;
    const std::vector<ListRun>& runs_;
    size_t runs_read_ = 0;
};

// The text's documents, without their runs; nothing when that does not do, see policy/list_runs.h.
std::optional<std::vector<Node>> ReadWithoutRuns(const Source& source, uint32_t file) {
    const std::vector<ListRun> runs = FindListRuns(source.text);
    if (runs.empty()) return std::nullopt;
    Diagnostics told;
    Builder builder(source, file, runs, &told);
    try {
        std::istringstream stream(WithoutInnerLines(source.text, runs));
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const StopParsing&) {
        return std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
    if (!told.list().empty() || !builder.all_runs_read()) return std::nullopt;
    return builder.TakeDocuments();
}

}  // namespace

std::vector<Node> ReadYaml(const Source& source, uint32_t file, Diagnostics* diagnostics) {
    if (!CheckText(source, file, diagnostics)) return {};
    if (auto documents = ReadWithoutRuns(source, file)) return *std::move(documents);
    return ReadWholeYaml(source, file, diagnostics);
}

std::vector<Node> ReadWholeYaml(const Source& source, uint32_t file, Diagnostics* diagnostics) {
    const std::vector<ListRun> no_runs;
    Builder builder(source, file, no_runs, diagnostics);
    bool stopped = true;
    try {
        std::istringstream stream(source.text);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        stopped = false;
    } catch (const StopParsing&) {
    } catch (const YAML::Exception& error) {
        builder.TellSyntaxError(error);
    } catch (const std::exception& error) {
        diagnostics->Error({file, 1, 1, 1}, fmt::format(message::kSyntax, error.what()),
                           message::kHintSyntax);
    }
    if (stopped) builder.KeepWhatIsComplete();
    std::vector<Node> documents = builder.TakeDocuments();
    if (documents.empty() && !stopped) {
        diagnostics->Error({file, 1, 1, 1}, message::kNoPolicy, message::kHintNoPolicy);
    }
    return documents;
}

}  // namespace bailiff::policy
