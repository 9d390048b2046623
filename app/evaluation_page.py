"""The page of ``shuiwen evaluate --html``: one file with tables and plots, no script, nothing remote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge.assessment import Assessment
from retrieval.evaluate import reliability_of, risk_by_coverage

TEMPLATE = "evaluation.html"
MOST_CONFUSED = 30
DRAWN = 300

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def page(configuration: dict[str, Any], promise: str, assessment: Assessment) -> str:
    """The page as HTML; everything on it is escaped."""
    curve = risk_by_coverage(assessment.judged)
    return _templates.get_template(TEMPLATE).render(
        configuration=configuration,
        promise=promise,
        bound=assessment.bound,
        scores=assessment.scores,
        parts={"税种": assessment.by_tax, "问法": assessment.by_kind},
        negatives=assessment.negatives,
        confused=assessment.confused[:MOST_CONFUSED],
        mistakes=sum(pair.n for pair in assessment.confused),
        reliability=reliability_of(assessment.judged),
        curve=_thinned(curve),
        most_risk=max(*(risk for _, risk in curve), 2 * assessment.bound.target),
    )


def _thinned(curve: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most about `DRAWN` points of ``curve``, its last one among them."""
    step = max(len(curve) // DRAWN, 1)
    return [*curve[:-1:step], *curve[-1:]]
