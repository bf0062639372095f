"""Does a verdict hang by the seed? Every natural variant of every right answer, over many seeds.

    python -m autograder.quality variants --seeds 200 --json results/variants.json

A variant is a right answer rewritten by a rule of autograder/quality/rules.py. Over all seeds its verdict must be one
and the same: all of the points, or all but the shares of demands at which such a rewriting may fail and that the
notebook announces. The file is written after each exercise, and the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from autograder.checks import run_check
from autograder.checks.known_answers import answers, exercises, load_cases
from autograder.checks.run import asked
from autograder.checks.solutions import solution_functions, solution_text, surroundings
from autograder.inside.protocol import decode, encode
from autograder.quality.kept import filled
from autograder.quality.rewrite import SOLUTION
from autograder.quality.rules import RULES

__all__ = ["Judged", "Variant", "judge", "main", "measure", "trains", "variants", "wired"]

AS_IT_IS = "as it is"
TRAINING_SEEDS = 1
NOT_RIGHT = {
    r"gradcheck, .*, float32 inside": "A difference quotient in float32 is noise: this is what the page warns of.",
    r"lyapunov, .*, float32 inside": "1 - h * h of a saturated unit is 0 in float32, and its logarithm minus infinity.",
    r"additive_attention, solution, softmax without a shift": "Its sum is at least 1 only because of the shift.",
    r"attention_pool_backward, right_centred, softmax without a shift": "It cuts scores above the largest, which is 0.",
    r"crf_nll, right_probabilities, softmax without a shift": "The largest is added again, but was not taken out.",
}
"""Variants that are no right answers (a pattern of exercise, answer and rule), with the reason."""


@dataclass(frozen=True)
class Variant:
    """A right answer, rewritten. may_lose: the demands at which it may fail."""

    exercise: str
    answer: str
    rule: str
    text: str
    may_lose: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.answer}, {self.rule}"

    def functions(self) -> tuple[Callable, ...]:
        """Return the functions of the exercise, as a notebook with this text in it has them."""
        base = solution_functions(self.exercise)
        scope: dict[str, Any] = {**surroundings(self.exercise), **base}
        exec(compile(self.text, f"<{self.exercise}, {self}>", "exec"), scope)
        return tuple(scope[name] for name in base)


@dataclass(frozen=True)
class Judged:
    """What the verdicts on a variant came to: each share with the demands that were lost, and on how many seeds."""

    variant: Variant
    verdicts: dict[tuple[float, tuple[str, ...]], int]

    @property
    def kind(self) -> str:
        """Whether it was right ("full"), lost only what it may ("demand"), or is a mistake of ours."""
        if len(self.verdicts) > 1:
            return "mixed"
        ((share, lost),) = self.verdicts
        if share == 1:
            return "full"
        return "demand" if lost and set(lost) <= set(self.variant.may_lose) else "refused"


@cache
def variants(exercise: str) -> tuple[Variant, ...]:
    """Return the right answers of an exercise, each as it is and by each rule that changes it; no two are alike.

    Where an exercise goes back through earlier functions, these are rewritten, too, before the model solution.
    """
    spec = load_cases(exercise)
    contract, name = getattr(spec, "CONTRACT", None), spec.FUNCTIONS[-1]
    before = "".join(f"{solution_text(name)}\n\n" for name in spec.FUNCTIONS[:-1] if name in exercises())
    texts = [("solution", "", before + solution_text(exercise))]
    texts += [(answer.name, before, answer.text) for answer in answers(exercise, "right")]
    found: dict[str, Variant] = {}
    for answer, kept, text in texts:
        found.setdefault(kept + text, Variant(exercise, answer, AS_IT_IS, kept + text))
        for rule in RULES:
            if answer != "solution" and rule.tried_on == SOLUTION:
                continue
            if any(re.fullmatch(each, f"{exercise}, {answer}, {rule.name}") for each in NOT_RIGHT):
                continue
            if (changed := rule.rewritten(text, name, contract)) is not None:
                found.setdefault(kept + changed, Variant(exercise, answer, rule.name, kept + changed, rule.may_lose))
    return tuple(found.values())


def trains(exercise: str) -> bool:
    """Return whether its cases take seconds each, because something is trained."""
    return hasattr(load_cases(exercise), "SECONDS")


def judge(some: Iterable[Variant], seeds: Iterable[int], tick: Callable[[], Any] = bool) -> list[Judged]:
    """Return what variants came to over the seeds. tick: called after each verdict."""
    made = [(variant, variant.functions()) for variant in some]
    found = [Counter[tuple[float, tuple[str, ...]]]() for _ in made]
    for seed in seeds:  # outside, for the cases of a seed are drawn once
        for (variant, functions), seen in zip(made, found):
            verdict = run_check(variant.exercise, functions, seed)
            lost = set() if verdict.passed else asked(variant.exercise).keys() - verdict.right_parts.keys()
            seen[round(verdict.share, 9), tuple(sorted(lost))] += 1
            tick()
    return [Judged(variant, dict(seen)) for (variant, _), seen in zip(made, found)]


def wired(functions: Iterable[Callable]) -> tuple[Callable, ...]:
    """Return the functions as the judge has them: what they return has been data, and the rest a handle, on the way."""
    kept: dict[str, Any] = {}

    def refer(value: Any) -> dict[str, Any]:
        kept[f"{id(value):x}"] = value
        return {"h": f"{id(value):x}", "n": type(value).__name__}

    def back(value: Any) -> Any:
        handle = getattr(value, "handle", getattr(value, "id", None))
        return kept.get(handle, value) if isinstance(handle, str) else value

    def over(function: Callable, *args: Any) -> Any:
        return decode(encode(function(*map(back, args)), refer))

    return tuple(partial(over, function) for function in functions)


def measure(exercise: str, seeds: int, tick: Callable[[], Any] = bool) -> dict[str, Any]:
    """Return one row of the table: how many variants there are, and how many of them were judged how."""
    judged = judge(variants(exercise), range(seeds), tick)
    kinds = Counter(one.kind for one in judged)
    return {
        "seeds": seeds,
        "variants": len(judged),
        **{kind: kinds[kind] for kind in ("full", "demand", "mixed", "refused")},
        "lost": {
            str(one.variant): {
                "kind": one.kind,
                "verdicts": [{"share": s, "lost": e, "seeds": n} for (s, e), n in one.verdicts.items()],
            }
            for one in judged
            if one.kind != "full"
        },
    }


def _told(row: dict[str, Any]) -> list[str]:
    """Return the lines on one exercise."""
    counts = f"{row['full']} right, {row['demand']} but for a demand, {row['mixed']} mixed, {row['refused']} refused"
    lines = [f"{row['exercise']:<22}{row['variants']:4} variants, {row['seeds']:3} seeds: {counts}"]
    for name, one in row["lost"].items():
        if one["kind"] in ("mixed", "refused"):
            told = [
                f"{v['share']:g} on {v['seeds']} seeds ({', '.join(v['lost']) or 'right'})" for v in one["verdicts"]
            ]
            lines.append(f"    {one['kind']}: {name}: {'; '.join(told)}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. The exit status is 1 where a verdict was mixed, or a right answer refused."""
    description = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("variants", description=__doc__, formatter_class=description)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--exercise", action="append", choices=exercises(), metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error(f"--seeds: got {options.seeds}, expected at least 1")
    names = options.exercise or exercises()
    seeds = {name: min(options.seeds, TRAINING_SEEDS) if trains(name) else options.seeds for name in names}
    head = {
        "command": f"python -m autograder.quality variants --seeds {options.seeds} --json {options.json}",
        "seeds": options.seeds,
        "rules": {rule.name: rule.tried_on for rule in RULES},
    }
    ours = [Path(__file__).with_name(name) for name in ("rewrite.py", "rules.py")]
    with tqdm(unit=" verdicts") as bar:
        rows = filled(options.json, seeds, partial(measure, tick=bar.update), head, ours, names)
    print("\n".join(line for name in names for line in _told(rows[name])))
    total = {key: sum(rows[name][key] for name in names) for key in ("variants", "full", "demand", "mixed", "refused")}
    print(", ".join(f"{number} {key}" for key, number in total.items()))
    return 1 if total["mixed"] or total["refused"] else 0
