"""Floor 1: who and where. Units in time, people, posts, accounts, and the one gate."""
