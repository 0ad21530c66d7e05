import hashlib
import io
from pathlib import Path

import pytest

from quantriet.core.errors import NotFoundError
from quantriet.core.intake.store import FileStore

ABC = hashlib.sha256(b"abc").hexdigest()


def test_put_twice_stores_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    assert [store.put(b"abc"), store.put(io.BytesIO(b"abc"))] == [ABC, ABC]
    assert list(store.hashes()) == [ABC]
    assert store.path(ABC) == tmp_path / "ba" / "78" / ABC
    assert list((tmp_path / "incoming").iterdir()) == []
    with store.open(ABC) as file:
        assert file.read() == b"abc"


def test_a_changed_file_is_noticed_and_putting_it_again_heals(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(b"abc")
    assert store.verify(ABC)

    store.path(ABC).write_bytes(b"abd")

    assert not store.verify(ABC)
    store.put(b"abc")
    assert store.verify(ABC)


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002
            raise OSError("line cut")

    with pytest.raises(OSError, match="line cut"):
        FileStore(tmp_path).put(Broken())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "AB" * 32, "ab", "", "/" + "a" * 63])
def test_only_a_hash_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        FileStore(tmp_path).path(name)


def test_missing_and_deleted_files(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert not store.exists(ABC)
    with pytest.raises(NotFoundError) as caught:
        store.open(ABC)
    assert caught.value.code == "file.lost"

    store.put(b"abc")

    assert [store.delete(ABC), store.delete(ABC), store.exists(ABC)] == [True, False, False]
