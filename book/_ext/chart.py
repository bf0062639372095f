"""Define the directive `{chart} NAME`, a figure made by book/figures/NAME.py: its `chart()` returns an Altair chart.

The page holds the chart as SVG, drawn when the book is built. If the chart has a slider or a menu, a script that is
shipped with the page takes the SVG's place; without JavaScript, and in print, the SVG stays.
"""

from __future__ import annotations

import html
import importlib.util
import json
from pathlib import Path

import vl_convert
from docutils import nodes
from docutils.parsers.rst import directives
from fresh import files_behind
from sphinx.util.docutils import SphinxDirective

QUIET = {
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "domainColor": "currentColor",
        "tickColor": "currentColor",
        "gridColor": "rgba(128, 128, 128, 0.25)",
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": "currentColor", "titleColor": "currentColor", "titleFontWeight": "normal"},
    "title": {"color": "currentColor", "subtitleColor": "currentColor", "fontWeight": "normal"},
    "header": {"labelColor": "currentColor", "titleColor": "currentColor"},
    "font": "sans-serif",
}
"""Text and axes take the colour of the page's text, so that one SVG reads in light and dark."""


def load_chart(path: Path) -> dict:
    """Return the Vega-Lite description that a figure script makes, with the book's colours for text and axes."""
    spec = importlib.util.spec_from_file_location(f"figures.{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    chart = module.chart().to_dict()
    config = chart.setdefault("config", {})
    for key, value in QUIET.items():
        config[key] = {**value, **config.get(key, {})} if isinstance(value, dict) else value
    return chart


def is_playable(chart: dict) -> bool:
    """Return whether the chart has a slider or a menu."""
    return any("bind" in param for param in chart.get("params", []))


def static_svg(chart: dict) -> str:
    """Draw the chart as SVG that scales with the page."""
    return vl_convert.vegalite_to_svg(json.dumps(chart)).strip()


class Chart(SphinxDirective):
    """Put a figure on a page. The option `:alt:` says in words what it shows, and the content is its caption."""

    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012  (docutils wants it so)
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the figure, and raise an error that names the page and its line if it cannot be made."""
        name = self.arguments[0]
        path = Path(self.env.srcdir) / "figures" / f"{name}.py"
        if not path.is_file():
            raise self.error(f"chart: got {name!r}, expected the name of a file in book/figures/")
        if not self.options.get("alt"):
            raise self.error(f"chart {name}: expected :alt:, what the picture shows, for a reader who cannot see it")
        for source in [path, *files_behind(path.read_text(encoding="utf-8"), path.parent)]:
            self.env.note_dependency(str(source))
        chart = load_chart(path)
        alt = html.escape(self.options["alt"], quote=True)
        playable = is_playable(chart)
        parts = [
            f'<figure class="chart" id="chart-{name}">',
            f'<div class="chart-view" role="img" aria-label="{alt}">{static_svg(chart)}</div>',
        ]
        if playable:
            self.env.metadata[self.env.docname]["playable"] = "yes"
            text = json.dumps(chart).replace("<", "\\u003c")
            parts.append(f'<script type="application/json" class="chart-spec">{text}</script>')
        caption = nodes.container(classes=["chart-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        opening = nodes.raw("", "\n".join([*parts, "<figcaption>"]), format="html")
        return [opening, caption, nodes.raw("", "</figcaption></figure>", format="html")]


def choose_scripts(app, pagename, templatename, context, doctree) -> None:
    """Choose the scripts that a page loads. Jupyter Book adds every .js below _static, and thebe, wanted or not."""
    unwanted = ("_static/vendor/mathjax/es5/input/", "_static/vendor/vega.js", "_static/charts.js", "sphinx-thebe.js")
    kept = []
    for script in context["script_files"]:
        name = str(getattr(script, "filename", script) or "")
        given = getattr(script, "attributes", {})
        blocking = name.endswith(app.config.mathjax_path) and "defer" not in given  # Sphinx adds it again where needed
        if not (blocking or "THEBE_JS_URL" in str(given.get("body")) or any(part in name for part in unwanted)):
            kept.append(script)
    context["script_files"][:] = kept
    if app.env.metadata.get(pagename, {}).get("playable"):
        app.add_js_file("vendor/vega.js", loading_method="defer")
        app.add_js_file("charts.js", loading_method="defer")


def setup(app) -> dict:
    """Register with Sphinx."""
    app.add_directive("chart", Chart)
    app.connect("html-page-context", choose_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True}
