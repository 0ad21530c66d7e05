"""What all tags share: the library they register with, the icon and the attributes of an element."""

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.library import SimpleBlockNode, TagHelperNode
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class StrictLibrary(template.Library):
    """A library whose tags do not compile without all their props.

    Django's own check overlooks a missing prop when another one with a default is given by name; binding the
    call to the function's signature overlooks nothing.
    """

    def tag(self, name: Any = None, compile_function: Any = None) -> Any:
        """Register ``compile_function`` so that its result is bound before it is kept."""
        return super().tag(name, self._bound(str(name), compile_function))

    @staticmethod
    def _bound(
        name: str, compile_function: Callable[[Parser, Token], Node]
    ) -> Callable[[Parser, Token], Node]:
        def compile_bound(parser: Parser, token: Token) -> Node:
            node = compile_function(parser, token)
            if isinstance(node, TagHelperNode):
                given = [None] * (int(bool(node.takes_context)) + isinstance(node, SimpleBlockNode))
                try:
                    inspect.signature(node.func).bind(*given, *node.args, **node.kwargs)
                except TypeError as fault:
                    raise template.TemplateSyntaxError(f"{name}: {fault}") from fault
            return node

        return compile_bound


register = StrictLibrary()


@lru_cache(maxsize=256)
def icon_markup(name: str) -> SafeString:
    """An icon of the sprite as decoration; drawn once, a page shows some by the hundred."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("quantriet/icons.svg"),
        name,
    )


def link_markup(text: object, href: str) -> SafeString:
    """Words that lead somewhere."""
    return format_html('<a href="{}">{}</a>', href, text)


def attributes_markup(values: Mapping[str, object]) -> SafeString:
    """Attributes of an element; the empty ones are left out."""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in values.items() if value != ""))
