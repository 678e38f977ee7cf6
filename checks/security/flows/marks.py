"""What a value may hold, and the names by which Python code gets at it. Tables, and nothing else.

A `Mark` says that a value may come from somewhere. Names are dotted, as imports resolve them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from checks.security.credentials import CREDENTIAL_WORDS, CREDENTIALS

Kind = Literal[
    "secret-path",  # the name of a file with somebody's keys
    "secret",  # what such a file, a password store or another program's login holds
    "environment",  # all of the environment
    "token",  # one variable of it that is another service's token
    "watched",  # keys, screen, camera, microphone, clipboard, other functions' variables
    "person",  # names of the user, the machine, the directory
    "metadata",  # the address that hands out a cloud machine's keys
    "start-path",  # a place from which programs start with the user's session
    "guiding-path",  # a place from which programs start, or assistants are guided, now and then
    "download",  # what the network answered
    "fetched",  # the path of a file that was downloaded
    "decoded",  # a text that was unwrapped
    "own-data",  # a file of the package that is no code
    "told",  # what whoever starts the program says on the command line
    "asked",  # what a request to a server of the extension's own says
    "project-place",  # where the opened project lies
    "project",  # names and contents of files in whatever project is opened
    "home",  # a path below the user's home
    "crawled",  # the files of a directory and all below it
    "collected",  # what such files hold
    "chosen",  # a member of something unknown, by a name that came over the network
    "walked",  # each of the user's files in turn
    "function",  # a function by another name: `what` is its dotted name
]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value may come from: its kind, in words, and the place in the package."""

    kind: Kind
    what: str
    path: str
    line: int


ONE_OF_MANY = "a variable of the environment whose name comes from elsewhere"
VARIABLES, VARIABLE = "other functions' variables", "a variable of another function"
_MORE_CREDENTIALS = {
    "wallets": re.compile(
        r"wallet\.dat|exodus\.wallet|\.electrum\b|\.ethereum\b|\.config/solana\b|Local Extension Settings"
        r"|nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|\bmnemonic\b|seed\.txt",
        re.IGNORECASE,
    ),
    "browsers' passwords": re.compile(
        r"(?:Default|Profile \d|User Data).{0,40}/(?:Cookies|Login Data|Web Data)\b|User Data/Local State"
    ),
    "the editor's stored secrets": re.compile(r"globalStorage/state\.vscdb"),
    "other programs' environments": re.compile(r"/proc/(?!self).{1,20}/environ"),
    "the clouds' logins": re.compile(r"\.config/gcloud\b|\.azure/(?:accessTokens|msal)"),
    "GnuPG keys": re.compile(r"secring\.gpg|\.gnupg\b"),
    "all that is typed": re.compile(r"/dev/input/event"),
}
SECRET_PATHS = (*CREDENTIALS.items(), *_MORE_CREDENTIALS.items())
# One of these stands in whatever a pattern of SECRET_PATHS finds.
SECRET_WORDS = (
    *CREDENTIAL_WORDS, "bfnaelmomeimhlpmgjnjophhpkkoljpa", ".config/solana", "local extension settings",
    "mnemonic", "seed.txt", "cookies", "web data", "user data/local state", "globalstorage/state.vscdb",
    "/environ", ".config/gcloud", ".azure", "secring.gpg", "/dev/input/event",
)  # fmt: skip
SECRET_COMMANDS = re.compile(
    r"\bgh auth (?:token|status .*--show-token)|\bgit credential(?:-\w+)? (?:fill|get)|print-access-token"
    r"|\baws configure (?:export-credentials|get)|find-(?:generic|internet)-password|\bvault token"
    r"|\bcmdkey /list|\bnetsh wlan show profile|\btrufflehog\b|\bgitleaks\b"
)
METADATA = re.compile(
    r"169\.254\.169\.254|\b2852039166\b|0xa9fea9fe|metadata\.google\.internal|169\.254\.170\.2|fd00:ec2::254"
    r"|100\.100\.100\.200",
    re.IGNORECASE,
)
START_PATHS = re.compile(
    r"\.bashrc|\.zshrc|\.bash_profile|\.zprofile|\.zshenv|(?:^|/)\.profile$|\.config/autostart|/autostart$"
    r"|LaunchAgents|LaunchDaemons|systemd/user|/etc/cron|/var/spool/cron|/etc/rc\.local|/etc/profile\.d"
    r"|Programs/Startup|CurrentVersion[\\/]+Run|authorized_keys|ld\.so\.preload|(?:site|user)customize\.py"
)
# Where an honest tool may write, too, when asked: hooks, other extensions, what guides assistants.
GUIDING_PATHS = re.compile(
    r"(?<![\w*-])[\w-]+\.pth$|\.git/hooks/|hooks/post-checkout|\.vscode/extensions(?!\.json)"
    r"|\.claude/(?:CLAUDE\.md|settings)|\.cursor/rules|\.codex/AGENTS\.md|\.gemini/GEMINI\.md"
)
OTHERS_TOKENS = re.compile(
    r"(?:github|gh_|gitlab|npm|node_auth|pypi|twine|aws|azure|google|gcp|openai|anthropic|slack|discord"
    r"|stripe|docker|vault|heroku|telegram|ssh|wallet|ci_job|actions_).*"
    r"(?:token|secret|passw|key|credential|mnemonic)",
    re.IGNORECASE,
)
# What other programs call their entries in the password store.
OTHERS_ENTRIES = re.compile(
    r"gh:|git:|github|gitlab|aws|chrome|chromium|brave|firefox|edge|safe storage|npm|pypi|docker|azure|slack|login",
    re.IGNORECASE,
)
# Calls whose answer carries a mark of its own.
ANSWERS: dict[str, tuple[Kind, str]] = {
    "win32crypt.CryptUnprotectData": ("secret", "what Windows keeps encrypted for the user"),
    "secretstorage.get_default_collection": ("secret", "the password store"),
    "argparse.ArgumentParser": ("told", "the command line"),
    "PIL.ImageGrab.grab": ("watched", "the screen"),
    "pyautogui.screenshot": ("watched", "the screen"),
    "mss.mss": ("watched", "the screen"),
    "sounddevice.rec": ("watched", "the microphone"),
    "pyaudio.PyAudio": ("watched", "the microphone"),
    "cv2.VideoCapture": ("watched", "the camera"),
    "pyperclip.paste": ("watched", "the clipboard"),
    "getpass.getuser": ("person", "the user's name"),
    "os.getlogin": ("person", "the user's name"),
    "platform.node": ("person", "the machine's name"),
    "socket.gethostname": ("person", "the machine's name"),
    "os.getcwd": ("person", "the directory it runs in"),
    "PIL.Image.open": ("own-data", "a picture"),
    "pkgutil.get_data": ("own-data", "a data file"),
    "importlib.resources.read_text": ("own-data", "a data file"),
    "importlib.resources.files": ("own-data", "a data file"),
    "gettext.translation": ("own-data", "a translation"),
    "dns.resolver.resolve": ("download", "a DNS record"),
    "dns.resolver.query": ("download", "a DNS record"),
    "websockets.connect": ("download", "a connection"),
    "websocket.create_connection": ("download", "a connection"),
    "socket.create_connection": ("download", "a connection"),
    "asyncio.open_connection": ("download", "a connection"),
}
DECODERS = re.compile(
    r"base64\.\w+|binascii\.(?:unhexlify|a2b_\w+)|codecs\.decode|(?:zlib|lzma|bz2|gzip)\.decompress"
    r"|builtins\.(?:bytes|bytearray)\.fromhex|marshal\.loads"
)
NETWORK = re.compile(
    r"requests\.(?:get|post|put|patch|delete|head|request|(?:Session|session)(?:\.\w+)?)"
    r"|urllib\.request\.(?:urlopen|urlretrieve|Request)|urllib3\.\w+"
    r"|httpx\.(?:get|post|put|patch|delete|head|request|stream|Client|AsyncClient)|aiohttp\.\w+"
    r"|http\.client\.HTTPS?Connection"
)
SENDERS = re.compile(
    r"smtplib\.\w+|ftplib\.\w+|socket\.(?:getaddrinfo|gethostbyname(?:_ex)?|gethostbyaddr)"
    r"|dns\.resolver\.(?:resolve|query)|(?:websockets?|socket|asyncio)\.(?:create_connection|connect|open_connection)"
)
LOOKUPS = re.compile(
    r"socket\.(?:getaddrinfo|gethostbyname(?:_ex)?)|dns\.resolver\.(?:resolve|query)"
)
SENDING_METHODS = {
    "sendall",
    "sendto",
    "sendmail",
    "send_message",
    "storbinary",
    "storlines",
    "send_bytes",
}
REQUEST_METHODS = {
    "post",
    "put",
    "patch",
    "request",
    "send",
    "upload_file",
    "upload_fileobj",
    "put_object",
}
RUNNERS = {
    "builtins.exec",
    "builtins.eval",
    "marshal.loads",
    "types.FunctionType",
    "types.CodeType",
}
PROGRAMS = re.compile(
    r"subprocess\.(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput)"
    r"|os\.(?:system|popen|startfile|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)"
    r"|asyncio\.create_subprocess_(?:exec|shell)"
)
CARRIERS = re.compile(
    r"\b(?:curl|wget|nc|ncat|nslookup|dig|host|ping|scp|rsync|gh gist|telnet|git (?:commit|tag|notes))\b"
)
READERS = re.compile(
    r"builtins\.open|io\.open|codecs\.open|fs\.read|sqlite3\.connect|shutil\.(?:copy\w*|make_archive|move)"
    r"|os\.open|json\.load|configparser\..*"
)
READING_METHODS = {"read_text", "read_bytes", "open", "read", "connect"}
WRITING_METHODS = {"write_text", "write_bytes"}
PICKLES = re.compile(
    r"(?:pickle|cPickle|dill|cloudpickle|joblib)\.loads?|yaml\.(?:unsafe_load|full_load)"
)
LOSES = re.compile(
    r"builtins\.(?:len|bool|isinstance|hasattr|id|hash|type|print|any|all|range)|hashlib\..*|hmac\..*"
    r"|os\.path\.(?:exists|isfile|isdir|getsize|getmtime)|os\.(?:stat|access)|logging\..*|os\.chmod"
)
LOSING_METHODS = {
    "exists",
    "is_file",
    "is_dir",
    "startswith",
    "endswith",
    "stat",
    "count",
    "index",
    "hexdigest",
}
# Words where something of interest begins or is put together. A function without any of them is looked
# at only when something of interest reaches it.
BEGINNINGS = frozenset({
    "CodeType", "FunctionType", "HTTPConnection", "HTTPSConnection", "Image", "ImageGrab",
    "__builtins__", "__code__", "__doc__", "__file__", "__import__", "a2b_base64", "a2b_hex",
    "a85decode", "aiohttp", "b16decode", "b32decode", "b64decode", "b85decode", "builtins",
    "cPickle", "chr", "clipboard_append", "clipboard_get", "cloudpickle", "codecs", "compile",
    "create_subprocess_exec", "create_subprocess_shell", "cv2", "decodebytes", "decompress",
    "decrypt", "dill", "dns", "environ", "environb", "eval", "exec", "expanduser", "expandvars",
    "extractall", "f_globals", "f_locals", "files", "fromhex", "ftplib", "get_data", "getcwd",
    "getenv", "gethostname", "getlogin", "gettext", "getuser", "globals", "home", "httpx",
    "import_module", "importlib", "iterdir", "joblib", "keyring", "listdir", "marshal", "mss",
    "node", "operator", "pickle", "popen", "pyaudio", "pyautogui", "pyperclip", "read_text",
    "recv", "reduce", "request", "requests", "rfile", "rglob", "scandir", "secretstorage", "settrace",
    "smtplib", "socket", "sounddevice", "standard_b64decode", "subprocess", "system",
    "translation", "unhexlify", "unpack_archive", "urllib", "urllib3", "urlopen", "urlretrieve",
    "urlsafe_b64decode", "vars", "walk", "websocket", "websockets", "win32crypt", "workspace", "yaml",
})  # fmt: skip
