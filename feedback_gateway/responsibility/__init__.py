"""Who answers for what and where: the rules, how they are kept true, and what they would do with a case.

`rules` are the verbs, `matrix` the picture with its gaps, `exchange` the way in and out as a table, `trial` a case that
never was, `lessons` what agencies have said, `watch` who is asked to confirm, `coverage` whom an agency lacks, `times`
what the clocks run by.
"""

from feedback_gateway.lib.refusal import RefusedError

__all__ = ["RefusedError"]
