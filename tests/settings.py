"""Settings for tests: fixed keys, no provider, nothing that reaches beyond loopback."""

from pathlib import Path

from feedback_gateway.settings import Settings, load

KEY = "kUO3mQ1v6mVJ0kq1m0s0fH6yq8w9a2b3c4d5e6f7g8g="
AT_TOKEN = "test-token-of-the-webhook"


def make_settings(home: Path, database_url: str, **more: str) -> Settings:
    """Settings as a process would read them, from a made-up environment."""
    return load(
        {
            "FEEDBACK_HOME": str(home),
            "DATABASE_URL": database_url,
            "FEEDBACK_KEYS": KEY,
            "FEEDBACK_LOOKUP_KEY": "lookup",
            "SECRET_KEY": "secret",
            "AT_WEBHOOK_TOKEN": AT_TOKEN,
            "PUBLIC_BASE_URL": "http://feedback.test",
            "QUIET_HOURS": "none",  # tests run by day and by night
            **more,
        }
    )
