"""Texts that would be markup, script or template syntax if anything ever took them for that; and what a page holds."""

from __future__ import annotations

from html.parser import HTMLParser

PAYLOADS: tuple[str, ...] = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//127.0.0.9/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="http://127.0.0.9/pixel.png">',
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=http://127.0.0.9/><button>go</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#x09;script:alert(1)">x</a>',
    "<base href=//127.0.0.9/>",
    "<link rel=stylesheet href=//127.0.0.9/x.css>",
    "<style>*{background:url(//127.0.0.9/x)}</style>",
    '<p style="background:url(//127.0.0.9/x)">x</p>',
    '<meta http-equiv=refresh content="0;url=//127.0.0.9/">',
    "<template><script>alert(1)</script></template>",
    '<div hx-get="/canary" hx-trigger="load">x</div>',
    '<div data-hx-get="/canary" data-hx-trigger="load">x</div>',
    '<div hx-on:load="alert(1)">x</div>',
    '<div hx-sse:connect="/canary">x</div>',
    '<hx-partial hx-target="#canary">x</hx-partial>',
    "<div id=canary name=canary>x</div>",
    '<a id=canary href="canary">clobbered</a>',
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "{{7*7}}",
    "{{ chrome.__class__.__mro__ }}",
    "{% include '/etc/passwd' %}",
    "{# gone #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "%(secret)s %n%n",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](http://127.0.0.9/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](http://127.0.0.9/ "onmouseover=alert(1)")',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\\u003cscript\\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "'; drop table account; --",
    '=HYPERLINK("http://127.0.0.9")',
)

FORBIDDEN = frozenset(
    {
        "style",
        "iframe",
        "object",
        "embed",
        "math",
        "video",
        "audio",
        "base",
        "template",
        "animate",
        "hx-partial",
        "source",
    }
)
OURS_ONLY = {"script": "src", "link": "href", "img": "src"}
TRACES = ("canary", "alert(1)", "127.0.0.9", "javascript:", "vbscript:", "text/html")
"""What the payloads would put into attributes if they were taken for markup."""
READ_ATTRIBUTES = frozenset({"value", "title", "alt", "placeholder", "content", "aria-label"})
LINK_SCHEMES = ("http://", "https://", "mailto:")


class Page(HTMLParser):
    """What a page holds that may not be there, and the text that one can read on it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.intruders: list[str] = []
        self._read: list[str] = []
        self._in_script = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join("".join(self._read).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        attributes = {name: value or "" for name, value in attrs}
        shown = f"<{tag} {attributes}>"
        own = OURS_ONLY.get(tag)
        foreign = own and not attributes.get(own, "").startswith("/static/")
        # A page that waits loads itself again; another address has no business in that.
        leads_away = "http-equiv" in attributes and not attributes.get("content", "").isdecimal()
        if tag in FORBIDDEN or foreign or leads_away:
            self.intruders.append(shown)
        for name, value in attributes.items():
            if name in READ_ATTRIBUTES or name == "href":
                self._read.append(f" {value} ")
            if name not in READ_ATTRIBUTES and not self._is_ours(tag, name, value, attributes):
                self.intruders.append(shown)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.intruders.append(f"a script: {data[:40]}")
        self._read.append(data)

    def _is_ours(self, tag: str, name: str, value: str, attributes: dict[str, str]) -> bool:
        if name.startswith(("on", "data-hx-", "hx-on")) or name in ("style", "srcdoc", "background"):
            return False
        if tag == "a" and name == "href" and "nofollow" in attributes.get("rel", ""):
            return value.startswith(LINK_SCHEMES)
        return not any(trace in value.lower() for trace in TRACES)
