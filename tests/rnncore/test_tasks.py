"""Every task: its distance from the optimum of its source, its command line, resume after a kill, real results."""

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnncore.data.sources import EMBEDDED_REBER, MELODIES, REVIEWS, SCENES, STRONG, TAGGED, Reversal
from rnncore.models import Classifier
from rnncore.tasks import adding, captions, copy, labelled, music, names, pixels, polarity, tagging, translate, wordlm
from rnncore.train import fit
from rnncore.train.checkpoint import load_checkpoint

RESULTS = Path(__file__).resolve().parents[2] / "results"
TASKS = (
    "adding",
    "captions",
    "charlm",
    "copy",
    "music",
    "names",
    "pixels",
    "polarity",
    "tagging",
    "translate",
    "wordlm",
)
quiet: dict[str, Any] = {"progress": False}

# distance from the optimum, in the unit of each source


@pytest.mark.slow
def test_wordlm_comes_within_a_twentieth_of_a_bit_a_string_of_embedded_reber():
    scores, _ = wordlm.train_source(EMBEDDED_REBER, **quiet)
    assert -0.02 <= scores["above the source"] <= 0.05 and scores["'too good' alarm"] == "silent"


@pytest.mark.slow
def test_captions_come_within_a_twentieth_of_a_bit_a_caption_and_use_the_picture():
    scores, model, run = captions.train(SCENES, **quiet)
    assert -0.02 <= scores["above the source"] <= 0.05 and scores["'too good' alarm"] == "silent"
    assert scores["gap to other scenes"] >= scores["information of the scene"]


@pytest.mark.slow
def test_the_tagger_agrees_with_the_exact_posterior_and_needs_the_right_context():
    scores, _ = tagging.train_source(TAGGED, **quiet)
    assert scores["mean divergence from it, bits per word"] <= 0.01
    assert scores["accuracy of the model"] >= scores["accuracy of the exact tagger, same words"] - 0.005
    one_way, _ = tagging.train_source(TAGGED, 200, bidirectional=False, **quiet)
    assert one_way["accuracy of the model"] <= TAGGED.bayes_accuracy(6, "left") + 0.02


@pytest.mark.slow
def test_translation_comes_within_a_tenth_of_a_bit_a_sentence_and_attention_is_what_does_it():
    scores, _ = translate.train_source(Reversal(), **quiet)
    assert -0.05 <= scores["above the source"] <= 0.1 and scores["'too good' alarm"] == "silent"


@pytest.mark.slow
def test_music_comes_within_a_tenth_of_a_bit_a_tune_and_beats_the_best_model_without_the_genre():
    scores, _, _ = music.train_source(MELODIES, **quiet)
    assert -0.02 <= scores["above the source"] <= 0.1 and scores["'too good' alarm"] == "silent"
    assert scores["model, bits per tune"] < scores["the exact score without the genre"]


def test_names_and_polarity_reach_the_best_accuracy_of_their_sources():
    scores, _ = names.train_source(STRONG, **quiet)
    assert scores["accuracy of the model"] >= scores["accuracy of the exact posterior"] - 0.005
    scores, _ = polarity.train_source(REVIEWS, **quiet)
    assert scores["accuracy"] >= REVIEWS.bayes_accuracy() - 0.015 > REVIEWS.bag_accuracy()


def test_short_memories_are_learned_and_the_baselines_are_where_they_should_be():
    value, run = copy.train("gru", delay=3, H=48, steps=1500, lr=0.01, solved=0.8, **quiet)
    assert value < 0.8 and run.step < 1500 and run.history[0]["validation"] < 1.1
    value, run = adding.train("gru", T=10, H=32, steps=1500, lr=0.01, solved=0.1, **quiet)
    assert value < 0.1 and run.step < 1500


@pytest.mark.slow
def test_digits_are_read_point_by_point():
    value, _ = pixels.train(steps=600, **quiet)
    assert value >= 0.8
    xs, labels, test, gold = pixels.digits(permuted=True)
    plain = pixels.digits()
    assert xs.shape == (64, 1437, 1) and test.shape == (64, 360, 1) and (labels == plain[1]).all()
    np.testing.assert_allclose(np.sort(xs[:, 0, 0]), np.sort(plain[0][:, 0, 0]))


# the command line


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_help_seed_device_and_a_results_file(task, tmp_path, capsys):
    main = importlib.import_module(f"rnncore.tasks.{task}").main
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    assert all(option in printed for option in ("--seed", "--device", "--run-dir", "--results", "--plot", "--steps"))
    short = {"adding": ["--length", "10"], "copy": ["--delay", "3"]}.get(task, [])
    results, plot = tmp_path / "results.json", tmp_path / "plot.svg"
    assert main(["--steps", "3", "--quiet", "--results", str(results), "--plot", str(plot), *short]) == 0
    record = json.loads(results.read_text())
    assert record["task"] == task and record["steps"] == 3 and record["scores"] and record["machine"]
    assert str(tmp_path) not in record["command"] and plot.read_text().startswith("<svg")


def test_a_task_runs_on_torch_as_on_numpy(tmp_path):
    both = []
    for device in ("cpu", "torch"):
        main = importlib.import_module("rnncore.tasks.wordlm").main
        main(["--steps", "20", "--quiet", "--device", device, "--results", str(tmp_path / f"{device}.json")])
        both.append(json.loads((tmp_path / f"{device}.json").read_text())["scores"]["model, bits per string"])
    assert both[0] == pytest.approx(both[1], rel=1e-9)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_runs_on_tensors_that_numpy_cannot_read(task, monkeypatch):
    def refuse(self, *_):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")  # as a GPU's say

    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.Tensor, "__array__", refuse)
    short = {"adding": ["--length", "10"], "copy": ["--delay", "3"]}.get(task, [])
    main = importlib.import_module(f"rnncore.tasks.{task}").main
    assert main(["--steps", "2", "--quiet", "--device", "torch", *short]) == 0


SHORT = {
    "adding": ["--length", "12", "--hidden", "16"],
    "charlm": ["--hidden", "8"],
    "copy": ["--delay", "3", "--hidden", "16"],
    "pixels": ["--hidden", "12"],
}


def command(task, run_dir, steps="200"):
    return ["--steps", steps, "--quiet", "--run-dir", str(run_dir), *SHORT.get(task, [])]


KILLED = """
import os, runpy, signal, sys
saved, replace = [], os.replace
def second_time_killed(partial, path):
    saved.append(path) if str(path).endswith("checkpoint.npz") else None
    if len(saved) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(partial, path)
os.replace, sys.argv = second_time_killed, sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Run a module, and kill it when its second checkpoint is written and not yet in place of the first: the worst moment,
and the same on every machine.
"""


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_a_killed_task_goes_on_and_ends_with_the_same_weights(task, tmp_path):
    steps, module = "400" if task == "pixels" else "200", f"rnncore.tasks.{task}"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, module, *command(task, tmp_path / "killed", steps)],
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert load_checkpoint(tmp_path / "killed" / "checkpoint.npz")[1]["step"] < int(steps)
    for name in ("killed", "whole"):
        assert importlib.import_module(module).main(command(task, tmp_path / name, steps)) == 0
    killed, whole = (load_checkpoint(tmp_path / name / "checkpoint.npz") for name in ("killed", "whole"))
    for run in (killed, whole):
        del run[1]["seconds"], run[1]["parts"]  # the only things that may differ
    assert killed[1] == whole[1]
    for group, arrays in whole[0].items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(killed[0][group][name], array, err_msg=f"{group}/{name}")


# music that can be heard


def test_music_is_written_as_midi_and_as_sound(tmp_path):
    import pretty_midi
    from scipy.io import wavfile

    voices = [np.array([60, 60, 0, 64]), np.array([48, 48, 48, 48])]
    midi = music.write_midi(voices, tmp_path / "tune.mid", step=0.5)
    read = pretty_midi.PrettyMIDI(str(tmp_path / "tune.mid"))
    notes = [[(n.pitch, round(n.start, 2), round(n.end, 2)) for n in i.notes] for i in read.instruments]
    assert notes == [[(60, 0.0, 1.0), (64, 1.5, 2.0)], [(48, 0.0, 2.0)]]
    sound = music.write_wav(midi, tmp_path / "tune.wav", rate=8000)
    rate, read_sound = wavfile.read(tmp_path / "tune.wav")
    assert rate == 8000 and len(read_sound) >= 16000 and np.abs(read_sound).max() > 20_000
    np.testing.assert_array_equal(sound, read_sound)


def test_chorales_as_strings_and_back():
    piece = np.array([[65, 60, 57, 53], [65, 60, 57, 53], [67, 0, 60, 48]])
    (string,) = music.Chorales([piece]).strings()
    assert string.tolist()[:4] == [30, 25, 22, 18] and string[9] == 0
    assert music.Chorales.condition(string).argmax() == 0  # C in the bass, no minor third above it
    minor = np.array([[63, 60, 60, 48]])
    assert music.Chorales.condition(music.Chorales([minor]).strings()[0]).argmax() == 12
    x, inputs, targets, mask = music.Chorales.batch([string, string[:4]])
    K = music.Chorales.K
    assert inputs[0].tolist() == [4 * K, 4 * K] and inputs[1, 0] == string[0] and inputs[2, 0] == K + string[1]
    assert mask.sum() == 16 and (targets[:, 0] == string).all()
    assert music.Chorales([piece + 20]).strings() == []  # out of range


# real corpora: the stored results, and a shortened replay of each

THRESHOLDS = {
    "tiny-shakespeare-3-minutes": ("validation, nats per character", 1.70, "at most"),
    "tiny-shakespeare-45-minutes": ("validation, nats per character", 1.52, "at most"),
    "ud-english-ewt": ("UPOS accuracy, test", 0.93, "at least"),
    "multi30k-attention": ("BLEU, test_2016_flickr", 28, "at least"),
    "rt-polarity": ("accuracy, mean over folds", 0.76, "at least"),
    "jsb-chorales": ("below the n-grams, percent", 20, "at least"),
}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_stored_results_reach_what_they_should(name):
    record = json.loads((RESULTS / f"{name}.json").read_text())
    key, bound, sense = THRESHOLDS[name]
    assert record["scores"][key] <= bound if sense == "at most" else record["scores"][key] >= bound
    assert record["command"] and record["machine"] and record["minutes"] > 0 and "seed" in record


def test_attention_is_worth_something_and_names_beat_counting():
    scores = [
        json.loads((RESULTS / f"{n}.json").read_text())["scores"]
        for n in ("multi30k-attention", "multi30k-no-attention", "names")
    ]
    assert scores[0]["BLEU, test_2016_flickr"] > scores[1]["BLEU, test_2016_flickr"]
    ngram = next(value for key, value in scores[2].items() if "grams" in key)
    assert scores[2]["accuracy, test"] > ngram


BEGINS = {
    "tiny-shakespeare-3-minutes": {"step": 60, "loss": 2.6768145, "validation": 2.2907555},
    "tiny-shakespeare-45-minutes": {"step": 12, "loss": 3.3237952, "validation": 2.9004772},
    "ud-english-ewt": {"step": 40, "loss": 2.3535446, "validation": 0.5337814},
    "multi30k-attention": {"step": 15, "loss": 7.4487259, "validation": 5.8164491},
    "jsb-chorales": {"step": 3, "loss": 3.8705915, "validation": 15.3352318},
    "names": {"step": 60, "loss": 1.6426935, "validation": 0.3790233},
}
"""The first steps of the stored runs. So few are still the same to five digits on every machine: a change of the data,
the start, the gradients or the optimiser that 1 % after the first entry of a history lets pass is seen here.
"""


class FirstSaved(Exception):
    """A run is about to save for the first time; the argument is its first entry of history."""


def replay(name, tmp_path, monkeypatch, every=None):
    """Run a stored result's command until its first entry of history, or that after `every` steps, and return it."""

    def save(path, groups, meta):
        raise FirstSaved(meta["history"][0])

    module, *arguments = stored(name)["command"].split()[2:]
    task = importlib.import_module(module)
    monkeypatch.setattr(sys.modules["rnncore.train.fit"], "save_checkpoint", save)
    if every is not None:
        for module in (task, labelled):
            monkeypatch.setattr(module, "fit", lambda *args, **more: fit(*args, **{**more, "every": every}))
    with pytest.raises(FirstSaved) as reached:
        task.main([*arguments, "--quiet", "--run-dir", str(tmp_path)])
    return reached.value.args[0]


on_corpora = pytest.mark.skipif(
    "RNNCORE_DATA" not in os.environ, reason="RNNCORE_DATA names no folder with the real corpora"
)


@pytest.mark.slow
@pytest.mark.real_data
@on_corpora
@pytest.mark.parametrize("name", BEGINS)
def test_the_first_steps_of_a_stored_result_are_reproduced(name, tmp_path, monkeypatch):
    ours, theirs = replay(name, tmp_path, monkeypatch, BEGINS[name]["step"]), BEGINS[name]
    assert ours["step"] == theirs["step"]
    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
    assert ours["validation"] == pytest.approx(theirs["validation"], rel=0.01)  # a rate of errors goes in jumps


@pytest.mark.slow
@pytest.mark.real_data
@on_corpora
@pytest.mark.skipif(not os.environ.get("THOROUGH"), reason="takes ten minutes; THOROUGH=1 runs it")
@pytest.mark.parametrize("name", BEGINS)
@pytest.mark.timeout(3000)
def test_the_begin_of_a_stored_result_is_reproduced(name, tmp_path, monkeypatch):
    ours, theirs = replay(name, tmp_path, monkeypatch), stored(name)["history"][0]
    assert ours["step"] == theirs["step"]
    assert ours["loss"] == pytest.approx(theirs["loss"], rel=0.01)  # float32, and sums in another order
    if "validation" in theirs:
        assert ours["validation"] == pytest.approx(theirs["validation"], rel=0.03)


def test_the_baseline_of_memory_is_reproduced_by_a_model_that_has_none():
    model = Classifier(None, 1, 2, 4)
    params = {name: 0 * p for name, p in model.init(np.random.default_rng(0)).items()}
    params["c"] = np.ones(1)
    xs, targets = adding.adding_task(20, 5000, np.random.default_rng(0))
    assert ((model.forward(params, xs)[0] - targets) ** 2).mean() == pytest.approx(1 / 6, abs=0.01)


def stored(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ["adding-gru", "adding-lstm", "adding-relu-identity"])
def test_gates_or_an_identity_solve_the_adding_problem_of_200_steps(name):
    record = stored(name)
    assert record["scores"]["mean squared error over that of always 1"] < 0.1 and record["steps"] <= 6000
    assert "--length" not in record["command"]  # the default, 200


def test_the_tanh_network_fails_to_add_and_an_orthogonal_one_stands_in_between():
    key = "mean squared error over that of always 1"
    assert stored("adding-rnn-uniform")["scores"][key] > 0.9 and stored("adding-rnn-orthogonal")["scores"][key] > 0.9
    lowest = [stored(f"adding-50-rnn-{start}")["scores"]["lowest on the way"] for start in ("uniform", "orthogonal")]
    assert lowest[0] > 0.9 and 0.1 < lowest[1] < 0.5  # at 50 steps; the gates need no help at 200


def test_gates_copy_over_delays_over_which_the_tanh_network_copies_nothing():
    key = "loss over that without memory"
    for start in ("uniform", "orthogonal"):
        assert stored(f"copy-10-rnn-{start}")["scores"][key] > 0.9
    for cell in ("gru", "lstm"):
        solved = [d for d in (10, 20, 50, 100) if stored(f"copy-{d}-{cell}-orthogonal")["scores"][key] < 0.1]
        assert solved and solved == [d for d in (10, 20, 50, 100) if d <= max(solved)]
