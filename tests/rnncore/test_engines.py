"""An engine is a record and one line: with these it is chosen, explained, run, stepped, and loaded when it is asked."""

import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, LSTM, RNN
from rnncore.engines import choice, explain, run, run_backward, step_engine
from rnncore.engines.record import Engine
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent, init_recurrent
from rnncore.ops import to_numpy
from rnncore.scan import scan, scan_backward
from rnncore.types import Params


class ToyCache:
    engine = "toy"

    def __init__(self, inside):
        self.inside = inside


def toy_scan(cell, xs, state, params, lengths=None):
    hs, final, inside = scan(cell, xs, state, params, lengths)
    return hs, final, ToyCache(inside)


def toy_backward(cell, dhs, dstate, cache, truncate=None):
    return scan_backward(cell, dhs, dstate, cache.inside, truncate)


def toy_obstacle(cell, xs):
    return None if cell is RNN else f"toys are for the {RNN.name} alone"


TOY = Engine("toy", toy_obstacle, toy_scan, toy_backward, step=("layer", "product"))  # type: ignore[arg-type]


@pytest.fixture
def toy(monkeypatch):
    """Add the one line of choice.ENGINES, and the module that it names."""
    module = types.ModuleType("rnncore.engines.toy")
    module.ENGINE = TOY  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(choice, "ENGINES", {"toy": ("cpu",), **choice.ENGINES})
    monkeypatch.setattr(choice, "WORTH", 0)
    yield
    choice._load.cache_clear()


def problem(cell, make=np.asarray, T=5, B=2, D=3, H=4):
    rng = np.random.default_rng(0)
    params = Params(*(p if isinstance(p, tuple) else make(p) for p in init_recurrent(cell, D, H, rng)))
    params = params._replace(own=tuple(make(p) for p in params.own))
    state = tuple(make(rng.normal(size=(B, H))) for _ in cell.state)
    return make(rng.normal(size=(T, B, D))), state, params


@pytest.mark.parametrize("make", [np.asarray, torch.asarray], ids=["numpy", "torch"])
@pytest.mark.parametrize("checkpoint", [False, True])
def test_a_new_engine_is_chosen_explained_and_run_both_ways(toy, make, checkpoint):
    arrays = problem(RNN, make)
    chosen = explain(RNN, *arrays)
    assert chosen.engine == "toy" and "the engine fits the arrays" in chosen.reason
    assert str(explain(RNN, *arrays, engine="toy")) == "toy: asked for"
    hs, final, cache = run(RNN, *arrays, checkpoint=checkpoint)
    assert checkpoint or isinstance(cache, ToyCache)
    dxs, dstate, grads = run_backward(RNN, hs, final, cache)
    expected_hs, expected_final, kept = scan(RNN, *arrays)
    expected = scan_backward(RNN, expected_hs, expected_final, kept)
    for ours, theirs in zip((hs, dxs, *dstate, *grads[:3]), (expected_hs, expected[0], *expected[1], *expected[2][:3])):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-12, atol=1e-14)


def test_a_layer_takes_it_by_name(toy):
    layer = Recurrent(RNN, 3, 4, engine="toy")
    _, _, (caches, *_) = layer.forward(layer.init(np.random.default_rng(0)), np.ones((2, 1, 3)))
    assert isinstance(caches[0][0], ToyCache)


def test_what_it_cannot_do_is_said_and_left_to_the_next(toy):
    arrays = problem(LSTM)
    with pytest.raises(ValueError, match="'toy', which cannot be used: toys are for the RNN alone"):
        run(LSTM, *arrays, engine="toy")
    assert explain(LSTM, *arrays).engine == "cpu"
    xs, state, params = problem(LSTM)
    mixed = params._replace(W=params.W + 0j)
    reason = explain(LSTM, xs, state, mixed).reason
    assert reason.startswith("not toy, because the arrays are of several dtypes") and "not cpu, because" in reason
    tracked = tuple(part.requires_grad_() for part in problem(RNN, torch.asarray)[1])
    xs, _, params = problem(RNN, torch.asarray)
    with pytest.raises(ValueError, match="'toy', which cannot be used: torch records"):
        run(RNN, xs, tracked, params, engine="toy")
    assert explain(RNN, xs, tracked, params).engine == "reference"


def test_its_step_is_taken_for_generation(toy):
    assert step_engine(RNN, (np.ones((2, 2)),)) == ("layer", "product")
    found = step_engine(LSTM, (np.ones((2, 2)),))
    assert found is not None and found[1].__name__ == "Product"


def test_arrays_of_no_engines_device_go_to_the_reference(monkeypatch):
    import array_api_strict

    monkeypatch.setattr(choice, "WORTH", 0)
    chosen = explain(GRU, *problem(GRU, array_api_strict.asarray))
    assert chosen.engine == "reference" and "no other engine is for arrays of array_api_strict" in chosen.reason


def test_an_engine_whose_module_cannot_be_imported_is_an_obstacle_and_no_crash(monkeypatch):
    monkeypatch.setattr(choice, "ENGINES", {"nowhere": ("cpu",), **choice.ENGINES})
    monkeypatch.setattr(choice, "WORTH", 0)
    with pytest.raises(ValueError, match=r"'nowhere', which cannot be used: No module named"):
        run(RNN, *problem(RNN), engine="nowhere")
    assert run(RNN, *problem(RNN))[2].engine == "cpu"


def test_every_engine_has_a_record_and_no_other_place_lists_them():
    for name in choice.ENGINES:
        engine = choice._load(name)
        assert engine.name == name and callable(engine.forward) and callable(engine.backward)
    assert run(RNN, *problem(RNN), engine="reference")[2].engine == "reference"


def test_auto_on_numpy_arrays_imports_no_torch():
    code = """
import sys
import numpy as np
from rnncore.cells import LSTM
from rnncore.engines import explain
from rnncore.layers import init_recurrent
xs, h = np.zeros((50, 32, 64), np.float32), np.zeros((32, 128), np.float32)
choice = explain(LSTM, xs, (h, h), init_recurrent(LSTM, 64, 128, np.random.default_rng(0), np.float32))
print(choice.engine, *sorted({"torch", "triton"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cpu"]


# -- The contract: whatever an engine does not refuse, it does as the reference does in float64


def parts(found):
    """Return all arrays of nested tuples in float64, from left to right."""
    if isinstance(found, tuple):
        return [array for part in found for array in parts(part)]
    return [to_numpy(found).astype(float)]


@pytest.mark.parametrize("lengths", [None, [5, 0, 2]], ids=["full", "lengths"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("engine", [name for name in choice.ENGINES if name != "reference"])
def test_every_engine_does_as_the_reference(engine, cell, dtype, lengths):
    ran = False
    for make in (np.asarray, torch.asarray):
        xs, state, params = (converted(part, dtype) for part in problem(cell, B=3))
        ends = None if lengths is None else np.array(lengths)
        dhs, dstate = xs.repeat(2, -1)[..., :4] - 0.1, tuple(part / 2 for part in state)
        given = [mapped(make, part) for part in (xs, state, params, dhs, dstate)]
        try:
            explain(cell, *given[:3], engine=engine)
        except ValueError as error:
            assert "which cannot be used: " in str(error)
            continue
        ran = True
        hs, final, cache = run(cell, *given[:3], lengths=None if ends is None else make(ends), engine=engine)
        assert cache.engine == engine and type(hs) is type(given[0]) and hs.dtype == given[0].dtype
        back = run_backward(cell, *given[3:], cache=cache, truncate=2)
        exact = [mapped(lambda x: x.astype(float), part) for part in (xs, state, params, dhs, dstate)]
        want, last, kept = scan(cell, *exact[:3], lengths=ends)
        theirs = (want, last, scan_backward(cell, *exact[3:], cache=kept, truncate=2))
        for ours, wanted in zip(parts((hs, final, back)), parts(theirs), strict=True):
            assert relative_error(ours, wanted) <= (2e-6 if dtype == "float32" else 1e-12)
    if not ran:
        pytest.skip("refuses these arrays or this cell, on this machine")


def mapped(function, part) -> Any:
    if isinstance(part, Params):
        return Params(*(mapped(function, one) for one in part))
    return tuple(mapped(function, one) for one in part) if isinstance(part, tuple) else function(part)


def converted(part, dtype):
    return mapped(lambda array: np.asarray(array, dtype), part)
