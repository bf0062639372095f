"""Training in several processes: torchrun, and torch's DistributedDataParallel, against one process on the whole batch.

Run by torchrun, this file is its own worker: `test_parallel.py JOB FOLDER`.
"""

import contextlib
import gc
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from rnncore.models import Classifier, Conditional, LanguageModel, Seq2Seq, Tagger
from rnncore.tasks import charlm, music, names, polarity, tagging, translate, wordlm
from rnncore.train import SGD, StepResult, fit, share, world
from rnncore.train.checkpoint import load_checkpoint
from rnncore.train.parallel import EmptyShare, cut, take_gpu

ROOT = Path(__file__).resolve().parents[2]
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
SHORT = {"adding": ["--length", "12"], "copy": ["--delay", "3"]}
MODELS = (Classifier, Conditional, LanguageModel, Seq2Seq, Tagger)


# what is trained: small data, dropout wherever there is some, batches that two processes do not divide


def text(n, seed=0):
    return "".join(np.random.default_rng(seed).choice(list("abcdef "), n))


def strings(n, longest, symbols, seed=0):
    draw = np.random.default_rng(seed)
    return [draw.integers(0, symbols, draw.integers(1, longest + 1)) for _ in range(n)]


def words(n, seed=0):
    return [["w" + str(k) for k in s] for s in strings(n, 7, 9, seed)]


def stateful(**more):
    return charlm.train_text(
        text(700), text(300, 1), B=5, T=16, H=12, layers=2, dropout=0.3, cell="lstm", every=5, **{"steps": 14, **more}
    )[2]


def classifier(**more):
    """Train on 17 names in batches of 4: the last of an epoch is one name and leaves nothing for a second process."""
    train, validation, test = (([text(k % 5 + 1, k) for k in range(n)], np.arange(n) % 3) for n in (17, 9, 9))
    return names.train((train, validation, test), 3, steps=12, D=5, H=6, B=4, every=5, **more)[1]


def pairs(**more):
    made = [(s, np.append(s[::-1], 7)) for s in strings(25, 6, 7)]
    return translate.train_pairs(
        Seq2Seq(8, 9, 6, 6, dropout=0.3), made[:18], made[18:], 8, B=5, every=4, smoothing=0.1, **more
    )


def tagged(**more):
    corpus = [[(w, "NV"[len(w) % 2 or int(w[1]) % 2]) for w in s] for s in words(20)]
    return tagging.train_treebank(corpus[:14], corpus[14:], 6, B=5, D=6, H=5, every=3, **more)[2]


def sentences(**more):
    return wordlm.train_sentences(words(22), words(7, 1), 6, D=8, H=8, B=5, every=3, **more)[2]


def chorales(**more):
    draw = np.random.default_rng(0)
    pieces = [draw.integers(50, 65, (int(draw.integers(2, 5)), 4)) for _ in range(9)]
    train, valid = music.Chorales(pieces), music.Chorales(pieces[:3])
    return music.train_chorales(train, valid, 4, D=6, H=8, B=3, every=2, **more)[1]


def fold(**more):
    return polarity.train_fold(words(30), np.arange(30) % 2, np.arange(5), D=6, H=5, steps=6, B=7, every=3, **more)[1]


RUNS = {f.__name__: f for f in (stateful, classifier, pairs, tagged, sentences, chorales, fold)}


@contextlib.contextmanager
def in_float64():
    """Make parameters of every model in float64, whatever a task asks for."""
    with contextlib.ExitStack() as stack:
        for model in MODELS:
            init = model.init
            stack.enter_context(
                mock.patch.object(model, "init", lambda self, rng, dtype=None, init=init: init(self, rng, np.float64))
            )
        key = music.Chorales.condition  # what is read beside the parameters has their dtype
        stack.enter_context(
            mock.patch.object(music.Chorales, "condition", lambda string: key(string).astype(np.float64))
        )
        yield


def everything(folder, prefix):
    """Write parameters and history of all runs in float64, and of one in float32, into files."""
    with in_float64():
        found = {name: run(progress=False) for name, run in RUNS.items()}
    found["single"] = stateful(progress=False)
    for name, run in found.items():
        np.savez(folder / f"{prefix}-{name}.npz", **run.params)
        (folder / f"{prefix}-{name}.json").write_text(json.dumps(run.history))


# what the processes do, by name


def job_everything(folder):
    everything(folder, f"rank-{world().rank}")


def job_tasks(folder):
    for name in TASKS:
        arguments = ["--run-dir", str(folder / name), "--results", str(folder / f"{name}.json"), *SHORT.get(name, [])]
        assert importlib.import_module(f"rnncore.tasks.{name}").main(["--steps", "2", *arguments]) == 0


def job_interrupted(folder):
    """Interrupt every process in its eighth step, three after the last checkpoint."""
    calls, loss = [], LanguageModel.loss

    def interrupted(*arguments, **more):
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return loss(*arguments, **more)

    with in_float64(), mock.patch.object(LanguageModel, "loss", interrupted):
        stateful(run_dir=folder / "two")


def job_resumed(folder):
    with in_float64():
        stateful(run_dir=folder / "two", progress=False)
        stateful(run_dir=folder / "one", progress=False)


def job_failing_step(folder):
    def step(params, step, rng, carry):
        if step == 2 and world().rank == 1:
            raise ValueError("only here")
        return StepResult(1.0, 1, {"w": np.ones(2)})

    fit({"w": np.zeros(2)}, step, SGD(0.1), 9, np.random.default_rng(0), progress=False)


def job_drifting(folder):
    """Take a step that draws something for its own part only; print what every process says to that."""

    def step(params, step, rng, carry):
        (x,) = share(np.zeros((3, 1)))
        rng.random(len(x))
        return StepResult(1.0, 1, {"w": np.ones(2)})

    with pytest.raises(RuntimeError) as refused:
        fit({"w": np.zeros(2)}, step, SGD(0.1), 9, np.random.default_rng(0), progress=False)
    (folder / f"drifting-{world().rank}.txt").write_text(str(refused.value))


def job_ddp(folder):
    """Run in the process group that training has made."""
    import torch

    import rnncore.torch as ours

    xs, targets = ddp_batch()
    for kind in ("RNN", "LSTM", "GRU"):
        module = torch.nn.parallel.DistributedDataParallel(ddp_module(getattr(ours, kind)))
        mine = slice(3 * world().rank, 3 * world().rank + 3)
        ddp_loss(module, xs[:, mine], targets[:, mine]).backward()
        torch.save([p.grad for p in module.parameters()], folder / f"{kind}-{world().rank}.pt")
        del module
        gc.collect()  # a module that held the group longest would wait for a thread that waits for it, for ever


def job_all(folder):
    """Run what goes well, in one launch, since starting torch takes longer than all of it."""
    for job in (job_everything, job_tasks, job_drifting, job_ddp):
        job(folder)


def ddp_module(kind):
    import torch

    torch.manual_seed(world().rank)  # rank 0's parameters are to win
    return kind(3, 4, 2, bidirectional=True, dtype=torch.float64)


def ddp_batch():
    import torch

    torch.manual_seed(7)
    return torch.randn(5, 6, 3, dtype=torch.float64), torch.randn(5, 6, 8, dtype=torch.float64)


def ddp_loss(module, xs, targets):
    return ((module(xs)[0] - targets) ** 2).mean()


def launch(job, folder, seconds=600):
    """Run torchrun on this file, with two processes. seconds: after which it hangs, however busy the machine."""
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    arguments = [*start, __file__, job, str(folder)]
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.terminate()  # torchrun then ends its processes; if it were killed, they would live on
            out, err = process.communicate()
            pytest.fail(f"{job} hangs: {err}")
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def assert_same(folder, first, second, tolerance):
    """Expect the same parameters and history in two sets of files."""
    ours, theirs = (np.load(folder / f"{name}.npz") for name in (first, second))
    assert ours.files == theirs.files
    for name in ours.files:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=tolerance, err_msg=f"{first}, {name}")
    ours, theirs = (json.loads((folder / f"{name}.json").read_text()) for name in (first, second))
    assert len(ours) == len(theirs) > 0
    for mine, other in zip(ours, theirs):
        assert mine == pytest.approx(other, rel=tolerance, abs=tolerance)


# torchrun against one process


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """Return (folder of what two processes wrote in all jobs that go well, what they printed)."""
    folder = tmp_path_factory.mktemp("runs")
    done = launch("all", folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def folder(launched):
    """Return the folder of all runs, in one process and in two."""
    everything(launched[0], "alone")
    return launched[0]


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_two_processes_train_as_one(folder, run):
    assert_same(folder, f"rank-0-{run}", f"alone-{run}", 1e-10)
    assert_same(folder, f"rank-1-{run}", f"rank-0-{run}", 0)


@pytest.mark.slow
def test_in_single_precision_they_differ_by_rounding(folder):
    assert_same(folder, "rank-0-single", "alone-single", 2e-5)
    assert_same(folder, "rank-1-single", "rank-0-single", 0)


@pytest.mark.slow
def test_every_task_runs_under_torchrun_prints_once_and_learns_the_same(launched, tmp_path):
    folder, printed = launched
    assert printed.count("results: ") == len(TASKS)
    for name in TASKS:
        record = json.loads((folder / f"{name}.json").read_text())
        assert record["steps"] == 2
        assert record["command"].startswith(f"torchrun --nproc-per-node 2 -m rnncore.tasks.{name} --steps 2")
        main = importlib.import_module(f"rnncore.tasks.{name}").main
        main(["--steps", "2", "--quiet", "--run-dir", str(tmp_path / name), *SHORT.get(name, [])])
        ours, theirs = (load_checkpoint(place / name / "checkpoint.npz") for place in (folder, tmp_path))
        for group in ("params", "optimiser"):
            for key, array in theirs[0][group].items():
                tolerance = 1e-10 if array.dtype == np.float64 else 1e-4
                np.testing.assert_allclose(ours[0][group][key], array, atol=tolerance, err_msg=f"{name}, {key}")


@pytest.mark.slow
def test_an_interrupted_run_goes_on_with_two_processes_or_with_one(tmp_path):
    done = launch("interrupted", tmp_path)
    assert done.returncode != 0
    assert done.stderr.count("Interrupted after step 7; go on from") == 1 and "last saved step 5" in done.stderr
    groups, meta = load_checkpoint(tmp_path / "two" / "checkpoint.npz")
    assert meta["step"] == 5 and all(part.shape[1] == 5 for part in groups["carry"].values())
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "checkpoint.npz").write_bytes((tmp_path / "two" / "checkpoint.npz").read_bytes())
    with in_float64():
        stateful(run_dir=tmp_path / "one", steps=5, progress=False)  # two processes are to go on from here
        runs = [stateful(run_dir=tmp_path / "back", progress=False)]
        done = launch("resumed", tmp_path)
        assert done.returncode == 0, done.stderr
        runs += [stateful(run_dir=tmp_path / name, progress=False) for name in ("two", "one")]
        whole = stateful(progress=False)
    for run in runs[:2]:
        assert run.step == 14 and [e["step"] for e in run.history] == [5, 10, 14]
        for name, p in whole.params.items():
            np.testing.assert_allclose(run.params[name], p, atol=1e-10, err_msg=name)


@pytest.mark.slow
def test_an_error_in_one_process_ends_all(tmp_path):
    done = launch("failing_step", tmp_path)
    assert done.returncode != 0 and "ValueError: only here" in done.stderr


@pytest.mark.slow
def test_processes_that_drift_apart_are_told_in_each(launched):
    for rank in range(2):
        assert "drew different" in (launched[0] / f"drifting-{rank}.txt").read_text()


@pytest.mark.slow
def test_distributed_data_parallel_finds_the_gradients_of_the_whole_batch(launched):
    import torch

    import rnncore.torch as ours

    for kind in ("RNN", "LSTM", "GRU"):
        module = ddp_module(getattr(ours, kind))
        ddp_loss(module, *ddp_batch()).backward()
        for rank in range(2):
            grads = torch.load(launched[0] / f"{kind}-{rank}.pt")
            assert len(grads) == len(list(module.parameters()))
            for grad, p in zip(grads, module.parameters()):
                torch.testing.assert_close(grad, p.grad, rtol=0, atol=1e-12)


# shares, without starting anything


def ranks(monkeypatch, n):
    """Pretend to be each of n processes in turn."""
    for rank in range(n):
        for name, value in {"WORLD_SIZE": n, "RANK": rank, "LOCAL_RANK": rank}.items():
            monkeypatch.setenv(name, str(value))
        yield rank
    for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK"):
        monkeypatch.delenv(name)


def test_shares_are_parts_of_the_batch_and_masks_are_those_of_one_process(monkeypatch):
    draw, whole = np.random.default_rng(0), np.random.default_rng(5)
    ids, lengths, xs, images = np.arange(28).reshape(4, 7), np.arange(7), draw.normal(size=(4, 7, 3)), np.eye(7)
    mask, per_word, again = ids % 2 == 0, whole.random((4, 7, 3), np.float32), whole.random((1, 7, 2))
    state, parts = whole.bit_generator.state, []
    for _ in ranks(monkeypatch, 3):
        rng = np.random.default_rng(5)
        *arrays, none, mine = share(ids, lengths, xs, images, mask, None, rng)
        assert none is None and isinstance(mine, np.random.Generator)
        b = len(arrays[1])
        parts.append([*arrays, mine.random((4, b, 3), np.float32), mine.random((1, b, 2))])
        assert rng.bit_generator.state == state
        with pytest.raises(ValueError, match=r"expected .* in this process's part"):
            mine.random((4, 7))
    assert [len(part[1]) for part in parts] == [3, 2, 2]
    for axis, expected, got in zip(
        (1, 0, 1, 0, 1, 1, 1), (ids, lengths, xs, images, mask, per_word, again), zip(*parts)
    ):
        np.testing.assert_array_equal(np.concatenate(got, axis=axis), expected)


def test_in_one_process_the_share_is_everything_and_nothing_is_copied():
    ids, rng = np.zeros((2, 3), int), np.random.default_rng(0)
    one, none, same = share(ids, None, rng)
    assert one is ids and none is None and same is rng


def test_what_cannot_be_shared_is_refused(monkeypatch):
    for rank in ranks(monkeypatch, 2):
        with pytest.raises(ValueError, match=r"got batches of \[3, 4\]"):
            share(np.zeros((2, 3), int), np.zeros(4, int))
        with pytest.raises(ValueError, match=r"float64 of shape \(3,\)"):
            share(np.zeros(3))
        if rank == 1:
            with pytest.raises(EmptyShare):
                share(np.zeros((5, 1), int))
        assert cut(np.zeros((5, 1), int)).shape == (5, 1 - rank) and cut(np.array(7)) == 7


def test_the_environment_is_checked(monkeypatch):
    assert world() == (0, 1, 0)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RuntimeError, match="RANK or LOCAL_RANK is missing"):
        world()
    for name in ("RANK", "LOCAL_RANK"):
        monkeypatch.setenv(name, "1")
    take_gpu("cpu")
    with pytest.raises(ValueError, match="got 'cuda:1', expected 'cuda'"):
        take_gpu("cuda:1")
    monkeypatch.setenv("LOCAL_RANK", "99")
    with pytest.raises(RuntimeError, match="expected one for local rank 99"):
        take_gpu("cuda")
    monkeypatch.setenv("RANK", "2")
    with pytest.raises(RuntimeError, match=r"RANK: got 2, expected 0\.\.1"):
        world()


if __name__ == "__main__":
    globals()[f"job_{sys.argv[1]}"](Path(sys.argv[2]))
