"""The CUDA engine: its kernels by Triton's interpreter on the CPU, and, where there is one, on a device.

Without a device they are compiled for one all the same, down to its machine code: what the interpreter lets pass and
the compiler does not is found there.
"""

import contextlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, GRU_BEFORE, LSTM, RELU_RNN, RNN
from rnncore.engines import explain, run, run_backward
from rnncore.engines.checkpointed import checkpointed_backward, checkpointed_scan
from rnncore.engines.cuda import cuda_scan, cuda_scan_backward, engine, graphs, kernels, obstacle
from rnncore.engines.cuda.generate import generate
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent
from rnncore.ops import sigmoid, tanh
from rnncore.scan import scan, scan_backward
from rnncore.types import Cell, Params, Stage

pytest.importorskip("triton", reason="Triton is not installed")

cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
MOST = {torch.float64: 1e-12, torch.float32: 2e-6, torch.bfloat16: 0.1, torch.float16: 0.02}
dtypes = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
NOWHERE = 0
ways = pytest.mark.parametrize("chip", [kernels.WIDEST, NOWHERE], ids=["one launch", "step by step"])
SIZES = [(1, 1, 1, 1), (5, 5, 3, 7), (2, 17, 4, 16), (3, 2, 9, 33)]
DRIVERS = {"cuda": (cuda_scan, cuda_scan_backward), "reference": (scan, scan_backward)}


@pytest.fixture
def interpreter(monkeypatch):
    """Use Triton's own interpreter: the same kernels, NumPy in place of a device."""
    monkeypatch.setenv("TRITON_INTERPRET", "1")


def problem(cell, dtype=torch.float64, T=5, B=5, D=3, H=7, device="cpu", seed=0):
    """Return xs, state, params, dhs, dstate as tensors."""
    rng, G = np.random.default_rng(seed), len(cell.gates)
    array = lambda *shape, by=0.7: torch.asarray(by * rng.normal(size=shape)).to(dtype).to(device)  # noqa: E731
    params = Params(
        array(G * H, D), array(G * H, H, by=min(0.7, H**-0.5)), array(G * H), tuple(array(H) for _ in cell.own)
    )
    state, dstate = (tuple(array(B, H) for _ in cell.state) for _ in range(2))
    return array(T, B, D), state, params, array(T, B, H), dstate


def doubled(x) -> Any:
    if isinstance(x, Params):
        return Params(*map(doubled, x))
    return tuple(map(doubled, x)) if isinstance(x, tuple | list) else x.double().cpu()


def both_ways(drivers, cell, arrays, lengths=None, truncate=None):
    (forward, backward), (xs, state, params, dhs, dstate) = drivers, arrays
    hs, final, cache = forward(cell, xs, state, params, lengths)
    dxs, dstate0, d = backward(cell, dhs, dstate, cache, truncate)
    return [a.double().cpu().numpy() for a in (hs, *final, dxs, *dstate0, *d[:3], *d.own)]


def compare(cell, arrays, most, lengths=None, truncate=None, drivers=DRIVERS["cuda"]):
    """Compare the engine on these arrays with the reference on the same numbers in float64."""
    found = both_ways(drivers, cell, arrays, lengths, truncate)
    expected = both_ways(
        DRIVERS["reference"], cell, doubled(arrays), lengths if lengths is None else lengths.cpu(), truncate
    )
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        assert relative_error(ours, theirs) <= most


def skip_kinks(cell, dtype):
    if cell is RELU_RNN and dtype.itemsize == 2:
        pytest.skip("rounding to half moves z across the kink of ReLU, and the slope with it")


@cells
@dtypes
@ways
def test_it_equals_the_reference(interpreter, monkeypatch, cell, dtype, chip):
    skip_kinks(cell, dtype)
    monkeypatch.setattr(kernels, "WIDEST", chip)
    for T, B, D, H in SIZES:
        arrays = problem(cell, dtype, T, B, D, H, seed=H)
        lengths = torch.asarray(np.random.default_rng(B).integers(0, T + 1, B))
        compare(cell, arrays, MOST[dtype], lengths, truncate=2)
    compare(cell, problem(cell, dtype, seed=7), MOST[dtype])


@cells
@ways
@pytest.mark.parametrize("truncate", [1, 3, 5, 9])
def test_truncation_at_every_place(interpreter, monkeypatch, cell, chip, truncate):
    monkeypatch.setattr(kernels, "WIDEST", chip)
    compare(cell, problem(cell), 1e-12, truncate=truncate)


def forward(a, u, inputs, own):
    """Compute an LSTM whose output gate sees the new memory, with numbers that are not whole, and a power."""
    (_, C), (p,) = inputs, own
    i, f, g = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1]), 1.7 * tanh(0.3 * (a[2] + u[2]))
    new = f * C + i * g / 1.1
    o, m = sigmoid(a[3] + u[3] + p * new), tanh(new)
    return (o * m, new), (i, f, g, o, C, new, m)


def backward(doutputs, saved, own):
    (dh, dC), (i, f, g, o, C, new, m), (p,) = doutputs, saved, own
    da_o = dh * m * o * (1 - o)
    dC = dC + dh * o * (1 - m**2) + da_o * p
    da_g = dC * i / 1.1 * 0.3 * (1.7 - g * g / 1.7)
    da = (dC * g / 1.1 * i * (1 - i), dC * C * f * (1 - f), da_g, da_o)
    return da, da, (0 * dh, dC * f), (da_o * new,)


OWN = Cell("own", ("i", "f", "g", "o"), ("h", "C"), (Stage(("i", "f", "g", "o"), forward, backward),), ("p",))


@ways
def test_a_cell_of_your_own_becomes_kernels(interpreter, monkeypatch, chip):
    monkeypatch.setattr(kernels, "WIDEST", chip)
    compare(OWN, problem(OWN), 1e-12)
    assert "tl.full([1], 1.7, F)" in generate(OWN, "float64")


def test_what_is_hidden_from_the_trace_is_refused():
    """A branch would be traced in one of its two ways, and the kernel would be silently wrong in the other."""

    def larger(a, u, inputs, own):
        return (max(a[0], u[0]),), (a[0],)

    def scaled(a, u, inputs, own):
        return (np.sqrt(2.0) * a[0] + u[0] * np.sqrt(2.0),), (a[0],)

    back = lambda d, s, o: ((d[0],), (d[0],), (d[0],), ())  # noqa: E731
    one, two = (Cell("odd", ("g",), ("h",), (Stage(("g",), f, back),)) for f in (larger, scaled))
    assert "expected `where`" in str(obstacle(one, "float32"))
    assert obstacle(two, "float32") is None and "np." not in generate(two, "float64")


@ways
def test_a_memory_in_half_precision_gathers_small_numbers(interpreter, monkeypatch, chip):
    """Each step adds 0.003 to C, which is about 1: less than half of what bfloat16 could add."""
    monkeypatch.setattr(kernels, "WIDEST", chip)
    T, one = 40, torch.ones(1, 1, dtype=torch.bfloat16)
    b = torch.tensor([-5.75, 12.0, 6.0, 12.0], dtype=torch.bfloat16)
    params = Params(torch.cat([0 * one] * 4), torch.cat([0 * one] * 4), b)
    _, (_, C), _ = cuda_scan(LSTM, torch.zeros(T, 1, 1, dtype=torch.bfloat16), (0 * one, one), params)
    _, (_, expected), _ = scan(LSTM, torch.zeros(T, 1, 1).double(), doubled((0 * one, one)), doubled(params))
    assert expected > 1.1 and abs(C - expected) < 0.01


@ways
@pytest.mark.parametrize(
    "mode", [lambda: torch.autocast("cpu", torch.bfloat16), torch.inference_mode], ids=["autocast", "inference"]
)
def test_modes_of_torch_change_nothing(interpreter, monkeypatch, chip, mode):
    monkeypatch.setattr(kernels, "WIDEST", chip)
    arrays = problem(GRU, torch.float32)
    plain = both_ways(DRIVERS["cuda"], GRU, arrays)
    with mode():
        inside = both_ways(DRIVERS["cuda"], GRU, arrays)
    assert all(np.array_equal(one, other) for one, other in zip(plain, inside, strict=True))


def test_small_numbers_keep_their_digits(interpreter):
    """1 - exp(-2x) would lose half of them."""
    xs, state, params, dhs, dstate = problem(RNN)
    tiny = (1e-8 * xs, tuple(1e-8 * part for part in state), params._replace(b=1e-8 * params.b), dhs, dstate)
    compare(RNN, tiny, 1e-12)


def test_large_numbers_saturate_without_a_warning(interpreter):
    xs, *rest = problem(LSTM)
    compare(LSTM, (1e4 * xs, *rest), 1e-12)


@ways
def test_the_way_back_can_be_gone_twice_and_hs_may_be_changed(interpreter, monkeypatch, chip):
    monkeypatch.setattr(kernels, "WIDEST", chip)
    xs, state, params, dhs, dstate = problem(GRU)
    hs, _, cache = cuda_scan(GRU, xs, state, params)
    first = cuda_scan_backward(GRU, dhs, dstate, cache)
    second = cuda_scan_backward(GRU, dhs, dstate, cache)
    hs, _, changed = cuda_scan(GRU, xs, state, params)
    hs.mul_(0)
    with torch.inference_mode():
        hs, _, uncounted = cuda_scan(GRU, xs, state, params)
        hs.mul_(0)
        fifth = cuda_scan_backward(GRU, dhs, dstate, uncounted)
    assert torch.equal(first[0], fifth[0])
    third = cuda_scan_backward(GRU, dhs, None, changed)
    fourth = cuda_scan_backward(GRU, dhs, None, cache)
    assert torch.equal(first[0], second[0]) and torch.equal(first[2].W, second[2].W)
    assert torch.equal(third[0], fourth[0]) and torch.equal(third[2].W, fourth[2].W)
    with pytest.raises(TypeError, match="cache: got a tuple, expected the CudaCache"):
        cuda_scan_backward(GRU, dhs, dstate, ())  # type: ignore[arg-type]


@cells
def test_checkpoints_go_over_it(interpreter, cell):
    drive = lambda *given: checkpointed_scan(*given, drive=DRIVERS["cuda"])  # noqa: E731
    compare(cell, problem(cell, T=7), 1e-12, torch.tensor([7, 0, 3, 1, 4]), 3, (drive, checkpointed_backward))


def test_arrays_in_any_layout_are_read_and_none_is_written(interpreter):
    xs, state, params, dhs, dstate = problem(LSTM)
    turned = lambda x: x.transpose(0, 1).contiguous().transpose(0, 1)  # noqa: E731
    odd = (turned(xs), tuple(map(turned, state)), params._replace(W=turned(params.W)), turned(dhs), dstate)
    before = [part.clone() for part in (odd[0], *odd[1], *odd[2][:3], odd[3], *odd[4])]
    compare(LSTM, odd, 1e-12)
    for was, part in zip(before, (odd[0], *odd[1], *odd[2][:3], odd[3], *odd[4]), strict=True):
        assert torch.equal(was, part)


def test_one_launch_is_for_what_fits_on_the_chip(monkeypatch):
    def wide(cell, H, dtype):
        return kernels.widest(cell, torch.empty(0, H, dtype=dtype))

    half, single = torch.bfloat16, torch.float32
    assert [wide(RNN, H, single) for H in (1, 16, 17, 64, 128, 129)] == [16, 16, 32, 64, 128, None]
    assert [wide(LSTM, H, half) for H in (100, 128, 129)] == [128, 128, None]
    assert [wide(LSTM, H, single) for H in (64, 65)] == [64, None]
    assert wide(GRU_BEFORE, 16, half) is None, "its second product waits for the first"
    monkeypatch.setattr(kernels, "SHARED", 99 * 1024)  # as on a device for games
    assert [wide(LSTM, H, half) for H in (64, 65)] == [64, None]


def test_what_it_cannot_do_is_refused_by_name(monkeypatch):
    def exp(a, u, inputs, own):
        return (np.exp(a[0] + u[0]),), (a[0],)

    odd = Cell("odd", ("g",), ("h",), (Stage(("g",), exp, lambda d, s, o: ((d[0],), (d[0],), (d[0],), ())),))
    assert "exp, which does more than arithmetic" in str(obstacle(odd, "float32"))
    assert "complex128" in str(obstacle(RNN, "complex128"))
    xs, state, params, *_ = problem(RNN)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(ValueError, match="xs: got cpu, expected a tensor on a CUDA device"):
        cuda_scan(RNN, xs, state, params)
    with pytest.raises(ValueError, match=r"engine: got 'cuda', which cannot be used: the arrays are not on a CUDA"):
        explain(RNN, xs, state, params, engine="cuda")


# -- Graphs, with a recorder that needs no device: what is played reads and writes buffers of its own


@pytest.fixture
def recorder(interpreter, monkeypatch):
    """Count how often each of the loops that were recorded was played."""
    counts = []

    def capture(loop, buffers):
        k = len(counts)
        counts.append(0)

        def replay():
            counts[k] += 1
            loop(*buffers)

        loop(*buffers)
        return replay

    monkeypatch.setattr(kernels, "WIDEST", NOWHERE)
    monkeypatch.setattr(graphs, "capturable", lambda device: True)
    monkeypatch.setattr(graphs, "capture", capture)
    graphs.forget()
    yield counts
    graphs.forget()


@cells
def test_a_graph_is_recorded_at_the_second_time_and_then_played(recorder, cell):
    lengths = torch.tensor([5, 0, 3, 1, 4])
    for k, played in enumerate([[], [1, 1], [2, 2]]):
        compare(cell, problem(cell, seed=k), 1e-12, lengths, truncate=2)
        assert recorder == played
    compare(cell, problem(cell, seed=4), 1e-12, truncate=3)
    assert recorder == [3, 2], "the way forward is the same, the way back is not, and comes for the first time"
    compare(cell, problem(cell, T=4), 1e-12)
    assert recorder == [3, 2]


def test_no_more_graphs_are_kept_than_there_is_room_for(recorder, monkeypatch):
    monkeypatch.setattr(graphs, "MOST", 3)
    for T in (1, 2, 3, 1):
        for _ in range(2):
            compare(RNN, problem(RNN, T=T), 1e-12)
    assert len(recorder) == 8, "those of T = 1 had to go, and were recorded again"
    graphs.forget()
    monkeypatch.setattr(graphs, "SHARE", 1e-9)
    for _ in range(3):
        compare(RNN, problem(RNN), 1e-12)
    assert len(recorder) == 8


def test_where_no_graph_can_be_recorded_the_steps_are_launched(recorder, monkeypatch, capsys):
    tried = []

    def capture(loop, buffers):
        tried.append(loop)
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(graphs, "capture", capture)
    for k in range(4):
        compare(GRU, problem(GRU, seed=k), 1e-12)
    assert len(tried) == 2, "once for each way"
    assert "no CUDA graph, each step is launched by itself: operation not permitted" in capsys.readouterr().err
    monkeypatch.setenv("RNNCORE_CUDA_GRAPHS", "0")
    for k in range(3):
        compare(GRU, problem(GRU, T=3, seed=k), 1e-12)
    assert len(tried) == 2


def test_where_a_launch_does_not_fit_the_steps_are_launched(interpreter, monkeypatch):
    from triton.runtime.errors import OutOfResources

    tried = []

    class Full:
        def __getitem__(self, grid):
            def run(*args, **options):
                tried.append(grid)
                raise OutOfResources(300_000, 232_448, "shared memory")

            return run

    monkeypatch.setattr(kernels, "_too_large", set())
    for name in ("forward_all", "backward_all"):
        monkeypatch.setattr(kernels.kernels(LSTM, torch.float64), name, Full())
    for _ in range(2):
        compare(LSTM, problem(LSTM), 1e-12)
    assert tried == [(1,), (1,)], "once for each way, and never again"


# -- Compiled for a device, whether there is one or not


class Compiler:
    """Takes the place of a device: every launch is bound and compiled as it would be there, and goes no further.

    capability: of the device. made: what was compiled, by the name of the kernel.
    """

    capability = 90

    def __init__(self):
        self.made = {}

    def get_current_target(self):
        from triton.backends.compiler import GPUTarget

        return GPUTarget("cuda", self.capability, 32)

    def get_current_device(self):
        return 99  # of which there is none, because Triton remembers kernels by their device

    def get_current_stream(self, device):
        return 0

    def launched(self, kernel, grid):
        def compile(*args, **options):
            code = kernel.run(*args, grid=grid, warmup=True, **options)
            self.made.setdefault(kernel.__name__, {})[id(code)] = code

        return compile


@pytest.fixture
def compiler(monkeypatch, tmp_path):
    from triton.runtime import driver
    from triton.runtime.jit import JITFunction

    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(engine, "interpreted", lambda: True)  # tensors on the CPU will do
    compiler = Compiler()
    driver.set_active(compiler)  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(JITFunction, "__getitem__", lambda kernel, grid: compiler.launched(kernel, grid))
    yield compiler
    with contextlib.suppress(RuntimeError):  # there is no driver without a device
        driver.reset_active()


def stack(code):
    """Return the bytes of slow memory for each thread, as Triton's own tool reads them in the machine code."""
    tool = Path(sys.modules["triton"].__path__[0]) / "backends" / "nvidia" / "bin" / "cuobjdump"
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(code.asm["cubin"])
        file.flush()
        told = subprocess.run([tool, "--dump-resource-usage", file.name], capture_output=True, text=True, check=True)
    found = re.search(r"STACK:(\d+)", told.stdout)
    assert found, told.stdout
    return int(found[1])


@pytest.mark.parametrize("cell", [LSTM, GRU_BEFORE], ids=["lstm", "gru-before"])
@dtypes
def test_the_kernels_of_a_step_compile_once_for_all_steps(compiler, monkeypatch, cell, dtype):
    monkeypatch.setattr(kernels, "WIDEST", NOWHERE)
    both_ways(DRIVERS["cuda"], cell, problem(cell, dtype, T=17, B=4, H=48))
    assert compiler.made.keys() == {f"{way}_{k}" for way in ("forward", "backward") for k in range(len(cell.stages))}
    for made in compiler.made.values():
        (code,) = made.values()
        assert code.asm["cubin"] and code.metadata.shared <= 48 * 1024


@pytest.mark.parametrize(
    "cell, dtype, H, capability",
    [
        (LSTM, torch.bfloat16, 120, 80),
        (RNN, torch.float32, 128, 90),
        (GRU, torch.float64, 9, 90),
        (OWN, torch.float32, 16, 75),
    ],
)
def test_the_kernels_of_all_steps_compile_and_need_the_memory_that_was_expected(compiler, cell, dtype, H, capability):
    compiler.capability = capability
    for T in (1, 3, 16):
        both_ways(DRIVERS["cuda"], cell, problem(cell, dtype, T=T, H=H), truncate=T)
    assert compiler.made.keys() == {"forward_all", "backward_all"}
    for made in compiler.made.values():
        (code,) = made.values()
        wide = kernels.widest(cell, torch.empty(0, H, dtype=dtype))
        assert wide is not None
        assert code.asm["cubin"] and code.metadata.shared <= kernels.needed(cell, wide, dtype.itemsize)
        assert stack(code) == 0, "numbers that do not fit into registers"


# -- On a device

DEVICE = "cuda"


@pytest.mark.gpu
@cells
@ways
@pytest.mark.parametrize("dtype", MOST, ids=str)
def test_on_a_device_it_equals_the_reference(monkeypatch, cell, dtype, chip):
    skip_kinks(cell, dtype)
    monkeypatch.setattr(kernels, "WIDEST", chip)
    compare(cell, problem(cell, dtype, 1, 1, 1, 1, DEVICE), 5 * MOST[dtype])  # fixed: one number has no scale beside it
    seed = int(np.random.default_rng().integers(2**31))
    print("seed", seed)
    largest = (20, 20, 200, 200) if chip == NOWHERE else (35, 32, 64, 128 if dtype.itemsize == 2 else 64)
    for T, B, D, H in [(5, 5, 3, 7), largest]:
        arrays = problem(cell, dtype, T, B, D, H, DEVICE, seed)
        lengths = torch.asarray(np.random.default_rng(seed).integers(0, T + 1, B)).to(DEVICE)
        compare(cell, arrays, 5 * MOST[dtype])
        compare(cell, arrays, 5 * MOST[dtype], lengths, truncate=3)


@pytest.mark.gpu
@cells
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_on_a_device_a_graph_gives_what_launches_give(monkeypatch, cell, dtype):
    """New numbers every time; from the second time on they go through the graph of the first."""
    monkeypatch.setattr(kernels, "WIDEST", NOWHERE)
    captured, capture = [], graphs.capture
    monkeypatch.setattr(graphs, "capture", lambda *given: captured.append(1) or capture(*given))
    graphs.forget()
    lengths = torch.tensor([20, 0, 7, 20, 1, 19, 20, 3], device=DEVICE)
    problems = [problem(cell, dtype, 20, 8, 16, 48, DEVICE, seed) for seed in range(4)]
    played = [both_ways(DRIVERS["cuda"], cell, arrays, lengths, truncate=6) for arrays in problems]
    assert len(captured) == 2
    monkeypatch.setenv("RNNCORE_CUDA_GRAPHS", "0")
    for arrays, found in zip(problems, played):
        launched = both_ways(DRIVERS["cuda"], cell, arrays, lengths, truncate=6)
        for ours, theirs in zip(found, launched, strict=True):
            assert relative_error(ours, theirs) <= (1e-6 if dtype == torch.float32 else 0.02)
    graphs.forget()


@pytest.mark.gpu
def test_on_a_device_layers_go_through_it():
    found = []
    for name in ("reference", "cuda"):
        layer = Recurrent(LSTM, 3, 4, 2, bidirectional=True, engine=name)
        params = {key: torch.asarray(p).to(DEVICE) for key, p in layer.init(np.random.default_rng(1)).items()}
        xs, dys = (torch.asarray(np.random.default_rng(2).normal(size=(6, 3, n))).to(DEVICE) for n in (3, 8))
        ys, final, cache = layer.forward(params, xs, lengths=torch.tensor([6, 2, 0], device=DEVICE))
        dxs, _, grads = layer.backward(dys, None, cache, truncate=2)
        found.append([ys, *final, dxs, *grads.values()])
    for ours, theirs in zip(*found, strict=True):
        assert relative_error(ours.cpu().numpy(), theirs.cpu().numpy()) <= 1e-12


@pytest.mark.gpu
def test_on_a_device_it_is_offered():
    arrays = problem(GRU, torch.float32, 60, 32, 64, 128, DEVICE)
    assert explain(GRU, *arrays[:3], engine="cuda").engine == "cuda"
    _, _, cache = run(GRU, *arrays[:3], engine="cuda")
    assert cache.engine == "cuda" and run_backward(GRU, arrays[3], None, cache)[0].device.type == "cuda"
