"""The light page of one case, for agencies without accounts: /dossier/<token>, a few kilobytes, without any script.

The signed link is all the proof there is: no session, no cookie. See docs/decisions/0020-the-desk.md.
"""

from handlers.desk.views import bp

__all__ = ["bp"]
