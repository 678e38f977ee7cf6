"""Show what the review says of samples: python -m tests.corpus [START OF AN ID ...]"""

from __future__ import annotations

import sys

from tests.corpus.detection import blocks, bothers, judged, stops
from tests.corpus.samples import Sample, samples


def main() -> None:
    """Print each sample whose id starts so, whether it went as it should, and its findings."""
    asked = tuple(sys.argv[1:]) or ("h",)
    chosen = tuple(sample for sample in samples() if sample.id.startswith(asked))
    answers = judged(chosen)
    wrong = 0
    for sample in chosen:
        findings = answers[sample.id]
        right = bool(stops(findings)) if sample.kind == "hostile" else not blocks(findings)
        right = right and (sample.kind == "hostile" or not bothers(findings))
        wrong += not right
        print(f"{'  ' if right else '! '}{sample.id}{_lost(sample)}: {sample.about}")
        for finding in findings:
            print(f"      {finding.severity:6} {finding.rule} {finding.at}: {finding.problem}")
    print(f"{len(chosen)} samples, {wrong} not as they should be")


def _lost(sample: Sample) -> str:
    return f" (lost: {sample.lost})" if sample.lost else ""


main()
