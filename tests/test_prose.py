"""The prose linter: what it finds, where, what it passes over, and how a line is let off."""

import subprocess
from pathlib import Path

import pytest

from tools.prose import lint, main, prose

ROOT = Path(__file__).resolve().parents[1]
PAGE: str = """---
jupytext: shall
---

# The direct way

```{math}
:label: math-all-ways
x \\text{ in the mean}
```

```{chart} unroll
:alt: What arrives, in blue.
A caption without a verb.
```

$$
\\text{shall}
$$

- A vector of three entries.
- We shall see.

| in the mean | `what arrives` |
|---|---|

```python
shall = "all ways"
```

See `shall`, $\\text{shall}$, {eq}`math-all-ways` and [this](shall).
The derivative of $L$ by $W$ is small.
"""


def found(text: str, percent: bool = False) -> list[tuple[int, str]]:
    return [(one.line, one.check) for one in lint(text, percent)]


def test_house_words_are_found_at_their_line_and_never_in_code_or_formulas():
    idiom = "house.idioms"
    lines: list[str] = PAGE.split("\n")
    places = ["# The direct way", ":alt: What arrives, in blue.", "- We shall see.", "| in the mean | `what arrives` |"]
    places.append("The derivative of $L$ by $W$ is small.")
    assert found(PAGE) == [(lines.index(place) + 1, idiom) for place in places]
    assert lint("We shall see.")[0].said == "'shall' is a house word; write: should, or will."


def test_what_is_blanked_keeps_every_line_at_its_place():
    assert prose(PAGE).count("\n") == PAGE.count("\n")


@pytest.mark.parametrize("text", ["the way back", "Put in the sum", "in all ways", "as likely as each other"])
def test_idioms_are_found(text):
    assert found(f"We write {text} here.") == [(1, "house.idioms")]


@pytest.mark.parametrize(
    "text", ["We go all the way back.", "Here is a direct way to see it.", "The standard deviation 0.1 is small."]
)
def test_english_that_looks_like_an_idiom_is_let_be(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["A tanh network of 64 units.", "The same four blocks, in four places.", "Only in part."]
)
def test_a_sentence_without_a_verb_is_found(text):
    assert found(f"We begin. {text} Then we go on.") == [(1, "house.fragments")]


@pytest.mark.parametrize(
    "text",
    [
        "A network has 64 units.",
        "The 10 belongs to row 1.",
        "The gradient vanished.",
        "A gate isn’t a wall.",
        "One of them is enough.",
        "The two states add up.",
    ],
)
def test_a_sentence_with_a_verb_is_none(text):
    assert found(text) == []


def test_three_sentences_that_begin_alike_are_found_at_the_third():
    assert found("Then a came.\nThen b came.\nThen c came.\n") == [(3, "house.openings")]
    assert found("The query asks.\nThe key answers.\nThe value is read.\n") == []  # after an article two words count
    assert found("Then a came.\n\nThen b came.\n\nThen c came.\n") == []  # three paragraphs
    assert found("1. With a we go.\n2. With b we stay.\n3. With c we wait.\n") == []


def test_of_a_percent_file_the_markdown_cells_are_read():
    text = '# %% [markdown]\n# We shall see.\n\n# %% exercise="f"\n# We shall see.\ndef f():\n    """We shall see."""\n'
    assert found(text, percent=True) == [(2, "house.idioms")]


def test_what_editors_collected_is_found_too():
    assert found("It is for ever young.") == [(1, "archaism")]
    assert found("It holds for everybody.") == []
    assert found("We saw the the end.") == [(1, "lexical_illusions")]
    assert found("The text is 0 0 1 1.") == []


def test_a_line_is_let_off_with_a_reason_and_only_so():
    line = "We shall see."
    assert found(f"{line} <!-- prose: house.idioms: Lincoln said so -->") == []
    assert found(f"{line} <!-- prose: archaism: Lincoln said so -->") == [(1, "house.idioms"), (1, "waiver")]
    assert found(f"{line} <!-- prose: house.idioms -->") == [(1, "house.idioms"), (1, "waiver")]
    assert found("We see. <!-- prose: house.idioms: once it was otherwise -->") == [(1, "waiver")]


def test_the_command_names_file_line_and_check_and_fails(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\nWe shall see.\n")
    assert main([str(page)]) == 1
    assert capsys.readouterr().out == f"{page}:3: house.idioms: 'shall' is a house word; write: should, or will.\n"
    page.write_text("# A page\n\nWe will see.\n")
    assert main([str(page)]) == 0


def test_it_is_part_of_make_check_and_of_a_commit():
    said = subprocess.run(["make", "--dry-run", "check"], cwd=ROOT, capture_output=True, text=True).stdout
    assert "-m tools.prose" in said
    assert "-m tools.prose" in (ROOT / ".pre-commit-config.yaml").read_text()
