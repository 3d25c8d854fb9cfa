# SPDX-License-Identifier: Apache-2.0
"""Which rules of the policies in force have denied something."""

import json
import subprocess

status = subprocess.run(["bailiff", "status", "--json"], stdout=subprocess.PIPE, check=False).stdout
print("denied", [rule for rule in json.loads(status)["rules"] if rule["denied"]])
