"""Make a student's Markdown harmless, before a person's browser shows it beside the buttons that give points.

A sanitiser works on HTML, and what is kept is Markdown, which becomes HTML in formgrader and is searched for formulas
there. So nothing is left of which HTML, a link to a program or a formula with one could be made: a space parts what
would act. What stays reads as before, `a <b` as `a < b`.
"""

from __future__ import annotations

import re

__all__ = ["harmless"]

SAFE = r"[ \t]*\n?[ \t]*(?:https?://|mailto:|#)"
"""How a link may begin."""
MACROS = "href|url|require|class|cssId|style|html[A-Z][A-Za-z]*|data|unicode|mmlToken|includegraphics"
PARTED = (
    (re.compile(r"<(?=[A-Za-z/!?])"), "< "),  # a tag, a comment, a link in angle brackets
    (re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp);)(?=#|[A-Za-z][A-Za-z0-9]*;?)(?=\S)"), "& "),  # what an entity hides
    (re.compile(r"!(?=\[)"), "! "),  # a picture, which is fetched without being asked for
    (re.compile(rf"\](?=\((?!{SAFE}))"), "] "),
    (re.compile(rf"\](?=:(?!{SAFE}))"), "] "),
    (re.compile(rf"\\(?=(?:{MACROS})(?![A-Za-z]))"), "\\\\ "),  # MathJax's roads to links, styles and its extensions
    (re.compile(r"^([ \t>*+\-0-9.)]*(?:`{3,}|~{3,})[ \t]*)\{?mermaid", flags=re.MULTILINE | re.IGNORECASE), r"\1text"),
)


def harmless(markdown: str) -> str:
    """Return the text, in which nothing can act when a browser shows it."""
    markdown = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", markdown.replace("\r\n", "\n").replace("\r", "\n"))
    for pattern, apart in PARTED:
        markdown = pattern.sub(apart, markdown)
    return markdown
