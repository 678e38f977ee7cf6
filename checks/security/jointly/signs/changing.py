"""What code changes for others: files, settings, functions, what starts later. Data."""

from __future__ import annotations

from checks.security.commands import DOWNLOADS
from checks.security.jointly.signs.sign import SEPARATOR, sign

WRITES = sign(
    "writes files",
    "writeFile appendFile createWriteStream outputFile copyFile rename cp( cpSync .write open( urlretrieve extractall unpack_archive shutil .save",
    r"\b(?:writeFile|appendFile|createWriteStream|outputFile|copyFile|rename|cp)(?:Sync)?\s*\(|\.write_(?:text|bytes)\s*\(|(?<!output)(?<!stdout)(?<!stderr)\.write\s*\(",
    r"\bopen\s*\([^\n]{0,200}[\"'][rbt]*[wax]|\burlretrieve\s*\(|\bextractall\s*\(|\bunpack_archive\s*\(|\bshutil\.(?:copy|move)|\.save\s*\(\s*\w*path",
)
CHANGES_FILES = sign(
    "writes into files that may be there already",
    "writeFile appendFile .write open(",
    r"\b(?:writeFile|appendFile|outputFile)(?:Sync)?\s*\(|\.write_(?:text|bytes)\s*\(|\bopen\s*\([^\n]{0,200}[\"'][rbt]*[wa]|\bworkspace\.write\w*\s*\(",
    without=r"[\"']wx[\"']|[\"']x[\"']|\bexists\s*\(|\bexistsSync\b|\.is_file\s*\(",
)
REMOVES_TREES = sign(
    "removes whole directories",
    "rmtree rm( rmSync rimraf",
    r"\brmtree\s*\(|\brm(?:Sync)?\s*\([^)\n]{0,200}recursive|\brimraf\b",
)
REPLACES_OTHERS = sign(
    "puts a function of its own in the place of somebody else's",
    "setattr( .prototype. secrets. workspace. clipboard. window. commands. ui. globalThis. global. window. self.fetch builtins. requests. urllib. socket.socket subprocess. httpx. json.loads json.dumps "
    "os.environ os.getenv os.open getpass. Module. http. https. net. tls. fs. crypto. child_process. cp. require.cache defineProperty",
    r"\bsetattr\s*\(\s*(?:builtins|__builtins__|sys|os|io|socket|ssl|subprocess|requests|httpx|urllib\w*|getpass|json|pathlib|Path)\b[^\n,]*,",
    r"^\s*(?:builtins\.\w+|requests\.(?:\w+\.)*(?:get|post|request|send|Session)|urllib\.request\.urlopen|socket\.socket|getpass\.getpass"
    r"|subprocess\.(?:Popen|run)|httpx\.(?:\w+\.)*(?:send|request|get|post)|json\.(?:loads|dumps)|os\.(?:environ|getenv|open))\s*=[^=]",
    r"\b(?:context|host|vscode|devforge)\.(?:secrets|workspace|clipboard|window|commands|env)\.\w+\s*=[^=>]",
    r"(?<![\w.$])(?:(?:commands|workspace|secrets|clipboard)\.(?:register|execute|read|write|files|get|store)\w*|ui\.(?:input|confirm|ask|prompt)\w*)\s*=[^=>]",
    r"\bsetattr\s*\(\s*(?P<owner>\w+)\s*,\s*(?P<member>[\w\"']+)\s*,\s*[\w.]+\(\s*getattr\s*\(\s*(?P=owner)\s*,\s*(?P=member)|\bsetattr\s*\(\s*(?:context|host)\b",
    r"\b(?:globalThis|global|window|self)\.(?:fetch|WebSocket|XMLHttpRequest|require)\s*=[^=]|\bModule\.(?:prototype\.require|_load|_extensions[^\n=]*)\s*=[^=]",
    r"\b(?!(?:Function|Array|String|Object|Promise|Map|Set|Element|this)\b)[A-Za-z_$][\w$]*\.[A-Za-z_$][\w$]*\.prototype\.\w+\s*=[^=]"
    r"|(?<!: )\b(?:https?|net|tls|fs|crypto|child_process|cp)\.\w+\s*=[^=>]|\brequire\.cache\[",
    r"\bdefineProperty\s*\(\s*(?:(?:https?|fs|net|crypto|child_process|XMLHttpRequest\.prototype)\s*,|(?:globalThis|global|window)\s*,\s*[\"'`](?:fetch|process|require|WebSocket)\b)",
)
ASSISTANTS_FILES = sign(
    "names a file that assistants obey",
    "AGENTS CLAUDE GEMINI cursor copilot-instructions windsurf clinerules mcp SKILL prompt",
    r"[\"'`/](?:AGENTS|CLAUDE|GEMINI|SKILL)\.md\b|\.cursorrules|\.cursor[/\\\"']|copilot-instructions|\.windsurf(?:rules)?|\.clinerules|\.mcp\.json|\bmcp\.json"
    r"|\.claude[/\\\"']|\.(?:instructions|prompt|chatmode)\.md",
)
GUARDED_SETTINGS = sign(
    "changes a setting of the editor that others' safety rests on",
    "proxy strict Trust trust git.path autoApprove nodePath terminal.integrated InterpreterPath pythonPath xecutablePath serverPath allowUnsafe onfiguration(",
    r"[\"'`](?:http\.proxy|(?:http\.)?proxyStrictSSL)[\"'`]\s*,|onfiguration\s*\(\s*[\"']http[\"']|[\"'`][\w.]*(?:strictSSL|workspace\.trust[\w.]*|trust\.enabled|autoApprove\w*|git\.path|nodePath"
    r"|terminal\.integrated[\w.]*|defaultInterpreterPath|pythonPath|\w*[eE]xecutablePath|\w+\.serverPath|allowUnsafe\w*|disableWorkspaceTrust)[\"'`]\s*[,:\]]",
    also=r"\.update\s*\(|setConfig\w*\s*\(|writeFile|write_text",
)
SETTLES = sign(
    "has another program start or send something later",
    "config set-url xdg- systemd-run schtasks crontab launchctl reg setx core. insteadOf credential.helper templateDir",
    rf"\bgit{SEPARATOR}(?:-C{SEPARATOR}[^,\n]+,\s*)?[\"'`]?config{SEPARATOR}--(?:global|system){SEPARATOR}(?!--|user\.|[\"'`]?user\.)",
    rf"\bset-url{SEPARATOR}--(?:add|push)|[\"'`](?:core\.(?:fsmonitor|hooksPath|sshCommand|gitProxy|editor|pager|attributesFile)|credential\.helper|init\.templateDir)\b",
    rf"[\"'`\s](?:systemd-run|schtasks|launchctl{SEPARATOR}(?:load|submit|bootstrap)|setx)\b|\bcrontab{SEPARATOR}-|\breg{SEPARATOR}add\b|\.insteadOf\b|\bxdg-(?:mime|settings)\b|\b(?:npm|pip|yarn){SEPARATOR}config{SEPARATOR}set\b",
)
OBEYED_FILES = sign(
    "names a file that other programs obey",
    "activate.d .ssh sudoers profile.d pip.conf pip.ini .gitconfig .npmrc .yarnrc .condarc /etc/ package.json .bazelrc .envrc Makefile sitecustomize "
    ".pth .profile .kube .docker .curlrc .wgetrc .vimrc init.el init.lua",
    r"activate\.d\b|[\"'`/]\.ssh[\"'`/\\]|[\"'`/](?:sudoers|pip\.conf|pip\.ini|\.gitconfig|\.npmrc|\.yarnrc(?:\.yml)?|\.condarc|\.bazelrc|\.envrc|\.curlrc|\.wgetrc"
    r"|\.vimrc|init\.el|init\.lua)[\"'`]|profile\.d\b|[\"'`]/etc/\w|\w\.pth[\"'`]|(?:site|user)customize",
)
SCRIPTS_OF_PROJECTS = sign(
    "changes the scripts of a project's package.json",
    "scripts",
    r"\.scripts\s*(?:\?\?|\|\|)?=[^=>]|\.scripts(?:\.\w+|\[[^\]\n]+\])\s*=[^=]|\[[\"']scripts[\"']\](?:\[[^\]\n]+\])?\s*=[^=]|setdefault\s*\(\s*[\"']scripts",
)
HOME_OF_SOMEBODY = sign(
    "names a place below the user's home that does not bear its own name",
    "HOME() ~/",
    r"HOME\(\)\s*(?:/|,|\+|\.joinpath)\s*\(?\s*[\"'`]|\$\{HOME\(\)\}|\{HOME\(\)\}|[\"'`]~/\.?\w",
)
RUN_BY_TOOLS = sign(
    "names a file of a project from which tools start programs",
    ".git/ lefthook pre-commit-config .husky pyproject.toml setup.cfg tox.ini conftest.py Makefile Dockerfile docker-compose .gitattributes .gitlab-ci "
    "Jenkinsfile workflows .circleci build.rs .devcontainer .envrc tasks.json launch.json",
    r"[\"'`/]\.git/(?:config|hooks)\b|lefthook\.ya?ml|\.pre-commit-config|\.husky\b|[\"'`/](?:pyproject\.toml|setup\.cfg|tox\.ini|conftest\.py|Makefile|Dockerfile|docker-compose\.ya?ml"
    r"|\.gitattributes|\.gitlab-ci\.ya?ml|Jenkinsfile|build\.rs|\.envrc)[\"'`]|\.github[/\\\"',\s]+workflows|\.circleci|\.devcontainer"
    r"|(?:tasks|launch)\.json",
)
STEERS_PROGRAMS = sign(
    "sets a variable by which programs are steered, or their connections led elsewhere",
    "NODE_OPTIONS LD_ DYLD_ PYTHON BASH_ENV PROMPT_COMMAND GIT_ PROXY REJECT_UNAUTHORIZED CERT _INDEX_URL npm_config",
    r"\b(?:NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|DYLD_\w+|PYTHON(?:STARTUP|PATH|HOME)|BASH_ENV|PROMPT_COMMAND|GIT_(?:SSH_COMMAND|ASKPASS|PROXY_COMMAND|CONFIG\w*|EXTERNAL_DIFF)|(?:HTTPS?|ALL)_PROXY"
    r"|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|(?:PIP|UV)_(?:EXTRA_)?INDEX_URL|npm_config_registry)\b",
    also=r"\bprocess\.env(?:\.\w+|\[[^\]\n]+\])\s*(?:\?\?|\|\|)?=[^=>]|\benviron\s*\[[^\]\n]+\]\s*=[^=]|\benviron\.(?:update|setdefault)\s*\(|\bputenv\s*\(|\benvironmentVariableCollection\b|\bassign\s*\(\s*process\.env\b",
)
REPLACES_BUILTINS = sign(
    "changes what every text, list or function can do",
    "prototype defineProperty JSON. Reflect.",
    r"^\s*(?:JSON\.(?:parse|stringify)|Reflect\.(?:get|set|apply))\s*=[^=>]",
    r"\b(?:Array|String|Object|Function|Promise|Map|Set|RegExp|Buffer|Headers|Request|Response|EventEmitter|XMLHttpRequest|WebSocket|Socket|ClientRequest)\.prototype(?:\.\w+|\[[^\]\n]+\])\s*=[^=>]",
    r"\bdefineProperty\s*\(\s*(?:Array|String|Object|Function|Promise|Map|Buffer|Headers|Request|Response|EventEmitter)\.prototype\b",
    unless=r"\bif\s*\(\s*!|\?\?=|\|\|=|\bpolyfill",
)
SOURCES_OF_PACKAGES = sign(
    "names another source of packages, where files are changed",
    "index-url find-links registry index =",
    r"--?(?:extra-)?index-url\b|--find-links\b|(?:^|[\"'`\\n])(?:@[\w-]+:)?registry\s*=\s*https?:|\[\[tool\.(?:uv\.index|poetry\.source)",
)
REMOVES_CHOSEN = sign(
    "removes directories that it does not name",
    "rmtree rm( rmSync rimraf",
    r"\brmtree\s*\(\s*(?:Path\s*\(\s*)?\w+\s*,\s*\w+|\brmtree\s*\(\s*(?:entry|place|path|item|target|name|folder|directory)\s*[,)]|\brm(?:Sync)?\s*\(\s*(?:path\.)?(?:join|resolve)\s*\([^)\n]*,\s*[a-z]\w*\s*\)[^)\n]{0,60}recursive",
    also=r"json\.loads?|JSON\.parse|safe_load|tomllib|\.json\s*\(",
)
TARBALLS = sign(
    "names an archive that a package manager would install",
    ".tgz .tar.gz .whl git+ .zip",
    r"[\"'`](?:[\w@/-]+\s*@\s*)?(?:git\+)?https?://[^\s\"'`]+\.(?:tgz|tar\.gz|whl)(?:#[^\"'`]*)?[\"'`]|[\"'`]git\+(?:https?|ssh)://",
)
ABOVE_ITSELF = sign(
    "names places beside its own directory, where other extensions lie",
    "parents[ .parent.parent '..' \"..\" ../../",
    r"__file__[^\n]{0,60}\.parents\[\s*[2-9]|__file__[^\n]{0,60}(?:\.parent){3}|__dirname\s*,\s*[\"']\.\.[\"']\s*,\s*[\"']\.\.[\"']",
    r"(?:__dirname|import\.meta\.\w+)[^\n]{0,40}[\"'`/](?:\.\./){2}|[\"'`](?:\.\./){2,}[\w.]*[\"'`]\s*,\s*import\.meta",
)
OVER_ITSELF = sign(
    "names files of its own directory that it does not spell out",
    "import.meta.url __dirname __file__",
    r"\bnew\s+URL\s*\(\s*[A-Za-z_$][\w$.]*\s*,\s*import\.meta\.url|\b(?:join|resolve)\s*\(\s*(?:__dirname|import\.meta\.dirname)\s*,\s*[a-z_$][\w$.]*\s*\)",
    r"__file__\s*\)(?:\.resolve\(\))?\.parent\s*/\s*[a-z]\w*\b(?![\w.(]*[\"'])|__file__\s*\)\s*,\s*[a-z]\w*\s*\)",
)
LOCKED_ADDRESSES = sign(
    "changes where locked packages come from, or takes their checksums out",
    "resolved integrity",
    r"\.resolved\s*=[^=>]|\bdelete\s+[\w$.]+\.integrity\b|\.integrity\s*=[^=>]|\[[\"'](?:resolved|integrity)[\"']\]\s*=[^=]|\.pop\s*\(\s*[\"']integrity",
)
CHANGES_IMPORTS = sign(
    "stands between programs and the modules that they load",
    "meta_path path_hooks registerHooks module.register",
    r"\bsys\.(?:meta_path|path_hooks)\s*\.\s*(?:insert|append)\s*\(|\bregisterHooks\s*\(|\bmodule\.register\s*\(",
)
ALTERS_SOURCES = sign(
    "changes the source of modules on the way",
    ".replace( .source",
    r"\b(?:data|source|code|text|body)\w*\s*=\s*(?:\w+\.)*(?:data|source|code|text|body)\w*\.replace\s*\(|\.source\s*=[^=]",
    also=r"\bdef\s+(?:get_data|get_source|source_to_code|exec_module)\b|\bload\s*\(|\bregisterHooks\b",
)
SETS_CHOSEN = sign(
    "changes settings of the editor whose names it does not spell out",
    "settings.set settings.update onfiguration",
    r"\bsettings\.(?:set|update)\s*\(\s*(?![\"'`])[a-z_$][\w$]*\s*,",
)
INSTALLS_OTHERS = sign(
    "names one package to be installed under the name of another",
    "npm:",
    r"[\"'`]npm:@?[\w$]",
)
STARTED_BY_OTHERS = sign(
    "names a place from which other programs start what is put there",
    "NativeMessagingHosts native-messaging-hosts dbus-1 share/applications environment.d fish/conf.d pam_environment",
    r"NativeMessagingHosts|native-messaging-hosts|dbus-1[/\\\"',\s]+services|share[/\\]applications|environment\.d\b|fish[/\\]conf\.d|\.pam_environment",
)
SETTINGS_IN_DATA = sign(
    "keeps, in a file of data, settings by which git starts programs",
    "core. credential.helper templateDir insteadOf",
    r"\bcore\.(?:fsmonitor|hooksPath|sshCommand|gitProxy|editor|pager|attributesFile)\b|\bcredential\.helper\b|\binit\.templateDir\b|\.insteadOf\b",
    in_data=True,
)
SENDING_LINES_IN_DATA = sign(
    "keeps, in a file of data, a shell line that sends something",
    "curl wget nc",
    r"\|\s*(?:curl|wget|nc|ncat)\b|\bcurl\b[^\n]{0,200}\s(?:-T|-F|--upload-file|--data-binary|-d)\s*[\\\"']*(?:@|-)|\bwget\b[^\n]{0,200}--post-file",
    in_data=True,
)
DOWNLOAD_LINES = sign(
    "holds a shell line that downloads a program and runs it",
    "curl wget Invoke-WebRequest iwr",
    DOWNLOADS.pattern,
)
