"""Powers reached by less known names of the platforms: what no tool's rule asks for is a power none the less. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from checks.security.code_text import without_comments
from checks.security.jointly.reading import lines_with
from checks.types_alone import without_import_types
from devforge.model.observed import SourceFile

_PLACES = 20
_LONGEST = 20_000  # characters of a line
_PYTHON = (".py", ".pyw", ".pyi")


@dataclass(frozen=True, slots=True)
class Door:
    """A way to a power: one of `words` stands in every text that `pattern` matches."""

    power: str  # the observation it counts as, called as those of the tools
    python: bool
    words: tuple[str, ...]
    pattern: re.Pattern[str]


def _door(power: str, language: str, words: str, pattern: str) -> Door:
    return Door(
        power, language == "python", tuple(words.split()), re.compile(pattern, re.MULTILINE)
    )


# An argument that is not one plain text. A path that begins in the package leads to what was read.
_CHOSEN = r"(?!\s*(?:[\"'][^\"'\n]*[\"']\s*[),]|`[^`$\n]*`\s*[),]|[\"'`]\.{1,2}/|\)|/[*/]|(?:new\s+URL|path\.(?:join|resolve)|join|resolve)\(\s*(?:[\"'`]\.|__dirname|import\.meta)))"
_GIVEN = r"(?!\s*(?:f?[\"'][a-z_.]*\.\{|[\"'][^\"'\n]*[\"']\s*[),]|\)))"
_GLOBALS = r"(?:globalThis|global|window|self)"
_MODULES = r"(?:https?|http2|net|tls|fs|fsp|dns|crypto|child_process|cp|os|Module)"
_NATIVES = r"(?:Array|String|Object|Function|Promise|Map|Set|RegExp|Buffer|Uint8Array|URL|Headers|Request|Response|EventEmitter|JSON|Date|Symbol)"
DOORS = (
    _door(
        "power-dynamic", "python",
        "Interactive runsource runcode runpy FileLoader spec_from zipimport FunctionType CodeType ModuleType __subclasses__ import_module __import__ shelve pickle "
        "dill joblib marshal dictConfig fileConfig jsonpickle literal compile codeop exec_module sys.path pandas.eval numexpr",
        r"\bInteractive(?:Interpreter|Console)\b|\.run(?:source|code)\s*\(|\brunpy\.run_|\bS(?:ource|ourceless)FileLoader\b|\bspec_from_(?:file_location|loader)\b"
        r"|\bzipimport(?:er)?\b|\btypes\.(?:FunctionType|CodeType|ModuleType)\b|\bimport_module\s*\(" + _GIVEN + r"|\b__import__\s*\(" + _GIVEN
        + r"|\bshelve\.(?:open|Shelf|DbfilenameShelf)|\b(?:pickle|dill|cloudpickle|joblib|marshal)\.(?:loads?|Unpickler)\b|\blogging\.config\.(?:dictConfig\s*\((?!\s*[{A-Z])|fileConfig)"
        r"|\bdictConfig\s*\((?!\s*[{A-Z])|\bjsonpickle\b|\bcodeop\.|\.exec_module\s*\(|\bsys\.path\.(?:append|insert)\s*\((?![^\n]*__file__)|\bpandas\.eval\b|\bnumexpr\.",
    ),
    _door(
        "power-dynamic", "script",
        "import( require( createRequire node:vm 'vm' \"vm\" node:module node:wasi node:repl WebAssembly getPrototypeOf _compile Function( eval data:text getBuiltinModule Worker( "
        "setFlagsFromString javascript",
        r"(?<![\w.$])import\s*\(" + _CHOSEN + r"|(?<![\w.$])require\s*\(" + _CHOSEN + r"|\bcreateRequire\s*\(|[\"']node:(?:vm|wasi|repl)[\"']|\bfrom\s*[\"']vm[\"']|[\"']vm[\"']\s*\)|\bWebAssembly\.\w+"
        r"|getPrototypeOf\s*\([^;\n]{0,60}\)\s*!?\s*\.\s*constructor|\.getBuiltinModule\s*\(" + _GIVEN + r"|\b_compile\s*\(|\bnew\s+Function\s*\(|(?<![\w.$])Function\s*\("
        r"|(?<![\w$])\(?\s*0\s*,\s*eval\b|data:(?:text|application)/?[\"'`,\s\w\[\]]{0,20}(?:java|ecma)script|\beval\s*:\s*true\b|\bsetFlagsFromString\s*\(",
    ),
    _door(
        "power-process", "script",
        "ShellExecution ProcessExecution sendText shellPath process_wrap spawn_sync",
        r"\bnew\s+(?:[\w$]+\.)*(?:Shell|Process)Execution\s*\(|\.sendText\s*\(|\bshellPath\s*:|[\"'](?:process_wrap|spawn_sync)[\"']",
    ),
    _door(
        "power-network", "python",
        "Manager Listener connection XMLRPC ServerProxy xmlrpc Handler zmq rpyc Pyro paho pika redis pymongo psycopg pymysql asyncssh webbrowser debugpy pydevd",
        r"\b(?:BaseManager|SyncManager)\b|\bmultiprocessing\.connection\b|\bSimpleXMLRPCServer\b|\bServerProxy\b|\b(?:HTTP|SMTP|SysLog|Datagram|Socket)Handler\s*\("
        r"|^[ \t]*(?:import|from)[ \t]+(?:zmq|rpyc|Pyro[45]|paho|pika|redis|pymongo|psycopg2?|pymysql|asyncssh|debugpy|pydevd)\b",
    ),
    _door(
        "power-network", "script",
        "inspector mqtt amqplib redis mongodb pg mysql grpc socket.io ftp imap web-push",
        r"\binspector\.open\s*\(|(?:\bfrom|\brequire\s*\(|\bimport\s*\(?)\s*[\"'](?:mqtt|amqplib|i?o?redis|mongodb|pg|mysql2?|@grpc/grpc-js|socket\.io|basic-ftp|ftp|imapflow|imap|web-push)[\"']",
    ),
    _door("sees-environment", "script", "report", r"\bprocess\.report\.(?:getReport|writeReport)\b|\bprocess\.report\b(?=\s*[;,)])"),
    _door("sees-environment", "python", "capture_locals environ", r"\bcapture_locals\s*=\s*True|/proc/self/environ"),
    _door("sees-session", "script", "getSession accessToken", r"\bgetSession\s*\(|\.accessToken\b"),
    _door("sees-session", "python", "get_session access_token", r"\.get_session\s*\(|\.access_token\b"),
    _door(
        "power-runtime", "python",
        "sys. threading builtins gc. _getframe _current_frames getLogger requests. json. subprocess. socket. os. io. ssl. pathlib. http. urllib getpass. environ meta_path logging site importlib setattr atexit audithook putenv patch",
        r"\b(?:sys|threading)\.(?:settrace|setprofile|addaudithook)\b|\bsys\.(?:excepthook|displayhook|meta_path|path_hooks|std(?:in|out|err))\b(?=\s*=[^=]|\.(?:append|insert))|\bbuiltins\.\w+\s*=[^=]"
        r"|\bsetattr\s*\(\s*(?:builtins|sys|os|io|socket|ssl|subprocess|json|logging|requests|importlib)\s*,|\bgc\.get_(?:objects|referrers)|\bsys\._(?:getframe|current_frames)\b"
        r"|\bos\.environ\s*\[[^\]\n]+\]\s*=[^=]|\bos\.environ\.(?:update|setdefault)\s*\(|\bos\.putenv\s*\(|\bgetLogger\s*\(\s*\)\s*\.\s*addHandler"
        r"|^[ \t]*(?:os|sys|io|json|socket|ssl|subprocess|logging|requests|urllib\.request|http\.client|pathlib|importlib|getpass)\.\w+(?:\.\w+)?\s*=[^=]",
    ),
    _door(
        "power-runtime", "script",
        "prototype process.env diagnostics_channel async_hooks inspector cache _load _extensions globalThis global window self console. stdout stderr defineProperty registerHooks "
        "environmentVariableCollection setServers Reflect http net tls fs dns crypto cp child_process syncBuiltinESMExports globalAgent Dispatcher assign(",
        rf"\b{_NATIVES}\.prototype(?:\.\w+|\[[^\]\n]+\])\s*=[^=>]|\bprocess\.env(?:\.\w+|\[[^\]\n]+\])\s*=[^=>]|\bObject\.assign\s*\(\s*process\.env\b"
        r"|[\"'](?:node:)?(?:diagnostics_channel|async_hooks|inspector|inspector/promises)[\"']|\brequire\.cache\b|\b_load\b\s*=|\b_extensions\b|\bregisterHooks\s*\(|\bsyncBuiltinESMExports\b"
        r"|\b(?:globalThis|global)\.\w+\s*=[^=>]|\b(?:window|self)\.(?:fetch|WebSocket|XMLHttpRequest|localStorage|open|eval)\s*=[^=>]"
        rf"|\b{_GLOBALS}\[[^\]\n]+\]\s*=[^=>]|(?:defineProperty|Reflect\.set|Object\.assign)\s*\(\s*(?:{_GLOBALS}|{_MODULES}|process|console|{_NATIVES}\.prototype)\s*[,.)]"
        rf"|(?<![.\w$]){_MODULES}\.(?:prototype\.)?\w+\s*=[^=>]|\bconsole\.\w+\s*=[^=>]|\bprocess\.std(?:out|err)\.write\s*=[^=>]|\benvironmentVariableCollection\b|\bsetServers\s*\(|\bset(?:Global)Dispatcher\s*\("
        r"|\bglobalAgent\b[^\n]{0,40}=[^=>]",
    ),
)  # fmt: skip


@lru_cache(maxsize=2_048)  # a review asks of each file several times
def reached_in(file: SourceFile) -> tuple[tuple[str, int], ...]:
    """Return each such observation of a file of code with its line, at most twenty of a kind."""
    python = file.path.lower().endswith(_PYTHON)
    content = without_import_types(file.path, file.content).decode("utf-8", "replace")
    text = without_comments(file.path, content)
    doors = (door for door in DOORS if door.python is python)
    return tuple(found for door in doors for found in islice(_lines(door, text), _PLACES))


def _lines(door: Door, text: str) -> Iterator[tuple[str, int]]:
    """Only lines with one of the door's words are looked at."""
    for start in lines_with(text, door.words):
        end = text.find("\n", start)
        if door.pattern.search(text, start, min(len(text) if end < 0 else end, start + _LONGEST)):
            yield door.power, text.count("\n", 0, start) + 1
