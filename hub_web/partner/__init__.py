"""One page per inbound endpoint for the people who call it: what to send, what comes back, and how to try it.

    known       what a page is made from
    content     what stands on a page
    listpage    what stands on that of an endpoint that takes files of rows
    listfile    an example of such a file
    call        a sample call of the endpoint: synthetic, and accepted by a hub that has no other data
    soapcall    the same in SOAP
    readable    made-up values that the hub can read
    model       a call
    snippets    the same call in the languages of callers
    blocks      what a page is made of
    html        a page as one HTML document that needs nothing else, for screens and paper
    markdown    a page as Markdown

Start with ``page_of``.
"""

from hub_web.partner.content import page_of
from hub_web.partner.html import as_html
from hub_web.partner.known import Known
from hub_web.partner.markdown import as_markdown

__all__ = ["Known", "as_html", "as_markdown", "page_of"]
