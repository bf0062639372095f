"""Your own files: what is wrong with one is said of it, and each task learns one, keeps the model, uses it again."""

import importlib
import io
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from rnncore.__main__ import main as rnncore_main
from rnncore.data import files
from rnncore.tasks import charlm, music
from rnncore.tasks.saved import load_model, save_model
from rnncore.train.checkpoint import load_checkpoint
from rnncore.types import Refused
from tests.rnncore.test_tasks import KILLED

LATIN = ["arma virumque cano", "Troiae qui primus ab oris", "Italiam fato profugus", "Lavinaque venit litora"]
CYRILLIC = [
    "у лукоморья дуб зелёный",
    "златая цепь на дубе том",
    "и днём и ночью кот учёный",
    "всё ходит по цепи кругом",
]
CHINESE = ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡", "白日依山尽", "黄河入海流"]
SCRIPTS = {"Latin": LATIN, "Cyrillic": CYRILLIC, "Chinese": CHINESE}


def written(path, lines, count=400, seed=0):
    """Write a text of so many lines, drawn by a seed."""
    rng = np.random.default_rng(seed)
    path.write_text("\n".join(lines[k] for k in rng.integers(len(lines), size=count)) + "\n", encoding="utf-8")
    return path


# reading

BAD = {
    "empty": (b"", "got an empty file, expected text"),
    "white": (b" \n\t\n", "got nothing but white space, expected text"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "got a binary file (byte 8 is zero), expected text in UTF-8"),
    "latin-1": ("eins\nzwölf".encode("latin-1"), "line 2: got the byte 0xf6, expected UTF-8; if it is Latin-1"),
    "utf-16": ("text".encode("utf-16"), "got UTF-16, expected UTF-8; convert it with: iconv"),
}
READERS = {
    "text": files.read_text,
    "lines": files.read_lines,
    "columns": lambda path: files.read_columns(path, ("a", "b")),
    "parallel": lambda path: files.read_parallel(path, path),
    "conllu": files.read_conllu,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_text_is_refused_by_every_reader(kind, reader, tmp_path):
    path = tmp_path / "my.txt"
    path.write_bytes(BAD[kind][0])
    with pytest.raises(Refused) as refused:
        READERS[reader](path)
    assert str(refused.value).startswith(f"{path}: {BAD[kind][1]}")


@pytest.mark.parametrize("reader", [*READERS, "midi"])
def test_what_is_not_there_is_refused_by_every_reader(reader, tmp_path):
    read = {**READERS, "midi": lambda path: files.read_midi(path, 36, 81)}[reader]
    with pytest.raises(Refused, match=r"no\.txt: no such file; expected a file, or a folder of"):
        read(tmp_path / "no.txt")
    with pytest.raises(Refused, match="got a folder without any"):
        read(tmp_path)


def test_text_is_read_as_unicode_says_and_folders_in_order(tmp_path):
    (tmp_path / "b.txt").write_bytes("\ufeffzwölf\r\nБ\r".encode())
    (tmp_path / "a.txt").write_bytes("明".encode())
    (tmp_path / "c.md").write_bytes(b"not this")
    assert files.read_text(tmp_path / "b.txt") == "zwölf\nБ\n"
    assert files.read_text(tmp_path) == "明\nzwölf\nБ\n" and files.read_lines(tmp_path) == ["明", "zwölf", "Б"]


def test_a_line_of_another_form_is_named(tmp_path):
    path = tmp_path / "my.tsv"
    path.write_text("a\tb\n\nc\n")
    with pytest.raises(Refused, match=r"my\.tsv: line 3: got 1 columns, expected text TAB label"):
        files.read_columns(path, ("text", "label"))
    other = tmp_path / "other.txt"
    other.write_text("a\nb\nc\nd\n")
    with pytest.raises(Refused, match=r"other\.txt: got 4 lines, expected 3 as in"):
        files.read_parallel(path, other)
    with pytest.raises(Refused, match=r"expected CoNLL-U|got no sentence"):
        files.read_conllu(other)
    path.write_text("1\tdogs\tdog\t_\t_\t_\t_\t_\t_\t_\n\n")
    with pytest.raises(Refused, match=r"sentence 1: got no part of speech \(UPOS\) for 'dogs'"):
        files.read_conllu(path)
    with pytest.raises(Refused, match="expected a MIDI file"):
        files.read_midi(other, 36, 81)
    with pytest.raises(Refused, match="got 1 label, b, expected at least two"):
        files.labelled([("a", "b")], path)
    with pytest.raises(Refused, match="got 1 lines labelled 'b', expected at least 10"):
        files.labelled([("a", "b"), ("a", "c")], path)
    with pytest.raises(Refused, match="got 3 sentences, expected at least 10"):
        files.in_parts([1, 2, 3], path, "sentences")


def test_parts_are_contiguous_and_lose_nothing(tmp_path):
    for n in range(10, 40):
        parts = files.in_parts(range(n), tmp_path, "lines")
        assert [*parts[0], *parts[1], *parts[2]] == list(range(n)) and all(parts)


def test_midi_comes_back_as_it_was_written(tmp_path):
    voices = [
        np.array([72, 72, 74, 0]),
        np.array([67, 67, 67, 67]),
        np.array([64, 60, 64, 60]),
        np.array([48, 0, 0, 48]),
    ]
    music.write_midi(voices, tmp_path / "a.mid", step=0.125)  # sixteenths at 120 quarters a minute
    (piece,) = files.read_midi(tmp_path / "a.mid", 36, 81)
    expected = np.sort(np.array(voices).T, axis=1)[:, ::-1]
    np.testing.assert_array_equal(piece, expected)
    music.write_midi([np.array([24, 100])], tmp_path / "b.mid")
    assert [p.tolist() for p in files.read_midi(tmp_path, 36, 81)[1][:, :1]] == [[36], [76]]


# from a file to a model that is used


def tagged(path):
    rng = np.random.default_rng(0)
    tags = {"the": "DET", "cat": "NOUN", "dog": "NOUN", "sees": "VERB", "runs": "VERB"}
    lines = []
    for _ in range(60):
        sentence = ["the", ["cat", "dog"][rng.integers(2)], ["sees", "runs"][rng.integers(2)]]
        lines += [f"{k}\t{w}\t_\t{tags[w]}\t_\t_\t0\t_\t_\t_" for k, w in enumerate(sentence, 1)] + [""]
    path.write_text("\n".join(lines) + "\n")


def columns(*pairs):
    return lambda path: path.write_text("".join(f"{a}\t{b}\n" for _ in range(30) for a, b in pairs), encoding="utf-8")


def tune(path):
    music.write_midi([np.tile([72, 74, 76, 77], 200), np.tile([60, 60, 62, 62], 200)], path, step=0.125)


PAIRS = columns(("der Hund läuft", "the dog runs"), ("die Katze sieht", "the cat sees"))
LABELS = columns(("gut und schön", "praise"), ("bad and ugly", "blame"))
OWN = {
    "charlm": ("my.txt", lambda path: written(path, CYRILLIC), ["--hidden", "8"], ["generate", "--length", "9"]),
    "wordlm": ("my.txt", lambda path: written(path, LATIN), ["--hidden", "8"], ["generate", "--prompt", "arma neu"]),
    "captions": ("my.tsv", PAIRS, ["--hidden", "8"], ["generate", "--prompt", "Hund"]),
    "music": ("my.mid", tune, ["--hidden", "8"], ["generate", "--midi", "new.mid", "--length", "4"]),
    "names": ("my.tsv", LABELS, [], ["classify", "schön"]),
    "polarity": ("my.tsv", LABELS, [], ["classify", "bad und unseen"]),
    "tagging": ("my.conllu", tagged, ["--hidden", "8"], ["tag", "the bird sees"]),
    "translate": ("my.tsv", PAIRS, ["--hidden", "8", "--embedding", "8"], ["translate", "der Hund"]),
}
ANSWERS = {
    "wordlm": "arma neu ",
    "names": "\tschön\n", "polarity": "\tbad und unseen\n", "tagging": "the/", "music": "new.mid",
}  # fmt: skip


@pytest.mark.parametrize("task", OWN)
def test_each_task_learns_a_file_keeps_the_model_and_uses_it(task, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, write, sizes, (use, *how) = OWN[task]
    write(tmp_path / name)
    main = importlib.import_module(f"rnncore.tasks.{task}").main
    assert main(["--data", name, "--steps", "4", "--quiet", "--save", "m.npz", "--results", "r.json", *sizes]) == 0
    record = json.loads((tmp_path / "r.json").read_text())
    assert record["steps"] == 4 and "--data" in record["command"] and "--save" not in record["command"]
    assert all(np.isfinite(v) for v in record["scores"].values() if isinstance(v, float))
    capsys.readouterr()
    answers = []
    for _ in range(2):
        assert rnncore_main([use, "m.npz", *how]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] and ANSWERS.get(task, "") in answers[0] and answers[0].strip()
    wrong = "tag" if use != "tag" else "translate"
    assert rnncore_main([wrong, "m.npz", "x"]) == 2
    assert f"m.npz: got a model of {task}, expected one of" in capsys.readouterr().err


@pytest.mark.parametrize("task", OWN)
@pytest.mark.parametrize("kind", [*BAD, "one line", "missing"])
def test_each_task_says_what_is_wrong_with_a_file(task, kind, tmp_path, capsys):
    path = tmp_path / OWN[task][0]
    if kind != "missing":
        path.write_bytes(BAD[kind][0] if kind in BAD else b"only this\tone\n")
    assert importlib.import_module(f"rnncore.tasks.{task}").main(["--data", str(path), "--quiet"]) == 2
    told = capsys.readouterr()
    assert str(path) in told.err and told.err.count("\n") == 1 and "expected" in told.err and not told.out


def test_a_text_that_is_too_short_is_told_in_the_readers_terms(tmp_path, capsys):
    path = written(tmp_path / "short.txt", LATIN, 30)
    assert charlm.main(["--data", str(path)]) == 2
    assert "characters (90 % of it) to train on, expected more than 2048: --batch 32 streams of --window 64" in (
        capsys.readouterr().err
    )
    for train, validation in [("a", "abc"), ("abc" * 99, "a")]:
        with pytest.raises(Refused, match="characters, expected at least"):
            charlm.train_text(train, validation, progress=False)


def test_lines_of_the_standard_input_are_answered_one_by_one(tmp_path, capsys, monkeypatch):
    LABELS(tmp_path / "my.tsv")
    names = importlib.import_module("rnncore.tasks.names")
    assert (
        names.main(["--data", str(tmp_path / "my.tsv"), "--steps", "60", "--quiet", "--save", str(tmp_path / "m.npz")])
        == 0
    )
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.StringIO("gut und schön\n\nbad and ugly\n"))
    assert rnncore_main(["classify", str(tmp_path / "m.npz")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["praise", "blame"]


def test_what_is_no_model_is_refused(tmp_path, capsys):
    (tmp_path / "a.npz").write_bytes(b"PK")
    for path, words in [("a.npz", "expected a checkpoint"), ("no.npz", "cannot be read: No such file")]:
        assert rnncore_main(["generate", str(tmp_path / path)]) == 2
        assert words in capsys.readouterr().err


def test_the_unknown_symbol_is_read_and_never_written(tmp_path, capsys):
    text = "abab" * 600 + "Ω" + "baba" * 600 + "Ж" * 300
    path = tmp_path / "my.txt"
    path.write_text(text, encoding="utf-8")
    arguments = ["--data", str(path), "--steps", "3", "--hidden", "4", "--quiet", "--save", str(tmp_path / "m.npz")]
    assert charlm.main([*arguments, "--results", str(tmp_path / "r.json")]) == 0
    scores = json.loads((tmp_path / "r.json").read_text())["scores"]
    lacking = scores["validation, share of unknown characters"]
    assert lacking == pytest.approx(300 / 511, abs=0.01) and scores["symbols"] == 3
    named = (scores["validation, nats per character"] + lacking * np.log(0x110000 - 3)) / np.log(2)
    assert scores["validation, bits per character, unknown ones named"] == pytest.approx(named, rel=1e-12)
    capsys.readouterr()
    assert rnncore_main(["generate", str(tmp_path / "m.npz"), "--prompt", "aΩЖ", "--temperature", "9"]) == 0
    told = capsys.readouterr()
    assert set(told.out.removeprefix("aΩЖ")) <= set("ab\n") and "'Ω' 'Ж'" in told.err


def test_a_text_whose_validation_has_other_symbols_is_learned_from_python_too():
    _, vocabulary, run = charlm.train_text("ab" * 200, "abc" * 9, 2, H=4, T=8, B=4, progress=False)
    assert vocabulary.symbols == ("<unk>", "a", "b") and np.isfinite(run.lowest())


def test_a_models_numbers_are_the_same_after_it_was_kept(tmp_path):
    from rnncore.models import Conditional, LanguageModel

    model = Conditional(3, LanguageModel(5, 4, 3, 6, layers=2))
    params = model.init(np.random.default_rng(0), np.float32)
    save_model(tmp_path / "m.npz", "music", model, params, note=[1, 2])
    found = load_model(tmp_path / "m.npz", "music")
    assert found.model == model and found.kept == {"note": [1, 2]}
    assert all((found.params[name] == p).all() and found.params[name].dtype == p.dtype for name, p in params.items())


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_in_any_script_trains_is_killed_goes_on_to_the_bit_and_is_written_on(script, tmp_path, capsys):
    path = written(tmp_path / "my.txt", SCRIPTS[script], 600)
    common = ["--data", str(path), "--steps", "60", "--every", "20", "--hidden", "16", "--quiet", "--batch", "8"]
    run = lambda name: [*common, "--run-dir", str(tmp_path / name)]  # noqa: E731
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "rnncore.tasks.charlm", *run("killed")], capture_output=True, text=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for name in ("killed", "whole"):
        assert charlm.main([*run(name), "--save", str(tmp_path / f"{name}.npz")]) == 0
    killed, whole = (load_checkpoint(tmp_path / name / "checkpoint.npz") for name in ("killed", "whole"))
    assert killed[1]["parts"] == [{"from": 0, "steps": 60}, {"from": 20, "steps": 60}]
    for group, arrays in whole[0].items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(killed[0][group][name], array, err_msg=f"{group}/{name}")
    written_on = []
    for name in ("killed", "whole"):
        capsys.readouterr()
        assert rnncore_main(["generate", str(tmp_path / f"{name}.npz"), "--prompt", SCRIPTS[script][0]]) == 0
        written_on.append(capsys.readouterr().out)
    assert written_on[0] == written_on[1] and len(written_on[0]) == len(SCRIPTS[script][0]) + 401
    assert set(written_on[0]) <= set("\n".join(SCRIPTS[script]))
    path.write_text(path.read_text(encoding="utf-8") + "!!", encoding="utf-8")
    assert charlm.main(run("whole")) == 2  # the text is another one
    assert "holds another run: train was 'str" in capsys.readouterr().err
