"""Single lines that begin or end a letter: greetings, closings, names with the mark of a signature."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.reply.signature_phrases import CLOSINGS, CLOSINGS_FROM, GREETINGS
from maildesk.mail.reply.speech import speaks

_CLOSING_FROM: Final = re.compile(CLOSINGS_FROM, re.IGNORECASE)
MOST_CLOSING_CHARS: Final = 60
_SIGNED_NAME: Final = re.compile(
    r"(?://?|--|[–—])\s?[^\W\d_a-zß-öø-ÿа-я][^\W\d_]{0,20}(?:[ -][^\W\d_a-zß-öø-ÿа-я][^\W\d_]{0,20}){0,3}"
)
# They begin a path as names begin a signature.
_FOLDERS: Final = frozenset(
    {
        "users", "library", "applications", "system", "volumes", "documents", "desktop", "downloads",
        "pictures", "home", "data", "network", "shared", "public", "images", "files", "login", "admin", "api",
        "test", "program files", "windows", "archive", "archives", "archiv", "archivo", "arquivo", "archivio",
        "inbox", "outbox", "trash", "drafts", "sent", "spam", "junk", "backup", "backups", "logs", "temp",
        "cache", "config", "settings", "account", "profile", "dashboard", "upload", "uploads", "reports",
        "invoices", "music", "videos", "photos", "projects", "shop", "cart", "checkout", "contact", "support",
        "help", "logout", "register", "start", "stop", "restart", "status", "posteingang", "papierkorb",
        "entwürfe", "eigene dateien", "dokumente", "bilder", "archief", "arkiv",
    }
)  # fmt: skip
# Below a line about such, "/Archive" is a path or a command.
_BEFORE_PATHS: Final = re.compile(
    r"\b(?:folder|director|path|page|ur[il]\b|link|route|endpoint|command|file|site|drive|share|menu|section|"
    r"address|channel|typ(?:e|ed)\b|enter|open|run\b|go to|delete|remove|rename|move|click|mount|"
    r"ordner|verzeichnis|pfad|seite|befehl|datei|laufwerk|kanal|dossier|répertoire|chemin|commande|fichier|"
    r"carpeta|directorio|ruta|comando|página|pasta|diretório|caminho|cartella|percorso|pagina|bestand|mapp?e?n?\b|"
    r"katalog|sökväg|sida|kommando|adresář|složk|soubor|plik|stron|папк|каталог|путь|файл|команд|страниц)"
)
_MOST_PATH_LINE: Final = 120
_GREETS: Final = re.compile(GREETINGS, re.IGNORECASE)
_MOST_GREETING: Final = 4
_GREETED: Final = ",!:，！：、"


def closes(line: str) -> bool:
    """Tell whether a line is a closing and nothing else."""
    if len(line) > MOST_CLOSING_CHARS:
        return False
    bare = line.strip(" ,.!;:*_-、。，،").lower()
    return bare in CLOSINGS or bool(_CLOSING_FROM.fullmatch(bare))


def signs(line: str) -> bool:
    """Tell whether a line is a name with the mark of a signature, alone or behind a closing: `Mvh /Bo`."""
    closing, slash, name = line.rpartition("/")
    if slash and closing.strip(" /"):
        return closes(closing) and bool(_SIGNED_NAME.fullmatch(slash + name))
    return bool(_SIGNED_NAME.fullmatch(line)) and name.strip().lower() not in _FOLDERS


def is_name(line: str) -> bool:
    """Tell whether a line can be a name and a surname."""
    return len(line.split()) >= 2 and bool(_SIGNED_NAME.fullmatch(f"/{line}"))


def leads_to_path(line: str) -> bool:
    """Tell whether below a line a path may stand, or a command."""
    return bool(_BEFORE_PATHS.search(line[-_MOST_PATH_LINE:].lower()))


def greets(line: str) -> bool:
    """Tell whether a line is a greeting that leads to words: `Hello` alone may be all that somebody says."""
    if not 2 - (line[-1:] in _GREETED) <= len(line.split()) <= _MOST_GREETING:
        return False
    return bool(_GREETS.match(line)) and not speaks(line)


def begins_letter(line: str) -> bool:
    """Tell whether a line is a greeting with the mark that more follows."""
    return line[-1:] in _GREETED and greets(line)
