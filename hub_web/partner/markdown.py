"""A page as Markdown (CommonMark with tables)."""

from hub_web.partner.blocks import Block, Code, Facts, Link, Page, Table, Text


def as_markdown(page: Page) -> str:
    """Return a page as Markdown."""
    parts = [f"# {page.title}", page.lead]
    for section in page.sections:
        parts.append(f"## {section.title}")
        parts += [_block(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Text(text):
            return text
        case Facts(pairs):
            return _table(("", ""), pairs)
        case Table(columns, rows):
            return _table(columns, rows)
        case Link(text, url):
            return f"[{text}]({url})"
        case Code(title, language, text):
            fence = "```"
            while fence in text:
                fence += "`"
            return f"### {title}\n\n{fence}{language}\n{text}\n{fence}"


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
