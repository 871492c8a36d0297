"""A page as one HTML document: no script, nothing from elsewhere, readable in light and dark and on paper."""

import re
from html import escape
from typing import Final

from hub_web.partner.blocks import Block, Code, Facts, Link, Page, Section, Table, Text

_CODE: Final = re.compile(r"`([^`]+)`")
# Every pair of colours has a contrast of 4.5 and more (WCAG 2.2 AA).
STYLE: Final = """
:root{color-scheme:light dark;--page:#fbfbfd;--card:#fff;--text:#1c2230;--soft:#566074;--line:#dde2ec;--mark:#1f4fa3;
--code:#f2f5fa;--head:#12305f;--headtext:#fff;--headsoft:#cfdcf3}
@media(prefers-color-scheme:dark){:root{--page:#10141c;--card:#171d28;--text:#e6eaf2;--soft:#a3aec2;--line:#2b3446;
--mark:#8db4ff;--code:#1e2635;--head:#0c1a33;--headtext:#f2f6ff;--headsoft:#b5c7e8}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.6 system-ui,"Segoe UI",Roboto,sans-serif}
header{background:var(--head);color:var(--headtext);padding:2.2rem 1.5rem 2rem}
header>div,.frame{max-width:70rem;margin:0 auto}h1{margin:0 0 .3rem;font-size:2rem;line-height:1.2}
header p{margin:0;max-width:46rem;color:var(--headsoft);font-size:1.05rem}
.frame{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:2.5rem;padding:2rem 1.5rem 4rem}
nav{position:sticky;top:1.5rem;align-self:start;font-size:.95rem}nav ol{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.28rem .8rem;color:var(--soft);text-decoration:none;border-left:2px solid var(--line)}
nav a:hover,nav a:focus-visible{color:var(--mark);border-color:var(--mark)}
section{margin:0 0 2.6rem}h2{font-size:1.3rem;margin:0 0 .8rem}h3{font-size:.95rem;margin:0}
p{margin:.6rem 0;max-width:46rem}a{color:var(--mark)}
code{font:.88em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;background:var(--code);padding:.1em .35em;
border-radius:4px;overflow-wrap:anywhere}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--card);margin:.8rem 0}
table{border-collapse:collapse;width:100%;font-size:.94rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .8rem;border-bottom:1px solid var(--line)}
tr:last-child>*{border-bottom:0}thead th{color:var(--soft);font-weight:600;font-size:.85rem}
tbody th{font-weight:600;white-space:nowrap;width:12rem}thead th,thead~tbody code{white-space:nowrap}
figure{margin:1rem 0;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--card)}
figcaption{padding:.45rem .9rem;border-bottom:1px solid var(--line);color:var(--soft)}
pre{margin:0;padding:.9rem;overflow-x:auto;background:var(--code);tab-size:2}pre code{padding:0;background:none;
overflow-wrap:normal}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
@media(max-width:50rem){.frame{display:block;padding-top:1.2rem}nav{position:static;margin-bottom:2rem}
tbody th{width:7rem;white-space:normal}}
@media print{:root{--page:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--code:#f6f6f6;--mark:#000;--head:#fff;
--headtext:#000;--headsoft:#222}body{font-size:10.5pt}nav{display:none}.frame{display:block;padding:0}
header{padding:0 0 1rem;border-bottom:2px solid #000;margin-bottom:1rem}pre{white-space:pre-wrap}
pre code{overflow-wrap:anywhere}figcaption,h2{break-after:avoid}tr{break-inside:avoid}}
@media(prefers-reduced-motion){html{scroll-behavior:auto}}
"""


def as_html(page: Page) -> str:
    """Return a page as a document."""
    places = "".join(f'<li><a href="#{one.id}">{escape(one.title)}</a></li>' for one in page.sections)
    sections = "".join(_section(one) for one in page.sections)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(page.title)}</title><style>{STYLE}</style></head><body>"
        f"<header><div><h1>{escape(page.title)}</h1><p>{_text(page.lead)}</p></div></header>"
        f'<div class="frame"><nav aria-label="On this page"><ol>{places}</ol></nav><main>{sections}</main></div>'
        "</body></html>\n"
    )


def _section(section: Section) -> str:
    blocks = "".join(_block(block) for block in section.blocks)
    heading = f'<h2 id="{section.id}">{escape(section.title)}</h2>'
    return f'<section aria-labelledby="{section.id}">{heading}{blocks}</section>\n'


def _block(block: Block) -> str:
    match block:
        case Text(text):
            return f"<p>{_text(text)}</p>"
        case Link(text, url):
            return f'<p><a href="{escape(url)}">{escape(text)}</a></p>'
        case Facts(pairs):
            rows = "".join(
                f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>' for name, value in pairs
            )
            return f'<div class="wide"><table><tbody>{rows}</tbody></table></div>'
        case Table(columns, rows):
            head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
            body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
            return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        case Code(title, _, text):
            return (
                f"<figure><figcaption><h3>{escape(title)}</h3></figcaption>"
                f'<pre tabindex="0"><code>{escape(text)}</code></pre></figure>'
            )


def _text(text: str) -> str:
    """Return a text with its code marked."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
