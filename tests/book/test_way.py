"""A way through each chapter: what one can do after it, what it takes, hints, and a self-test at its end."""

import re
from pathlib import Path

import pytest

from autograder.checks.solutions import assignment, assignments, home

BOOK = Path(__file__).resolve().parents[2] / "book"
CHAPTERS = sorted(path.parent for path in BOOK.glob("ch*/index.md"))
CHOICE = re.compile(r"^(`{3,}|:{3,})\{dropdown\} ([A-D])\. (.+?)\n(.*?)^\1$", re.M | re.S)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.name)
def test_a_chapter_says_what_one_can_do_after_it_and_what_it_takes(chapter):
    text = (chapter / "index.md").read_text()
    listed = text.partition("{rubric} After this chapter you can")[2].partition("```{rubric}")[0]
    outcomes = re.findall(r"^- .+(?:\n  .+)*", listed, re.M)
    assert 4 <= len(outcomes) <= 6
    for outcome in outcomes:
        named = re.findall(r"\{exercise\}`(\w+)`", outcome)
        assert named and all(home(name) for name in named), outcome
    assert re.search(r"Reading takes about \d+ minutes, the assignment about [\d½.,]+ hours?\.", text)
    assert "{rubric} What you need" in text


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.name)
def test_a_chapter_ends_with_a_card_and_six_questions_each_choice_of_which_is_explained(chapter):
    assert f"file: {chapter.name}/recap" in (BOOK / "_toc.yml").read_text()
    text = (chapter / "recap.md").read_text()
    assert text.count("{card}") == 1
    card = text.partition("{card}")[2].partition("\n```")[0].partition("\n:::")[0]
    assert len([line for line in card.splitlines() if line.strip()]) <= 12
    questions = re.split(r"^\*\*\d\.\*\*", text.partition("## Self-test")[2], flags=re.M)[1:]
    assert len(questions) == 6
    for question in questions:
        choices = CHOICE.findall(question)
        assert [letter for _, letter, _, _ in choices] == list("ABCD")[: len(choices)] and len(choices) >= 3
        answers = [body.strip().partition(".")[0] for _, _, _, body in choices]
        assert sorted(answers) == ["No"] * (len(choices) - 1) + ["Yes"], question
        assert all(len(body.split()) >= 8 for _, _, _, body in choices), question


@pytest.mark.parametrize("name", sorted(assignments()))
def test_each_exercise_has_its_minutes_hints_and_what_to_notice(name):
    cells = assignment(name).cells
    for cell in cells:
        if cell.kind == "exercise":
            assert cell.minutes, cell.name
            assert any((one.kind, one.name) == ("hints", cell.name) for one in cells), cell.name
            assert assignment(name).notice(cell.name), cell.name


def test_there_are_exercises_to_derive_and_the_right_choice_is_not_always_the_same():
    derived = [cell.name for name in assignments() for cell in assignment(name).cells if cell.level == "derive"]
    assert len(derived) >= 15
    right = [
        letter
        for chapter in CHAPTERS
        for _, letter, _, body in CHOICE.findall((chapter / "recap.md").read_text())
        if body.strip().startswith("Yes")
    ]
    assert max(map(right.count, "ABC")) <= len(right) // 2
