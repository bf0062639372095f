"""BLEU. The oracle is sacrebleu, without smoothing and with tokens as they are."""

import numpy as np
from sacrebleu.metrics.bleu import BLEU

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("bleu",)
EQUATION = "bleu"
PAGE = "ch10_translation/bleu"
CONTRACT = Contract(takes={"hyps": None}, returns={"bleu": ""})


def by_sacrebleu(hyps, refs, n):
    text = lambda corpus: [" ".join(f"w{token}" for token in tokens) for tokens in corpus]  # noqa: E731
    metric = BLEU(smooth_method="none", tokenize="none", max_ngram_order=n, force=True)
    return metric.corpus_score(text(hyps), [text(refs)]).score


def near(rng, refs, changes, K=9):
    """Translations: references with some tokens changed, and some dropped."""
    hyps = []
    for ref in refs:
        hyp = np.where(rng.random(len(ref)) < changes, rng.integers(K, size=len(ref)), ref)
        hyps.append(hyp[rng.random(len(hyp)) > changes / 3] if len(hyp) > 5 else hyp)
    return hyps


def one(name, hyps, refs, n=4):
    return Case(name, lambda f: {"BLEU": f.bleu(list(hyps), list(refs), n)}, {"BLEU": by_sacrebleu(hyps, refs, n)})


def cases(rng):
    refs = [rng.integers(9, size=length) for length in (12, 7, 15, 9)]
    for changes in (0.1, 0.2):
        yield one(f"some {changes:.0%} of the tokens wrong", near(rng, refs, changes), refs)
    yield one("perfect", [ref.copy() for ref in refs], refs)
    yield one("perfect, but short", [ref[: len(ref) - 2] for ref in refs], refs)
    yield one("perfect, but with more behind", [np.append(ref, [3, 4, 5]) for ref in refs], refs)
    yield one("pairs only", near(rng, refs, 0.25), refs, n=2)
    yield one("single tokens only", near(rng, refs, 0.4), refs, n=1)
    the = [np.array([1, 1, 1, 1, 1, 2, 3]), np.array([4, 5, 4, 5, 4, 5])]
    yield one("tokens that are repeated", the, [np.array([1, 2, 3, 1, 6, 7]), np.array([4, 5, 6, 4, 5])], n=2)
    yield one("no four in a row right", [np.array([1, 2, 3, 0, 5, 6, 7])], [np.array([1, 2, 3, 4, 5, 6, 7])])
    yield one("a translation shorter than four tokens, alone", [np.array([1, 2])], [np.array([1, 2])])
    short = [np.array([1, 2]), *near(rng, refs[1:], 0.1)]
    yield one("a short one among others", short, [np.array([1, 2, 3]), *refs[1:]])
    yield one("an empty translation among others", [np.array([], int), *near(rng, refs[1:], 0.1)], refs)
    yield Case(
        "nothing at all was written",
        lambda f: {"BLEU": f.bleu([np.array([], int)], [np.array([1, 2])], 4)},
        {"BLEU": 0.0},
    )
    yield Case("without n: four", lambda f: {"BLEU": f.bleu(list(the), list(the))}, {"BLEU": 100.0})
