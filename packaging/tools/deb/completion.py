"""The completion of `maildesk` for bash, made from the commands: it starts no Python when TAB is pressed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

import click

from deb.commands import Command, commands, spellings, takes_value

_FILE, _FOLDER = "-f", "-d"
"""What `compgen` is asked for where a file or a folder is wanted."""

_CODE = """\
# What may follow on the command line of maildesk, for bash. Made from its commands, never by hand.

# Command: the words that may follow it.
{words}

# Command: its options that take the next word.
{takers}

# Command and option, or command alone for its arguments: what it may be, or how compgen finds it.
{values}

_maildesk() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} path=maildesk option="" key index word candidates
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${{COMP_WORDS[index]}}
        if [[ $word == = && -n $option ]]; then
            continue
        elif [[ -n $option ]]; then
            option=""
        elif [[ " ${{_maildesk_takers[$path]-}} " == *" $word "* ]]; then
            option=$word
        elif [[ -n ${{_maildesk_words["$path $word"]-}} ]]; then
            path+=" $word"
        fi
    done
    [[ $current == = ]] && current=""
    key=$path${{option:+ $option}}
    candidates=${{_maildesk_values[$key]-}}
    if [[ $candidates == -? ]]; then
        if [[ $current != -* || -n $option ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen "$candidates" -- "$current")
        fi
        candidates=""
    fi
    if [[ -z $option ]]; then
        # Options are many: they are offered to whoever begins one, or where nothing else may follow.
        for word in ${{_maildesk_words[$path]-}}; do
            [[ $word == -* && $current != -* ]] || candidates+=" $word"
        done
        [[ -n $candidates || -n ${{COMPREPLY[*]-}} ]] || candidates=${{_maildesk_words[$path]-}}
    fi
    if [[ -n $candidates ]]; then
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -W "$candidates" -- "$current")
    fi
}}

complete -F _maildesk maildesk
"""


def completion() -> str:
    """The file as bash reads it."""
    every = commands()
    return _CODE.format(
        words=_table("words", ((each.name, _following(each)) for each in every)),
        takers=_table("takers", ((each.name, _takers(each)) for each in every)),
        values=_table("values", (row for each in every for row in _values(each))),
    )


def _table(name: str, rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    lines = ((key, " ".join(words)) for key, words in rows)
    inner = "\n".join(f"    [{shlex.quote(key)}]={shlex.quote(words)}" for key, words in lines if words)
    # -g: bash-completion loads the file within a function.
    return f"declare -gA _maildesk_{name}=(\n{inner}\n)"


def _following(command: Command) -> list[str]:
    return [*command.children, *(word for option in command.options for word in spellings(option))]


def _takers(command: Command) -> list[str]:
    return [word for option in command.options if takes_value(option) for word in spellings(option)]


def _values(command: Command) -> Iterator[tuple[str, list[str]]]:
    for option in filter(takes_value, command.options):
        for word in spellings(option):
            yield f"{command.name} {word}", _known(option.type)
    found = [word for argument in command.arguments for word in _known(argument.type)]
    yield command.name, found[:1] if {_FILE, _FOLDER} & set(found) else found


def _known(kind: click.ParamType[Any]) -> list[str]:
    """The words that a value can be, or how compgen finds them; nothing where nobody can know."""
    if isinstance(kind, click.Choice):
        return [str(each) for each in kind.choices]
    if isinstance(kind, click.Path | click.File):
        return [_FOLDER if isinstance(kind, click.Path) and not kind.file_okay else _FILE]
    return []
