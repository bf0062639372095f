"""Clipping, optimisers, the loop, checkpoints."""

import itertools
import json

import numpy as np
import pytest
import torch

from rnncore.train import (
    SGD,
    Adam,
    AdamW,
    RMSProp,
    StepResult,
    clip_by_norm,
    clip_by_value,
    cosine,
    fit,
    linear,
    step_decay,
)
from rnncore.train.checkpoint import load_checkpoint, save_checkpoint
from rnncore.types import Refused

rng = np.random.default_rng(0)
GRADS = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
NORM = np.sqrt(sum((g**2).sum() for g in GRADS.values()))


def test_clip_by_norm_equals_torch_and_keeps_the_direction():
    clipped, norm = clip_by_norm(GRADS, 0.5)
    leaves = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in GRADS.values()]
    for leaf, g in zip(leaves, GRADS.values()):
        leaf.grad = torch.tensor(g)
    theirs = torch.nn.utils.clip_grad_norm_(leaves, 0.5)
    assert norm == pytest.approx(theirs.item(), rel=1e-12)
    for ours, leaf in zip(clipped.values(), leaves):
        assert leaf.grad is not None
        np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-5)  # torch divides by norm + 1e-6
    for name in GRADS:
        np.testing.assert_allclose(clipped[name] * norm / 0.5, GRADS[name], rtol=1e-12)


def test_at_or_below_the_threshold_nothing_changes_and_nothing_is_shared():
    clipped, _ = clip_by_norm(GRADS, NORM * 1.001)
    for name in GRADS:
        np.testing.assert_array_equal(clipped[name], GRADS[name])
        assert not np.shares_memory(clipped[name], GRADS[name])


def test_clip_by_norm_at_the_edges_of_the_number_range():
    assert clip_by_norm({"a": np.zeros(3)}, 1.0) == ({"a": pytest.approx(np.zeros(3))}, 0.0)
    clipped, norm = clip_by_norm({"a": np.array([3e200, 4e200])}, 1.0)
    assert norm == pytest.approx(5e200)
    np.testing.assert_allclose(clipped["a"], [0.6, 0.8])
    for bad in (np.nan, np.inf):
        with pytest.raises(FloatingPointError, match="b: "):
            clip_by_norm({"a": np.ones(2), "b": np.array([bad])}, 1.0)
    with pytest.raises(ValueError, match="thr: got -1"):
        clip_by_norm(GRADS, -1)


def test_clip_by_value_clips_both_sides_and_can_turn_the_direction():
    clipped = clip_by_value({"a": np.array([-3.0, 0.5, 2.0])}, 1.0)["a"]
    np.testing.assert_array_equal(clipped, [-1.0, 0.5, 1.0])
    with pytest.raises(ValueError, match="c: got 0"):
        clip_by_value(GRADS, 0)


def adamw(leaves, lr, decay):
    """Return torch's, with the custom that vectors do not decay."""
    groups = [
        {"params": [p for p in leaves if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in leaves if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr)


def scheduled(optimiser, steps):
    """Return an optimiser whose step also moves torch's cosine schedule, for `steps` steps and no further."""
    schedule, plain = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps), optimiser.step

    def step():
        plain()
        if schedule.last_epoch < steps:
            schedule.step()

    optimiser.step = step
    return optimiser


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
        (SGD(0.1, 0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
        (Adam(0.01), lambda p: torch.optim.Adam(p, 0.01)),
        (Adam(0.01, 0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, 0.01, (0.5, 0.9), 1e-3)),
        (RMSProp(0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
        (AdamW(0.01, decay=0.3), lambda p: adamw(p, 0.01, 0.3)),
        (AdamW(cosine(0.01, 15), decay=0.3), lambda p: scheduled(adamw(p, 0.01, 0.3), 15)),
        (SGD(cosine(0.1, 15), 0.9), lambda p: scheduled(torch.optim.SGD(p, 0.1, momentum=0.9), 15)),
    ],
    ids=[
        "SGD",
        "momentum",
        "Adam",
        "Adam, other constants",
        "RMSProp",
        "AdamW",
        "AdamW on a schedule",
        "SGD on a schedule",
    ],
)
def test_optimisers_equal_torch_over_twenty_steps(ours, theirs):
    draw = np.random.default_rng(1)
    params = {"W": draw.normal(size=(3, 2)), "b": draw.normal(size=2)}
    leaves = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
    optimiser, state = theirs(list(leaves.values())), ours.init(params)
    for _ in range(20):
        grads = {name: draw.normal(size=p.shape) for name, p in params.items()}
        params, state = ours.update(params, grads, state)
        for name, leaf in leaves.items():
            leaf.grad = torch.tensor(grads[name])
        optimiser.step()
    for name in params:
        np.testing.assert_allclose(params[name], leaves[name].detach().numpy(), rtol=1e-12)


def quadratic(params, step, rng, carry):
    """Take a step on a noisy parabola, with a carry that counts."""
    noise = rng.normal(size=params["w"].shape)
    seen = carry.get("seen", np.array(0)) + 1
    return StepResult(float((params["w"] ** 2).sum()), 1, {"w": 2 * params["w"] + 0.1 * noise}, {"seen": seen})


def train(steps, run_dir=None, seed=3, **more):
    return fit(
        {"w": np.ones(4)},
        quadratic,
        Adam(0.1),
        steps,
        np.random.default_rng(seed),
        every=5,
        run_dir=run_dir,
        progress=False,
        **more,
    )


def test_a_resumed_run_equals_an_uninterrupted_one_to_the_bit(tmp_path):
    whole = train(30)
    train(10, tmp_path)
    resumed = train(30, tmp_path)
    np.testing.assert_array_equal(resumed.params["w"], whole.params["w"])
    np.testing.assert_array_equal(resumed.carry["seen"], 30)
    assert resumed.history == whole.history
    assert [entry["step"] for entry in whole.history] == [5, 10, 15, 20, 25, 30]
    assert whole.parts == [{"from": 0, "steps": 30}]
    assert resumed.parts == [{"from": 0, "steps": 10}, {"from": 10, "steps": 30}]


def test_an_interrupt_leaves_the_last_checkpoint_and_says_where(tmp_path, capsys):
    def interrupted(params, step, rng, carry):
        if step == 12:
            raise KeyboardInterrupt
        return quadratic(params, step, rng, carry)

    with pytest.raises(KeyboardInterrupt):
        fit(
            {"w": np.ones(4)},
            interrupted,
            Adam(0.1),
            30,
            np.random.default_rng(3),
            every=5,
            run_dir=tmp_path,
            progress=False,
        )
    assert "last saved step 10" in capsys.readouterr().err
    np.testing.assert_array_equal(train(30, tmp_path).params["w"], train(30).params["w"])


def test_a_loss_that_is_not_finite_stops_and_names_the_step():
    def explode(params, step, rng, carry):
        return StepResult(float("nan") if step == 6 else 1.0, 1, {"w": np.zeros(4)})

    with pytest.raises(FloatingPointError, match="step 7: the loss is nan"):
        fit({"w": np.ones(4)}, explode, SGD(0.1), 10, rng, progress=False)


def test_validation_stands_in_the_history():
    run = train(10, validate=lambda params: 7.0)
    assert [entry["validation"] for entry in run.history] == [7.0, 7.0]


def test_training_stops_early_and_keeps_the_best(tmp_path):
    scores = iter([5.0, 3.0, 4.0, 3.5, 9.0, 9.0, 9.0])
    seen = []

    def validate(params):
        seen.append(params["w"].copy())
        return next(scores)

    run = train(35, tmp_path, validate=validate, patience=2)
    assert [entry["step"] for entry in run.history] == [5, 10, 15, 20] and run.lowest() == 3.0 and run.stale() == 2
    np.testing.assert_array_equal(run.best["w"], seen[1])
    again = train(35, tmp_path, validate=validate, patience=2)  # it stays stopped
    assert again.step == 20
    np.testing.assert_array_equal(again.best["w"], seen[1])
    assert not train(10, validate=lambda params: 1.0).best


def test_training_stops_when_it_is_told_to():
    assert train(100, until=lambda entry: entry["step"] >= 15).step == 15


def test_schedules_rise_fall_and_end_where_they_should():
    for made in (cosine(1.0, 100, 10, 0.1), linear(1.0, 100, 10, 0.1)):
        rates = [made(k) for k in range(120)]
        np.testing.assert_allclose(rates[:10], np.arange(1, 11) / 10)
        assert rates[10] == pytest.approx(1) and rates[100] == rates[119] == pytest.approx(0.1)
        assert all(a >= b for a, b in itertools.pairwise(rates[10:]))
        assert made(55) == pytest.approx(0.55)
    assert [step_decay(8.0, 3)(k) for k in range(7)] == [8, 8, 8, 4, 4, 4, 2]


def test_another_models_checkpoint_is_refused(tmp_path):
    train(5, tmp_path)
    with pytest.raises(Refused, match="another run: parameters was"):
        fit({"w": np.ones(9)}, quadratic, Adam(0.1), 10, rng, every=5, run_dir=tmp_path, progress=False)


def test_a_checkpoint_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    save_checkpoint(path, {"params": {"a": np.arange(3)}}, {"step": 1})

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, {"params": {"a": np.zeros(3)}}, {"step": 2})
    groups, meta = load_checkpoint(path)
    assert meta == {"step": 1} and groups["params"]["a"].tolist() == [0, 1, 2]
    json.dumps(meta)
    path.write_bytes(b"torn")
    with pytest.raises(ValueError, match=r"c\.npz: expected a checkpoint"):
        load_checkpoint(path)
