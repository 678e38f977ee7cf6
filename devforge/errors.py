"""The three ways a job can end badly, told apart by who has to act next."""


class DevForgeError(Exception):
    """Base of every error raised on purpose. `main` catches this one; anything else is a bug."""


class Unavailable(DevForgeError):
    """The outside gave no answer, and the act may have happened. Run the job again."""


class Refused(DevForgeError):
    """The outside, or a rule of our own, said no. A person must look."""


class BadInput(DevForgeError):
    """A file or an argument is wrong. Whoever wrote it must mend it."""
