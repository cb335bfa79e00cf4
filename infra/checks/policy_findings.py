"""Reads policies as JSON from standard input, `[{"name": …, "document": …}]`, and prints parliament's findings as JSON."""

import json
import sys

from parliament import analyze_policy_string

findings = []
for policy in json.load(sys.stdin):
    analyzed = analyze_policy_string(json.dumps(policy["document"]))
    findings += [
        {"policy": policy["name"], "issue": finding.issue, "detail": str(finding.detail), "at": str(finding.location)}
        for finding in analyzed.findings
    ]
json.dump(findings, sys.stdout)
