# SPDX-License-Identifier: Apache-2.0
"""Which emulator the rig takes."""

import pathlib
import tempfile
import unittest
from unittest import mock

import emulator


class Emulator(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.dict("os.environ", BAILIFF_CACHE=str(self.folder / "cache")))
        self.downloads = []
        self.enterContext(mock.patch.object(emulator, "download", lambda: self.downloads.append(1) or self.folder))

    def host_has(self, banner):
        program = self.folder / emulator.PROGRAM
        program.write_text(f"#!/bin/sh\necho '{banner}'\n")
        program.chmod(0o755)
        self.enterContext(mock.patch.dict("os.environ", PATH=f"{self.folder}:/usr/bin:/bin"))

    def test_the_hosts_own_where_it_is_new_enough(self):
        self.host_has("QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)")
        self.assertEqual(emulator.command(), [emulator.PROGRAM])
        self.assertEqual(self.downloads, [])

    def test_one_of_its_own_where_the_hosts_is_older(self):
        self.host_has("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)")
        self.assertEqual(emulator.command()[0], self.folder / "usr/bin" / emulator.PROGRAM)
        self.assertEqual(self.downloads, [1])

    def test_downloads_once(self):
        self.host_has("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)")
        (self.folder / "cache/emulator-1").mkdir(parents=True)
        (self.folder / "cache/emulator").symlink_to("emulator-1")
        self.assertEqual(emulator.command()[0], self.folder / "cache/emulator-1/usr/bin" / emulator.PROGRAM)
        self.assertEqual(self.downloads, [])


if __name__ == "__main__":
    unittest.main()
