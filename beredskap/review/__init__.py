"""Reading the log back: who was reached, what happened, and whether the log was touched.

Promises: figures are derived from the ledger each time and always add up to the number of persons;
only a person's own answer, or an officer's note of it, is called "reached"; an exported log can be
verified without this program's database, and what a file alone cannot show is said plainly.
Must not enter: anything that sends, changes a status, or decides.
"""

from __future__ import annotations

from beredskap.review.audit import Difference
from beredskap.review.differences import audit_incident, tell_differences
from beredskap.review.export import export_lines
from beredskap.review.reach import figures
from beredskap.review.report import review_json, review_text
from beredskap.review.sentences import LogLine, tell
from beredskap.review.verification import Verdict, Verification, read_lines, verify

__all__ = [
    "Difference",
    "LogLine",
    "Verdict",
    "Verification",
    "audit_incident",
    "export_lines",
    "figures",
    "read_lines",
    "review_json",
    "review_text",
    "tell",
    "tell_differences",
    "verify",
]
