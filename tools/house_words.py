"""The checks of prose that are this course's own, as proselint takes them: idioms that no native writer uses, sentences
without a verb, and sentences in a row that begin alike.

A formula or a piece of code is ¤ where these see the text; a heading, a row of a table or a figure's description is a
line that begins with |: it holds words and need not be a sentence. So need what comes first in an item of a list or in
a caption, after a •.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from proselint.registry.checks import Check, CheckResult, Padding, engine, types

__all__ = ["fragments", "openings"]

IDIOMS = {
    r"(?<!all )\bthe way back": "the backward pass",
    r"\bwhat arrives": "the gradient from ...",
    r"\bin the mean\b": "on average",
    r"\ball ways\b": "all paths",
    r"\bdirect way\b(?! to)": "direct path",
    r"\bshall\b": "should, or will",
    r"\b[Pp]ut in (?=the|this|that|what|¤)": "substitute",
    r"\b[Mm]ultiply above and below": "multiply numerator and denominator",
    r"\bderivatives? of +¤ +by(?= +¤)": "the derivative of ... with respect to",
    r"(?<!standard )\bdeviation(?= (?:of )?(?:¤|\d))": "standard deviation",
    r"\blabels turned over\b": "flipped labels",
    r"\bas likely as each other": "equally likely",
    r"\beach two\b": "each pair of",
    r"\bnot proved here\b": "one pointer to a source with its page",
    r"\b[Ii]t is luck\b": "what was seen, and what follows",
    r"\b[Nn]one of it helps\b": "what was seen, and what follows",
    r"\b[Ss]aid plainly\b": "what is said, precisely",
    r"\b(?:hangs?|hung) by (?=the|this|it\b)": "depends on",
    r"\blacks to one\b": "is short of one",
}
"""What is not to be written, as a pattern, and what to write."""
SENTENCE = re.compile(r"[^\s|].*?(?:[.?!:](?=[\s\"”)]|$)|\n\s*\n|\n(?=\s*\|)|\Z)", re.DOTALL)
LINE = re.compile(r"^\s*\|.*$", re.MULTILINE)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9’'-]*|¤|\d[\d,.]*")
BEGINS = {"a", "an", "the", "no", "one", "two", "three", "four", "only", "another", "such", "some", "many", "each"}
"""A sentence that begins so has a verb after its subject, if it has one."""
VERBS = frozenset(
    re.findall(
        r"\w+",
        """
    act add agree allow am answer appear are arise arrive ask be became become been began begin begun belong belongs
    bring brought build built call came can cannot carry cause change choose chose coincide come compare compete
    compute contain converge correspond cost could count cut decide depend did differ diverge do does double draw
    drew end enter exist explain explode fail fall feel fell felt find fire fit flow follow forget form found gave
    give go goes got grew grow had happen has have hear held help hold improve is keep kept knew know known lead
    learn learnt leave left let lie lies look lose lost made make makes matter may mean meant meet might move
    multiply must need occur open opens paid pass pay play point predict produce put ran rank reach read receive
    remain remember repeat require rise rose run said saw say see seen send sent serve set share should show shrink
    sit speak split spoke spread stand start stay stood stop suffice suggest suit sum take takes taught tell think
    thought told took train try turn use vanish vary wait want was went were will win won work would write written
    wrote
    """,
    )
)
"""Finite verbs that end neither in -s nor in -ed."""
NOT_BEFORE_A_VERB = {
    *("a", "an", "the", "of", "in", "with", "for", "by", "to", "from", "at", "on", "and", "or", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine", "ten", "many", "few", "no", "all", "some", "these", "those", "more"),
}
"""After one of these a word in -s is a plural, and one in -ed an attribute."""


def _sentences(text: str) -> Iterator[tuple[re.Match, list[str]]]:
    """Yield each sentence of a text with its words; rows of tables and headings are none."""
    bare = LINE.sub(lambda found: "|" + " " * (len(found[0]) - 1), text)
    for found in SENTENCE.finditer(bare):
        if words := [word.lower() for word in WORD.findall(found[0])]:
            yield found, words


def _has_verb(words: list[str]) -> bool:
    """Return whether one of the words may be a finite verb."""
    for before, word in pairwise(words):
        if word in VERBS or word.endswith(("n't", "n’t", "'s", "’s")):
            return True
        ends = word.endswith("ed") or (word.endswith("s") and not word.endswith(("ss", "us", "'s")))
        if ends and before not in NOT_BEFORE_A_VERB and not before[0].isdigit():
            return True
    return False


def fragments(text: str, check: Check) -> Iterator[CheckResult]:
    """Yield sentences that begin like a subject, end like a sentence, and have no verb. Some escape; few are sound."""
    for found, words in _sentences(text):
        if (
            "A" <= found[0][0] <= "Z"
            and found[0].endswith(".")
            and 3 <= len(words) <= 14
            and words[0] in BEGINS
            and not _has_verb(words)
        ):
            yield _result(found, check, " ".join(found[0].split()))


def openings(text: str, check: Check) -> Iterator[CheckResult]:
    """Yield the third of three sentences in a row that begin with one word; after an article, with two.

    Paragraphs and items of a list begin anew.
    """
    before: list[str] = []
    place = 0
    for found, words in _sentences(text):
        if "\n\n" in re.sub(r"[ \t]", "", text[place : found.start()]) or found[0].startswith("•"):
            before = []
        place = found.end()
        begin = " ".join(words[: 2 if words[0] in {"the", "a", "an", "¤"} else 1])
        if before[-2:] == [begin, begin] and begin[0] != "¤":
            yield _result(found, check, begin)
        before.append(begin)


def _result(found: re.Match, check: Check, said: str) -> CheckResult:
    span = (found.start() + check.offset[0], found.end() + check.offset[1])
    return CheckResult(span=span, check_path=check.path, message=check.message.format(said), replacements=None)


__register__ = (
    Check(
        check_type=types.PreferredForms(items=IDIOMS, padding=Padding.RAW),
        path="house.idioms",
        message="'{1}' is a house word; write: {0}.",
        engine=engine.Fancy(),
    ),
    Check(check_type=fragments, path="house.fragments", message="No verb is seen in: {0}"),
    Check(check_type=openings, path="house.openings", message="The third sentence in a row that begins with '{0}'."),
)
