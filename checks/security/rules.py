"""The security check's rules: what each is called, how grave it is, and why it exists."""

from __future__ import annotations

from checks.protocol import Rule

THEFT = Rule(
    "credential-theft",
    "No secrets leave the machine",
    "block",
    "Keys, tokens and password stores belong to the user. Code that reads several of them, or their "
    "files, and talks to the network has no honest reason to.",
)
TOKEN_SENT = Rule(
    "token-sent",
    "Other services' tokens stay with their services",
    "person",
    "A token of GitHub, npm or a cloud in the body or address of a request goes wherever that "
    "request goes; a person looks where that is.",
)
DOWNLOAD = Rule(
    "download-and-run",
    "Nothing is downloaded and then run",
    "block",
    "What was reviewed is what must run. Code that arrives later was reviewed by nobody.",
)
HIDDEN = Rule(
    "hidden-code",
    "No code is hidden in a text and then run",
    "block",
    "Encoding a program and running it when unwrapped serves one purpose: that nobody reads it.",
)
OBFUSCATED = Rule(
    "obfuscated-code",
    "Code can be read",
    "person",
    "Code that was made unreadable cannot be reviewed by tools or by people.",
)
PAYLOAD = Rule(
    "encoded-payload",
    "No long encoded text in code",
    "warn",
    "A long encoded text in a source file can hold anything; as a file of its own it can be looked at.",
)
INVISIBLE = Rule(
    "invisible-text",
    "No invisible or reordering characters in code",
    "block",
    "Characters that show nothing, or that show a line in another order, make code read differently "
    "from what it does.",
)
LOOK_ALIKE = Rule(
    "look-alike-text",
    "Names are written in one alphabet",
    "person",
    "A name that mixes alphabets can look exactly like another name and be a different one.",
)
SHELL_FOR_OTHERS = Rule(
    "reverse-shell",
    "No shell is handed to another machine",
    "block",
    "A shell at the far end of a connection is full control of the user's machine.",
)
PERSISTENCE = Rule(
    "persistence",
    "Nothing starts by itself outside Dev Forge",
    "block",
    "An extension lives in Dev Forge. What starts with the user's session survives its removal.",
)
MINING = Rule(
    "crypto-mining",
    "No mining",
    "block",
    "Users' machines and electricity are not the extension's to spend.",
)
DESTRUCTION = Rule(
    "destroys-files",
    "The user's files are left alone",
    "block",
    "No extension has a reason to remove or overwrite all that its user has.",
)
HOOK = Rule(
    "install-hook",
    "Nothing runs at installation",
    "person",
    "Hooks run before anyone has decided to use the extension, with all the user's rights.",
)
SECRET = Rule(
    "secret-in-package",
    "No secrets in the package",
    "block",
    "Whatever is in the package is public from the moment it is published, for ever.",
)
UNSAFE_LOAD = Rule(
    "unsafe-deserialisation",
    "Stored objects are loaded safely",
    "person",
    "Loading a pickle, or YAML without its safe loader, runs what the file says.",
)
INJECTION = Rule(
    "shell-injection",
    "Commands are lists, not put-together texts",
    "warn",
    "A name with a semicolon in it becomes a second command when texts are joined for a shell.",
)
DYNAMIC = Rule(
    "dynamic-code",
    "Code is not made at run time",
    "warn",
    "Code that is made while running can be made by whoever provides its parts.",
)
TLS = Rule(
    "weak-tls",
    "Connections verify whom they talk to",
    "warn",
    "Without verification anyone on the way can read and change what is sent.",
)
OPEN_PORT = Rule(
    "open-port",
    "Servers listen on this machine only",
    "warn",
    "Listening on every address offers the service to the whole network the user is in.",
)
ARCHIVE = Rule(
    "archive-traversal",
    "Archives are unpacked inside their directory",
    "warn",
    "A name with .. in an archive writes wherever it likes when nobody looks.",
)
UNREAD = Rule(
    "unread-code",
    "All code could be read",
    "person",
    "Code that the tools could not read is code that nobody has reviewed.",
)
PROTOTYPE = Rule(
    "prototype-pollution",
    "No key of a stranger's reaches an object's prototype",
    "warn",
    "Where names from outside become keys unlooked at, __proto__ changes every object there is.",
)
REDOS = Rule(
    "slow-pattern",
    "Patterns take no longer than their text",
    "warn",
    "A pattern that tries every way to split a text hangs the editor on a line somebody chose.",
)
TRAVERSAL = Rule(
    "path-traversal",
    "Names from outside stay inside their directory",
    "warn",
    "A name with .. in it, joined to a path unlooked at, reads or writes wherever it likes.",
)
EXFILTRATION = Rule(
    "hidden-channel",
    "Nothing leaves by a side door",
    "block",
    "Data cut into host names, pictures or chat messages leaves where nobody looks for it.",
)
SPYING = Rule(
    "watches-user",
    "Nobody is watched",
    "block",
    "No extension has a reason to record keys or screens in the background.",
)
TELEMETRY = Rule(
    "undeclared-telemetry",
    "Telemetry is declared",
    "block",
    "What an extension reports of its users is theirs to allow.",
)
ENVIRONMENT = Rule(
    "reads-all-environment",
    "Only named variables of the environment are read",
    "person",
    "The environment as a whole holds the tokens of everything else that runs there.",
)
TOGETHER = Rule(
    "powers-together",
    "Powers that could harm together are seen by a person",
    "person",
    "Reading what is private and sending something, or fetching and running, are honest alone and the "
    "whole of an attack together. Which of the two it is, a reader of both places sees in a minute.",
)
UNDECLARED = {
    "network": Rule(
        "undeclared-network",
        "Network use is declared",
        "block",
        "Users allow what the manifest lists. Talking to the network without listing it takes the "
        "choice from them.",
    ),
    "process": Rule(
        "undeclared-process",
        "Starting programs is declared",
        "block",
        "A started program can do whatever the user can, so users are asked first.",
    ),
    "secrets": Rule(
        "undeclared-secrets",
        "Reading secrets is declared",
        "block",
        "Password stores hold more than the extension's own secrets, so users are asked first.",
    ),
    "clipboard": Rule(
        "undeclared-clipboard",
        "Clipboard use is declared",
        "block",
        "Passwords pass through the clipboard, so users are asked first.",
    ),
    "native": Rule(
        "undeclared-native",
        "Native code is declared",
        "block",
        "Native code is not held by any rule of Python's or Node's, so users are asked first.",
    ),
    "filesystem": Rule(
        "undeclared-filesystem",
        "File access is declared",
        "block",
        "Users want to know whether an extension reads or changes their files.",
    ),
}
RULES = (
    THEFT, TOKEN_SENT, DOWNLOAD, HIDDEN, SHELL_FOR_OTHERS, PERSISTENCE, MINING, DESTRUCTION, HOOK,
    SECRET,
    OBFUSCATED, PAYLOAD, INVISIBLE, LOOK_ALIKE, UNREAD, UNSAFE_LOAD, INJECTION, DYNAMIC, TLS,
    OPEN_PORT, ARCHIVE, PROTOTYPE, REDOS, TRAVERSAL, EXFILTRATION, SPYING, TELEMETRY, ENVIRONMENT,
    TOGETHER,
    *UNDECLARED.values(),
)  # fmt: skip

REMEDIES = {
    THEFT.id: "remove it; an extension that needs an account asks its user for a key of its own",
    TOKEN_SENT.id: "send the token only to the service it belongs to, in its header, and say so in the README",
    DOWNLOAD.id: "ship the code in the package, or depend on a released version of it",
    HIDDEN.id: "write the code as code",
    SHELL_FOR_OTHERS.id: "remove it",
    PERSISTENCE.id: "remove it; use the host's start-up events instead",
    MINING.id: "remove it",
    DESTRUCTION.id: "remove only what the extension itself has made, in a directory of its own",
    UNREAD.id: "write it in smaller parts, or a maintainer looks at it",
    UNSAFE_LOAD.id: "use JSON, or yaml.safe_load",
    INJECTION.id: "pass the command as a list of arguments, without a shell",
    DYNAMIC.id: "call a function, or look it up in a table of the ones you mean",
    TLS.id: "leave verification on; trust a private authority by its certificate",
    OPEN_PORT.id: "listen on 127.0.0.1",
    PROTOTYPE.id: "refuse __proto__, constructor and prototype as keys, or use a Map",
    REDOS.id: "give each part of the pattern one way to match, or limit the text's length",
    TRAVERSAL.id: "resolve the path and check that it is still below its directory",
    EXFILTRATION.id: "remove it",
    SPYING.id: "remove it",
    ENVIRONMENT.id: "read the variables you need by name",
    TOGETHER.id: "nothing, if it is what your README says; a maintainer looks at the places named, once",
    HOOK.id: "remove it; what it makes belongs into the package",
    ARCHIVE.id: "unpack with filter='data', or check each name first",
}
