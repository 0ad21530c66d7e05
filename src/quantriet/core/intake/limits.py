"""The documented maxima of every file that comes in, and of the process that reads it."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What an uploaded file may be at most; one more is refused.

    The archive limits hold for xlsx and docx. ``ratio`` is unpacked over packed size of one member and is
    only asked of members larger than ``ratio_from`` bytes (small parts of zeros compress absurdly well).
    """

    bytes: int = 25 * MEGABYTE
    members: int = 2_000
    unpacked: int = 400 * MEGABYTE
    ratio: int = 250
    ratio_from: int = MEGABYTE
    pixels: int = 60_000_000


@dataclass(frozen=True, slots=True)
class CageLimits:
    """What a caged process may use: address space and result in bytes, processor and wall time in seconds."""

    memory: int = 1024 * MEGABYTE
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    result: int = 256 * MEGABYTE


UPLOAD = FileLimits()
CAGE = CageLimits()
