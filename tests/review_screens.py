"""A store of small documents, and the review run on it without a terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events

from annotator import Document
from annotator.review import ReviewApp, Session
from annotator.store import Query, Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from annotator import Annotator

__all__ = ["TEXTS", "fill", "open_session", "run_review", "screen_text", "type_text"]

TEXTS = {
    "عربي.txt": (
        "وسّعت البلاد شبكات الجيل الخامس والنطاق العريض في القرى النائية والأرياف.\n\n"
        "تدرّب الوزارة المعلّمين على استخدام التكنولوجيا الرقمية في المدارس والجامعات.\n\n"
        "يخدم المشروع الهدف 14 من أهداف التنمية المستدامة، ويعزز حماية البيانات الشخصية للمواطنين."
    ),
    "english.txt": (
        "The clinic offers telemedicine to remote villages, and nurses consult by video.\n\n"
        "Cybersecurity and the protection of personal data build confidence in the network.\n\n"
        "The weather was fine on the day when the delegates walked through the old town."
    ),
    "中文.txt": (
        "数字乡村与智慧农业帮助农民增加收入，减少贫困，保障粮食安全。\n\n"
        "学校利用人工智能和在线教育平台，让偏远地区的儿童获得优质教育。\n\n"
        "各国代表讨论了网络安全、个人信息保护和国际合作的问题。"
    ),
}
"""Documents in three scripts, three paragraphs each."""


def fill(path: Path, annotator: Annotator, texts: dict[str, str] | None = None) -> None:
    """Put documents into a new store."""
    with Store.open(path, reviewer="nobody") as store:
        documents = [
            annotator.annotate(Document(id=name, source=name, text=text))
            for name, text in (TEXTS if texts is None else texts).items()
        ]
        store.add_documents(documents, annotator.run_settings())


def open_session(
    path: Path, annotator: Annotator, query: Query | None = None, reviewer: str = "ana"
) -> Session:
    """Open a session on a store; the caller closes ``session.store``."""
    return Session(Store.open(path, reviewer=reviewer), annotator.taxonomy, query)


def run_review(
    session: Session,
    play: Callable[[Pilot[None]], Awaitable[None]],
    *,
    size: tuple[int, int] = (80, 24),
    names: str = "en",
    notice: str = "",
) -> None:
    """Run the app on a session and let a function press keys in it, then close the store."""

    async def run() -> None:
        async with ReviewApp(session, names=names, notice=notice).run_test(size=size) as pilot:
            await pilot.pause()
            await play(pilot)

    try:
        asyncio.run(run())
    finally:
        session.store.close()


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type characters of any script, each an event of its own, as a terminal sends them."""
    for character in text:
        name = character if character.isalnum() else f"character_{ord(character)}"
        pilot.app.post_message(events.Key(_NAMES.get(character, name), character))
    await pilot.pause()


_NAMES = {" ": "space", "?": "question_mark", "/": "slash", "+": "plus"}
"""Names of those characters that are keys of the review too."""


def screen_text(pilot: Pilot[None]) -> str:
    """Return what the screen shows, as plain text without trailing spaces."""
    lines = pilot.app.screen._compositor.render_strips()  # noqa: SLF001 - what is drawn
    return "\n".join(line.text.rstrip() for line in lines)
