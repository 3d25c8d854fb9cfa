// SPDX-License-Identifier: Apache-2.0
#include "doctor/diff.h"

#include <gtest/gtest.h>

namespace bailiff::doctor {
namespace {

TEST(UnifiedDiffTest, SaysNothingWhereNothingDiffers) {
    EXPECT_EQ(UnifiedDiff("f", "a\n", "a\n"), "");
}

TEST(UnifiedDiffTest, ShowsANewFile) {
    EXPECT_EQ(UnifiedDiff("f", "", "a\nb\n"), "--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
}

TEST(UnifiedDiffTest, KeepsWhatIsCommon) {
    EXPECT_EQ(UnifiedDiff("f", "a\nold\nb\n", "a\nb\nnew\n"),
              "--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n-old\n b\n+new\n");
}

TEST(UnifiedDiffTest, ShowsALineThatChanged) {
    EXPECT_EQ(UnifiedDiff("f", "old\n", "new\n"), "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-old\n+new\n");
}

}  // namespace
}  // namespace bailiff::doctor
