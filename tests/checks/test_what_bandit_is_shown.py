"""bandit is shown only files with the words its answers need: none of its answers is lost by that."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from devforge.adapters import bandit

SLIPS = {
    "B104": "import socket\nsocket.socket().bind(('0.0.0.0', 80))\n",
    "B202": "import tarfile\ntarfile.open('a.tar').extractall('x')\n",
    "B301": "import pickle as p\np.loads(b'')\n",
    "B302": "from marshal import loads\nloads(b'')\n",
    "B323": "import ssl\nssl._create_unverified_context()\n",
    "B501": "import httpx\nhttpx.get('https://example.com', timeout=3, verify=False)\n",
    "B502": "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)\n",
    "B506": "import yaml as y\ny.load('x')\n",
    "B602": "import subprocess\nsubprocess.run(f'ls {x}', shell  \\\n = True)\n",
    "B604": "def run(f, x):\n    f('ls ' + x, shell=True)\n",
    "B605": "from os import system as s\ns('ls ' + x)\n",
    "B609": "import os\nos.system('chown root *')\n",
    "B614": "import torch\ntorch.load('x')\n",
}
STYLED = "import os\nos.𝓼𝔂𝓼𝓽𝓮𝓶('ls ' + x)\n"
CODED = "# -*- coding: utf-7 -*-\nimport os\nos.+AHM-ystem('ls {}'.format(1))\n"


def test_every_question_has_a_slip_here():
    assert set(SLIPS) == set(bandit.CODES)


@pytest.mark.parametrize("code", bandit.CODES)
def test_a_slip_is_found(tmp_path, code):
    (tmp_path / "a.py").write_text(SLIPS[code])

    assert code in {finding.code for finding in bandit.scan_python(tmp_path)}


@pytest.mark.parametrize("text", [STYLED, CODED], ids=["styled letters", "another encoding"])
def test_a_name_that_python_reads_otherwise_is_read_as_python_does(tmp_path, text):
    (tmp_path / "a.py").write_text(text)

    assert {finding.code for finding in bandit.scan_python(tmp_path)} == {"B605"}


def test_nothing_is_lost_in_a_library_of_real_code(tmp_path):
    library = Path(sysconfig.get_path("stdlib"))
    for number, path in enumerate([*sorted(library.glob("*.py")), *library.glob("xml*/*.py")]):
        (tmp_path / f"{number}.py").write_bytes(path.read_bytes())

    some = bandit.scan_python(tmp_path)
    whole = bandit.scan_python(tmp_path, shown=lambda _: True)

    assert some
    assert some == whole


def test_a_file_without_any_of_the_words_starts_no_program(tmp_path):
    (tmp_path / "a.py").write_text("import os\nprint(os.getcwd())\n")

    assert bandit.scan_python(tmp_path, program="/nowhere/bandit") == ()
