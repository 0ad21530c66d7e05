"""The components of the pages. Every page is built from these tags; no page writes their HTML itself.

Props are strict: an unknown or a missing prop does not compile (``markup.StrictLibrary``), and a tag refuses
an empty or impossible one when it is shown, both with ``TemplateSyntaxError``. What appears once per row
(``rows``) is written with ``format_html``, a few microseconds each; what appears once per page (``parts``)
has a template in ``templates/ui/``; what holds other content (``holders``) is a block tag.
"""

from quantriet.core.templatetags.ui import holders, parts, rows
from quantriet.core.templatetags.ui.markup import register

__all__ = ["holders", "parts", "register", "rows"]
