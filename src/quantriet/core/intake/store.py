"""Files kept under the hash of their bytes: the same file twice is stored once, and a change is noticed."""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from quantriet.core.errors import NotFoundError

CHUNK = 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of files named by their sha256, sharded ``aa/bb/<hash>``; part of every backup.

    A file appears under its name only when it is whole and on disk (temporary file, fsync, rename, fsync of
    the folder), so a power cut leaves either the file or nothing. Files are never changed in place.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes | BinaryIO) -> str:
        """Store the bytes (or what is left of the stream) and return their sha256 in hex; idempotent."""
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
            temporary = Path(file.name)
            try:
                for chunk in _chunks(content):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fchmod(file.fileno(), 0o640)
                os.fsync(file.fileno())
                self._place(temporary, digest.hexdigest())
            finally:
                temporary.unlink(missing_ok=True)
        return digest.hexdigest()

    def _place(self, temporary: Path, sha256: str) -> None:
        """Give a finished file its name; an existing whole file of that name is left as it is."""
        target = self.path(sha256)
        if self.verify(sha256):
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        temporary.replace(target)
        for folder in (target.parent, target.parent.parent, self.root):
            _sync_folder(folder)

    def path(self, sha256: str) -> Path:
        """Where a file of this hash stands, whether it exists or not; anything but a hash is refused."""
        if not DIGEST.fullmatch(sha256):
            raise NotFoundError("file.unknown_hash", _("Không có tệp này."))
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether the file is there (its bytes are not read)."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> io.BufferedReader:
        """The file for reading; the caller closes it. ``file.lost`` when it is not there."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFoundError(
                "file.lost", _("Tệp không còn trong kho. Hãy báo người quản trị khôi phục từ bản sao lưu.")
            ) from error

    def verify(self, sha256: str) -> bool:
        """Whether the file is there and its bytes still have this hash."""
        if not self.exists(sha256):
            return False
        with self.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def delete(self, sha256: str) -> bool:
        """Remove a file whose keeping time is over and nobody needs; whether there was one."""
        path = self.path(sha256)
        there = path.is_file()
        path.unlink(missing_ok=True)
        return there

    def hashes(self) -> Iterator[str]:
        """All hashes in order, for backup and for checking the whole store."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if DIGEST.fullmatch(path.name):
                yield path.name


def _chunks(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def _sync_folder(folder: Path) -> None:
    """A rename is only safe from a power cut when its folder is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
