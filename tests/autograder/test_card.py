"""The card of a verdict: what it tells, where its maps are filled, and that a failing check still raises."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from autograder import CheckFailed, card, check
from autograder.card import where_wrong
from autograder.checks import Verdict, run_check
from autograder.checks.compare import compare, wrong_entries
from autograder.checks.run import drawn
from autograder.checks.solutions import solution_functions
from autograder.checks.verdict import FailedCase

FORWARD = solution_functions("rnn_forward")["rnn_forward"]
STEP, BACK = solution_functions("rnn_step_backward").values()


def late(*arguments):
    hs, cache = FORWARD(*arguments)
    return np.concatenate([hs[:2], hs[2:] + 0.1]), cache


def three_mistakes(dh_next, cache):
    dx, dh, dV, dW, db = BACK(dh_next, cache)
    return dx, -dh, dV, dW.T, db / len(dh_next)


def unwritten(*arguments):
    raise NotImplementedError


def of(exercise, *functions):
    """Return a verdict, the maps of its outputs, and its card."""
    verdict = run_check(exercise, functions)
    names = ("rnn_step", "rnn_step_backward") if len(functions) > 1 else (exercise,)
    maps = where_wrong(verdict, dict(zip(names, functions)), 0)
    return verdict, maps, card.card(verdict, maps)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def notebook(monkeypatch):
    """Pretend that a notebook shows what is displayed; the list of what was."""
    shown = []
    monkeypatch.setattr("autograder.student.in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, **how: shown.append(data))
    return shown


def test_a_card_tells_what_was_called_which_outputs_are_right_and_what_to_reread():
    verdict, _, html = of("rnn_step_backward", STEP, three_mistakes)
    said = words(html)
    for part in [
        "not right yet rnn_step_backward",
        "Called: rnn_step((3, 4), (3, 6), (6, 4), (6, 6), (6,)) then rnn_step_backward((3, 6), cache)",
        *("✗ dh wrong", "✗ dW wrong", "✗ db wrong", "✓ dx right", "✓ dV right"),
        "What was seen: dh has the wrong sign everywhere and is right otherwise.",
        "dW is the transpose of what is expected.",
        "db is what is expected, divided by the batch size, B.",
        "equation (2.14) in “Backpropagation through time”",
    ]:
        assert part in said, said
    assert said.count("Reread") == 1 and said.count("dh has the wrong sign") == 1
    assert all(line in said for line in verdict.message.split("\n") if line.startswith(("dW", "db", "What")))


def test_a_card_is_sound_html_with_a_word_beside_each_colour():
    for exercise, *functions in [
        ("rnn_step_backward", STEP, three_mistakes),
        ("rnn_forward", late),
        ("rnn_forward", unwritten),
        ("rnn_forward", FORWARD),
        ("rnn_forward", lambda *a: 1 / 0),
    ]:
        _, _, html = of(exercise, *functions)
        ET.fromstring(html.replace("<br>", "<br/>"))
        assert "<script" not in html
    assert words(of("rnn_forward", FORWARD)[2]).startswith("right rnn_forward in all")
    unfinished = words(of("rnn_forward", unwritten)[2])
    assert unfinished.startswith("not written yet rnn_forward") and "Called" not in unfinished


def test_the_map_is_filled_where_the_array_is_wrong_and_nowhere_else():
    verdict, maps, html = of("rnn_forward", late)
    (place,) = verdict.places
    assert not maps["hs"][:2].any() and maps["hs"][2:].all()
    cells = re.findall(r"<rect [^>]*/>", html)
    filled = [f'fill="{card.RED}"' in cell for cell in cells]
    assert filled == maps["hs"].ravel().tolist() and sum(filled) == place.wrong
    assert "batch rows down, units across, one panel for each time step" in words(html)
    framed = [k for k, cell in enumerate(cells) if 'stroke-width="2"' in cell]
    assert framed == [int(np.argmax(maps["hs"]))]


def test_a_map_agrees_with_the_comparison(monkeypatch):
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e4):
        want = scale * rng.normal(size=(4, 5))
        got = want + scale * 1e-4 * rng.choice([0, 0, 1], size=want.shape)
        got[1, 2] = want[1, 2] + 2 * scale + 1
        place = compare("q", got, want, "BH")
        assert place is not None
        wrong = wrong_entries(got, want, 1e-5)
        assert int(wrong.sum()) == place.wrong and tuple(np.argwhere(wrong)[0]) == place.index
    got[0, 0] = np.nan
    place = compare("q", got, want, "BH")
    assert place is not None and wrong_entries(got, want, 1e-5).sum() == place.wrong == 1


def test_no_expected_number_is_in_a_card():
    _, _, html = of("rnn_forward", lambda *a: (np.zeros_like(FORWARD(*a)[0]), None))
    for case in drawn("rnn_forward", 0)[:1]:
        for value in np.ravel(case.expected["hs"]):
            assert f"{value:.9f}"[:6] not in html


def test_a_function_that_is_wrong_elsewhere_the_second_time_has_no_map():
    calls = []

    def moody(*arguments):
        hs, cache = FORWARD(*arguments)
        calls.append(0)
        hs = hs.copy()
        hs.ravel()[len(calls) % hs.size] += 1
        return hs, cache

    _, maps, html = of("rnn_forward", moody)
    assert maps == {} and "<svg" not in html


def test_what_a_student_prints_while_the_map_is_made_is_not_told_again(capsys):
    def talks(*arguments):
        print("here")
        return late(*arguments)

    verdict = run_check("rnn_forward", (talks,))
    capsys.readouterr()
    assert where_wrong(verdict, {"rnn_forward": talks}, 0)
    assert capsys.readouterr().out == ""


def test_words_of_a_student_are_no_html():
    def raises(*arguments):
        raise ValueError("<img src=x onerror=alert(1)>")

    _, _, html = of("rnn_forward", raises)
    assert "<img" not in html and "&lt;img" in html
    strange = Verdict("<b>", case=FailedCase(1, "<i>"), cases=1, failed_cases=1, right_outputs=("<u>", "<s>"))
    assert not re.search("<[ius]>", card.card(strange)) and "<b><b>" not in card.card(strange)


def test_in_a_notebook_a_failing_check_shows_a_card_and_raises_with_two_lines(notebook):
    with pytest.raises(CheckFailed) as caught:
        check("rnn_forward", late)
    (shown,) = notebook
    assert 'role="group"' in shown["text/html"] and "<rect" in shown["text/html"]
    assert shown["text/plain"] == str(caught.value)
    (short,) = caught.value._render_traceback_()
    assert short.count("\n") == 1 and short.startswith("rnn_forward: not right yet.") and "hs is wrong" in short


def test_in_a_notebook_a_right_answer_shows_a_card(notebook):
    check("rnn_forward", FORWARD)
    assert ">right</span>" in notebook[0]["text/html"]
    assert notebook[0]["text/plain"].startswith("rnn_forward: right, in all")


def test_who_asks_for_text_gets_text_in_a_notebook_too(notebook):
    said = []
    check("rnn_forward", FORWARD, show=said.append)
    assert said[0].startswith("rnn_forward: right")
    assert not any(isinstance(one, dict) for one in notebook)


def test_a_terminal_gets_the_same_in_text():
    with pytest.raises(CheckFailed) as caught:
        check("rnn_forward", late)
    assert type(caught.value) is CheckFailed
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_the_link_leads_to_the_equation_and_a_file_is_spelled_out(monkeypatch):
    verdict = run_check("rnn_forward", (late,))
    monkeypatch.setattr(card, "built", lambda: "https://example.org/book")
    html = card.card(verdict)
    assert 'href="https://example.org/book/ch01_rnn/forward.html#equation-rnn-forward"' in html
    assert "https://example.org" not in words(html)
    monkeypatch.setattr(card, "built", lambda: "file:///book")
    assert "file:///book/ch01_rnn/forward.html" in words(card.card(verdict))
    monkeypatch.setattr(card, "built", lambda: "")
    assert "<a " not in card.card(verdict) and "Reread equation (1.5)" in words(card.card(verdict))
