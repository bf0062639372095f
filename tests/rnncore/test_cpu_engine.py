"""The compiled engine: what it computes, which cells it takes, and what it leaves behind."""

import gc
import importlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, LSTM, RNN
from rnncore.engines import explain, run, run_backward
from rnncore.engines.cpu import cpu_scan, cpu_scan_backward, set_threads, threads
from rnncore.engines.files import kernel_folder
from rnncore.gradcheck import complex_step, relative_error
from rnncore.layers import init_recurrent
from rnncore.scan import scan, scan_backward
from rnncore.types import Cell, Params, Stage

cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
MOST = {"float32": 2e-6, "float64": 1e-12}
dtypes = pytest.mark.parametrize("dtype", MOST)

PEEPHOLE = '''
from rnncore.ops import sigmoid, tanh
from rnncore.types import Cell, Stage


def forward(a, u, inputs, own):
    """An LSTM whose gates see the memory (Gers, Schraudolph and Schmidhuber, 2002)."""
    (h, C), (p_i, p_f, p_o) = inputs, own
    i, f, g = sigmoid(a[0] + u[0] + p_i * C), sigmoid(a[1] + u[1] + p_f * C), tanh(a[2] + u[2])
    new = f * C + i * g
    o, m = sigmoid(a[3] + u[3] + p_o * new), tanh(new)
    return (o * m, new), (i, f, g, o, m, C, new)


def backward(doutputs, saved, own):
    (dh, dC), (i, f, g, o, m, C, new), (p_i, p_f, p_o) = doutputs, saved, own
    da_o = dh * m * o * (1 - o)
    dC = dC + dh * o * (1 - m**2) + da_o * p_o
    da_i, da_f = dC * g * i * (1 - i), dC * C * f * (1 - f)
    da = (da_i, da_f, dC * i * (1 - g * g), da_o)
    return da, da, (0 * dh, dC * f + da_i * p_i + da_f * p_f), (da_i * C, da_f * C, da_o * new)


PEEPHOLE = Cell("peephole LSTM", ("i", "f", "g", "o"), ("h", "C"),
                (Stage(("i", "f", "g", "o"), forward, backward),), ("p_i", "p_f", "p_o"))
'''


def problem(cell, dtype="float64", T=9, B=5, D=3, H=7, seed=0):
    """Return xs, state, params, dhs, dstate."""
    rng, G = np.random.default_rng(seed), len(cell.gates)
    array = lambda *shape: (0.7 * rng.normal(size=shape)).astype(dtype)  # noqa: E731
    params = Params(array(G * H, D), array(G * H, H), array(G * H), tuple(array(H) for _ in cell.own))
    state, dstate = (tuple(array(B, H) for _ in cell.state) for _ in range(2))
    return array(T, B, D), state, params, array(T, B, H), dstate


def both_ways(drive, cell, arrays, lengths=None, truncate=None):
    xs, state, params, dhs, dstate = arrays
    hs, final, cache = drive[0](cell, xs, state, params, lengths)
    dxs, dstate0, d = drive[1](cell, dhs, dstate, cache, truncate)
    return [np.array(a) for a in (hs, *final, dxs, *dstate0, *d[:3], *d.own)]


def doubled(arrays):
    return [
        Params(x.V.astype(float), x.W.astype(float), x.b.astype(float), tuple(a.astype(float) for a in x.own))
        if isinstance(x, Params)
        else tuple(a.astype(float) for a in x)
        if isinstance(x, tuple)
        else x.astype(float)
        for x in arrays
    ]


COMPILED, REFERENCE = (cpu_scan, cpu_scan_backward), (scan, scan_backward)
SIZES = [(1, 1, 1, 1), (2, 3, 1, 1), (5, 1, 4, 33), (7, 6, 17, 16), (3, 13, 5, 65), (11, 20, 40, 100), (4, 70, 9, 31)]


@cells
@dtypes
@pytest.mark.parametrize("T, B, D, H", SIZES)
def test_it_equals_the_reference_in_float64_at_sizes_that_fill_no_tile(cell, dtype, T, B, D, H):
    arrays = problem(cell, dtype, T, B, D, H, seed=H)
    params = arrays[2]
    arrays = (*arrays[:2], Params(params.V, params.W / max(H, 4) ** 0.5, *params[2:]), *arrays[3:])
    rng = np.random.default_rng(B)
    for lengths in (None, rng.integers(0, T + 1, B)):
        for truncate in (None, 2):
            found = both_ways(COMPILED, cell, arrays, lengths, truncate)
            expected = both_ways(REFERENCE, cell, doubled(arrays), lengths, truncate)
            for ours, theirs in zip(found, expected, strict=True):
                assert ours.dtype == dtype and ours.shape == theirs.shape
                assert relative_error(ours.astype(float), theirs) <= MOST[dtype]


@dtypes
@pytest.mark.parametrize("cell", [RNN, LSTM, GRU], ids=["rnn", "lstm", "gru"])
def test_it_stays_that_exact_at_the_sizes_people_train(cell, dtype):
    rng, (T, B, D, H) = np.random.default_rng(5), (35, 32, 64, 128)
    arrays = (
        rng.normal(size=(T, B, D)).astype(dtype),
        tuple(np.zeros((B, H), dtype) for _ in cell.state),
        init_recurrent(cell, D, H, rng, dtype),
        rng.normal(size=(T, B, H)).astype(dtype),
        tuple(np.zeros((B, H), dtype) for _ in cell.state),
    )
    expected = both_ways(REFERENCE, cell, doubled(arrays))
    for ours, theirs in zip(both_ways(COMPILED, cell, arrays), expected, strict=True):
        assert relative_error(ours.astype(float), theirs) <= MOST[dtype]


@cells
def test_gradients_agree_with_the_complex_step(cell):
    """An oracle that knows nothing of the engine: the reference's forward pass alone, off the real axis."""
    xs, state, params, dhs, _ = problem(cell, T=5, B=2, D=2, H=3)
    _, _, cache = cpu_scan(cell, xs, state, params)
    dxs, _, d = cpu_scan_backward(cell, dhs, None, cache)

    def loss(W):
        return (
            scan(
                cell,
                xs + 0j,
                tuple(s + 0j for s in state),
                params._replace(V=params.V + 0j, W=W, b=params.b + 0j, own=tuple(p + 0j for p in params.own)),
            )[0]
            * dhs
        ).sum()

    assert relative_error(d.W, complex_step(loss, params.W)) <= 1e-10


def test_one_thread_and_several_give_the_same_numbers():
    before, found = threads(), []
    try:
        for count in (1, 2, 3):
            set_threads(count)
            found.append(both_ways(COMPILED, GRU, problem(GRU, T=12, B=48, D=9, H=40)))
    finally:
        set_threads(before)
    for first, *others in zip(*found):
        for other in others:
            assert relative_error(other, first) <= 1e-14
    with pytest.raises(ValueError, match="count: got 0, expected an integer, at least 1"):
        set_threads(0)


def test_a_forked_process_has_threads_of_its_own():
    code = """
        import os, sys
        import numpy as np
        from rnncore.cells import GRU
        from rnncore.engines.cpu import cpu_scan, set_threads
        from rnncore.layers import init_recurrent
        set_threads(2)
        xs, params = np.ones((3, 32, 4)), init_recurrent(GRU, 4, 8, np.random.default_rng(0))
        def work():
            return cpu_scan(GRU, xs, (np.zeros((32, 8)),), params)[0].sum()
        before, child = work(), os.fork()
        if not child:
            os._exit(0 if work() == before else 1)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert done.returncode == 0


# -- Which cells


@pytest.fixture
def peephole(tmp_path, monkeypatch):
    (tmp_path / "peephole_cell.py").write_text(PEEPHOLE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("peephole_cell").PEEPHOLE
    sys.modules.pop("peephole_cell")


@dtypes
def test_a_cell_of_your_own_is_compiled_from_its_file(peephole, dtype):
    arrays = problem(peephole, dtype)
    lengths = np.array([9, 0, 4, 9, 1])
    assert explain(peephole, *arrays[:3], lengths, engine="cpu").engine == "cpu"
    expected = both_ways(REFERENCE, peephole, doubled(arrays), lengths)
    for ours, theirs in zip(both_ways(COMPILED, peephole, arrays, lengths), expected, strict=True):
        assert relative_error(ours.astype(float), theirs) <= MOST[dtype]


def made(forward, backward=None, **options):
    return Cell("odd", ("g",), ("h",), (Stage(("g",), forward, backward or odd_backward, **options),))


def odd_forward(a, u, inputs, own):
    return (np.tanh(a[0] + u[0]),), (a[0],)


def odd_backward(doutputs, saved, own):
    return (doutputs[0],), (doutputs[0],), (doutputs[0],), ()


def with_a_builtin(a, u, inputs, own):
    return (abs(a[0] + u[0]),), (a[0],)


def test_a_cell_that_cannot_be_compiled_says_why_and_auto_takes_the_reference(monkeypatch):
    factor = 2

    def closure(a, u, inputs, own):
        return (factor * a[0] + u[0],), (a[0],)

    from_nowhere = {}
    exec("def nowhere(a, u, inputs, own):\n    return (a[0] + u[0],), (a[0],)", from_nowhere)
    reasons = {
        made(odd_forward): r"odd_forward, which uses \['np'.*\], expected \['relu', 'sigmoid', 'tanh', 'where'\] alone",
        made(with_a_builtin): r"with_a_builtin, which uses \['abs'\]",
        made(closure): "expected a plain function without a closure",
        made(from_nowhere["nowhere"]): "without a source, expected a function in a file",
        made(odd_forward, rowwise=True): "odd_forward of odd, which needs whole rows, expected elementwise stages",
    }
    monkeypatch.setattr(sys.modules[explain.__module__], "WORTH", 0)
    for cell, reason in reasons.items():
        xs, state, params, *_ = problem(cell)
        with pytest.raises(ValueError, match=reason):
            cpu_scan(cell, xs, state, params)
        with pytest.raises(ValueError, match="engine: got 'cpu', which cannot be used: .*" + reason):
            run(cell, xs, state, params, engine="cpu")
        choice = explain(cell, xs, state, params)
        assert choice.engine == "reference" and "not cpu, because" in choice.reason
        assert relative_error(run(cell, xs, state, params)[0], scan(cell, xs, state, params)[0]) == 0


# -- Which arrays


def test_auto_takes_it_when_the_work_is_worth_it_and_says_so():
    small, large = problem(LSTM, "float32", T=3), problem(LSTM, "float32", T=60, B=32, D=64, H=128)
    assert explain(LSTM, *small[:3]).engine == "reference" and "not worth" in explain(LSTM, *small[:3]).reason
    choice = explain(LSTM, *large[:3])
    assert choice.engine == "cpu" and str(choice).startswith("cpu: about ")
    assert run(LSTM, *large[:3])[2].engine == "cpu"


@pytest.mark.parametrize(
    "change, reason",
    [(lambda x: x + 0j, "the dtype is complex128"), (lambda x: x.astype("float16"), "the dtype is float16")],
    ids=["complex", "half"],
)
def test_other_dtypes_are_refused(change, reason):
    xs, state, params, *_ = problem(RNN)
    xs, state, params = change(xs), tuple(map(change, state)), Params(*map(change, params[:3]))
    with pytest.raises(ValueError, match=reason):
        run(RNN, xs, state, params, engine="cpu")


def test_mixed_dtypes_go_to_the_reference(monkeypatch):
    monkeypatch.setattr(sys.modules[explain.__module__], "WORTH", 0)
    xs, state, params, *_ = problem(RNN)
    params = params._replace(W=params.W + 0j)
    assert "several dtypes, complex128, float64" in explain(RNN, xs, state, params).reason
    assert run(RNN, xs, state, params)[0].dtype == complex
    xs, state, params, dhs, _ = problem(RNN)
    _, _, cache = cpu_scan(RNN, xs, state, params)
    with pytest.raises(TypeError, match="dhs: got dtype complex128, expected float64"):
        cpu_scan_backward(RNN, dhs + 0j, None, cache)


def test_arrays_in_any_layout_are_read_and_none_is_written():
    xs, state, params, dhs, dstate = problem(LSTM, T=6, B=8)
    expected = both_ways(COMPILED, LSTM, (xs, state, params, dhs, dstate))
    odd = (
        np.asfortranarray(xs),
        tuple(np.asfortranarray(s) for s in state),
        Params(np.asfortranarray(params.V), params.W[::-1][::-1], params.b),
        dhs[:, ::-1][:, ::-1],
        tuple(map(np.asfortranarray, dstate)),
    )
    for array in (odd[0], *odd[1], *odd[2][:3], odd[3], *odd[4]):
        array.flags.writeable = False
    for ours, theirs in zip(both_ways(COMPILED, LSTM, odd), expected, strict=True):
        assert relative_error(ours, theirs) <= 1e-14


# -- What it leaves behind


def test_the_way_back_can_be_gone_twice():
    xs, state, params, dhs, dstate = problem(GRU)
    _, _, cache = cpu_scan(GRU, xs, state, params)
    first = cpu_scan_backward(GRU, dhs, dstate, cache)
    second = cpu_scan_backward(GRU, dhs, dstate, cache)
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[2].W, second[2].W)
    with pytest.raises(TypeError, match="cache: got a tuple, expected the CpuCache"):
        cpu_scan_backward(GRU, dhs, dstate, ())  # type: ignore[arg-type]


def test_numpy_output_is_read_only_and_a_tensor_may_be_changed():
    xs, state, params, dhs, _ = problem(LSTM)
    hs, _, cache = cpu_scan(LSTM, xs, state, params)
    with pytest.raises(ValueError, match="read-only"):
        hs[:] = 0
    expected = cpu_scan_backward(LSTM, dhs, None, cache)[2].W
    V, W, b = map(torch.asarray, params[:3])
    hs, _, cache = cpu_scan(LSTM, torch.asarray(xs), tuple(map(torch.asarray, state)), Params(V, W, b))
    hs.mul_(0)
    assert relative_error(cpu_scan_backward(LSTM, torch.asarray(dhs), None, cache)[2].W.numpy(), expected) <= 1e-14


def test_kernels_lie_in_the_folder_that_the_environment_names_and_are_compiled_once(tmp_path):
    code = """
        import numpy as np
        from rnncore.cells import RNN
        from rnncore.engines import run, run_backward
        one = np.ones((1, 1, 1))
        from rnncore.types import Params
        hs, _, cache = run(RNN, one, (one[0],), Params(one[0], one[0], one[0, 0]), engine="cpu")
        run_backward(RNN, hs, None, cache)
    """
    spoken = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            env={**os.environ, "RNNCORE_KERNELS": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        spoken.append(done.stderr)
    assert "compiled the RNN for float64" in spoken[0] and str(tmp_path) in spoken[0]
    assert spoken[1] == ""
    assert {path.name[:4] for path in tmp_path.glob("*.py")} == {"rnn_", "prod"}


def test_the_folder_has_a_default(monkeypatch):
    monkeypatch.delenv("RNNCORE_KERNELS", raising=False)
    assert kernel_folder().name == "kernels" and kernel_folder().parent.name == "rnncore"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the process's size from /proc")
def test_ten_thousand_steps_leave_nothing_behind():
    arrays = problem(LSTM, "float32", T=20, B=16, D=16, H=32)

    def resident():
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    for step in range(10_000):
        xs, state, params, dhs, dstate = arrays
        _, _, cache = run(LSTM, xs, state, params, engine="cpu")
        run_backward(LSTM, dhs, dstate, cache)
        if step == 500:
            before = resident()
    assert resident() - before < 4 * 2**20
