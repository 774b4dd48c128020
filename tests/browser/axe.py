"""Accessibility of a page, by axe. It costs seconds, and finds the same at both sizes: it looks at the narrower one."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_NARROW = 600


def look_closely(page: Page) -> None:
    """Fails when axe finds something against the page, on a narrow screen; does nothing on a wide one."""
    size = page.viewport_size
    if size is not None and size["width"] > _NARROW:
        return
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
