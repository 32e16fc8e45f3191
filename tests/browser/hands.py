"""Two ways to do the same: by keyboard alone, and by mouse where scripts are switched off."""

from playwright.sync_api import Page

MOST_TABS = 150
IS_FOCUSED = "(selector) => document.activeElement.matches(selector)"
SHOWS_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


class Hands:
    """What somebody does on a page; parts are named by CSS selectors."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def is_at(self, selector: str) -> bool:
        """Whether the focus is there."""
        return bool(self.page.evaluate(IS_FOCUSED, selector))


class Mouse(Hands):
    """Clicks, and types where it has clicked; needs no script on the page."""

    def press(self, selector: str) -> None:
        """Use a link or a button."""
        self.page.click(selector)

    def write(self, selector: str, text: str) -> None:
        """Put a text in the place of what stands in a field."""
        self.page.fill(selector, text)

    def send(self, selector: str) -> None:
        """Send the form that the field is in."""
        form = self.page.locator(selector).locator("xpath=ancestor::form")
        form.locator("button:not([aria-hidden], [name=find])").first.click()

    def choose(self, field: str, typed: str, value: str) -> None:
        """Search for a row and choose it."""
        self.page.fill(f"#{field}_search", typed)
        self.page.click(f"button[name=find][value={field}]")
        self.page.check(f"#{field}-{value}")


class Keyboard(Hands):
    """Uses nothing but keys, and asks that each stop on the way is seen."""

    def go(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _stop in range(MOST_TABS):
            if self.is_at(selector):
                assert self.page.evaluate(SHOWS_FOCUS), f"the focus on {selector} is not seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by keyboard to {selector}")

    def pick(self, selector: str, value: str) -> None:
        """Choose in a native list, or one of some radio buttons, with the arrows."""
        self.go(selector)
        if self.page.evaluate("() => document.activeElement.type") == "radio":
            self.page.keyboard.press("Space")
        for key in ("ArrowDown", "ArrowUp"):
            for _step in range(MOST_TABS):
                if self.page.evaluate("() => document.activeElement.value") == value:
                    return
                before = self.page.evaluate("() => document.activeElement.value")
                self.page.keyboard.press(key)
                if self.page.evaluate("() => document.activeElement.value") == before:
                    break
        raise AssertionError(f"{value} can't be chosen in {selector}")

    def press(self, selector: str) -> None:
        """Use a link or a button."""
        self.go(selector)
        self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        """Put a text in the place of what stands in a field."""
        self.go(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def send(self, selector: str) -> None:
        """Send the form that the field is in, from the field."""
        self.go(selector)
        self.page.keyboard.press("Enter")

    def choose(self, field: str, typed: str, value: str) -> None:
        """Search for a row and choose it, in a list that opens or by the search step."""
        search = f"#{field}_search"
        self.write(search, typed)
        if self.page.get_attribute(search, "role") == "combobox":
            self.page.wait_for_selector("[role=option]")
            self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
            return
        self.press(f"button[name=find][value={field}]")
        self.page.wait_for_selector(f"#{field}-{value}")
        self.go(f"[name={field}]:checked")
        for _step in range(MOST_TABS):
            if self.is_at(f"#{field}-{value}"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not among the hits")
