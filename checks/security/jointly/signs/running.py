"""How texts become code and programs are started. Data."""

from __future__ import annotations

from checks.security.jointly.signs.sign import SEPARATOR, sign

MAKES_CODE = sign(
    "runs a text as code",
    "exec eval compile Function Script runIn .constructor SourceTextModule runsource runcode construct data: exec_module _eval_type ForwardRef get_type_hints createElement( "
    "run_cell Runtime.evaluate Blob(",
    r"(?<![\w.])(?:exec|eval)\s*\(\s*(?![\"'`)\s])|\bexec\s*\(\s*compile|(?<![\w.])compile\s*\([^\n]{0,200}[\"'](?:exec|eval)[\"']",
    r"\bnew\s+Function\s*\(|(?<![\w.])Function\s*\(\s*(?![\"'`)])|\brunIn(?:This|New)?Context\s*\(|\bnew (?:vm\.)?Script\s*\(",
    r"\._compile\s*\(|\bFunctionType\s*\(|\.constructor\s*\(\s*[\"'`]return|\bnew (?:vm\.)?SourceTextModule\b|\bcompileFunction\s*\(",
    r"getPrototypeOf\s*\(\s*(?:async\s*)?(?:function|\()[^\n]{0,60}\.constructor",
    r"\.run(?:source|code)\s*\(|\bReflect\.construct\s*\(\s*\w*(?:[mM]aker|[fF]unction|[cC]tor|[cC]onstructor)\w*\s*,|\bnew\s+\w*(?:AsyncFunction|GeneratorFunction)\s*\(|\.exec_module\s*\(",
    r"\b_eval_type\s*\(|\bForwardRef\s*\([^\n]*_evaluate|\bget_type_hints\s*\(\s*type\s*\(|\bcreateElement\s*\(\s*[\"'`]script[\"'`]\s*\)",
    r"[\"'`]data:(?:text|application)/?[\"'`,\s\w\[\];]{0,20}(?:java|ecma)script|\b(?:new\s+(?:URL|Worker)|import)\s*\(\s*[\"'`]data:|\bnew\s+Blob\s*\([^\n]*(?:java|ecma)script",
    r"\.run_cell\w*\s*\(\s*(?![\"'])|[\"'`]Runtime\.evaluate[\"'`]",
    unless=r"\bre\.compile|function\s+(?:eval|exec)|def\s+(?:exec|eval)|execCommand",
)
RUNS_EXAMPLES = sign(
    "runs the examples in a text, or a text to see how long it takes",
    "get_doctest run_docstring_examples testfile timeit cProfile",
    r"\bget_doctest\s*\(|\brun_docstring_examples\s*\(|\bdoctest\.testfile\s*\(\s*(?![\"'])|\bcProfile\.run(?:ctx)?\s*\(\s*(?![\"'])",
    r"\btimeit\.(?:timeit|repeat|Timer)\s*\(\s*(?:stmt\s*=\s*)?(?![\"'\s]|lambda)",
    unless=r"__file__|__doc__",
)
LOADS_CODE = sign(
    "loads a module whose name it puts together",
    "import( import_module __import__ require( spec_from_file_location run_path load_module zipimporter Worker( dlopen CDLL sys.path fork(",
    r"(?<![\w.])import\s*\(\s*(?![\"'`)]|/\*)|(?<![\w.])import\s*\(\s*`[^`\n]*\$\{|(?<![\w.])require\s*\(\s*(?![\"'`)])|(?<![\w.])require\s*\(\s*`[^`\n]*\$\{",
    r"\bspec_from_file_location\s*\(|\brun_path\s*\(|\bload_module\s*\(|\bzipimporter\s*\(|\bimport_module\s*\(\s*(?![\"'])|(?<!\w)__import__\s*\(\s*(?![\"'])",
    r"\bnew Worker\s*\([^;\n]*\beval\s*:\s*true|\bnew Worker\s*\(\s*(?![\"'`]|new URL\(\s*[\"'])|\bdlopen\s*\(|\bCDLL\s*\(\s*(?![\"'])|\bsys\.path\.(?:insert|append)\s*\(|\bfork\s*\(\s*(?![\"'`)])",
)
STARTS_CHOSEN = sign(
    "starts a program whose name or line it does not spell out",
    "spawn exec subprocess. system popen sendText Execution(",
    r"\bnew\s+(?:[\w$]+\.)*(?:Shell|Process)Execution\s*\(\s*(?![\"'])|\[[\"'](?:spawn|exec)\w*[\"']\]\s*\(\s*(?![\"'])",
    r"(?<![\w.])(?:spawn|exec|execFile|execa)(?:Sync)?\s*\(\s*(?![\"'`)\s/])",
    r"\b(?:cp|child|child_process|childProcess)\.(?:spawn|exec|execFile)(?:Sync)?\s*\(\s*(?![\"'`)\s])",
    r"\.sendText\s*\(\s*(?![\"'`)])",
    r"(?<![\w.])exec(?:Sync)?\s*\(\s*`[^`\n]*\$\{|\bsubprocess\.\w+\s*\(\s*(?:\[\s*)?(?![\"'\[)\s]|\[\s*[\"'])(?!sys\.executable)",
    r"\bos\.(?:system|popen)\s*\(\s*(?![\"'])|\bcreate_subprocess_(?:exec|shell)\s*\(\s*\*?(?![\"'])",
    also=r"child_process|\bsubprocess\b|\bos\.(?:system|popen)|execa|asyncio|shelljs|cross-spawn|createTerminal|(?:Shell|Process)Execution",
    unless=r"process\.execPath|(?:def|function)\s+(?:spawn|exec|run)",
)
STARTS = sign(
    "starts other programs",
    "child_process subprocess os.system os.popen execa create_subprocess shelljs",
    r"\bchild_process\b|\bsubprocess\.\w+\s*\(|\bos\.(?:system|popen)\s*\(|\bexeca\b|\bcreate_subprocess_\w+|\bshelljs\b",
)
OWN_DATA = sign(
    "takes its text out of a file of data in the package",
    "__file__ import.meta __dirname get_data resources argv",
    r"__file__|import\.meta\.(?:url|dirname|filename)|__dirname|\bget_data\s*\(|importlib\.resources|\bresources\.files",
    also=r"\breadFile|\.read_(?:text|bytes)|\bopen\s*\(|\.read\s*\(|get_data",
)
CHOSEN_BY_ANSWER = sign(
    "gives a member of an answer to what runs texts or starts programs",
    ".json JSON.parse json.load",
    r"(?s:\b(?P<answer>\w+)\s*=\s*[^;\n]*(?:\.json\s*\(\s*\)|JSON\.parse\s*\(|json\.loads?\s*\()[^\n]*\n.{0,2000}?"
    r"\b(?:setTimeout|setInterval|setImmediate|eval|Function|exec\w*|spawn\w*|fork|import|require|run|Popen|system)\s*\(\s*(?P=answer)\b[.\[])",
    beyond=2_000,
)
WASM_POWERS = sign(
    "gives a WebAssembly module functions of its own to call",
    "WebAssembly wasm wasmtime wasmer",
    r"\bWebAssembly\.(?:instantiate\w*|Instance)\s*\([^;]{0,120},\s*(?:\{\s*[\w\"'$]|[A-Za-z_$])|\bwasm(?:time|er)\b",
)
NATIVE_CODE = sign(
    "loads machine code",
    ".node dlopen ctypes ffi. bindings( node-gyp-build load_extension",
    r"(?:require|dlopen|import)\s*\([^)\n]*\.node\b|\bdlopen\s*\(|\bctypes\.(?:CDLL|cdll|WinDLL|PyDLL|CFUNCTYPE)|\bffi\.(?:dlopen|open)\s*\(|\bbindings\s*\(|\bnode-gyp-build\b|\bload_extension\s*\(",
)
RENDERS = sign(
    "renders a template that is no text of its own",
    "from_string Template( .render .compile renderString .template",
    r"\bfrom_string\s*\(\s*(?![\"'])|(?<![\w.])Template\s*\(\s*(?![\"'\s])|\b(?:ejs|pug|nunjucks|Handlebars|handlebars|_|eta|dot)\.(?:render\w*|compile|template)\s*\(\s*(?![\"'`])",
    also=r"jinja2|\bmako\b|\bejs\b|\bpug\b|nunjucks|[hH]andlebars|lodash|\beta\b",
)
LOADS_OBJECTS = sign(
    "loads stored objects by a loader that runs what they say",
    "UnsafeLoader unsafe_load full_load pickle dill marshal joblib torch.load deserialize shelve",
    r"\bshelve\.open\s*\(",
    r"\byaml\.(?:unsafe_load|full_load)\b|\bUnsafeLoader\b|\b(?:c?[pP]ickle|dill|marshal|cloudpickle|joblib)\.loads?\b|\btorch\.load\s*\(|\bv8\.deserialize\b|node-serialize",
    unless=r"SafeLoader|weights_only\s*=\s*True",
)
_LOGGING = r"\bdictConfig\s*\((?!\s*[{A-Z])|\bfileConfig\s*\("
SETS_LOGGING = sign(
    "sets logging up by what it was given, which may name functions to call",
    "dictConfig fileConfig",
    _LOGGING,
)
SETS_ALL_LOGGING = sign(
    SETS_LOGGING.says,
    "dictConfig fileConfig",
    _LOGGING,
    without=r"[\"']handlers[\"']\s*:\s*\{[^}]*[\"']class[\"']\s*:\s*[\"']",
)
LOADS_YAML = sign(
    "loads YAML by a loader of its own, which may run what it says",
    "yaml.load",
    r"\byaml\.load\s*\(",
    unless=r"SafeLoader",
    without=r"\bclass\s+\w+\s*\([\w.]*SafeLoader\s*\)",
)
RESOLVES = sign(
    "calls what a text names",
    "resolve_name locate( attrgetter methodcaller sys.modules ).modules import_string getattr(",
    r"\bresolve_name\s*\(\s*(?![\"')])|\b(?:pydoc\.)?locate\s*\(\s*(?![\"')])|\b(?:attrgetter|methodcaller)\s*\(\s*(?![\"')*])",
    r"(?:\bsys|__import__\s*\(\s*[\"']sys[\"']\s*\))\.modules\s*\[\s*(?![\"']|__name__|[^\]\n]*__module__)|\bsys\.modules\.get\s*\(\s*(?![\"']|__name__)|\bimport_string\s*\(\s*(?![\"')])",
    r"\bgetattr\s*\(\s*(?:importlib\.import_module|import_module|__import__)\s*\(\s*[a-z_]\w*\s*\)\s*,\s*[a-z_]\w*\s*[,)]",
    unless=r"\bdef\s+locate|\bkey\s*=\s*(?:operator\.)?attrgetter|\bdel\s+sys\.modules|sys\.modules\[[^\]\n]+\]\s*=[^=]",
    also=r"pkgutil|pydoc|operator|sys\.modules|import_string|import_module|__import__",
)
WALKS_TO_CALLS = sign(
    "goes to a member by the steps of a text, and calls what it finds",
    "reduce(",
    r"\breduce\s*\(\s*\(?\s*(?P<from>\w+)(?:\s*:\s*\w+)?\s*,\s*(?P<step>\w+)(?:\s*:\s*\w+)?\s*\)\s*=>\s*(?P=from)\s*(?:\?\.)?\[\s*(?P=step)\s*\]",
    also=r"\.(?:call|apply)\s*\(|\btypeof\s+\w+\s*===?\s*[\"'`]function",
)
WALKS_BY_FORMAT = sign(
    "formats texts by a way of its own, in which fields lead to members",
    "Formatter",
    r"^\s*class\s+\w+\s*\(\s*(?:string\.)?Formatter\s*\)",
    also=r"(?s:\bdef\s+convert_field\s*\(\s*\w+\s*,\s*(?P<held>\w+).{0,400}?\b(?P=held)\s*\(|\b(?P<found>\w+)\s*,\s*\w+\s*=\s*super\(\)\.get_field\b.{0,400}?\b(?P=found)\s*\()",
)
NOW_AND_THEN = sign(
    "does something only on some days",
    "%",
    r"\bif\b[^\n]{0,120}\b(?:toordinal|weekday|isoweekday|time|timestamp|getDay|getDate|getHours|getMinutes|getSeconds|now)\s*\(\s*\)\s*%\s*\d+(?!\s*\])",
    r"\bif\b[^\n]{0,120}\.(?:day|hour|minute|second|microsecond)\s*%\s*\d+(?!\s*\])",
    r"\b(?:getDay|getDate|getHours|getMinutes|getSeconds)\s*\(\s*\)\s*%\s*\d+\s*(?:[!=]==?|\?|&&)",
)
WASM_UNNAMED = sign(
    "runs WebAssembly out of a file that is not called so",
    "WebAssembly",
    r"\bWebAssembly\.(?:instantiate\w*|compile\w*|Module|Instance)\s*\(",
    without=r"\.wasm\b|asm\.js",
)
MAKES_EXECUTABLE = sign(
    "makes a file executable",
    "chmod 0o7 S_IX",
    r"\bchmod(?:Sync)?\b|\bmode\s*[:=]\s*0o?7|S_IXUSR",
)
INSTALLS = sign(
    "installs a package while it runs",
    "install npx add uvx dlx",
    r"[\"'](?:install|add)[\"'][^\n;]{0,80}\]\s*\.concat\s*\(|[\"'](?:install|add)[\"']\s*,(?:\s*[\"']-[^\"'\n]*[\"']\s*,)*\s*(?:\.\.\.|\*)\s*\w",
    rf"[\"'`](?:uv|pip3?|npm|pnpm|yarn|bun|gem|cargo|conda|brew)[\"'`]?{SEPARATOR}(?:pip{SEPARATOR})?(?:install|add|i){SEPARATOR}(?!-r|--requirement|\.)(?:-[-\w=./:]+{SEPARATOR})*[@\w]"
    rf"|[\"'`](?:npx|uvx|pnpm{SEPARATOR}dlx|bunx){SEPARATOR}(?:(?:--yes|-y){SEPARATOR})[@\w]",
)
SHARES_HOME = sign(
    "hands the user's home to a container",
    "HOME() --privileged",
    r"\{?HOME\(\)\}?[^\n,]{0,40}:/|--privileged\b",
    also=r"\bdocker\b|\bpodman\b|\bnerdctl\b",
)
ACTS_AS_USER = sign(
    "types and clicks as if it were the user",
    "pyautogui robotjs nut-tree nut-js xdotool SendKeys pynput",
    r"\bpyautogui\.(?:typewrite|write|hotkey|press|click)|[\"']robotjs[\"']|[\"']@nut-tree|\bxdotool\b|\bSendKeys\b|pynput[^\n]{0,60}Controller",
)
GATED = sign(
    "does something only on certain days, machines or for certain people",
    "today( now( utcnow( time.time Date node( hostname( getuser( getlogin( userInfo(",
    r"\bdate(?:time)?\.(?:today|now|utcnow)\s*\([^)\n]*\)(?:\.date\(\))?\s*[<>]=?\s*(?:datetime\.)*date(?:time)?\s*\(\s*20",
    r"\btime\.time\s*\(\s*\)\s*[<>]=?\s*\d{9}|\bDate\.now\s*\(\s*\)\s*[<>]=?\s*(?:\d{12}|Date\.(?:parse|UTC)\s*\(|\+?new Date\s*\(\s*[\"'0-9])",
    r"\bnew Date\s*\(\s*\)\s*[<>]=?\s*(?:\+?new Date\s*\(\s*[\"'0-9]|\d{12})",
    r"\bif\b[^\n]{0,120}\b(?:platform\.node|gethostname|os\.hostname|hostname|getpass\.getuser|getlogin|userInfo)\s*\(\s*\)[^\n]{0,60}"
    r"(?:==|===|!=|\bin\b|endswith|startswith|endsWith|startsWith|includes|match|test)",
    r"(?:\btest|\bmatch|\bsearch|\bincludes|\bhas)\s*\(\s*(?:os\.)?(?:hostname|userInfo|gethostname|platform\.node|getpass\.getuser)\s*\(\s*\)",
)
OF_PROJECT = sign(
    "takes them from the open project",
    "workspace getcwd cwd( rootPath project",
    r"\bworkspace\b|\brootPath\b|\bgetcwd\s*\(|\bcwd\s*\(\s*\)|\bproject(?:_root|_dir|Root|Dir)\b",
)
COMMANDS_CHOSEN = sign(
    "does commands of the editor whose names it does not spell out",
    "executeCommand execute_command commands.execute",
    r"\bcommands\.execute\s*\(\s*[a-z_$]|\bexecuteCommand\s*\(\s*(?![\"'`])\w|\bexecute_command\s*\(\s*(?![\"'])\w",
)
CHANGES_BY_PLACE = sign(
    "does something only in certain places of the world",
    "timeZone tzname getlocale language country",
    r"\bresolvedOptions\s*\(\s*\)\s*\.\s*(?:timeZone|locale)\b|\{[^}\n]*\b(?:timeZone|locale)\b[^}\n]*\}\s*=[^\n]*\bresolvedOptions\b|\btime\.tzname\b|\bgetlocale\s*\(|\bnavigator\.languages?\b|ipapi|ip-api|\.country(?:_code|Code)?\b",
    also=r"\.(?:test|has|includes)\s*\(\s*\w*(?i:zone|tz|locale|lang|country)|\bcreateHash\b|\bhashlib\b|(?i:zone|tz\w*|locale|lang\w*|country\w*)\)?\s*(?:\.(?:includes|startsWith|startswith|match)\s*\(|===?|\bin\b)",
)
ASKS_NOBODY = sign(
    "tells an assistant to do what it likes without asking its user",
    "--dangerously --yolo --trust-all --allow-all --full-auto skip-permissions bypassPermissions",
    r"--dangerously-[\w-]+|--yolo\b|--trust-all-tools\b|--allow-all-tools\b|--full-auto\b|\bbypassPermissions\b",
)
CALLS_UNNAMED = sign(
    "calls what it names at no place: a member of a module, both chosen while it runs",
    ")[",
    r"\b[\w$]+\s*\((?:[^()\n]|\([^()\n]*\)){1,80}\)\s*\[\s*[A-Za-z_$][\w$]*\s*\([^()\n]*\)\s*\]\s*\(",
    also=r"\bcreateRequire\b|\bgetBuiltinModule\b|\brequire\s*\(",
)
DOES_WHAT_PAGES_ASK = sign(
    "does whatever command of the editor a page asks for",
    "onDidReceiveMessage on_message onmessage",
    r"(?s:\b(?:onDidReceiveMessage|on_message|onmessage)\b[^\n]{0,60}[({\s](?P<asked>[a-z_$]\w*)\b[^\n]{0,60}(?:=>|:).{0,300}?\b(?:commands\.execute|executeCommand|execute_command)\s*\(\s*(?P=asked)\b)",
    r"(?s:\bonDidReceiveMessage\b[^\n]{0,60}\{[^}\n]*:\s*(?P<named>[a-z_$]\w*)[^\n]{0,60}=>.{0,300}?\bexecute(?:Command)?\s*\(\s*(?P=named)\b)",
    beyond=600,
)
CALLS_CHOSEN = sign(
    "calls the member that a message names, with what the message gives",
    "](...",
    r"\b[\w$]+\[\s*[a-z_$][\w$.]*\s*\]\s*\(\s*\.\.\.",
)
OWN_TABLE = sign(
    "takes rows out of a file of data in the package",
    "with_name __file__ joinpath import.meta __dirname",
    r"(?:\bwith_name|\bjoinpath|__file__[^\n]{0,80}|__dirname[^\n]{0,80}|\bnew URL)\s*[(/,]\s*[\"'][\w./-]+\.(?!pyw?\b|[cm]?[jt]sx?\b|so\b|dll\b)\w+[\"']",
    also=r"\breadFile|\.read_(?:text|bytes)|\bopen\s*\(|\.read\s*\(",
)
OF_OPEN_FILE = sign(
    "takes it out of a file of the open project",
    "workspace.read",
    r"\bworkspace\.read\w*\s*\(",
)
PROJECTS_PAGE = sign(
    "shows a file of the open project as a page whose scripts run",
    "workspace.read",
    r"(?:\.html\s*=|\b(?:showHtml|show_html|setHtml|set_html)\s*\()[^\n]{0,80}\bworkspace\.read\w*\s*\(",
    also=r"\bscripts\s*[:=]\s*(?:true|True)\b|\benableScripts\s*:\s*true\b|\ballow_scripts\s*=\s*True\b",
)
