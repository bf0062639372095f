"""The source of a cell's kernels: its own equations, in loops over numbers where its plan says they live.

The equations are not written a second time. The text of each stage's functions is taken from the cell's file, with
every number literal wrapped in the dtype, and pasted into the module that numba compiles.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable

from rnncore import ops
from rnncore.engines.plan import Place, Plan, StagePlan, plan
from rnncore.types import Cell

__all__ = ["generate"]

SCALAR = {name: getattr(ops, name) for name in ("relu", "sigmoid", "tanh", "where")}
"""The functions that a stage may call: `primitives` has each for scalars, under the same name."""

HEAD = '''"""Kernels of the {name} in {dtype}, made by rnncore.engines.cpu.generate. Do not edit."""

import numpy as np
from numba import njit

from rnncore.engines.cpu.matrix import product
from rnncore.engines.cpu.primitives import (
    KEPT, OPTIONS, add_rows, apart, load, pointer, relu, shift, sigmoid, store, tanh, where,
)

F = np.{dtype}
'''


def generate(cell: Cell, dtype: str) -> str:
    """Return the text of a module with `forward` and `backward` for a cell; dtype: "float32" or "float64".

    Raises ValueError, saying why, for a cell that cannot be compiled.
    """
    places = plan(cell)
    text, forward, backward = [HEAD.format(name=cell.name, dtype=dtype)], [], []
    for index, (stage, planned) in enumerate(zip(cell.stages, places.stages)):
        text.append(_equations(stage.forward, f"equations_{index}"))
        text.append(_equations(stage.backward, f"equations_{index}_back"))
        forward.append(_forward_kernel(cell, index, planned))
        backward.append(_backward_kernel(cell, index, planned))
    text += [kernel.text() for kernel in (*forward, *backward)]
    text += [_forward_driver(cell, places, forward), _backward_driver(cell, places, backward)]
    return "\n\n\n".join(text) + "\n"


# -- The equations


class _Literals(ast.NodeTransformer):
    """Wraps numbers in F, or a Python float would turn float32 arithmetic into float64."""

    def visit_Constant(self, node):
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return ast.Call(ast.Name("F", ast.Load()), [node], [])
        return node

    def visit_Subscript(self, node):
        node.value = self.visit(node.value)  # but not an index
        return node

    def visit_BinOp(self, node):
        node.left = self.visit(node.left)
        if not isinstance(node.op, ast.Pow):  # nor a power
            node.right = self.visit(node.right)
        return node


def _equations(function: Callable, name: str) -> str:
    """Return the function's own text under another name, for scalars.

    Raises ValueError when it needs what they have not.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise ValueError(f"cell: got {function!r} without a source, expected a function in a file") from error
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef) or inspect.getclosurevars(function).nonlocals:
        raise ValueError(f"cell: got {function!r}, expected a plain function without a closure")
    found = inspect.getclosurevars(function)
    foreign = {key for key, value in found.globals.items() if SCALAR.get(key) is not value}
    foreign |= set(found.builtins) | (found.unbound - {"shape"})
    if foreign:
        raise ValueError(
            f"cell: got {function.__name__}, which uses {sorted(foreign)}, expected {sorted(SCALAR)} alone"
        )
    node.name, node.decorator_list = name, []
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:]
    return f"@njit(forceinline=True, **OPTIONS)\n{ast.unparse(ast.fix_missing_locations(_Literals().visit(node)))}"


# -- Kernels: one stage over the rows of one step


class _Kernel:
    """The text of one kernel: its arguments, its places with their addresses in row b, and what is done at each.

    Every place gets a number, by which `primitives.load` and `store` tell LLVM that it is apart from all others.
    """

    def __init__(self, name: str):
        self.name, self.arguments = name, ["rows", "H", "t", "ends", "b0"]
        self.addresses: dict[str, str] = {}
        self.inside: list[str] = []
        self.outside: list[str] = []

    def places(self, names, address: str = "{0}, b * H", argument: bool = True) -> None:
        """Declare places, each at `address` in row b, and unless `argument` is False each an argument of its own."""
        for name in names:
            if name not in self.addresses:
                self.addresses[name] = f"shift({address.format(name)})"
                self.arguments += [name] if argument else []

    def block(self, argument: str, names: dict[str, int], width: str) -> None:
        """Declare places that stand side by side in the rows of one argument, `width` long."""
        self.arguments.append(argument)
        for name, k in names.items():
            self.addresses[name] = f"shift({argument}, b * {width} + {k} * H)"

    def load(self, name: str) -> str:
        return f"load(at_{name}, j, {list(self.addresses).index(name)})"

    def store(self, name: str, value: str, past: str | None = None) -> None:
        """Store a value inside a sequence, and `past` beyond its end."""
        number = list(self.addresses).index(name)
        self.inside.append(f"store(at_{name}, j, {value}, {number})")
        if past is not None:
            self.outside.append(f"store(at_{name}, j, {past}, {number})")

    def text(self) -> str:
        lines = ["@njit(**OPTIONS)", f"def {self.name}({', '.join(self.arguments)}):", "    apart()"]
        lines += ["    for b in range(rows):", *(f"        at_{n} = {a}" for n, a in self.addresses.items())]
        lines += ["        if t < ends[b0 + b]:", "            for j in range(H):"]
        lines += [f"                {line}" for line in self.inside]
        if self.outside:
            lines += ["        else:", "            for j in range(H):"]
            lines += [f"                {line}" for line in self.outside]
        return "\n".join(lines)


def _name(place: Place) -> str:
    return f"{place[0]}{place[1]}"


def _names(kind: str, count: int) -> list[str]:
    return [f"{kind}{k}" for k in range(count)]


def _tuple(parts: Iterable[str]) -> str:
    parts = list(parts)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _slots(kernel: _Kernel, stage: StagePlan, used: Iterable[Place]) -> None:
    """Declare the slots of a stage's gates, and others in use, in the rows of `slots`."""
    mine = [("slot", stage.first + k) for k in range(stage.gates)]
    kernel.arguments.append("width")
    kernel.block("slots", {_name(p): p[1] for p in dict.fromkeys([*mine, *used]) if p[0] == "slot"}, "width")


def _extras(kernel: _Kernel, used: Iterable[Place]) -> None:
    kernel.places(_name(p) for p in used if p[0] == "extra")


def _forward_kernel(cell: Cell, index: int, stage: StagePlan) -> _Kernel:
    """Make the kernel: a + b and u in; outputs, and what the backward pass wants, out."""
    G, parts, last = stage.gates, len(cell.state), index == len(cell.stages) - 1
    kernel, u, own = _Kernel(f"forward_{index}"), _names("u", G), _names("own", len(cell.own))
    old, new, bias = _names("old", parts), _names("new", parts), _names("bias", G)
    used = (*stage.inputs, *stage.outputs, *stage.saved)
    _slots(kernel, stage, used)
    kernel.block("u", {name: k for k, name in enumerate(u)}, f"{G} * H")
    kernel.arguments.append("bias")
    for k, name in enumerate(bias):
        kernel.places([name], f"bias, {stage.first + k} * H", argument=False)
    kernel.places(own, "{0}, 0")
    kernel.places(old)
    kernel.places(new if last else [])
    _extras(kernel, used)

    a = [f"{kernel.load(f'slot{stage.first + k}')} + {kernel.load(bias[k])}" for k in range(G)]
    given = [*map(kernel.load, old), *(kernel.load(_name(place)) for place in stage.inputs)]
    outputs, saved = _names("o", len(stage.outputs)), _names("s", len(stage.saved))
    arguments = (_tuple(part) for part in (a, map(kernel.load, u), given, map(kernel.load, own)))
    kernel.inside.append(f"{_tuple(outputs)}, {_tuple(saved)} = equations_{index}({', '.join(arguments)})")
    done = {("old", k) for k in range(parts)} | {("new", k) for k in range(parts)} | set(stage.inputs)
    if last:
        for k in range(parts):
            kernel.store(new[k], outputs[k], past=kernel.load(old[k]))
    for k, (value, place) in enumerate([*zip(outputs, stage.outputs), *zip(saved, stage.saved)]):
        if place not in done:  # what W multiplies next must be a number past the end, too
            kernel.store(_name(place), value, past="F(0)" if k == 0 and not last else None)
            done.add(place)
    return kernel


def _backward_kernel(cell: Cell, index: int, stage: StagePlan) -> _Kernel:
    """Make the kernel: gradients on the outputs in; da over the slots, du where it differs, and the other gradients
    out.
    """
    G, parts, last = stage.gates, len(cell.state), index == len(cell.stages) - 1
    kernel, own, down = _Kernel(f"backward_{index}"), _names("own", len(cell.own)), _names("down", len(cell.own))
    dstate, din = _names("dstate", parts), _names("din", len(stage.inputs))
    dout, du = _names("dout", len(stage.outputs)), _names("du", G)
    _slots(kernel, stage, stage.saved)
    kernel.places(own, "{0}, 0")
    kernel.places([*_names("old", parts), *_names("new", parts)])
    _extras(kernel, (*stage.saved, *(stage.du or ())))
    kernel.places(["dhs"] if last else dout)
    kernel.places([*dstate, *din, *down])
    if stage.du:
        kernel.block("du", {name: k for k, name in enumerate(du)}, f"{G} * H")

    dh = f"{kernel.load('dstate0')} + {kernel.load('dhs')}" if last else ""
    given = [dh, *map(kernel.load, dstate[1:])] if last else map(kernel.load, dout)
    saved = (kernel.load(_name(place)) for place in stage.saved)
    results = [_names("a_", G), _names("u_", G), _names("d_", parts + len(din)), _names("own_", len(own))]
    a_, u_, d_, own_ = results
    arguments = (_tuple(part) for part in (given, saved, map(kernel.load, own)))
    kernel.inside.append(f"{', '.join(map(_tuple, results))} = equations_{index}_back({', '.join(arguments)})")
    for k in range(G):
        kernel.store(f"slot{stage.first + k}", a_[k], past="F(0)")
    for k, place in enumerate(stage.du or ()):
        kernel.store(du[k], u_[k], past="F(0)")
        if place[0] == "extra":
            kernel.store(_name(place), u_[k], past="F(0)")
    for k, name in enumerate(dstate):
        kernel.store(name, d_[k] if last else f"{kernel.load(name)} + {d_[k]}", past=dh if last and k == 0 else None)
    for k, name in enumerate(din):
        kernel.store(name, d_[parts + k])
    for k, name in enumerate(down):
        kernel.store(name, own_[k] if last else f"{kernel.load(name)} + {own_[k]}", past="F(0)" if last else None)
    return kernel


# -- Drivers: the loop over time for rows b0..b1 - 1


def _called(kernel: _Kernel, given: dict[str, str]) -> str:
    """Return a call of a kernel, with each argument as `given` says, or by its own name."""
    return f"{kernel.name}({', '.join(given.get(name, name) for name in kernel.arguments)})"


def _step(count: int, kind: str, at: str) -> dict[str, str]:
    return {f"{kind}{k}": f"pointer({kind}{k}, {at})" for k in range(count)}


def _forward_driver(cell: Cell, places: Plan, kernels: list[_Kernel]) -> str:
    G, parts, own, stages = len(cell.gates), len(cell.state), len(cell.own), len(cell.stages)
    arguments = ["b0", "b1", "panel", "tile", "slots", "bias", "u", "ends"]
    arguments += [*_names("own", own), *_names("state", parts), *_names("extra", places.extras), *_names("M", stages)]
    lines = ["@njit(**KEPT)", f"def forward({', '.join(arguments)}):", "    T, B, width = slots.shape"]
    lines += [f"    H, rows = width // {G}, b1 - b0", "    for t in range(T):"]
    lines += ["        now, after = (t * B + b0) * H, ((t + 1) * B + b0) * H"]
    given = {"slots": f"pointer(slots, now * {G})", "u": "pointer(u, 0)", "bias": "pointer(bias, 0)"}
    given |= _step(places.extras, "extra", "now") | _step(own, "own", "0")
    given |= {f"old{k}": f"pointer(state{k}, now)" for k in range(parts)}
    given |= {f"new{k}": f"pointer(state{k}, after)" for k in range(parts)}
    for index, (stage, kernel) in enumerate(zip(places.stages, kernels)):
        n, operand = f"{stage.gates} * H", given[_name(stage.operand)]
        lines += [
            f"        product(rows, {n}, H, {operand}, H, pointer(M{index}, 0), panel, F(0), {given['u']}, {n}, "
            "pointer(tile, 0))",
            f"        {_called(kernel, given)}",
        ]
    return "\n".join(lines)


def _backward_driver(cell: Cell, places: Plan, kernels: list[_Kernel]) -> str:
    G, parts, own, stages = len(cell.gates), len(cell.state), len(cell.own), len(cell.stages)
    carried = max(len(stage.inputs) for stage in places.stages)
    arguments = ["b0", "b1", "panel", "tile", "truncate", "slots", "du", "partial", "db", "ends", "dhs", "dq"]
    arguments += [*_names("own", own), *_names("state", parts), *_names("extra", places.extras), *_names("M", stages)]
    arguments += [*_names("dstate", parts), *_names("carry", carried), *_names("down", own), *_names("down_sum", own)]
    lines = ["@njit(**KEPT)", f"def backward({', '.join(arguments)}):", "    T, B, width = slots.shape"]
    lines += [f"    H, rows = width // {G}, b1 - b0", "    for t in range(T - 1, -1, -1):"]
    lines += ["        now, after = (t * B + b0) * H, ((t + 1) * B + b0) * H"]
    given = {"slots": f"pointer(slots, now * {G})", "du": "pointer(du, 0)", "dhs": "pointer(dhs, now)"}
    given |= _step(places.extras, "extra", "now") | _step(own, "own", "0")
    given |= {f"old{k}": f"pointer(state{k}, now)" for k in range(parts)}
    given |= {f"new{k}": f"pointer(state{k}, after)" for k in range(parts)}
    given |= _step(parts, "dstate", "b0 * H") | _step(own, "down", "b0 * H")
    inside = {f"din{k}": f"pointer(carry{k}, b0 * H)" for k in range(carried)}
    inside |= {"dout0": "pointer(dq, b0 * H)", **{f"dout{k + 1}": inside[f"din{k}"] for k in range(carried)}}
    for index in range(stages - 1, -1, -1):
        stage = places.stages[index]
        n = f"{stage.gates} * H"
        lines.append(f"        {_called(kernels[index], {**given, **inside})}")
        source = f"{given['du']}, {n}" if stage.du else f"pointer(slots, now * {G} + {stage.first} * H), width"
        target, beta = ("dstate0", "F(1)") if index == 0 else ("dq", "F(0)")
        lines.append(
            f"        product(rows, H, {n}, {source}, pointer(M{index}, 0), panel, {beta}, "
            f"pointer({target}, b0 * H), H, pointer(tile, 0))"
        )
    lines.append(f"        add_rows(rows, width, {given['slots']}, width, pointer(partial, 0), pointer(db, 0))")
    lines += [
        f"        add_rows(rows, H, pointer(down{k}, b0 * H), H, pointer(partial, 0), pointer(down_sum{k}, 0))"
        for k in range(own)
    ]
    lines += ["        if truncate > 0 and t > 0 and t % truncate == 0:"]
    lines += [f"            dstate{k}[b0:b1] = F(0)" for k in range(parts)]
    return "\n".join(lines)
