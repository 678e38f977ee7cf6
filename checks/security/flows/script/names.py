"""What names of JavaScript mean in the words that values are judged by, which are Python's. Tables.

So that there is one judge: `child_process.exec` starts a shell as `os.popen` does, and `fetch` asks the
network as `requests.request` does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checks.security.flows.marks import SECRET_WORDS as _SECRET_WORDS

# Those of the words that honest code does not use for something else.
SECRET_WORDS = tuple(
    word for word in _SECRET_WORDS if word not in ("cookies", "web data", "mnemonic")
)
_DECORATION = re.compile(
    r"^node:|/promises\b|\.(?:promises|default)(?=\.|$)|^(?:globalThis|global|window|self)\.(?=\w)"
)
_OF_SYSTEM = re.compile(
    r"((?:fs|child_process|zlib|execa|cross-spawn)\b.*?)Sync\b|fs-extra|graceful-fs|memfs"
)
# The first that matches the whole name counts; a name that none matches means itself.
_MEANINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"eval", "builtins.eval"),
        (r"(?:Async|Generator)?Function|module\._compile", "types.FunctionType"),
        (r"vm\.(?:runIn\w+|compileFunction|Script|SourceTextModule)", "types.CodeType"),
        (r"require|import|module\.require|require\.resolve|createRequire|module\.createRequire", "importlib.import_module"),
        (r"child_process\.exec|execa\.command\w*|execaCommand|shelljs\.exec|zx\.\$|Bun\.\$", "os.popen"),
        (r"child_process\.(?:spawn|execFile|fork)|execa(?:\.\w+)?|cross-spawn(?:\.\w+)?|Bun\.spawn|Deno\.Command|node-pty\.spawn", "subprocess.run"),
        (r"https?\.get", "requests.get"),
        (r"(?:axios|got|needle|superagent|request|ky)\.get", "requests.get"),
        (r"fetch|https?\.request|undici\.(?:fetch|request|stream)|node-fetch|cross-fetch|isomorphic-fetch|(?:axios|got|needle|superagent|request|ky|phin)(?:\.(?:request|head|stream))?|XMLHttpRequest\.open|vscode\.env\.openExternal|electron\.shell\.openExternal|loads", "requests.request"),
        (r"(?:axios|got|needle|superagent|request|ky)\.(?:post|put|patch|delete|del|postForm|putForm)|navigator\.sendBeacon|(?:request sent|XMLHttpRequest|WebSocket|connection|http2 session)\.(?:write|send|end|emit|request)", "requests.post"),
        (r"nodemailer\.createTransport\.sendMail", "smtplib.sendmail"),
        (r"WebSocket|ws|ws\.WebSocket|net\.(?:connect|createConnection|Socket\.connect|Socket)|tls\.connect|dgram\.createSocket|socket\.io-client(?:\.io)?|http2\.connect|mqtt\.connect", "socket.create_connection"),
        (r"dns\.(?:resolve|Resolver\.resolve)\w*", "dns.resolver.resolve"),
        (r"dns\.(?:lookup|reverse)\w*", "socket.getaddrinfo"),
        (r"os\.homedir", "pathlib.Path.home"),
        (r"os\.hostname", "socket.gethostname"),
        (r"os\.userInfo", "getpass.getuser"),
        (r"process\.cwd", "os.getcwd"),
        (r"path(?:\.posix|\.win32)?\.(?:join|resolve|normalize)|url\.(?:pathToFileURL|fileURLToPath)|vscode\.Uri\.(?:file|parse|joinPath)|URL|upath\.\w+|untildify|String", "os.path.join"),
        (r"(?:vscode\.workspace\.)?fs\.(?:readFile|createReadStream|read\w*J[sS][oO][nN]|open|openAsBlob)|Deno\.read\w*|Bun\.file", "fs.read"),
        (r"(?:vscode\.workspace\.)?fs\.(?:writeFile|appendFile|createWriteStream|output\w+|writeJ\w+|write)|Deno\.write\w*|Bun\.write", "fs.write"),
        (r"(?:vscode\.workspace\.)?fs\.(?:copyFile|copy|symlink|link)", "shutil.copy"),
        (r"(?:vscode\.workspace\.)?fs\.(?:rename|move)", "shutil.move"),
        (r"fs\.cp", "shutil.copytree"),
        (r"fs\.(?:rm|rmdir|remove|emptyDir)|rimraf(?:\.\w+)?|del", "shutil.rmtree"),
        (r"fs\.unlink", "os.unlink"),
        (r"fs\.truncate", "os.truncate"),
        (r"fs\.(?:readdir|opendir)|(?:fast-glob|globby|glob)(?:\.\w+)?", "os.listdir"),
        (r"fs\.(?:exists|l?stat|access|pathExists|mkdir|mkdtemp|watch\w*|chmod|utimes)", "os.path.exists"),
        (r"atob|js-base64\.(?:decode|atob)", "base64.b64decode"),
        (r"zlib\.(?:inflate|inflateRaw|gunzip|unzip|brotliDecompress)|pako\.(?:inflate|ungzip)|lz-string\.decompress\w*", "zlib.decompress"),
        (r"crypto\.createDecipher(?:iv)?\.\w+|crypto-js\.\w+\.decrypt|crypto\.(?:private|public)Decrypt", "zlib.decompress"),
        (r"String\.from(?:CharCode|CodePoint)", "builtins.chr"),
        (r"crypto\.(?:createHash|createHmac|getRandomValues|random\w+)(?:\.\w+)*", "hashlib.sha256"),
        (r"(?:keytar|keyring)\.(?:getPassword|findPassword|findCredentials)", "keyring.get_password"),
        (r"(?:.*\.)?clipboard\.read\w*|clipboardy\.read\w*|copy-paste\.paste", "pyperclip.paste"),
        (r"v8\.deserialize|node-serialize\.unserialize|serialize-javascript\.deserialize", "pickle.loads"),
        (r"Boolean|Number|parseInt|parseFloat|isNaN|Symbol|console\.\w+|Array\.isArray|clearTimeout|clearInterval|performance\.\w+|Date(?:\.\w+)?|Math\.\w+|Object\.is", "builtins.len"),
    )
)  # fmt: skip
GLOBALS = frozenset({
    "eval", "Function", "AsyncFunction", "GeneratorFunction", "require", "import", "fetch", "process", "globalThis", "global", "window", "self", "navigator",
    "WebSocket", "XMLHttpRequest", "atob", "Buffer", "String", "URL", "module", "Reflect", "Object", "Promise",
    "console", "Boolean", "Number", "parseInt", "parseFloat", "isNaN", "Symbol", "Array", "Date", "Math", "JSON",
    "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Bun", "Deno", "performance", "loads", "WebAssembly",
    "clearTimeout", "clearInterval", "Worker", "vscode", "structuredClone", "document", "location", "Uint8Array", "axios", "ky", "each",
})  # fmt: skip
# What a function by such a name does, of whatever object: modules are handed on as parameters.
METHODS = {
    "readFileSync": "fs.readFile", "createReadStream": "fs.createReadStream", "readFile": "fs.readFile",
    "writeFileSync": "fs.writeFile", "writeFile": "fs.writeFile", "appendFileSync": "fs.appendFile",
    "appendFile": "fs.appendFile", "createWriteStream": "fs.createWriteStream",
    "execSync": "child_process.exec", "spawnSync": "child_process.spawn", "execFileSync": "child_process.execFile",
    "homedir": "os.homedir", "sendBeacon": "navigator.sendBeacon", "runInThisContext": "vm.runInThisContext", "runInNewContext": "vm.runInNewContext",
    "runInContext": "vm.runInContext", "_compile": "module._compile", "fromCharCode": "String.fromCharCode",
}  # fmt: skip
# Calls whose answer is what they are given.
SAME = re.compile(
    r"Promise\.(?:resolve|all|allSettled|race|any)|Object\.(?:freeze|seal|fromEntries|values|entries|assign)|structuredClone"
    r"|util\.promisify|(?:Object|Reflect)\.getPrototypeOf|JSON\.(?:parse|stringify)|Array\.from|Array\.of|(?:pify|bluebird\.promisify)"
)
# What lies in the opened project: the names of its files, and what stands in them.
PROJECTS_FILES = re.compile(r"host\.workspace\.(?:read|files)|vscode\.workspace\.findFiles")
# What is made by these is known by their name: `new WebSocket(…)`, `axios.create(…)`.
INSTANCES = re.compile(
    r"XMLHttpRequest|crypto\.createDecipher(?:iv)?|(?:axios|got|ky|needle|superagent)\.(?:create|extend|defaults)|nodemailer\.createTransport|dns\.Resolver"
)
# Where one of these stands something of interest may begin, end or be put together: a word, a module that is
# loaded or used, what is chosen while the code runs, the maker of functions by a detour.
BEGINNINGS = frozenset({
    "AsyncFunction", "Function", "Reflect", "WebSocket", "Worker", "XMLHttpRequest", "__dirname",
    "__filename", "_compile", "appendFile", "appendFileSync", "atob", "axios", "brotliDecompressSync",
    "child_process", "clipboard", "clipboardy", "copyFile", "copyFileSync", "createDecipheriv",
    "createReadStream", "createWriteStream", "dgram", "dlopen", "eval", "execFile", "execFileSync",
    "execSync", "execa", "fetch", "fork", "fromCharCode", "fromCodePoint", "globalThis", "gunzipSync",
    "homedir", "inflateSync", "keytar", "nodemailer", "openExternal", "readFile", "readFileSync", "readdir",
    "readdirSync", "resolveTxt", "rmSync", "runInContext", "runInNewContext", "runInThisContext",
    "sendBeacon", "spawn", "spawnSync", "writeFile", "writeFileSync",
})  # fmt: skip
BEGINS = re.compile(
    r"\bprocess\s*(?:\??\.\s*env\b|[\[,);}]|as\b|!)|[\"'](?:node:)?(?:https?|http2|tls|dns|got|os|net|fs)(?:/promises)?[\"']|\b(?:https?|tls|dns|net)\."
    r"|[\"'](?:base64|hex)[\"']|\b(?:require|import)\s*\(\s*[^\"'`\s)]|\.constructor\b|\.(?:src|href)\s*="
)


@lru_cache(maxsize=16_384)
def plain(name: str) -> str:
    """Return a dotted name without what several spellings of it differ by."""
    bare = _DECORATION.sub("", _DECORATION.sub("", name))
    return _OF_SYSTEM.sub(lambda found: found[1] or "fs", bare)


@lru_cache(maxsize=16_384)
def meaning_of(name: str) -> str:
    """Return the name that says to the judge what a function does."""
    for pattern, meaning in _MEANINGS:
        if pattern.fullmatch(name):
            return meaning
    return name
