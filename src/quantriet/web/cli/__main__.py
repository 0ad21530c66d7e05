"""``python -m quantriet.web.cli``."""

import sys

from quantriet.web.cli import main

sys.exit(main())
