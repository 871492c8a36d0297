"""A content lies sealed in a file of its own: what comes out is what went in, or nothing."""

import hashlib
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.attachments.attachment import Attachment, named_in, references_in
from hub_core.attachments.folder import MARK, Folder
from hub_core.errors import Rejected, TryLater
from hub_core.security.chunks import CHUNK, HEAD, ChunkSealer, opened

KEY = b"k" * 32
SEALED = CHUNK + 16
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5)


def sealed(content: bytes, *, key: bytes = KEY, piece: int = 70_000) -> bytes:
    sealer = ChunkSealer(key)
    chunks = [chunk for start in range(0, len(content), piece) for chunk in sealer.seal(content[start : start + piece])]
    return HEAD + b"".join(chunks) + sealer.end()


def content_of(file: bytes, key: bytes = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(file), key))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / MARK).write_text("ours\n")
    made = Folder(tmp_path)
    made.store_id = "ours"
    return made


def kept(folder: Folder, content: bytes = b"content" * 50_000, name: str = "a") -> Attachment:
    writing = folder.begin(name=name, media_type="text/plain")
    writing.write(content)
    return writing.end()


@pytest.mark.parametrize("size", SIZES)
def test_a_content_of_any_size_comes_back(size: int) -> None:
    content = bytes(size)
    assert content_of(sealed(content)) == content


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_in_whatever_pieces_it_came(pieces: list[bytes]) -> None:
    sealer = ChunkSealer(KEY)
    file = HEAD + b"".join(chunk for piece in pieces for chunk in sealer.seal(piece)) + sealer.end()
    assert content_of(file) == b"".join(pieces)


CHUNKS = sealed(bytes(3 * CHUNK + 5))
ONE, TWO = slice(len(HEAD), len(HEAD) + SEALED), slice(len(HEAD) + SEALED, len(HEAD) + 2 * SEALED)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        HEAD,
        CHUNKS[: len(HEAD) + SEALED],
        CHUNKS[: len(HEAD) + 3 * SEALED],
        CHUNKS[:-1],
        CHUNKS + b"\0",
        CHUNKS + CHUNKS[len(HEAD) :],
        HEAD + CHUNKS[TWO] + CHUNKS[ONE] + CHUNKS[TWO.stop :],
        HEAD + CHUNKS[TWO] + CHUNKS[TWO.stop :],
        CHUNKS[:100] + bytes([CHUNKS[100] ^ 1]) + CHUNKS[101:],
        b"punte attachment 2\n" + CHUNKS[len(HEAD) :],
        sealed(bytes(3 * CHUNK + 5), key=b"o" * 32),
    ],
    ids=[
        "nothing", "no chunk", "first chunk only", "last chunk gone", "last byte gone", "a byte more", "twice",
        "two chunks exchanged", "first chunk gone", "one bit changed", "another form", "another key",
    ],
)  # fmt: skip
def test_what_was_cut_changed_or_added_to_does_not_open(file: bytes) -> None:
    with pytest.raises(Rejected) as raised:
        content_of(file)
    assert raised.value.code == "J115"


def test_a_file_is_called_by_what_lies_in_it(folder: Folder) -> None:
    one = kept(folder)
    lies = (folder.path / one.file).read_bytes()
    assert hashlib.sha256(lies).hexdigest() == one.file
    assert (one.size, one.digest) == (350_000, hashlib.sha256(b"content" * 50_000).digest())
    assert b"".join(folder.chunks(one)) == b"content" * 50_000


def test_the_same_content_twice_lies_in_two_files_under_two_keys(folder: Folder) -> None:
    one, other = kept(folder), kept(folder)
    assert one.file != other.file
    assert one.key != other.key
    assert one.reference == other.reference


def test_a_name_from_a_message_is_never_a_path(folder: Folder) -> None:
    one = kept(folder, name="../../etc/passwd")
    assert sorted(path.name for path in folder.path.iterdir()) == sorted([MARK, one.file])


def test_what_was_given_up_leaves_nothing(folder: Folder) -> None:
    writing = folder.begin(name="", media_type="")
    writing.write(b"x" * 200_000)
    writing.drop()
    assert [path.name for path in folder.path.iterdir()] == [MARK]


def test_nobody_else_may_read_a_file(folder: Folder) -> None:
    assert (folder.path / kept(folder).file).stat().st_mode & 0o077 == 0


def test_a_file_that_is_gone_is_said_to_be_gone(folder: Folder) -> None:
    one = kept(folder)
    assert folder.remove([one.file, "0" * 64]) == 1
    with pytest.raises(Rejected) as raised:
        list(folder.chunks(one))
    assert raised.value.code == "J131"


@pytest.mark.parametrize("mark", [None, "another"])
def test_where_the_stores_folder_is_not_mounted_one_comes_again(folder: Folder, mark: str | None) -> None:
    one = kept(folder)
    folder.remove([one.file])
    (folder.path / MARK).unlink()
    if mark:
        (folder.path / MARK).write_text(mark)
    with pytest.raises(TryLater):
        list(folder.chunks(one))
    with pytest.raises(TryLater):
        folder.begin(name="", media_type="")


def test_a_full_device_is_no_place_for_more(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_core.attachments.folder.RESERVE", 1 << 60)
    with pytest.raises(TryLater) as raised:
        kept(folder)
    assert raised.value.code == "J503"
    assert [path.name for path in folder.path.iterdir()] == [MARK]


def test_only_what_nobody_wrote_to_for_a_while_is_old(folder: Folder) -> None:
    one = kept(folder)
    (folder.path / "notes.txt").write_text("not ours")
    assert list(folder.older(timedelta(hours=1))) == []
    assert list(folder.older(timedelta(seconds=-1))) == [one.file]


def test_a_reference_is_base64_to_whoever_checks_a_document(folder: Folder) -> None:
    import base64

    base64.b64decode(kept(folder).reference, validate=True)


def test_a_text_refers_to_the_attachments_of_its_own_message_only(folder: Folder) -> None:
    mine, other = kept(folder), kept(folder, b"other" * 1000)
    text = f"<a>{mine.reference}</a><b>{other.reference}</b><c>{mine.reference}</c>"
    assert references_in(text) == [mine.reference, other.reference]
    assert named_in([mine], text) == (mine,)
