# SPDX-License-Identifier: Apache-2.0
# The decision alone, in instructions; on this machine's own kernel it is timed.
decide_peers() { decision instructions 1000; }
