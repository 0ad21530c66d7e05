"""The hash of one-time passwords."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class SlipPasswordHasher(PBKDF2PasswordHasher):
    """Few rounds on purpose: a one-time password is 59 random bits and lives for a week, and slips are made by
    the thousand. The first sign-in replaces it by a password under the main hasher.
    """

    algorithm = "slip_pbkdf2_sha256"
    iterations = 2_000
