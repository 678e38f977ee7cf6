"""How code talks to others: sends, asks, listens. Data."""

from __future__ import annotations

from checks.security.jointly.signs.sign import sign

_ELSEWHERE = r"https?://(?!127|localhost|www\.w3\.org/(?:1999|2000)/)"
SENDS = sign(
    "sends data over the network",
    "body POST PUT PATCH sendBeacon axios got( got. ky( ky. superagent needle .post .put .patch .request urlopen Request sendall "
    "sendto IMAP4 send_message sendmail storbinary put_object upload_file putObject WebSocket net. tls. dgram fetch get( head( :// "
    "URLSearchParams searchParams urlencode .data FormData add_header headers openExternal webbrowser .src gethostbyname getaddrinfo resolve lookup push commit Handler Audio( Image( user-agent cookie referer x- User-Agent Cookie Referer X-",
    r"\bbody\s*[:=]|\bbody\s*,(?!\s[a-z]+\s[a-z])|\bmethod\s*[:=]\s*[\"'](?:POST|PUT|PATCH)|[\"'](?:POST|PUT|PATCH)[\"']|\bsendBeacon\b",
    r"\b(?:axios|got|ky|superagent|needle)\s*(?:\.\s*(?:post|put|patch|request)\s*)?\(",
    r"\b(?:requests|httpx|session|client|_?http)\.(?:post|put|patch|request)\s*\(",
    r"\burlopen\s*\(\s*[^,()\n]+(?:\([^()\n]*\))?\s*,\s*(?!timeout|context)\w|\bRequest\s*\([^)\n]*(?:\bdata\b|,\s*\w+)|\bRequest\s*\(\s*\n[^)]{0,160}\bdata\s*=",
    r"\bIMAP4(?:_SSL)?\s*\(|\.(?:sendall|sendto|send_message|sendmail|storbinary|put_object|upload_file\w*|putObject)\s*\(",
    r"\bnew WebSocket\b|\b(?:net|tls)\.(?:connect|createConnection)\s*\(|\bdgram\.createSocket\b",
    r"\b(?:fetch|get|request|urlopen|head)\s*\(\s*(?:new\s+URL\s*\(\s*)?(?:`[^`\n]*\$\{|f[\"'][^\"'\n]*\{|[\"'][^\"'\n]*[\"']\s*\+)",
    r"[\"'`]https?://[^\s\"'`]+\?[^\s\"'`]*=(?:[\"'`]\s*\+|\$?\{)",
    # Neither what a page of markup names its dialect by, nor the text behind a tag, is an address that is put together.
    rf"`[^`\n]{{0,200}}{_ELSEWHERE}[^`\n<>]{{0,200}}\$\{{|\bf[\"'][^\"'\n]{{0,200}}{_ELSEWHERE}[^\"'\n<>]{{0,200}}\{{|[\"']{_ELSEWHERE}[^\"'\n<>]{{0,200}}\{{\w*\}}",
    r"\bURLSearchParams\b|\bsearchParams\.(?:set|append)\s*\(|\burlencode\s*\(|\.data\s*=\s*(?:json|urllib|bytes|\w+\.encode)|\bFormData\b|\.add_header\s*\([^,\n]+,\s*(?![\"'])",
    r"\bheaders\s*:\s*\{[^}\n]*[\"']\s*:\s*[a-z]\w*\s*[,}]|\bopenExternal\s*\(\s*(?!(?:[\w$]+\.)*(?:parse\s*\(\s*)?[\"'][^\"'\n]*[\"']\s*\))",
    r"\bwebbrowser\.open\w*\s*\(\s*(?![\"'][^\"'\n]*[\"']\s*\))|\.src\s*=\s*(?:[\"']https?:[^\"'\n]*[\"']\s*\+|`[^`\n]*\$\{)",
    r"(?:[\"']?(?:user-agent|cookie|referer|x-[\w-]+)[\"']?|[\"'](?:User-Agent|Cookie|Referer|X-[\w-]+)[\"'])\s*:\s*(?![\"'\s])",
    r"\b(?:HTTP|SMTP|SysLog|Datagram|Socket)Handler(?:\s*\(|[\"'])|\bnew\s+(?:Audio|Image|EventSource)\s*\(\s*(?:`[^`\n]*\$\{|[\"'][^\"'\n]*[\"']\s*\+)|\.request\s*\(\s*[\"'](?:POST|PUT)",
    r"\b(?:gethostbyname|getaddrinfo|resolve4?|resolveTxt|lookup)\s*\(\s*(?:f[\"'`]|`[^`\n]*\$\{|[\"'][^\"'\n]*[\"']\s*\+|\w+\s*\+)",
    r"[\"']push[\"']\s*,\s*[\"'`]?(?:https?:|git@)|[\"']commit[\"']\s*,\s*[\"']-m[\"']\s*,\s*(?:f[\"']|`|\w)",
)
ASKS = sign(
    "asks the network for something",
    "fetch axios got( got. ky( ky. urlopen urlretrieve requests. httpx. aiohttp. http. https. HTTPConnection HTTPSConnection WebSocket "
    "EventSource create_connection open_connection start_server create_server serve_forever createServer socket( .connect undici needle resolveTxt dns.resolver",
    r"\bfetch\s*\(|\b(?:axios|got|ky|needle|undici)\b\s*[.(]|\burl(?:open|retrieve)\s*\(|\b(?:requests|httpx)\.\w+\s*\(",
    r"\baiohttp\.\w+|\bhttps?\.(?:get|request)\s*\(|\bHTTPS?Connection\s*\(|\bnew (?:WebSocket|EventSource)\b",
    r"\bstart_server\s*\(|\bcreate_server\s*\(|\bserve_forever\s*\(|\b(?:https?|net|tls)\.createServer\s*\(|\b(?:create|open)_connection\s*\(|\bsocket\.socket\s*\(|\b(?:net|tls)\.connect\s*\(|\bresolveTxt\s*\(|dns\.resolver",
)
LISTENS = sign(
    "takes messages from another machine",
    "message onmessage 'data' \"data\" recv EventSource",
    r"\bonmessage\b|\bon\s*\(\s*[\"'](?:message|data)[\"']|addEventListener\s*\(\s*[\"']message|\.recv\s*\(|\bnew EventSource\b",
    also=r"WebSocket|EventSource|socket|[pP]eer|mqtt|\bnet\b|\bws\b|redis|amqp",
)
ANYBODYS_HOST = sign(
    "talks to a place where anybody can put anything",
    "gist. raw.githubusercontent pastebin. paste.ee rentry. hastebin. ghostbin dpaste. transfer.sh file.io 0x0.st catbox. anonfile "
    "webhook requestbin pipedream beeceptor interact.sh oast. burpcollaborator ngrok trycloudflare loca.lt localtunnel serveo "
    "api.telegram hooks.slack firebaseio glitch.me ipfs.io dweb.link bit.ly tinyurl",
    r"[\"'`](?:https?://)?(?:[\w.-]+\.)?(?:gist\.github(?:usercontent)?\.com|raw\.githubusercontent\.com|pastebin\.com|paste\.ee|rentry\.co|hastebin\.com|ghostbin|dpaste\."
    r"|transfer\.sh|file\.io|0x0\.st|catbox\.moe|anonfile|webhook\.site|requestbin|pipedream\.net|beeceptor\.com|interact\.sh|oast\.\w+"
    r"|burpcollaborator|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|loca\.lt|localtunnel\.me|serveo\.net|discord(?:app)?\.com/api/webhooks"
    r"|api\.telegram\.org/bot|hooks\.slack\.com/services/[A-Z]|firebaseio\.com|glitch\.me|ipfs\.io|dweb\.link|bit\.ly/|tinyurl\.com/)",
)
CHAT = sign(
    "writes to a chat or a collecting place that is fixed in the code",
    "webhook telegram slack webhook.site pipedream requestbin",
    r"discord(?:app)?\.com/api/webhooks/\w|api\.telegram\.org/bot|hooks\.slack\.com/services/[A-Z0-9]|webhook\.site/\w|pipedream\.net|requestbin|interact\.sh|oast\.\w+",
)
REMOTE_PAGE = sign(
    "shows a page from the network, which may send messages back",
    "<iframe <script <webview loadURL",
    r"<(?:iframe|script|webview|frame)\b[^>\n]*\bsrc\s*=\s*\\?[\"']?(?:https?:)?//|\bloadURL\s*\(\s*[\"'`]https?:",
    also=r"onDidReceiveMessage|onmessage|on\s*\(\s*[\"'](?:message|ipc)|ipcMain|addEventListener\s*\(\s*[\"']message",
)
OPENS = sign(
    "has the browser open an address that it puts together",
    "openExternal webbrowser",
    r"\bopenExternal\s*\(\s*(?!(?:[\w$]+\.)*(?:parse\s*\(\s*)?[\"'][^\"'\n]*[\"']\s*\))|\bwebbrowser\.open\w*\s*\(\s*(?![\"'][^\"'\n]*[\"']\s*\))",
)
ADDS_REMOTE = sign(
    "adds a remote of its own to repositories, and pushes",
    "remote",
    r"[\"']remote[\"']\s*,\s*[\"'](?:add|set-url)[\"']|\bgit remote (?:add|set-url)\b",
    also=r"\bpush\b",
)
OPENS_DOOR = sign(
    "lets another machine or program call what it likes in this one",
    "inspector.open allow_dotted_names Manager multiprocessing.connection rpyc Pyro debugpy.listen pydevd interact(",
    r"\binspector\.open\s*\(|\ballow_dotted_names\b|\b(?:Base|Sync)Manager\b|\bmultiprocessing\.connection\b|^\s*(?:import|from)\s+(?:rpyc|Pyro[45])\b|\bdebugpy\.listen\b|\bpydevd\w*\.settrace\b"
    r"|\bcode\.interact\b",
)
OPENS_CONSOLE = sign(
    "gives a console of this program to whoever is at the other end of a connection",
    "start(",
    r"\b(?:repl\.)?start\s*\(\s*\{[^}\n]*\binput\b(?!\s*:\s*process\.stdin)",
    also=r"(?s:[\"'](?:node:)?repl[\"'].*[\"'](?:node:)?(?:net|tls|ws)[\"']|[\"'](?:node:)?(?:net|tls|ws)[\"'].*[\"'](?:node:)?repl[\"'])",
)
SERVES_ANYBODY = sign(
    "lets every page in a browser read what it serves",
    "Access-Control-Allow-Origin cors(",
    r"(?i)Access-Control-Allow-Origin[\"'`]\s*[,:)\]]\s*[\"'`]\*|\bcors\s*\(\s*\)",
    also=r"SimpleHTTPRequestHandler|\breadFile|createReadStream|\.read_(?:text|bytes)|\bopen\s*\(|express\.static|secrets|accessToken",
)
LEADS_CONNECTIONS = sign(
    "changes where all connections of the program lead, or whom they trust",
    "setServers globalAgent Dispatcher _create_default_https_context DEFAULT_ rootCertificates socket.socket getaddrinfo",
    r"\bdns\.setServers\s*\(|\bsetServers\s*\(|\bglobalAgent\b[^\n;]{0,60}=[^=>]|\bset(?:Global)?Dispatcher\s*\(|\b_create_default_https_context\s*=|\btls\.DEFAULT_\w+\s*=[^=]"
    r"|^\s*socket\.(?:socket|getaddrinfo|create_connection)\s*=[^=]",
)
PICTURE_TELLS = sign(
    "makes the address of a picture or a style out of what it knows",
    "url( .src <img ](http",
    r"\burl\(\s*\\?[\"']?(?:https?://[^)\n]*\$?\{|\$?\{[^)\n]*[?&]\w+=\$?\{)|\.src\s*=\s*(?:[\"']https?:[^\"'\n]*[\"']\s*\+|`https?:[^`\n]*\$\{)|<img\b[^>\n]*\bsrc=\\?[\"']?https?://[^>\"'\n]*\$?\{"
    r"|!\[[^\]\n]*\]\(https?://[^)\n]*\$?\{",
    unless=r"shields\.io|badgen\.net|badge\.fury\.io|gravatar|githubusercontent|gstatic|favicon",
)
SERVES = sign(
    "serves whoever connects",
    "Server( serve_forever start_server create_server createServer make_server websockets.serve",
    r"\b\w*(?:HTTP|TCP|UDP|WebSocket)Server\s*\(|\bserve_forever\b|\b(?:start|make|create)_server\s*\(|\bcreateServer\s*\(|\bwebsockets\.serve\s*\(",
)
PUSHES = sign(
    "pushes a repository to an address that it chooses",
    "push",
    r"[\"'`]push[\"'`](?:[ \t]*,[ \t]*[\"'`]-[^\"'`\n]*[\"'`])*[ \t]*,[ \t]*(?!\w*(?:remote|origin|upstream|branch|ref|tag|arg|head|option|flag|param))[a-z_]\w*\b(?![ \t]*[:=])",
    also=r"\bgit\b",
)
TELLS_FIXED_HOST = sign(
    "tells a host that it names something",
    "http HTTP",
    r"`https?://(?!127|localhost)[^/`\n$]+[^`\n]*\$\{|\bf[\"']https?://(?!127|localhost)[^/\"'\n{]+[^\"'\n]*\{|[\"']https?://(?!127|localhost)[^\"'\n]+[\"']\s*\+"
    r"|\bHTTPS?Connection\s*\(\s*[\"'][\w-]+\.[\w.-]+[\"']",
)
