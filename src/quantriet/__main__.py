"""``python -m quantriet``."""

import sys

from quantriet.web.cli import main

sys.exit(main())
