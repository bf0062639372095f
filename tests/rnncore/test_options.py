"""The command line of every task: what is wrong is said before the first step, in one line, with exit status 2."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rnncore.tasks import charlm, labelled
from rnncore.tasks.options import SOURCE

RESULTS = Path(__file__).resolve().parents[2] / "results"
TASKS = (
    *("adding", "captions", "charlm", "copy", "music", "names"),
    *("pixels", "polarity", "tagging", "translate", "wordlm"),
)
WRONG = {
    "": [
        (["--steps", "0"], "argument --steps: got '0', expected an integer, at least 1"),
        (["--steps", "-3"], "argument --steps: got '-3', expected an integer, at least 1"),
        (["--steps", "many"], "argument --steps: got 'many', expected an integer, at least 1"),
        (["--seed", "-1"], "argument --seed: got '-1', expected an integer, at least 0"),
        (["--device", "abacus"], "argument --device: "),
        (["--cell", "elman"], "argument --cell: got 'elman', expected one of gru, "),
        (["--plot", "loss.bmp"], "argument --plot: got 'loss.bmp', expected a name that ends in .svg or .png or .html"),
        (["--results", "/proc/no/r.json"], "argument --results: '/proc/no' cannot be written to"),
        (["--run-dir", "/proc/no"], "argument --run-dir: '/proc/no' cannot be written to"),
        (["--plot", "/proc/no/p.svg"], "argument --plot: '/proc/no' cannot be written to"),
        (["--results", "."], "argument --results: got '.', which is a folder, expected a file"),
        (["--warp", "9"], "unrecognized arguments: --warp 9"),
        (["--step", "9"], "unrecognized arguments: --step 9"),  # no abbreviations, which change their meaning
    ],
    "charlm": [
        (
            ["--lr", "100"],
            "argument --lr: has no effect on the built-in source, only on a corpus and a file of your own",
        ),
        (["--layers", "3"], "argument --layers: has no effect on the built-in source"),
        (["--dropout", "0"], "argument --dropout: has no effect on the built-in source"),
        (["--save", "m.npz"], "argument --save: has no effect on the built-in source"),
        (["--temperature", "-1"], "argument --temperature: got '-1', expected a number, at least 0"),
        (["--temperature", "inf"], "argument --temperature: got 'inf', expected a number, at least 0"),
        (["--lr", "-1"], "argument --lr: got '-1', expected a positive number"),
        (["--lr", "nan"], "argument --lr: got 'nan', expected a positive number"),
        (["--dropout", "1"], "argument --dropout: got '1', expected a number in [0, 1)"),
        (
            ["--data", "nothing.txt"],
            "argument --data: got 'nothing.txt', which is no file; expected a text file in UTF-8",
        ),
        (["--data", "tiny-shakespeare", "--source", "even-process"], "argument --source: has no effect on a corpus"),
        (
            ["--data", "tiny-shakespeare", "--save", "m.txt"],
            "argument --save: got 'm.txt', expected a name that ends in",
        ),
    ],
    "music": [
        (["--wav", "a.wav"], "argument --wav: needs --midi, got none"),
        (["--midi", "a.wav"], "argument --midi: got 'a.wav', expected a name that ends in .mid or .midi"),
        (["--hidden", "9"], "argument --hidden: has no effect on the built-in source"),
    ],
    "polarity": [(["--folds", "2"], "argument --folds: has no effect on the built-in source, only on a corpus")],
    "tagging": [(["--layers", "2"], "argument --layers: has no effect on the built-in source")],
    "translate": [(["--beam", "2"], "argument --beam: has no effect on the built-in source")],
    "adding": [(["--length", "0"], "argument --length: got '0'"), (["--lr", "0"], "argument --lr: got '0'")],
    "copy": [(["--delay", "x"], "argument --delay: got 'x', expected an integer, at least 1")],
    "names": [(["--data", "names", "--save", "m.npz"], "argument --save: of names, a model is kept of a file")],
}
CASES = [(task, *case) for task in TASKS for case in (*WRONG[""], *WRONG.get(task, []))]


@pytest.fixture
def unlearned(monkeypatch):
    """Fail at the first training."""
    for task in TASKS:
        module = importlib.import_module(f"rnncore.tasks.{task}")
        monkeypatch.setattr(module, "fit", lambda *_, **__: pytest.fail("it was trained first"))


@pytest.mark.parametrize("task, arguments, words", CASES, ids=[f"{t} {' '.join(a)}" for t, a, _ in CASES])
def test_a_mistake_is_told_in_one_line_before_the_first_step(
    task, arguments, words, capsys, unlearned, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert importlib.import_module(f"rnncore.tasks.{task}").main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith(f"python -m rnncore.tasks.{task}: error: {words}"), told.err
    assert told.err.count("\n") == 1


def test_a_mistake_ends_the_process_with_status_two_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "rnncore.tasks.charlm", "--lr", "-1"], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == "python -m rnncore.tasks.charlm: error: argument --lr: got '-1', expected a positive number\n"


@pytest.mark.parametrize(
    "failure, status, words",
    [
        (FloatingPointError("step 7: the loss is nan"), 1, "failed: step 7: the loss is nan"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=["nan", "interrupt"],
)
def test_a_training_that_fails_or_is_stopped_says_so(monkeypatch, capsys, failure, status, words):
    def fit(*_, **__):
        raise failure

    monkeypatch.setattr(charlm, "fit", fit)
    assert charlm.main(["--quiet"]) == status
    assert words in capsys.readouterr().err


def test_a_corpus_that_cannot_be_had_is_named(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("RNNCORE_DATA", str(tmp_path))
    for task, name in [("charlm", "tiny-shakespeare"), ("wordlm", "multi30k"), ("translate", "multi30k"),
                       ("tagging", "ud-english-ewt"), ("polarity", "rt-polarity"), ("names", "names"),
                       ("music", "jsb-chorales")]:  # fmt: skip
        assert importlib.import_module(f"rnncore.tasks.{task}").main(["--data", name]) == 2
        told = capsys.readouterr().err
        assert (
            f"argument --data: {name} cannot be had: RNNCORE_DATA: expected the file" in told and told.count("\n") == 1
        )


def test_every_option_says_what_it_has_an_effect_on_or_has_one_everywhere(capsys):
    with pytest.raises(SystemExit):
        charlm.main(["--help"])
    printed = capsys.readouterr().out
    assert "weight decay (of a corpus and a file of your own)" in " ".join(printed.split()) and SOURCE in printed


class Reached(Exception):
    """The options were taken."""


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_the_command_of_every_stored_result_is_still_taken(path, monkeypatch):
    record = json.loads(path.read_text())
    command = str(record.get("command", "")).split() if isinstance(record, dict) else []
    if "-m" not in command or not command[command.index("-m") + 1].startswith("rnncore.tasks."):
        pytest.skip("no training of a task")
    module = importlib.import_module(command[command.index("-m") + 1])

    def reach(*_, **__):
        raise Reached

    for place in (module, labelled):
        monkeypatch.setattr(place, "fit", reach)
    if hasattr(module, "load"):
        monkeypatch.setattr(module, "load", reach)  # no corpus is needed
    with pytest.raises(Reached):
        module.main(command[command.index("-m") + 2 :])
