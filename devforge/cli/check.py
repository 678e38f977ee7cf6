"""placeholder while review lands"""


def check() -> None: ...
