"""placeholder while review lands"""


def submit() -> None: ...
