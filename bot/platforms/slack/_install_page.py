"""The page that somebody sees at the end of an installation in their browser."""

from __future__ import annotations

from html import escape

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address of this page has the code of the installation in it
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }}
  main {{ max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem }}
  h1 {{ font-size: 1.6rem; line-height: 1.25 }}
  a {{ display: inline-block; padding: .5rem 0 }}
</style>
</head>
<body><main><h1>{title}</h1><p>{words}</p>{more}</main></body>
</html>
"""


def page(title: str, words: str, link: tuple[str, str] | None = None) -> str:
    """A page of one headline, one sentence and, where something is left to do, one ``link``: address and label."""
    more = f'<p><a href="{escape(link[0])}">{escape(link[1])}</a></p>' if link else ""
    return _PAGE.format(title=escape(title), words=escape(words), more=more)
