"""Which licence a text is, told by a few phrases that only it has. Pure.

Recognises; it does not advise. Texts are compared as lower-case words, so layout, punctuation and a
translator's quotes do not matter. Identifiers are SPDX's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NO_WORD = re.compile(r"[^a-z0-9]+")
_READ_CHARACTERS = 200_000
_MIT_GRANT = "permission is hereby granted free of charge to any person obtaining a copy"
_MIT_CONDITION = "copyright notice and this permission notice shall be included"
_OPTIONAL = " including the next paragraph "
_ISC_GRANT = "permission to use copy modify and or distribute this software for any purpose"
_ISC_GRANT_OLD = "permission to use copy modify and distribute this software for any purpose"
_ISC_CONDITION = "copyright notice and this permission notice appear in all copies"
_BSD_GRANT = (
    "redistribution and use in source and binary forms with or without modification are permitted"
)
_BSD_NO_ENDORSEMENT = ("endorse or promote products derived from this software",)


@dataclass(frozen=True, slots=True)
class Text:
    """One licence: every phrase of `has` is in its text and none of `lacks`."""

    ids: tuple[str, ...]  # more than one where the text alone cannot tell
    has: tuple[str, ...]
    lacks: tuple[str, ...] = field(default=())


def _only_or_later(base: str) -> tuple[str, ...]:
    return (f"{base}-only", f"{base}-or-later")


# A text that adds terms to another's comes before it.
TEXTS = (
    Text(("Commons-Clause",), ("commons clause license condition",)),
    Text(("JSON",), (_MIT_GRANT, "shall be used for good not evil")),
    Text(("BUSL-1.1",), ("business source license 1 1",)),
    Text(("SSPL-1.0",), ("server side public license version 1",)),
    Text(("Elastic-2.0",), ("elastic license 2 0", "hosted or managed service")),
    Text(("PolyForm-Noncommercial-1.0.0",), ("polyform noncommercial license 1 0 0",)),
    Text(("PolyForm-Small-Business-1.0.0",), ("polyform small business license 1 0 0",)),
    Text(("CC-BY-NC-ND-4.0",), ("attribution noncommercial noderivatives 4 0 international",)),
    Text(("CC-BY-NC-SA-4.0",), ("attribution noncommercial sharealike 4 0 international",)),
    Text(("CC-BY-NC-4.0",), ("attribution noncommercial 4 0 international",)),
    Text(("CC-BY-ND-4.0",), ("attribution noderivatives 4 0 international",)),
    Text(("CC-BY-SA-4.0",), ("attribution sharealike 4 0 international",)),
    Text(("CC-BY-4.0",), ("attribution 4 0 international",)),
    Text(("CC0-1.0",), ("cc0 1 0 universal",)),
    Text(_only_or_later("AGPL-3.0"), ("gnu affero general public license", "19 november 2007")),
    Text(
        _only_or_later("LGPL-3.0"), ("gnu lesser general public license version 3 29 june 2007",)
    ),
    Text(
        _only_or_later("LGPL-2.1"), ("gnu lesser general public license version 2 1 february 1999",)
    ),
    Text(_only_or_later("GPL-3.0"), ("gnu general public license version 3 29 june 2007",)),
    Text(_only_or_later("GPL-2.0"), ("gnu general public license version 2 june 1991",)),
    Text(("Apache-2.0",), ("apache license version 2 0", "conditions for use reproduction and distribution")),
    Text(("Apache-2.0",), ("licensed under the apache license version 2 0", "limitations under the license")),
    Text(("MPL-2.0",), ("mozilla public license version 2 0", "covered software")),
    Text(("MPL-2.0",), ("this source code form is subject to the terms of the mozilla public license v 2 0",)),
    Text(("EPL-2.0",), ("eclipse public license v 2 0",)),
    Text(("EPL-1.0",), ("eclipse public license v 1 0",)),
    Text(("EUPL-1.2",), ("european union public licence v 1 2",)),
    Text(("CECILL-2.1",), ("cecill", "version 2 1 dated 2013 06 21")),
    Text(("CECILL-2.1",), ("cecill free software license agreement", "version 2 1")),
    Text(("Artistic-2.0",), ("the artistic license 2 0",)),
    Text(("OSL-3.0",), ("open software license v 3 0",)),
    Text(("AFL-3.0",), ("academic free license v 3 0",)),
    Text(("ECL-2.0",), ("educational community license version 2 0",)),
    Text(("MS-PL",), ("microsoft public license ms pl",)),
    Text(("MulanPSL-2.0",), ("mulan permissive software license version 2",)),
    Text(("BlueOak-1.0.0",), ("blue oak model license", "version 1 0 0")),
    Text(("UPL-1.0",), ("the universal permissive license upl version 1 0",)),
    Text(("NCSA",), (_MIT_GRANT, "with the software without restriction", "contributors may be used to endorse")),
    Text(("Unicode-3.0",), ("unicode license v3",)),
    Text(("PSF-2.0", "Python-2.0"), ("python software foundation license version 2",)),
    Text(("BSL-1.0",), ("boost software license version 1 0",)),
    Text(("WTFPL",), ("do what the fuck you want to public license",)),
    Text(("Unlicense",), ("this is free and unencumbered software released into the public domain",)),
    Text(("Zlib",), ("without any express or implied warranty", "the origin of this software must not be misrepresented")),
    Text(("BSD-4-Clause",), (_BSD_GRANT, "all advertising materials mentioning features")),
    Text(("BSD-3-Clause-Clear",), (_BSD_GRANT, "no express or implied licenses to any party s patent rights")),
    Text(("BSD-2-Clause-Patent",), (_BSD_GRANT, "hereby grants to those receiving rights", "patent license")),
    Text(("BSD-3-Clause",), (_BSD_GRANT, *_BSD_NO_ENDORSEMENT)),
    Text(("BSD-2-Clause",), (_BSD_GRANT,), _BSD_NO_ENDORSEMENT),
    Text(("MIT",), (_MIT_GRANT, _MIT_CONDITION)),
    Text(("MIT-0",), (_MIT_GRANT,), (_MIT_CONDITION, "subject to the following conditions")),
    Text(("PostgreSQL",), ("this software and its documentation for any purpose without fee", "paragraphs appear in all copies")),
    Text(("ISC",), (_ISC_GRANT, _ISC_CONDITION)),
    Text(("ISC",), (_ISC_GRANT_OLD, "with or without fee", _ISC_CONDITION)),
    Text(("0BSD",), (_ISC_GRANT, "with or without fee is hereby granted"), (_ISC_CONDITION,)),
)  # fmt: skip
# The notice that the GNU licences ask for at the head of a program, where it stands alone.
_NOTICE = re.compile(
    r"gnu (?P<kind>lesser |affero )?general public license as published by the free software foundation"
    r" either version (?P<version>[23](?: 1)?) of the license or at your option any later version"
)
_GNU = {None: "GPL", "lesser ": "LGPL", "affero ": "AGPL"}
# Sentences that take back what a permissive text gives.
_RESTRICTIONS = ("non commercial", "noncommercial", "for evaluation only", "may not be sold")
# Texts of a few paragraphs, which authors put whole into a README.
SHORT = {"MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Zlib"}


def recognise(text: str) -> tuple[str, ...]:
    """Return the identifiers `text` may be the licence of; none if it is not known."""
    words = " ".join(_NO_WORD.sub(" ", text[:_READ_CHARACTERS].lower()).split())
    words = words.replace(_OPTIONAL, " ")  # as SPDX has it: the text is the same without it
    for known in TEXTS:
        if all(p in words for p in known.has) and not any(p in words for p in known.lacks):
            altered = any(phrase in words for phrase in _RESTRICTIONS)
            return () if altered and SHORT.intersection(known.ids) else known.ids
    if notice := _NOTICE.search(words):
        version = notice["version"].replace(" ", ".")
        return _only_or_later(
            f"{_GNU[notice['kind']]}-{version if '.' in version else version + '.0'}"
        )
    return ()
