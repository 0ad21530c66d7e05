"""What tells a name apart from another one beside which it is read."""


def apart_from(name: str, other: str) -> str:
    """``name`` without the words at its end that ``other`` ends with too; "" when nothing else is left.

    "Chi bộ 1 Trường Trung học phổ thông phường Rạch Giá" beside the school's own "Đảng bộ Trường Trung học phổ thông
    phường Rạch Giá" is "Chi bộ 1".
    """
    words, known = name.split(), other.split()
    shared = 0
    while (
        shared < min(len(words), len(known))
        and words[-1 - shared].casefold() == known[-1 - shared].casefold()
    ):
        shared += 1
    return " ".join(words[: len(words) - shared])
