"""The text of a cell's Triton kernels, from what its stages compute and where its plan keeps it.

Two sets of kernels. `forward_K` and `backward_K` do stage K of one step, entry by entry, between matrix products of a
library. `forward_all` and `backward_all`, for cells of one stage, do all steps of a few sequences, products included.
The places are those of the CPU engine, see `rnncore.engines.plan`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rnncore.engines.cuda.trace import Tracer
from rnncore.engines.plan import Place, StagePlan, plan
from rnncore.types import Cell

__all__ = ["generate"]

HEAD = '''"""Kernels of the {name}, computed in {dtype}, made by rnncore.engines.cuda.generate. Do not edit."""

import triton
import triton.language as tl

F = tl.constexpr(tl.{dtype})
SMALL = tl.constexpr({small})


@triton.jit
def sigmoid(x):
    e = tl.exp(-tl.abs(x))
    return tl.where(x >= 0, 1 / (1 + e), e / (1 + e))


@triton.jit
def tanh(x):
    s, e = x * x, tl.exp(-2 * tl.abs(x))
    far = (1 - e) / (1 + e)
    near = x + x * s * (-1.0 / 3 + s * (2.0 / 15 + s * (-17.0 / 315 + s * (62.0 / 2835))))
    return tl.where(tl.abs(x) < SMALL, near, tl.where(x < 0, -far, far))


@triton.jit
def relu(x):
    return tl.where(x > 0, x, 0 * x)


@triton.jit
def where(condition, yes, no):
    return tl.where(condition, yes, no)
'''
"""Its sigmoid divides by 1 + exp(-|x|) on either side, so neither tail is lost: within 4 units in the last place in
float64, and by the interpreter. In float32 Triton's exp(x) on a device is ex2.approx, which errs by 2^-22, of x log2 e,
which is rounded, and its quotient by 2 units: the sigmoid errs by |x| 2^-23 + 2^-20 of itself at most, 1e-5 where the
numbers end. Reckoned from the instructions that are compiled, not measured."""
SMALL = {"float32": 0.3, "float64": 0.04}
"""Below, tanh is its power series up to x^9, because 1 - exp(-2x) loses digits there."""

ENTRIES = """    k = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    b, j, inside = k // H, k % H, k < B * H
    slot, valid = b * (G * H) + j, t < tl.load(ends + b, mask=inside, other=0)"""
OF_ENTRIES = "H, G: tl.constexpr, BLOCK: tl.constexpr"
ROWS = """    b, j = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)[:, None], tl.arange(0, WIDE)[None, :]
    k, inside = b * H + j, (b < B) & (j < H)
    slot, end = b * (G * H) + j, tl.load(ends + b, mask=b < B, other=0)
    i = tl.arange(0, WIDE)[:, None]
    within = (i < H) & (j < H)"""
OF_ROWS = "H: tl.constexpr, G: tl.constexpr, BLOCK: tl.constexpr, WIDE: tl.constexpr, EXACT: tl.constexpr"
VARYING = ("t", "T", "truncate")
"""Arguments of whose value Triton makes nothing, or it would compile again for 1 and for multiples of 16."""


def generate(cell: Cell, dtype: str) -> str:
    """Return the text of the module; dtype: "float32" or "float64", in which the kernels compute, whatever they read.

    Raises ValueError, saying why, for a cell that no kernel can be made of.
    """
    texts = [HEAD.format(name=cell.name, dtype=dtype, small=SMALL[dtype])]
    stages = plan(cell).stages
    for index, stage in enumerate(stages):
        texts += [_forward(cell, index, stage), _backward(cell, index, stage)]
    if len(stages) == 1:
        texts += [_forward_all(cell, stages[0]), _backward_all(cell, stages[0])]
    return "\n\n".join(texts)


def _names(kind: str, count: int) -> list[str]:
    return [f"{kind}{k}" for k in range(count)]


def _name(place: Place) -> str:
    return f"{place[0]}{place[1]}"


def _extras(cell: Cell) -> list[str]:
    return _names("extra", plan(cell).extras)


def _load(name: str, address: str, mask: str = "inside") -> str:
    return f"{name} = tl.load({address}, mask={mask}, other=0.0).to(F)"


def _store(address: str, value: str) -> str:
    return f"tl.store({address}, {value}, mask=inside)"


def _address(place: Place, step: str = "") -> str:
    """Return where a place is. step: the name of the step, where a pointer is to the buffer for all."""
    kind, k = place
    if kind == "slot":
        return f"slots{_moved(step, 'B * G * H')} + slot + {k} * H"
    if step:  # states of all steps in one buffer, the initial one first
        base = {"old": f"state{k}", "new": f"state{k} + B * H", "extra": f"extra{k}"}[kind]
        return f"{base}{_moved(step, 'B * H')} + k"
    return f"{kind}{k} + k"


def _moved(step: str, size: str) -> str:
    """Move to the numbers of a step, each of which has `size`; in 64 bits, for buffers of more than 2^31 entries."""
    return step and f" + tl.cast({step}, tl.int64) * {size}"


def _kernel(name: str, arguments: Iterable[str], start: str, lines: Iterable[str], sizes: str) -> str:
    arguments = list(arguments)
    varying = [part for part in arguments if part in VARYING]
    head = f"\n@triton.jit(do_not_specialize={varying})\ndef {name}({', '.join(arguments)}, B, {sizes}):"
    return "\n".join([head, start, *(f"    {line}" for line in lines)]) + "\n"


def _forward_lines(cell: Cell, index: int, stage: StagePlan, step: str = "") -> list[str]:
    """Write the lines from a and u to the stage's outputs and what it saves.

    These, the old state and own parameters have their names.
    """
    parts, last = len(cell.state), index == len(cell.stages) - 1
    a, u = _names("a", stage.gates), _names("u", stage.gates)
    old = {("old", k): f"old_{k}" for k in range(parts)}
    carried = [_load(f"in_{k}", _address(place, step)) for k, place in enumerate(stage.inputs) if place not in old]
    tracer = Tracer()
    given = tracer.values([*old.values(), *(old.get(place, f"in_{k}") for k, place in enumerate(stage.inputs))])
    own = tracer.values(_names("own_", len(cell.own)))
    outputs, saved = tracer.run(cell.stages[index].forward, tracer.values(a), tracer.values(u), given, own)
    lines = [*carried, *tracer.lines]
    done = set(old) | set(stage.inputs)
    if last:
        for k, value in enumerate(outputs):
            lines.append(f"new_{k} = tl.where(valid, {value.name}, old_{k})")
            lines.append(_store(_address(("new", k), step), f"new_{k}"))
            done.add(("new", k))
    for k, (value, place) in enumerate([*zip(outputs, stage.outputs), *zip(saved, stage.saved)]):
        if place not in done:  # what W multiplies next must be a number past the end, too
            text = f"tl.where(valid, {value.name}, 0.0)" if k == 0 and not last else value.name
            lines.append(_store(_address(place, step), text))
            done.add(place)
    return lines


def _backward_lines(cell: Cell, index: int, stage: StagePlan, dout: list[str], step: str = "") -> list[str]:
    """Write the lines from gradients on the outputs, named `dout`, and what was saved, s_K, to da in the slots, du_K,
    d_K, din_K and down_K.
    """
    parts, G = len(cell.state), stage.gates
    tracer = Tracer()
    da, du, dinputs, down = tracer.run(
        cell.stages[index].backward,
        tracer.values(dout),
        tracer.values(_names("s_", len(stage.saved))),
        tracer.values(_names("own_", len(cell.own))),
    )
    lines = [*tracer.lines]
    for k in range(G):
        lines.append(f"da_{k} = tl.where(valid, {tracer.text(da[k])}, 0.0)")
        lines.append(_store(_address(("slot", stage.first + k), step), f"da_{k}"))
        lines.append(f"du_{k} = tl.where(valid, {tracer.text(du[k])}, 0.0)" if stage.du else f"du_{k} = da_{k}")
    for k, place in enumerate(stage.du or ()):
        if place[0] == "extra":
            lines.append(_store(_address(place, step), f"du_{k}"))
    lines += [f"d_{k} = {tracer.text(value)}" for k, value in enumerate(dinputs[:parts])]
    lines += [f"din_{k} = {tracer.text(value)}" for k, value in enumerate(dinputs[parts:])]
    lines += [f"down_{k} = tl.where(valid, {tracer.text(value)}, 0.0)" for k, value in enumerate(down)]
    return lines


def _inputs(stage: StagePlan) -> dict[str, Place]:
    """Return where the input part of each gate is."""
    return {f"a{k}": ("slot", stage.first + k) for k in range(stage.gates)}


def _saved(stage: StagePlan) -> dict[str, Place]:
    return {f"s_{k}": place for k, place in enumerate(stage.saved)}


def _own(cell: Cell) -> list[str]:
    return [_load(f"own_{k}", f"own{k} + j", "j < H") for k in range(len(cell.own))]


# -- One stage of one step


def _forward(cell: Cell, index: int, stage: StagePlan) -> str:
    parts = len(cell.state)
    lines = [_load(f"u{k}", f"u + b * ({stage.gates} * H) + {k} * H + j") for k in range(stage.gates)]
    lines += [_load(f"old_{k}", f"old{k} + k") for k in range(parts)]
    lines += [_load(name, _address(place)) for name, place in _inputs(stage).items()]
    lines += [*_own(cell), *_forward_lines(cell, index, stage)]
    kept = [*_names("old", parts), *_names("new", parts), *_extras(cell), *_names("own", len(cell.own))]
    arguments = ["slots", "u", *kept, "ends", "t"]
    return _kernel(f"forward_{index}", arguments, ENTRIES, lines, OF_ENTRIES)


def _backward(cell: Cell, index: int, stage: StagePlan) -> str:
    """Make the kernel.

    The gradient on h comes in three parts: what was carried, the product of the step after, and `dhs`.
    """
    parts, last, G = len(cell.state), index == len(cell.stages) - 1, stage.gates
    lines = _own(cell)
    lines += [_load(f"dstate_{k}", f"dstate{k} + k") for k in range(parts)]
    if last:
        lines += [_load("p", "product0 + k"), _load("g", "dhs + k"), "dh = dstate_0 + p + g"]
        dout = ["dh", *_names("dstate_", parts)[1:]]
    else:
        passed = len(stage.outputs) - 1
        lines += [_load("dout_0", f"product{index + 1} + k")]
        lines += [_load(f"dout_{k + 1}", f"passed{k} + k") for k in range(passed)]
        dout = _names("dout_", passed + 1)
    lines += [_load(name, _address(place)) for name, place in _saved(stage).items()]
    lines += _backward_lines(cell, index, stage, dout)
    if stage.du:
        lines += [_store(f"du + b * ({G} * H) + {k} * H + j", f"du_{k}") for k in range(G)]
    for k in range(parts):
        past = "dh" if k == 0 else f"dstate_{k}"
        value = f"tl.where(valid, d_{k}, {past})" if last else f"dstate_{k} + tl.where(valid, d_{k}, 0.0)"
        lines.append(_store(f"dstate{k} + k", value))
    lines += [_store(f"passed{k} + k", f"din_{k}") for k in range(len(stage.inputs))]
    for k in range(len(cell.own)):
        lines += [_load(f"sum_{k}", f"down{k} + k"), _store(f"down{k} + k", f"sum_{k} + down_{k}")]
    stages = len(cell.stages)
    most, own = max(len(s.inputs) for s in plan(cell).stages), len(cell.own)
    kept = [*_names("old", parts), *_names("new", parts), *_extras(cell), *_names("own", own)]
    summed = [*_names("dstate", parts), *_names("product", stages), *_names("passed", most), *_names("down", own)]
    arguments = ["slots", "du", "dhs", *kept, *summed, "ends", "t"]
    return _kernel(f"backward_{index}", arguments, ENTRIES, lines, OF_ENTRIES)


# -- All steps of a few sequences


def _weights(G: int, across: bool) -> list[str]:
    """Read the square blocks of a matrix, above one another or side by side, once: for du W, or for h W^T from W^T.

    The interpreter has no product of half numbers.
    """
    row, column = ("i * G", "{0} * H + j") if across else ("({0} * H + i)", "j")
    lines = [f"W_{g} = tl.load(W + {row.format(g)} * H + {column.format(g)}, mask=within, other=0.0)" for g in range(G)]
    return [*lines, "if EXACT:", *(f"    W_{g} = W_{g}.to(F)" for g in range(G))]


def _dot(left: str, g: int) -> str:
    return f'tl.dot({left}.to(W_{g}.dtype), W_{g}, input_precision="ieee", out_dtype=F)'


def _ahead(places: dict[str, str], first: str, after: str) -> tuple[list[str], list[str]]:
    """Read the numbers of each step one step before they are needed, so that no step waits for memory.

    places: name and address with {0} for the step. first, after: the first step, and the one after `t`, or any other
    when there is none. Returns the lines before the loop and in it.
    """
    before = [f"first = {first}", *(_load(f"next_{name}", place.format("first")) for name, place in places.items())]
    inside = [*(f"{name} = next_{name}" for name in places), f"ahead = {after}"]
    return before, [*inside, *(_load(f"next_{name}", place.format("ahead")) for name, place in places.items())]


def _forward_all(cell: Cell, stage: StagePlan) -> str:
    """Make the kernel for all steps.

    Without the `where` around a product Triton would begin its sum with `a`, moved to other threads for that while they
    hold a whole h: more numbers than there are registers for.
    """
    parts, G = len(cell.state), stage.gates
    lines = [*_weights(G, across=True), *_own(cell)]
    lines += [_load(f"old_{k}", f"state{k} + k") for k in range(parts)]
    places = {name: _address(place, "{0}") for name, place in _inputs(stage).items()}
    before, step = _ahead(places, "0", "tl.minimum(t + 1, T - 1)")
    step += ["valid = t < end", *(f"u{g} = tl.where(inside, {_dot('old_0', g)}, 0.0)" for g in range(G))]
    step += _forward_lines(cell, 0, stage, "t")
    step += [f"old_{k} = new_{k}.to(state{k}.dtype.element_ty).to(F)" for k in range(parts)]
    lines += [*before, "for t in range(T):", *(f"    {line}" for line in step)]
    arguments = ["slots", *_names("state", parts), *_extras(cell), *_names("own", len(cell.own)), "ends", "W", "T"]
    return _kernel("forward_all", arguments, ROWS, lines, OF_ROWS)


def _backward_all(cell: Cell, stage: StagePlan) -> str:
    parts, G, own = len(cell.state), stage.gates, len(cell.own)
    lines = [*_weights(G, across=False), *_own(cell)]
    lines += [_load(f"dstate_{k}", f"dstate{k} + k") for k in range(parts)]
    lines += [f"sum_{k} = tl.full([BLOCK, WIDE], 0.0, F)" for k in range(own)]
    places = {name: _address(place, "{0}") for name, place in _saved(stage).items()}
    before, step = _ahead(places | {"g": f"dhs{_moved('{0}', 'B * H')} + k"}, "T - 1", "tl.maximum(t - 1, 0)")
    step = ["t = T - 1 - s", *step, "valid = t < end", "dh = dstate_0 + g"]
    dout = ["dh", *_names("dstate_", parts)[1:]]
    step += _backward_lines(cell, 0, stage, dout, "t")
    step += [f"dstate_{k} = tl.where(valid, d_{k}, {'dh' if k == 0 else f'dstate_{k}'})" for k in range(parts)]
    step += [f"dstate_0 = dstate_0 + {_dot(f'du_{g}', g)}" for g in range(G)]
    step += [f"sum_{k} = sum_{k} + down_{k}" for k in range(own)]
    step += ["kept = (t == 0) | (t % truncate != 0)"]
    step += [f"dstate_{k} = tl.where(kept, dstate_{k}, 0.0)" for k in range(parts)]
    lines += [*before, "for s in range(T):", *(f"    {line}" for line in step)]
    lines += [_store(f"dstate{k} + k", f"dstate_{k}") for k in range(parts)]
    lines += [_store(f"down{k} + k", f"sum_{k}") for k in range(own)]
    kept = [*_names("state", parts), *_extras(cell), *_names("own", own)]
    summed = [*_names("dstate", parts), *_names("down", own)]
    arguments = ["slots", "dhs", *kept, *summed, "ends", "W", "T", "truncate"]
    return _kernel("backward_all", arguments, ROWS, lines, OF_ROWS)
