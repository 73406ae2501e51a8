"""Every input gives its documents or says why not, by file and line; the rest is still read."""

from __future__ import annotations

import codecs
import json
import re
import struct
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import run
from generated import documents, mixed_text
from hypothesis import given, strategies as st

from annotator.encodings import decode_text
from annotator.errors import InputError, MissingInputError, RowError, UnreadableInputError
from annotator.identifiers import UniqueIds
from annotator.readers import SUFFIXES, ReadingOptions, read_documents
from annotator.readers.formats import read_source
from annotator.readers.source import Reading, Source

if TYPE_CHECKING:
    from annotator import Document

TEXTS = {
    "ar": "أعلنت الحكومة عن خطة جديدة لتوسيع شبكات النطاق العريض في القرى النائية، وتدريب "
    "المعلمين على استخدام التكنولوجيا في المدارس. وقال الوزير إن الخطة تشمل 500 قرية.\n",
    "en": "The government announced a new plan – “Broadband for all” – to extend networks to "
    "remote villages, at a cost of £40 million. It’s the first of its kind.\n",
    "es": "El Gobierno anunció un nuevo plan para ampliar la conexión de banda ancha en las "
    "regiones más alejadas y capacitar a los niños en la escuela. ¿Qué más? ¡Mañana!\n",
    "fr": "Le gouvernement a annoncé un nouveau plan pour étendre le réseau à très haut débit "
    "dans les régions éloignées, où les élèves n'ont pas accès à l'Internet. Ça avance.\n",
    "ru": "Правительство объявило о новом плане развития широкополосного доступа в сельских "
    "районах и обучения учителей цифровым навыкам. Программа охватит 500 деревень.\n",
    "zh": "数字经济是新时代的丝绸之路，发展数字经济是我们的共同愿景。中国与其他国家始终以合作"
    "为基石，推进数字领域务实合作，惠及偏远地区民众。\n",
    "zh-Hant": "數位經濟與資訊社會的發展，需要各國政府、企業與公民社會共同合作，縮小城鄉之間的"
    "數位落差，讓偏遠地區的居民也能使用寬頻網路。\n",
}
ENCODINGS = {
    "ar": ["cp1256"],
    "en": ["cp1252"],
    "es": ["latin-1", "cp1252"],
    "fr": ["latin-1", "cp1252"],
    "ru": ["cp1251"],
    "zh": ["gb18030", "gbk"],
    "zh-Hant": ["big5", "gb18030"],
}
UNICODE = {
    "UTF-8": (b"", "utf-8"),
    "UTF-8 with BOM": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16 LE with BOM": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16 BE with BOM": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "UTF-32 LE with BOM": (codecs.BOM_UTF32_LE, "utf-32-le"),
    "UTF-16 LE without BOM": (b"", "utf-16-le"),
    "UTF-16 BE without BOM": (b"", "utf-16-be"),
}


def read(*paths: str | Path) -> tuple[list[Document], list[InputError]]:
    """Read paths; return the documents and what could not be read."""
    errors: list[InputError] = []
    return list(read_documents(paths, errors.append)), errors


def write(path: Path, content: str | bytes) -> Path:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_rows(path: Path, *rows: object) -> Path:
    """Write rows of JSON, one a line."""
    return write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


# Encodings


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(("mark", "encoding"), UNICODE.values(), ids=UNICODE)
def test_unicode_is_read_with_and_without_a_mark(
    mark: bytes, encoding: str, language: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.txt", mark + TEXTS[language].encode(encoding))
    found, errors = read(path)
    assert errors == []
    assert [document.text for document in found] == [TEXTS[language]]


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(language, encoding) for language, names in ENCODINGS.items() for encoding in names],
)
@pytest.mark.parametrize("times", [1, 20], ids=["short", "long"])
def test_a_legacy_encoding_is_detected(
    language: str, encoding: str, times: int, tmp_path: Path
) -> None:
    text = TEXTS[language]
    if encoding == "latin-1":
        text = text.replace("’", "'")
    path = write(tmp_path / "a.txt", (text * times).encode(encoding))
    found, errors = read(path)
    assert errors == []
    assert [document.text for document in found] == [text * times]


@given(text=st.one_of(documents, mixed_text), language=st.sampled_from(sorted(TEXTS)))
def test_any_text_in_utf_8_comes_back_as_it_was(text: str, language: str) -> None:
    whole = TEXTS[language] + re.sub(r"[\x00-\x08\x0e-\x1f]", "", text)
    assert decode_text(whole.encode(), "a.txt") == whole


@given(text=st.one_of(documents, mixed_text), encoding=st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_any_text_behind_a_mark_comes_back_as_it_was(text: str, encoding: str) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}[encoding]
    whole = "نص " + text
    assert decode_text(mark + whole.encode(encoding), "a.txt") == whole


@given(data=st.binary(max_size=300))
def test_any_bytes_give_text_or_a_reason(data: bytes) -> None:
    result = decode_or_reason(data)
    if isinstance(result, str):
        assert result.strip()
        result.encode()
    else:
        assert result.where == "a.txt"
        assert result.hint


def decode_or_reason(data: bytes) -> str | UnreadableInputError:
    """Decode bytes, or return the error that says why that is not possible."""
    try:
        return decode_text(data, "a.txt")
    except UnreadableInputError as error:
        return error


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The delegates of the region met again, at the old café.\n", id="cafe"),
        pytest.param("The ministry spent millions on rural networks: 40 £\r\n", id="pounds"),
        pytest.param("El congreso nacional sobre conectividad rural se celebra en León", id="Leon"),
    ],
)
def test_a_legacy_encoding_is_detected_though_only_the_last_letter_tells(text: str) -> None:
    assert decode_text(text.encode("cp1252"), "a.txt") == text


@pytest.mark.parametrize("language", ["ar", "fr", "ru", "zh"])
def test_a_broken_byte_costs_its_neighbours_at_most(language: str, tmp_path: Path) -> None:
    data = (TEXTS[language] * 10).encode()
    path = write(tmp_path / "a.txt", data[:301] + b"\xff" + data[302:])
    (document,), errors = read(path)
    assert errors == []
    assert document.text.startswith(TEXTS[language][:60])
    assert document.text.endswith(TEXTS[language] * 5)
    assert "\ufffd" in document.text


def test_a_text_cut_off_inside_its_last_character_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", TEXTS["zh"].strip().encode()[:-1])
    assert [document.text for document in read(path)[0]] == [TEXTS["zh"].strip()[:-1]]


# Files


@pytest.mark.parametrize("suffix", [".txt", ".md", ".markdown", ".TXT", ".log", ""])
def test_a_file_that_is_named_is_read_as_it_is(suffix: str, tmp_path: Path) -> None:
    text = "# Heading\r\n\r\n* item\r\n\tlast line without an end"
    path = write(tmp_path / f"file{suffix}", text)
    (document,), errors = read(path)
    assert errors == []
    assert (document.id, document.source, document.text) == (str(path), str(path), text)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \r\n\t\n", "empty", id="white space"),
        pytest.param(codecs.BOM_UTF8, "empty", id="mark of UTF-8 alone"),
        pytest.param(codecs.BOM_UTF16_LE, "empty", id="mark of UTF-16 alone"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" * 9, "binary", id="picture"),
        pytest.param(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0" * 9, "binary", id="archive"),
        pytest.param(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0" * 9, "binary", id="program"),
        pytest.param(bytes(range(256)) * 9, "binary", id="all bytes"),
        pytest.param(struct.pack("<200h", *range(200)), "binary", id="16-bit numbers"),
    ],
)
def test_a_file_without_text_is_named_and_the_rest_is_read(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    bad = write(tmp_path / "bad.txt", content)
    good = write(tmp_path / "good.txt", TEXTS["ru"])
    found, errors = read(bad, good)
    assert [document.source for document in found] == [str(good)]
    assert [(type(error), error.where) for error in errors] == [(UnreadableInputError, str(bad))]
    assert reason in errors[0].what
    assert errors[0].hint


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_an_empty_file_of_any_kind_is_named(suffix: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"empty{suffix}", b"")
    found, errors = read(path)
    assert found == []
    assert [error.where for error in errors] == [str(path)]


def test_a_missing_path_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    missing, good = tmp_path / "غائب.txt", write(tmp_path / "good.txt", TEXTS["ar"])
    dangling = tmp_path / "dangling.txt"
    dangling.symlink_to(tmp_path / "nowhere")
    found, errors = read(missing, good, dangling)
    assert [document.source for document in found] == [str(good)]
    assert [type(error) for error in errors] == [MissingInputError, MissingInputError]
    assert [error.where for error in errors] == [str(missing), str(dangling)]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that gives no bytes")
def test_an_unreadable_file_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.txt", write(tmp_path / "good.txt", TEXTS["ar"])
    bad.symlink_to("/proc/self/mem")
    found, errors = read(bad, good)
    assert [document.source for document in found] == [str(good)]
    assert [(type(error), error.where) for error in errors] == [(UnreadableInputError, str(bad))]


# Folders


def test_a_folder_is_read_recursively_in_the_order_of_names(tmp_path: Path) -> None:
    names = ["b/2.txt", "b/10.md", "a.txt", "c/d/e.txt", "ü.txt", "数.txt", "B.txt"]
    for name in reversed(names):
        write(tmp_path / name, TEXTS["en"])
    found, errors = read(tmp_path)
    assert errors == []
    assert [Path(document.source).relative_to(tmp_path).as_posix() for document in found] == sorted(
        names, key=lambda name: name.split("/")
    )


def test_hidden_files_and_other_kinds_are_left_out_of_a_folder(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/a.txt", "a/.cache/b.txt", "photo.png", "a.py", "seen.txt"):
        write(tmp_path / name, TEXTS["en"])
    found, errors = read(tmp_path)
    assert errors == []
    assert [document.source for document in found] == [str(tmp_path / "seen.txt")]


def test_a_folder_within_a_hidden_one_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / ".hidden" / "a.txt", TEXTS["en"])
    assert [document.source for document in read(path.parent)[0]] == [str(path)]


def test_a_folder_with_nothing_to_read_is_named(tmp_path: Path) -> None:
    write(tmp_path / "photo.png", b"\x89PNG")
    found, errors = read(tmp_path)
    assert found == []
    assert [error.where for error in errors] == [str(tmp_path)]


def test_a_bad_file_in_a_folder_does_not_stop_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXTS["en"])
    bad = write(tmp_path / "b.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9)
    write(tmp_path / "c.txt", TEXTS["en"])
    found, errors = read(tmp_path)
    assert [Path(document.source).name for document in found] == ["a.txt", "c.txt"]
    assert [error.where for error in errors] == [str(bad)]


# Rows


def test_rows_of_json_give_documents_with_what_they_declare(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "a.jsonl",
        {"id": "x", "text": TEXTS["ar"], "lang": "ar", "labels": ["C2", "SDG9"]},
        {"text": TEXTS["zh"], "lang": "zh-Hans", "labels": "C2; SDG9|SDG4"},
        {"id": 7, "text": "línea\u2028separada\u0085aquí", "lang": None, "other": {"a": [1]}},
    )
    found, errors = read(path)
    assert errors == []
    assert [document.id for document in found] == ["x", f"{path}#2", "7"]
    assert [document.language for document in found] == ["ar", "zh", None]
    assert [document.labels for document in found] == [
        ("C2", "SDG9"),
        ("C2", "SDG9", "SDG4"),
        (),
    ]
    assert found[2].text == "línea\u2028separada\u0085aquí"
    assert {document.source for document in found} == {str(path)}


BAD_ROWS = {
    "not JSON": "{text: no}",
    "cut off": '{"text": "no',
    "plain text": "The ministry trains teachers.",
    "list": '["text"]',
    "number": "17",
    "null": "null",
    "no text": '{"id": "1", "body": "no"}',
    "text is null": '{"text": null}',
    "text is a number": '{"text": 5}',
    "text is a list": '{"text": ["no"]}',
    "text is empty": '{"text": ""}',
    "text is white space": '{"text": " \\n "}',
}


@pytest.mark.parametrize("row", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_by_file_and_line_and_the_rest_is_read(row: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", f'{{"text": "one"}}\n\n{row}\r\n{{"text": "four"}}\n')
    found, errors = read(path)
    assert [document.text for document in found] == ["one", "four"]
    assert [(type(error), error.where) for error in errors] == [(RowError, f"{path}:3")]
    assert errors[0].hint


def test_half_of_a_surrogate_pair_does_not_stop_anything(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "one \\ud83d"}\n{"text": "two \\ud83d\\ude00"}\n')
    found, errors = read(path)
    assert found[-1].text == "two 😀"
    assert len(found) + len(errors) == 2
    assert [error.where for error in errors] in ([], [f"{path}:1"])
    for document in found:
        document.text.encode()


@pytest.mark.parametrize("field", ["id", "lang", "labels"])
@pytest.mark.parametrize("value", [5, 0, 0.5, True, None, [1, None], {"C1": 1}, ""], ids=repr)
def test_values_of_a_wrong_kind_beside_the_text_do_not_stop_anything(
    field: str, value: object, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "a.jsonl", {"text": "one", field: value}, {"text": "two"})
    found, errors = read(path)
    assert found[-1].text == "two"
    assert len(found) + len(errors) == 2
    assert [error.where for error in errors] in ([], [f"{path}:1"])


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_a_table_gives_a_document_a_row(name: str, delimiter: str, tmp_path: Path) -> None:
    rows = [
        ["id", "lang", "text", "labels"],
        ["1", "fr", '"Eau, santé;\n""TIC"" pour tous"', "C2|SDG6"],
        ["", "", "数字经济", ""],
    ]
    content = "\r\n".join(delimiter.join(row) for row in rows)
    path = write(tmp_path / name, codecs.BOM_UTF8 + content.encode())
    found, errors = read(path)
    assert errors == []
    assert [document.text for document in found] == ['Eau, santé;\n"TIC" pour tous', "数字经济"]
    assert [document.language for document in found] == ["fr", None]
    assert [document.labels for document in found] == [("C2", "SDG6"), ()]
    assert found[0].id == "1"


def test_a_bad_row_of_a_table_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,text\n1,one\n2,\n3\n4,"fo"ur\n5,"five\nlines"\n6,six\n')
    found, errors = read(path)
    texts = [document.text for document in found]
    assert [text for text in texts if text in {"one", "six"}] == ["one", "six"]
    assert "five\nlines" in texts
    assert {error.where for error in errors} >= {f"{path}:3", f"{path}:4"}
    assert len(texts) + len(errors) == 6
    assert all(isinstance(error, RowError) for error in errors)


def test_a_quote_that_is_never_closed_is_named_and_rows_before_it_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,text\n1,one\n2,"two\n3,three\n')
    found, errors = read(path)
    assert [document.text for document in found][:1] == ["one"]
    assert len(errors) == 1
    assert errors[0].where.startswith(f"{path}:")


def test_a_table_without_a_column_of_text_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,body\n1,one\n")
    found, errors = read(path)
    assert found == []
    assert [error.where for error in errors] == [f"{path}:1"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param('"id,text\n1,one\n', "unexpected end", id="a quote left open"),
        pytest.param('"id"x,text\n1,one\n', "header is not CSV", id="a quote inside"),
        pytest.param("id,text", "no rows", id="nothing below"),
        pytest.param("id,text\n\n\n", "no rows", id="empty lines below"),
    ],
)
def test_a_table_without_a_header_or_rows_is_named(content: str, word: str, tmp_path: Path) -> None:
    found, errors = read(write(tmp_path / "a.csv", content))
    assert found == []
    assert [word in error.what and "a.csv:1" in error.where for error in errors] == [True]


def test_a_field_of_two_megabytes_is_read(tmp_path: Path) -> None:
    text = "rural broadband " * 131_072
    path = write(tmp_path / "a.csv", f"text\n{text}\n")
    assert [len(document.text.strip()) for document in read(path)[0]] == [len(text.strip())]


# Ids


def test_repeated_ids_are_told_apart(tmp_path: Path) -> None:
    ids = ["a", "a", "b", "a", "a#2", "a#2"]
    path = write_rows(tmp_path / "a.jsonl", *({"id": name, "text": name} for name in ids))
    text = write(tmp_path / "a.txt", TEXTS["en"])
    found, errors = read(path, path, text, text)
    assert errors == []
    assert len(found) == 14
    assert found[0].id == "a"
    assert found[1].id == "a#2"
    names = [document.id for document in found]
    assert sorted(set(names)) == sorted(names)


# Web pages

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>
<script>alert("script")</script><style>p {{ color: red }}</style></head>
<body><nav><ul><li><a href="/">Home menu</a></li><li><a href="/a">About menu</a></li></ul></nav>
<article><h1>{title}</h1><p>{text}</p><p>{text2}</p></article>
<footer>Footer of the site</footer></body></html>
"""


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        ("ar", "utf-8"),
        ("ar", "windows-1256"),
        ("en", "utf-8"),
        ("es", "iso-8859-1"),
        ("fr", "utf-8"),
        ("ru", "windows-1251"),
        ("zh", "gb18030"),
        ("zh-Hant", "big5"),
        ("zh", "utf-16"),
    ],
)
@pytest.mark.parametrize("suffix", [".html", ".htm"])
def test_the_main_text_of_a_web_page_is_read(
    language: str, charset: str, suffix: str, tmp_path: Path
) -> None:
    first, second = TEXTS[language].strip(), TEXTS[language].strip() + " 2030."
    page = PAGE.format(charset=charset, title="WSIS 2025", text=first, text2=second)
    path = write(tmp_path / f"a{suffix}", page.encode(charset))
    (document,), errors = read(path)
    assert errors == []
    assert first in document.text
    assert second in document.text
    for part in ("alert(", "color: red", "Home menu", "<p>"):
        assert part not in document.text


def test_a_web_page_without_text_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html", "<html><body><script>x()</script></body></html>")
    found, errors = read(path)
    assert found == []
    assert [error.where for error in errors] == [str(path)]


# Standard input


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_standard_input_is_read_in_any_encoding(encoding: str) -> None:
    finished = run("export", "-", stdin=TEXTS["ar"].encode(encoding))
    assert (finished.status, finished.stderr) == (0, "")
    (record,) = map(json.loads, finished.stdout.splitlines())
    assert record["source"] == "stdin"
    assert record["paragraphs"][0]["text"] == TEXTS["ar"].strip()


def test_empty_standard_input_is_named() -> None:
    finished = run("export", "-", stdin=b"")
    assert finished.status == 3
    assert "stdin" in finished.stderr


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        *[("fr", "fr"), ("zh-Hant-TW", "zh"), ("pt_BR", "pt"), (" AR ", "ar"), ("fil", "fil")],
        *[("", None), ("english please", None), ("SDG 4", None), ("\u202e", None), ("12", None)],
        *[(4, None), (["fr"], None)],
    ],
)
def test_a_row_declares_a_language_by_its_tag_or_not_at_all(
    declared: object, language: str | None, tmp_path: Path
) -> None:
    (document,), errors = read(write_rows(tmp_path / "a.jsonl", {"text": "x", "lang": declared}))
    assert errors == []
    assert document.language == language


# Tables that are read line by line

LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028", "\r\r\n"])
ROWS = st.sampled_from(
    [
        '{"text": "النطاق العريض"}',
        '{"id": "数", "text": "数字经济", "lang": "zh"}',
        '{"text": "a\u2028b"}',
        '{"text": ',
        "text,id",
        "text;id",
        '"Запрос, и ответ",1',
        '"l\'accès\nà tous";2',
        'a "quote,3',
        "",
        " \t",
    ]
)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@given(
    mark=st.sampled_from(["", "\ufeff", "\ufeff\ufeff"]),
    rows=st.lists(st.tuples(ROWS, LINE_ENDS).map("".join)),
)
def test_a_table_read_by_line_gives_what_the_whole_table_gives(
    suffix: str, mark: str, rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("table") / f"table{suffix}"
    path.write_bytes((mark + "".join(rows)).encode())
    by_line, complaints = read(path)
    whole: list[Document] = []
    told: list[InputError] = []
    source = Source(str(path), path.read_bytes(), suffix)
    try:
        whole += UniqueIds().rename(read_source(source, Reading(ReadingOptions(), told.append)))
    except InputError as error:
        told.append(error)
    assert by_line == whole
    assert [str(one) for one in complaints] == [str(one) for one in told]


def test_ids_of_a_long_run_take_next_to_no_memory() -> None:
    unique = UniqueIds()
    tracemalloc.start()
    try:
        assert all(unique.name(given) == given for given in map("مستند-{}".format, range(60_000)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60_000 * 30
    assert unique.name("مستند-7") == "مستند-7#2"


def test_an_id_that_stands_in_every_row_is_counted_up_at_once() -> None:
    unique = UniqueIds()
    names = [unique.name("文件") for _ in range(20_000)]
    assert names[:3] == ["文件", "文件#2", "文件#3"]
    assert names[-1] == "文件#20000"


@given(given=st.lists(st.sampled_from(["x", "x#2", "x#3", "x#2#2", "报告", "", "y"]), max_size=30))
def test_every_document_has_a_name_of_its_own(given: list[str]) -> None:
    unique = UniqueIds()
    names = [unique.name(one) for one in given]
    assert len(set(names)) == len(names)
    assert all(name.startswith(one) for name, one in zip(names, given, strict=True))


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_table_is_held_a_row_at_a_time(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"table{suffix}"
    row = json.dumps({"text": "数字经济" * 2000}, ensure_ascii=False)
    lines = ["text\n", "数字经济" * 2000 + "\n"] if suffix == ".csv" else [row + "\n"] * 2
    path.write_text(lines[0] + lines[1] * 1000, encoding="utf-8")
    errors: list[InputError] = []
    tracemalloc.start()
    try:
        count = len([document.id for document in read_documents([path], errors.append)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count >= 1000
    assert not errors
    assert peak < path.stat().st_size / 2
