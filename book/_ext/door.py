"""What leads readers to the course: its repository, an edit suggested on a page, what a shared link shows, a sitemap.

Two settings in _config.yml stand behind all of it, and what a setting would lead to is hidden where it is empty:
`course_repository`, or GITHUB_REPOSITORY where that is set, as it is in GitHub's Actions; and `course_address`, or
RNN_COURSE_BOOK, where the book is published.
"""

from __future__ import annotations

import os

__all__ = ["address", "on_config", "repository", "setup"]

CARD = "_static/social-card.png"
"""Made by `python -m tools.screens`."""
ALT = "A recurrent network, unrolled over a sentence: each state follows from the one before it and from a word."
LARGE = '<meta name="twitter:card" content="summary_large_image" />'
NO_PAGES = ["search.html", "genindex.html", "py-modindex.html"]


def repository(config) -> str:
    """Return OWNER/NAME at GitHub, or nothing."""
    return os.environ.get("GITHUB_REPOSITORY") or config.course_repository


def address(config) -> str:
    """Return where the book is published, with a slash at the end, or nothing."""
    told = os.environ.get("RNN_COURSE_BOOK") or config.course_address
    return f"{told.rstrip('/')}/" if told else ""


def on_config(app, config) -> None:
    """Give the theme and the extensions for links and sitemaps what the two settings say."""
    if named := repository(config):
        options = {"use_repository_button": True, "use_edit_page_button": True}
        where = {"repository_url": f"https://github.com/{named}", "repository_branch": "main", "path_to_docs": "book"}
        config.html_theme_options = {**config.html_theme_options, **where, **options}
    published, config.ogp_site_name = address(config), config.html_title
    config.html_baseurl = config.ogp_site_url = published
    config.ogp_image = f"{published}{CARD}" if published else CARD


def setup(app) -> dict:
    """Register with Sphinx. Without an address there is no sitemap to write, and its extension would complain."""
    app.add_config_value("course_repository", "", "env", types=(str,))
    app.add_config_value("course_address", "", "html", types=(str,))
    app.setup_extension("sphinxext.opengraph")
    app.config.ogp_social_cards = {"enable": False}  # one card for all pages, drawn by us; theirs need matplotlib
    app.config.ogp_image_alt = ALT
    app.config.ogp_custom_meta_tags = [LARGE]
    if address(app.config):
        app.setup_extension("sphinx_sitemap")
        app.config.sitemap_url_scheme = "{link}"
        app.config.sitemap_excludes = NO_PAGES
    app.connect("config-inited", on_config, priority=100)
    return {"parallel_read_safe": True}
