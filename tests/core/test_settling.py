"""What a process loaded before it settled is not gone through again; what it makes later is."""

import subprocess
import sys

PROGRAM = """
import gc, weakref
from quantriet.core.settling import settle

class Ring:
    pass

settle()
made = Ring()
made.itself = made
gone = weakref.ref(made)
del made
print(gc.get_freeze_count() > 1000, len(gc.get_objects()) < 1000, gc.collect() > 0 and gone() is None)
"""


def test_what_was_loaded_is_left_alone_and_what_comes_later_is_collected() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)

    assert told.stdout.split() == ["True", "True", "True"]
