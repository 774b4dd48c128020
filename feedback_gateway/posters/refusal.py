"""Why a poster cannot be made."""


class PosterError(ValueError):
    """No poster can be made. The message says why, and what to give or to mend, in a sentence."""
