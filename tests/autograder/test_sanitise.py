"""No text of a student's acts in the browser of the person who marks it. The oracle is nbconvert's own Markdown."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbformat import v4

from autograder.judge import grade_notebook, preprocessor
from autograder.judge.sanitise import harmless
from autograder.sandbox.bubblewrap import available

PAYLOADS = json.loads((Path(__file__).parent / "payloads.json").read_text())
TAGS = {
    *("a", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "input", "li"),
    *("ol", "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"class", "id", "start", "style", "title", "href", "align", "type", "checked", "disabled"}


class Acts(HTMLParser):
    """What of a page could act."""

    def __init__(self):
        super().__init__()
        self.found, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        link = dict(attrs).get("href") or "#"
        if tag not in TAGS or names - ATTRIBUTES or not re.match(r"https?://|mailto:|#", link):
            self.found.append((tag, attrs))
        if any(text and "mermaid" in text.lower() for _, text in attrs):
            self.found.append((tag, attrs))

    def handle_comment(self, data):
        self.found.append(data)

    handle_pi = handle_decl = handle_comment  # pyright: ignore[reportAssignmentType]  # names of arguments differ

    def handle_data(self, data):
        self.text += data


def acts(markdown):
    page = Acts()
    page.feed(markdown2html(markdown))
    page.close()
    macros = re.findall(r"\\(?:href|require|class|style|cssId)\b", html.unescape(page.text))
    return page.found + macros


def test_the_payloads_would_act():
    """All but the few that code or nbconvert itself makes text of: else this test would say nothing."""
    assert sum(bool(acts(payload)) for payload in PAYLOADS) > 35


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_acts(payload):
    for text in (payload, f"Because {payload}.", f"> - {payload}", f"| a |\n|---|\n| {payload} |"):
        assert not acts(harmless(text)), markdown2html(harmless(text))
        assert not acts(harmless(harmless(text)))


PLAIN = [
    "Because $a < b$ and $b > c$, so **a** is smaller: $$\\frac{x}{y} \\le \\sum_{t<T} h_t$$",
    "In code it is `x @ V.T`, see [the paper](https://arxiv.org/abs/1502.01852) & others; 5 < 6 & 7 > 2.",
    "# Title\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nif a < b: return x[0]\n```",
    "R&D costs AT&T 3 &lt; 4 &nbsp; see [above](#title), write to [me](mailto:a@b.example).",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_reads_as_before(text):
    def seen(markdown):
        page = Acts()
        page.feed(markdown2html(markdown))
        return re.sub(r"\s", "", page.text)

    assert seen(harmless(text)) == seen(text)
    assert markdown2html(harmless(text)).count("<a ") == markdown2html(text).count("<a ")


def work():
    """Return an answer in words, a cell that was added after it, and a raw one."""
    mark = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    answer = v4.new_markdown_cell("\n\n".join(PAYLOADS), metadata={"nbgrader": {**mark, "grade_id": "why"}})
    show = "from IPython.display import HTML, Javascript, display\ndisplay(HTML('<script>1</script>'), Javascript('1'))"
    return v4.new_notebook(
        cells=[
            answer,
            v4.new_markdown_cell("\n\n".join(PAYLOADS)),
            v4.new_raw_cell(PAYLOADS[0]),
            v4.new_code_cell(show),
        ]
    )


def source():
    notebook = work()
    notebook.cells = notebook.cells[:1]
    notebook.cells[0].source = "YOUR ANSWER HERE"
    return notebook


def check_graded(notebook):
    words = [cell.source for cell in notebook.cells if cell.cell_type != "code"]
    assert len(words) >= 2 and not any(acts(text) for text in words)
    kinds = {key for cell in notebook.cells for out in cell.get("outputs", []) for key in out.get("data", {})}
    assert kinds <= {"text/plain", "image/png", "image/jpeg"}


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_nothing_acts_in_what_is_graded_on_either_road(tmp_path, monkeypatch):
    check_graded(grade_notebook(nbformat.writes(work()).encode(), source(), 7).notebook)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(b"a secret")
    (tmp_path / "source" / "ch99").mkdir(parents=True)
    nbformat.write(source(), tmp_path / "source" / "ch99" / "ch99.ipynb")
    resources = {"nbgrader": {"assignment": "ch99", "student": "ann", "notebook": "ch99"}}
    notebook, _ = preprocessor.JudgeExecute().preprocess(work(), resources)
    check_graded(notebook)
