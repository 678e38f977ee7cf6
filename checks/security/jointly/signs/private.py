"""What is private and can be read: keys, the environment, what is typed or copied. Data."""

from __future__ import annotations

from checks.security.jointly.signs.sign import JOINED, SEPARATOR, VARIABLE, sign

READS = sign(
    "reads files",
    "readFile createReadStream copyFile cp( cpSync openSync .read_ open( shutil sqlite3 readdir ZipFile tarfile archiver zip",
    r"\breadFile|\bcreateReadStream|\bcopyFile|\bcp(?:Sync)?\s*\(|\bopenSync|\.read_(?:text|bytes)\b|\bopen\s*\(",
    r"\b(?:Zip|Tar)File\s*\(|\btarfile\.open|\barchiver\s*\(|[\"'](?:adm-zip|jszip|archiver|tar)[\"']",
    r"\bshutil\.(?:copy|make_archive|move)|\bsqlite3\.|\.readFileSync?\b|\breaddir",
)
WHOLE_ENVIRONMENT = sign(
    "reads the environment as a whole, or by names that are put together",
    "environ getenv env vars(os) __dict__",
    r"\bvars\s*\(\s*os\s*\)|\bos\.__dict__|[\"']environb?[\"']\s*\]|\bos\.environ\b(?!\s*(?:\[\s*[\"']|\.(?:get|setdefault|pop|update|putenv)\s*\(\s*(?:[\"']|[A-Z_]{3,}\b)|\[\s*[A-Z_]{3,}\s*\]))",
    r"\bos\.getenv\s*\(\s*(?![\"'A-Z])|\bgetenv\s*\(\s*[\"'][^\"'\n]*[\"']\s*\+",
    r"\bprocess\.env\b(?!\s*(?:!?\??\.\[?[A-Za-z_$]|\[\s*[\"'`](?![^\]\n]*\+)))|\bprocess\s*\[\s*[\"'`]env|\bprocess\.env\[\s*`[^`]*\$\{",
    r"\benv\b[^\n=]{0,40}\}\s*=\s*(?:await\s|process|globalThis|global|require|self)",
    unless=r"\benv\w*\s*[=:]\s*(?:dict\s*\(|\{|os\.|process\.|Object\.assign)|[\"']\s+(?:not\s+)?in\s+os\.environ"
    r"|[\"'](?:HOME|USERPROFILE|APPDATA|PATH)[\"']\s*\]|os\.environ\[[^\]\n]+\]\s*=[^=]|process\.env\[[^\]\n]+\]\s*=[^=]|\.{3}process\.env|\*\*os\.environ|import\s+os\b",
)
COPIED_ENVIRONMENT = sign(
    "copies the whole environment, where no program is started",
    "process.env os.environ",
    r"\.{3}\s*process\.env\b(?!\.|\[)|\*\*\s*os\.environ\b(?!\.)|\bos\.environ\.copy\s*\(|\bdict\s*\(\s*os\.environ\s*\)",
    without=r"child_process|subprocess|\bspawn|\bexec|Popen|Worker|\bfork\b|\bpty\b|[tT]erminal|LanguageClient|\bos\.system|asyncio",
)
LOGIN_VARIABLE = sign(
    "reads a token of another service from the environment",
    "process.env environ getenv",
    r"(?:process\.env\.|(?:environ(?:\.get)?|getenv|process\.env)\s*[\[(]\s*[\"'`])(?P<name>[A-Z][A-Z0-9_]*"
    r"(?:TOKEN|SECRET|PASSWORD|PASSWD|KEY|KEY_ID|CREDENTIALS?))\b",
)
HOME_BY_PARTS = sign(
    "names files below the user's home by parts that are put together or listed",
    "HOME() expanduser",
    rf"HOME\(\)\s*/\s*(?:[\"'][^\"'\n]*[\"']\s*/\s*)*{VARIABLE}",
    r"HOME\(\)(?:\s*/\s*[\"'][^\"'\n]*[\"'])*\s*\)?\s*\.(?:glob|rglob|iterdir|walk)\s*\(",
    rf"HOME\(\)\s*(?:\.joinpath\s*\(|,)\s*{JOINED}",
    r"HOME\(\)[^\n]{0,60}[\"'`][^\"'`\n]*\*[^\"'`\n]*[\"'`]",
    r"HOME\(\)\s*\+\s*(?![\"'`]/?\.?config)|\$\{HOME\(\)\}[^`\n]*\$\{|\{HOME\(\)\}[^\"'\n]*\{",
    r"\bexpanduser\s*\(\s*(?:os\.)?(?:path\.)?join\s*\(\s*[\"']~/?[\"']\s*,\s*(?![\"'])|[\"']~/[\"']\s*\+",
    r"\b(?:walk|listdir|scandir|readdir\w*|scan\w*|crawl\w*|collect\w*|index\w*|glob\w*|find\w*)\s*\(\s*HOME\(\)\s*[,)]",
)
HOME_OF_OTHERS = sign(
    "names another program's files below the user's home",
    "hrome chromium rave irefox mozilla edge discord lack elegram gcloud azure .config/gh hub-copilot solana xodus ledger Keychains "
    ".password-store history .m2 .gem .cargo .terraform Code Cursor JetBrains copilot claude codex",
    r"google-chrome|Google/Chrome|Google\\+Chrome|[\"']Chrome[\"']|chromium|BraveSoftware|Brave-Browser|mozilla[/\\]firefox"
    r"|[\"'](?:\.mozilla|Firefox)[\"']|Microsoft Edge|microsoft-edge|Local Extension Settings|discord(?:canary)?[/\\\"']",
    r"Slack[/\\]|Telegram Desktop|\.config[/\\]gcloud|[\"']gcloud[\"']|\.azure\b|\.config[/\\]gh\b|[\"']gh[\"']|github-copilot"
    r"|\.config[/\\]solana|[\"']solana[\"']|Exodus|Ledger Live|Keychains|\.password-store|\.(?:bash|zsh|sh|node_repl|psql|mysql)_history",
    r"\.m2[/\\\"']|\.gem[/\\]credentials|\.cargo[/\\]credentials|\.terraform\.d|globalStorage|\.claude(?:\.json|[/\\]\.cred)|\.codex[/\\]auth",
    also=r"HOME\(\)|~/|APPDATA",
)
STORED_SECRETS = sign(
    "reads secrets that the editor or the system keeps, whosever they are",
    "secrets keytar keyring findCredentials safeStorage",
    r"\b(?:vars|dict|list|str|repr|JSON\.stringify|Object\.\w+)\s*\(\s*[\w.]*\bsecrets\s*[,)]|\bsecrets\.__dict__"
    r"|\bsecrets\.(?:keys|entries|all|list|values)\s*\(|\bfindCredentials\s*\(|\bsecrets\.get\s*\(\s*(?![\"'`A-Z])\w+\s*\)"
    r"|\bkeyring\.get_(?:password|credential)\s*\(\s*(?![\"'A-Z_])|\bget_all_keys\s*\(|\bget_collection_by_alias\b|\bget_all_items\s*\(",
)
TYPED = sign(
    "listens to what is typed, opened, saved or shown",
    'hange on_ keydown keypress keyup onDid beforeinput "type .on( .once( installEventFilter <Key <Any-Key registerCommand',
    r"\.on(?:ce)?\s*\(\s*[\"'](?:document|text|editor|buffer|content)s?[.:_-]?(?:did)?[-_.]?(?:change|edit|insert|type|input|open|save|close)\w*[\"']",
    r"\bbind_all\s*\(\s*[\"']<(?:Any-)?Key|[\"']<Any-Key|\bonDid(?:Change|Open|Save|Close)(?:TextDocument|ModelContent|Content|Buffer|TextEditor)\b|\bonDidWriteTerminalData\b|\bonDidOpen\b|\bdebug\.onDid\w+|DebugAdapterTracker|[\"'](?:keydown|keypress|keyup|beforeinput)[\"']|\bonDidType\b"
    r"|\.on_(?:type|key\w*|input|insert|edit|change\w*)\s*\(|\bonDidChange\s*\(|registerCommand\s*\(\s*[\"'`]type[\"'`]|\.on\s*\(\s*[\"'](?:key|type|keystroke|keypress)[\"']|\binstallEventFilter\b|[\"']<Key",
    also=r"contentChanges|\.text\b|getText|\.key\b|\.data\b|\.char\b|\.insert|\.changes?\b|\.content\b|\.keysym\b|\.value\b|variables|scopes",
)
COPIED = sign(
    "reads the clipboard again and again",
    "lipboard",
    r"[cC]lipboard\s*(?:\(\s*\))?\s*\.\s*(?:readText|read|text|get\w*)\s*\(|\bpyperclip\.paste\b|\bclipboard_get\b",
    also=r"\bsetInterval\s*\(|\bsetTimeout\s*\(|while True|Timer\(|\.after\(|\bon(?:Did)?(?:Change|Focus)|dataChanged|\.on\s*\(",
)
HIDDEN_FILES = sign(
    "looks for hidden files or keys by a pattern",
    ".* *.pem *.key *.p12 **/. .env id_*",
    r"[\"'`][^\"'`\n]{0,80}(?:\*\*/\.|[{,]\.\*|\*\.(?:pem|key|p12|pfx|kdbx)|(?:\*\*|[{,])/?\.env\b|id_\*)[^\"'`\n]{0,80}[\"'`]",
    also=r"\bglob\b|\brglob|\bfindFiles\b|fast-glob|globby|\bfnmatch\b|readdir|minimatch",
)
WALKS = sign(
    "collects the files of whole directories",
    "walk glob readdir findFiles scandir",
    r"\bos\.(?:walk|scandir)\s*\(|\.rglob\s*\(|\.glob\s*\(\s*[\"'][^\"'\n]*\*|\breaddir(?:Sync)?\s*\([^\n]*(?:withFileTypes|recursive)|\bfindFiles\s*\(|\bglobby?(?:Sync|\.sync)?\s*\(",
)
KEEPERS_OF_KEYS = sign(
    "speaks to what keeps the user's keys or rules the machine",
    "SSH_AUTH_SOCK gpg-agent docker.sock freedesktop.secrets /proc/ ptrace",
    r"SSH_AUTH_SOCK|S\.gpg-agent|gpg-agent|docker\.sock|freedesktop\.secrets|/proc/(?:\{|\$\{|\d|\*)|\bptrace\b",
)
CATCHES_ALL = sign(
    "catches what every program logs, prints or fails with",
    "getLogger excepthook settrace setprofile console. stdout. stdin sys.std addaudithook monitoring",
    r"\bgetLogger\s*\(\s*\)\s*\.\s*addHandler|\bsys\.excepthook\s*=|\b(?:sys|threading)\.(?:settrace|setprofile|addaudithook)\s*\(|\bsys\.monitoring\.register_callback\s*\(|\bsys\.std(?:in|out|err)\s*=[^=]"
    r"|\bconsole\.(?:log|error|warn|info)\s*=[^=]|\bprocess\.std(?:out|err)\.write\s*=[^=]",
)
SESSION = sign(
    "asks for the session that another service gave the user",
    "getSession get_session",
    r"\bgetSession\s*\(\s*(?:[\"'`](?P<provider>[\w-]+))?|\.get_session\s*\(\s*(?:[\"'](?P<giver>[\w-]+))?",
)
TERMINALS = sign(
    "reads what terminals show",
    "TerminalShellExecution WriteTerminalData capture-pane",
    r"\bonDid(?:Start|End)TerminalShellExecution\b|\bonDidWriteTerminalData\b|\bcapture-pane\b",
)
RUNNING_PROGRAM = sign(
    "takes what the running program holds: its report, its frames, others' requests, what was typed",
    "process.report capture_locals f_locals get_objects get_referrers current_frames diagnostics_channel async_hooks getThis get_history write_history",
    r"\.getThis\s*\(\s*\)|\breadline\.(?:get_history_item|write_history_file)\s*\(|\bprocess\.report\b|\bcapture_locals\s*=\s*True|\.f_locals\b|\bgc\.get_(?:objects|referrers)\b|\b_current_frames\b|[\"'](?:node:)?(?:diagnostics_channel|async_hooks)[\"']",
)
PROJECTS_SECRETS = sign(
    "names a file in which projects keep their passwords",
    ".env config secrets credentials account tfstate .pem .key",
    r"[\"'`/]\.env(?:\.\w+|\*)?[\"'`](?!\s*:)|[\"'`/]\.git[/\\\"',\s]+config[\"'`]|[\"'`/](?:secrets?\.(?:ya?ml|json|toml)|credentials\.json|service[-_]?account\w*\.json|terraform\.tfstate)[\"'`]",
)
BELOW_HOME = sign(
    "looks through the user's home",
    "HOME()",
    r"\b\w+\s*\(\s*HOME\(\)\s*[,)]",
    unless=r"\b(?:join|resolve|relative|Path|str|String|print|log|replace|normalize|startsWith|startswith|dirname)\s*\(\s*HOME\(\)",
)
SELECTED = sign(
    "listens to what is selected",
    "election",
    r"\bonDidChange\w*Selection\b|[\"']selection-?[cC]hanged?[\"']|\bon_selection\w*",
)
KEPT_BY_PAGES = sign(
    "reads what other pages have kept",
    "localStorage sessionStorage document.cookie indexedDB",
    r"\b(?:JSON\.stringify|Object\.(?:entries|assign|keys))\s*\([^\n]{0,40}\b(?:local|session)Storage\b|\bdocument\.cookie\b|\bindexedDB\.databases\b",
)
WHO_AND_WHERE = sign(
    "asks who uses which machine",
    "getuser getlogin userInfo node( hostname networkInterfaces getnode",
    r"\bgetpass\.getuser\s*\(|\bgetuser\s*\(|\bos\.getlogin\s*\(|\buserInfo\s*\(|\bplatform\.node\s*\(|\bgethostname\s*\(|\bos\.hostname\s*\(|\bhostname\s*\(\s*\)|\bnetworkInterfaces\s*\(|\buuid\.getnode\s*\(",
)
OTHERS_EXTENSIONS = sign(
    "uses what other extensions hand out",
    "extensions. getExtension",
    r"\bextensions\.(?:all|getExtension)\b|\bgetExtension\s*\(",
    also=r"\.exports\b|\.activate\s*\(|getToken|getAPI|getApi",
)
WHOLE_HISTORY = sign(
    "asks git for what changed in a whole repository",
    "log show bundle",
    r"[\"']log[\"']\s*,[^\]\n]*[\"'](?:-p|--patch|--all|-u)[\"']|[\"']bundle[\"']\s*,\s*[\"']create[\"']|\bgit log\b[^\n\"'`]*(?: -p\b|--patch|--all)",
)
PAGES_FIELDS = sign(
    "listens to the fields of pages",
    "input field form password",
    r"\bquerySelector(?:All)?\s*\(\s*\\?[\"'`][^\"'`\n]*\b(?:input|textarea|form|password)\b|\baddEventListener\s*\(\s*\\?[\"'`](?:input|submit|keydown)\\?[\"'`]",
    also=r"<iframe|<webview|contentDocument|contentWindow",
)
WALLETS = sign(
    "names what wallets keep their keys in",
    "UTC-- keystore wallet.dat mnemonic id.json",
    r"UTC--|[\"'`/^|(]keystore(?:\.json)?[\"'`/$|)]|wallet\\?\.dat\b|\bmnemonic\.txt|solana[/\\\"',\s]+id\\?\.json",
)
LOGINS_OF_PROGRAMS = sign(
    "asks another program for the login that it keeps",
    "credential auth find- print-access-token",
    rf"[\"'`\s]git{SEPARATOR}credential(?:-\w+)?{SEPARATOR}(?:fill|get)\b|[\"'`]gh{SEPARATOR}auth{SEPARATOR}(?:token|status)\b"
    rf"|\bfind-(?:generic|internet)-password\b|\bprint-access-token\b",
)
LOGIN_HEADERS = sign(
    "takes what logs people in out of the headers of requests",
    "uthorization ookie auth cook",
    r"(?i:\bheaders?\w*(?:\([^()\n]*\))?\)*\s*\??\.(?:get\s*\(\s*[\"'](?:proxy-)?(?:authorization|cookie)|authorization\b(?!\s*=[^=])))"
    r"|(?i:\bheaders\s*\[\s*[\"'](?:authorization|cookie)[\"']\s*\](?!\s*=[^=]))|\.startswith\s*\(\s*\(?\s*[\"'](?:auth|cook)",
)
TOKENS_OF_LOGINS = sign(
    "takes signed tokens apart, by which people are logged in",
    "split( jwt jose",
    r"\.split\s*\(\s*[\"'`]\.[\"'`]\s*(?:,\s*[23]\s*)?\)|[\"'](?:jwt-decode|jsonwebtoken|jose)[\"']|\bjwt\.(?:decode|get_unverified)\w*\s*\(",
    also=r"base64url|urlsafe_b64decode|jwt|jose|\batob\b",
)
KEYSTROKES = sign(
    "is told of each key that is typed",
    "onType onKey on_type on_key onDidType",
    r"\.(?:on(?:Did)?(?:Type|Key(?:Down|Up|Press|stroke)?)|on_(?:type|key\w*))\s*(?:\?\.\s*)?\(",
)
SERVICE_SECRET = sign(
    "takes a key of a service out of the user's secrets, and talks to others as well",
    "secrets.get",
    r"\bsecrets\.get\s*\(\s*[\"'`](?P<name>[A-Za-z][\w.-]{2,60})[\"'`]",
)
