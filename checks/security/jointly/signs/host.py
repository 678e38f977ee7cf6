"""What code asks of the editor it runs in, beyond its everyday parts: nothing alone, and worth a look where an update begins it. Data."""

from __future__ import annotations

from checks.security.jointly.signs.sign import sign

READS_CLIPBOARD = sign(
    "reads what was copied",
    "lipboard",
    r"[cC]lipboard\s*(?:\(\s*\))?\s*\.\s*(?:read|get|paste|on)\w*\s*\(|\bpyperclip\.paste\b|\bclipboard_get\b",
)
ASKS_FOR_SECRETS = sign(
    "asks for what is kept secret",
    "secrets keyring keytar",
    r"\bsecrets\.(?:get|all|keys|list|entries|values)\s*\(|\bkeyring\.get_\w+\s*\(|\bkeytar\.(?:get|find)\w*\s*\(",
)
DOES_COMMANDS = sign(
    "does commands of the editor",
    "executeCommand execute_command commands.execute",
    r"\bexecuteCommand\s*\(|\bexecute_command\s*\(|\bcommands\.execute\s*\(",
)
USES_TERMINALS = sign(
    "writes to terminals",
    "erminal sendText",
    r"\bcreateTerminal\s*\(|\bsendText\s*\(|\bterminals?\.(?:send|write|run|create)\w*\s*\(",
)
ASKS_THE_USER = sign(
    "asks the user to type something",
    "showInputBox ui.input getpass password",
    r"\bshowInputBox\s*\(|\bui\.input\w*\s*\(|\bgetpass\.getpass\s*\(|\bpassword\s*[:=]\s*(?:true|True)\b",
)
BELOW_HOME = sign("names a place below the user's home", "HOME()", r"HOME\(\)")
UNWRAPS = sign(
    "unwraps an encoded text",
    "b64decode b32decode b85decode a85decode fromhex unhexlify decompress atob base64",
    r"\b(?:(?:\w*b64|b32|b85|a85)decode|fromhex|unhexlify|a2b_\w+|decompress|atob)\s*\(|\bBuffer\.from\s*\([^)\n]*[\"'](?:base64|hex)",
)
