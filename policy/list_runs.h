// SPDX-License-Identifier: Apache-2.0
//
// Long lists of paths without a YAML parser, which spends most of a compilation's time on them.
//
// A *run* is a sequence of lines of one form: equally many spaces, `- `, and a path of printable
// ASCII without `:`, `#`, quotes and backslashes, or such a path in double quotes. The parser is
// given the text without the inner lines of each run, and the entries of those are put in by who
// listens to it. Why that is the same: if the parser tells of a list's entry at the place of a
// run's first path, with that text, then the line is an entry of a block list; in such a list a
// line of the run's form, followed by another one, is an entry with its path as the whole value,
// whatever comes before and after. If it does not (the run stands in a block scalar, in quotes, in
// a flow list), or anything at all is to be told of the text, the whole text is parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bailiff::policy {

struct ListRun {
    size_t first = 0;     // where the first entry's value begins, quote included
    uint32_t column = 0;  // of that, from 0
    size_t begin = 0;     // the inner lines, as offsets
    size_t end = 0;
    uint32_t lines = 0;
};

// In the order of the text. Short ones are not worth it and left out.
std::vector<ListRun> FindListRuns(std::string_view text);

std::string WithoutInnerLines(std::string_view text, const std::vector<ListRun>& runs);

}  // namespace bailiff::policy
