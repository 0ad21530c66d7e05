"""Proofs that lean on none of the code they prove."""
