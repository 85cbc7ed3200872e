"""Policy files that are wrong: the exact words, each with its place and its remedy."""

from __future__ import annotations

import pytest

from maildesk.config.policy_laws import NamedInConfig
from maildesk.config.problems import ConfigError
from tests.unit.config.conftest import ReadsPolicy, changed_policy

NO_SPAN = (
    "is not a span of time (write business time as 30m or 4h, business days as 2bd, days and weeks as"
    " 7d or 2w, real time as 12h day and night, or release)"
)
STATUSES = """\
statuses:
  New: {phase: new}
  Open: {phase: open}
  Waiting: {phase: waiting}
  Resolved: {phase: resolved}
  Closed: {phase: closed}"""


def waiting(more: str) -> str:
    """The five statuses, with more about the one that waits."""
    return STATUSES.replace("phase: waiting", f"phase: waiting, {more}")


HOURS = "mon-fri: 09:00-17:00"
WRONG = {
    "a weekday misspelt": (
        HOURS, "mon-fry: 09:00-17:00",
        "3:20: calendar.hours.mon-fry: 'mon-fry' is not a weekday "
        "(write mon, tue, wed, thu, fri, sat, sun, mon-fri or daily)",
    ),
    "weekdays backwards": (
        HOURS, "fri-mon: 09:00-17:00",
        "3:20: calendar.hours.fri-mon: 'fri-mon' is not a weekday "
        "(write mon, tue, wed, thu, fri, sat, sun, mon-fri or daily)",
    ),
    "hours without minutes": (
        HOURS, "mon: 9-17",
        "3:16: calendar.hours.mon: should be opening hours "
        "(write 09:00-17:00, [09:00-12:00, 13:00-17:00] or closed)",
    ),
    "minutes past the hour": (
        HOURS, "mon: 09:60-17:00",
        "3:16: calendar.hours.mon: should be opening hours "
        "(write 09:00-17:00, [09:00-12:00, 13:00-17:00] or closed)",
    ),
    "after the end of the day": (
        HOURS, "mon: 09:00-24:01",
        "3:16: calendar.hours.mon: 09:00-24:01 ends after the day does (a day ends at 24:00)",
    ),
    "over midnight": (
        HOURS, "mon: 22:00-06:00",
        "3:16: calendar.hours.mon: 22:00-06:00 does not end after it begins "
        "(for hours over midnight write 22:00-24:00, and 00:00-06:00 on the next day)",
    ),
    "out of order": (
        HOURS, "mon: [13:00-17:00, 09:00-12:00]",
        "3:16: calendar.hours.mon: 13:00-17:00 and 09:00-12:00 overlap or are out of order",
    ),
    "a day twice": (
        HOURS, "mon-fri: 09:00-17:00, wed: closed",
        "3:10: calendar.hours: wed is given twice (name each day once)",
    ),
    "never open": (
        HOURS, "mon-fri: closed",
        "3:10: calendar.hours: there are no open hours (give at least one weekday its hours)",
    ),
    "no days": (
        HOURS, "", "3:10: calendar.hours: there are no open hours (give at least one weekday its hours)",
    ),
    "no such country": (
        "  hours", "  holidays: {country: XX}\n  hours",
        "3:13: calendar.holidays: no public holidays are known for 'XX' (use a two-letter code such as PT)",
    ),
    "no such region": (
        "  hours", "  holidays: {country: LV, region: ZZ}\n  hours",
        "3:13: calendar.holidays: no public holidays are known for 'ZZ' in LV (regions: none)",
    ),
    "no such day": (
        "  hours", "  closed: [2026-02-30]\n  hours",
        "3:12: calendar.closed.0: '2026-02-30' is not a day (write 2026-12-24, or 12-24 for every year)",
    ),
    "no such yearly day": (
        "  hours", "  closed: [12-24, 13-31]\n  hours",
        "3:19: calendar.closed.1: '13-31' is not a day (write 2026-12-24, or 12-24 for every year)",
    ),
    "a target in days": (
        "4h", "4x",
        f"7:38: promises.0.first_response: '4x' {NO_SPAN}",
    ),
    "a target without unit": (
        "4h", "4",
        f"7:38: promises.0.first_response: '4' {NO_SPAN}",
    ),
    "a target in years": (
        "4h", "999999w",
        "7:38: promises.0.first_response: '999999w' is longer than two years (write 730d at most)",
    ),
    "a quiet time in years": (
        "name: Acme", "name: Acme\nquiet: 999999bd",
        "2:8: quiet: '999999bd' is longer than two years (write 520bd at most)",
    ),
    "a reminder in years": (
        "name: Acme", f"name: Acme\n{waiting('remind: [2bd, 9999d]')}",
        "5:43: statuses.Waiting.remind.1: '9999d' is longer than two years (write 730d at most)",
    ),
    "hours that hardly ever open": (
        f"{HOURS}}}", "mon: 09:00-09:30}\nquiet: 60h",
        "4:8: quiet: the open hours of 60h take longer than two years (write less, or days such as 30d)",
    ),
    "a warning in business days": (
        "4h", "4h, warn_before: 2bd",
        "7:55: promises.0.warn_before: '2bd' is no time to warn before "
        "(write a share such as 25%, business time such as 30m or 1h, or never)",
    ),
    "a default that is no priority": (
        "default_priority: low", "default_priority: lwo",
        "5:19: default_priority: the policy knows no priority 'lwo' (did you mean low?)",
    ),
    "a priority twice": (
        "low: Later.", "low: Later., LÖW: Later.",
        "4:45: priorities.LÖW: there is already a priority low "
        "(accents, letter case and punctuation make no difference)",
    ),
    "an ambiguous priority": (
        "{high: Soon., low: Later.}\ndefault_priority: low",
        "{high: Soon., highest: Sooner., low: Later.}\ndefault_priority: hi",
        "5:19: default_priority: 'hi' may be high or highest (write more of the name)",
    ),
    "no priorities": (
        "{high: Soon., low: Later.}", "{}", "4:13: priorities: is empty",
    ),
    "a default that is no type": (
        "name: Acme", "name: Acme\ndefault_type: bug",
        "2:15: default_type: the policy knows no type 'bug' (the policy names no type)",
    ),
    "a status without a phase": (
        "name: Acme", "name: Acme\nstatuses: {pending: X}",
        "2:21: statuses.pending: is no line of text "
        "(say which phase it has: {phase: waiting}; one of new, open, waiting, resolved, closed)",
    ),
    "no escalation words": (
        "name: Acme", "name: Acme\nescalation: {words: []}", "2:21: escalation.words: is empty",
    ),
    "an empty word": (
        "name: Acme", 'name: Acme\nescalation: {words: ["­ "]}', "2:22: escalation.words.0: is empty",
    ),
    "a refusal without the word": (
        "name: Acme", "name: Acme\nescalation: {words: [mehr], refusals: [lass es]}",
        "2:40: escalation.refusals.0: holds none of the words that escalate (write it with one of mehr)",
    ),
    "a level that nobody is": (
        "name: Acme", "name: Acme\nescalation: {path: [{level: Manager}]}",
        "2:29: escalation.path.0.level: there is no level Manager (there is billing, support, lead, "
        "leadership, owner, team; config.yaml may name it under people.leadership (its role) or "
        "people.teams)",
    ),
    "a last level with a time": (
        "name: Acme", "name: Acme\nescalation: {path: [{level: lead, within: 1bd}]}",
        "2:43: escalation.path.0.within: nobody hears after the last level "
        "(leave it out, or name the level that then hears)",
    ),
    "a level twice": (
        "name: Acme", "name: Acme\nescalation: {path: [{level: lead}, {level: lead}]}",
        "2:44: escalation.path.1.level: lead has heard already (name each level once)",
    ),
    "an acknowledgement of nobody": (
        "name: Acme", "name: Acme\nescalation: {acknowledge: 1bd}",
        "2:27: escalation.acknowledge: no team is to write to the customer (name it as escalation.team)",
    ),
    "a priority of what nobody approves": (
        "name: Acme", "name: Acme\nescalation: {approved: {priority: high}}",
        "2:24: escalation.approved: nobody approves an escalation (add approval: required)",
    ),
    "a priority of a level that is none": (
        "name: Acme", "name: Acme\nescalation: {path: [{level: lead, then: {priority: huge}}]}",
        "2:52: escalation.path.0.then.priority: the policy knows no priority 'huge' (use one of high, low)",
    ),
    "a rule that decides nothing": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {}}]",
        "2:35: rules.0.then: decides nothing (set one of priority, team, type, owner, requester, status, "
        "note, tell, escalate, outcome, ask, letter, or a field)",
    ),
    "a rule with an unknown question": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {ask: q}}]",
        "2:41: rules.0.then.ask: the policy knows no question 'q' (use one of solved, agreed, survey)",
    ),
    "a rule with an unknown outcome": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {outcome: o}}]",
        "2:45: rules.0.then.outcome: the policy knows no outcome 'o' (use one of solved, no answer)",
    ),
    "a rule with an unknown letter": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {letter: bye}}]",
        "2:44: rules.0.then.letter: there is no letter bye"
        " (there is again, thanks; write en/bye.txt into the folder of your own letters)",
    ),
    "a rule that asks for a score": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {ask: survey}}]",
        "2:41: rules.0.then.ask: survey asks for a score, and a case that just opened has nothing to score"
        " (name one of solved, agreed)",
    ),
    "a rule that asks the desk's own people": (
        "name: Acme",
        "name: Acme\nquestions: {look: {steps: {log: {team: What says the log?}, again: Does it?}}}\n"
        "rules: [{name: x, when: {}, then: {ask: look}}]",
        "3:41: rules.0.then.ask: look asks your own people, and stands in no receipt"
        " (name one of solved, agreed)",
    ),
    "a rule with another verb": (
        "name: Acme", "name: Acme\nrules: [{name: x, if: {}, when: {}, then: {priority: low}}]",
        "2:19: rules.0.if: unknown key (known here: name, when, then)",
    ),
    "a rule that asks for an empty list": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {words: []}, then: {priority: low}}]",
        "2:33: rules.0.when.words: is empty",
    ),
    "a requester from elsewhere": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {requester: sender}}]",
        "2:47: rules.0.then.requester: should be one of 'reply-to'",
    ),
    "a rule with an unknown priority": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {priority: p1}}]",
        "2:46: rules.0.then.priority: the policy knows no priority 'p1' (use one of high, low)",
    ),
    "a rule with an unknown team": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {team: t}}]",
        "2:42: rules.0.then.team: there is no team t "
        "(there is billing, support; config.yaml may name it under people.teams)",
    ),
    "a rule with an unknown owner": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {owner: o@x.example}}]",
        "2:43: rules.0.then.owner: there is no agent o@x.example "
        "(no agent is named at all; config.yaml may name it under people.agents)",
    ),
    "a rule about an unknown mailbox": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {mailbox: m}, then: {priority: low}}]",
        "2:35: rules.0.when.mailbox: there is no mailbox m "
        "(no mailbox is named at all; config.yaml may name it under mailboxes)",
    ),
    "an unknown default team": (
        "name: Acme", "name: Acme\ndefault_team: t",
        "2:15: default_team: there is no team t "
        "(there is billing, support; config.yaml may name it under people.teams)",
    ),
    "a name of a word's kind": (
        "low: Later.", "low: Later., none: Never.",
        "4:46: priorities.none: none means something else where a priority is named (choose another name)",
    ),
    "a name without a letter": (
        "low: Later.", "'–': Later., low: Later.",
        "4:32: priorities.–: is no name (write letters or digits, 100 characters at most)",
    ),
    "a promise of nothing": (
        "first_response: 4h", "warn_before: 1h",
        "7:5: promises.0: promises nothing (give one of first_response, next_response, update, resolution)",
    ),
    "a release that nobody planned": (
        "4h", "release",
        "7:38: promises.0.first_response: the calendar has no releases "
        "(name their days as calendar.releases)",
    ),
    "a release of every year": (
        "  hours", "  releases: [12-24]\n  hours",
        "3:14: calendar.releases.0: '12-24' is no one day (a release has a year: write 2026-12-03)",
    ),
    "a phase without a status": (
        "name: Acme",
        "name: Acme\nstatuses: {N: {phase: new}, O: {phase: open}, W: {phase: waiting}, C: {phase: closed}}",
        "2:11: statuses: none has the phase resolved (add one, such as `Resolved: {phase: resolved}`)",
    ),
    "an unknown status that follows": (
        "name: Acme", f"name: Acme\n{STATUSES.replace('phase: open', 'phase: open, next: [Done]')}",
        "4:30: statuses.Open.next.0: the policy knows no status 'Done' "
        "(use one of New, Open, Waiting, Resolved, Closed)",
    ),
    "an unknown status for a reply": (
        "name: Acme", f"name: Acme\n{STATUSES.replace('phase: open', 'phase: open, reply: stay')}",
        "4:30: statuses.Open.reply: the policy knows no status 'stay' "
        "(use one of New, Open, Waiting, Resolved, Closed)",
    ),
    "a status called stays": (
        "name: Acme", f"name: Acme\n{STATUSES}\n  stays: {{phase: open}}",
        "8:10: statuses.stays: stays means something else where a status is named (choose another name)",
    ),
    "a question that nobody defines": (
        "name: Acme", f"name: Acme\n{STATUSES.replace('phase: resolved', 'phase: resolved, ask: happy')}",
        "6:36: statuses.Resolved.ask: the policy knows no question 'happy' "
        "(use one of solved, agreed, survey)",
    ),
    "an outcome that nobody defines": (
        "name: Acme",
        f"name: Acme\n{waiting('after: 7d, then: {outcome: x, status: c}')}",
        "5:56: statuses.Waiting.then.outcome: the policy knows no outcome 'x' (use one of solved, no answer)",
    ),
    "silence after which nothing follows": (
        "name: Acme", f"name: Acme\n{waiting('after: 7d')}",
        "5:36: statuses.Waiting.after: nothing follows the silence (give then: {status: …})",
    ),
    "silence after which a letter goes, and nothing changes": (
        "name: Acme", f"name: Acme\n{waiting('after: 7d, then: {letter: again}')}",
        "5:36: statuses.Waiting.after: nothing follows the silence (give then: {status: …})",
    ),
    "silence that leads to where it began": (
        "name: Acme", f"name: Acme\n{waiting('after: 5bd, then: {status: waiting}')}",
        "5:56: statuses.Waiting.then.status: silence changes nothing "
        "(name one of New, Open, Resolved, Closed)",
    ),
    "silence that leads from an end to the one before": (
        "name: Acme",
        f"name: Acme\n{STATUSES.replace('phase: closed', 'phase: closed, after: 2w, then: {status: res}')}",
        "7:53: statuses.Closed.then.status: Closed is closed: no case becomes resolved from there, "
        "as Resolved is (name one of New, Open, Waiting)",
    ),
    "an answer that leads from an end to the one before": (
        "name: Acme",
        f"name: Acme\n{STATUSES.replace('phase: closed', 'phase: closed, ask: q')}\n"
        "questions: {q: {text: Well?, answers: {yes: {status: Resolved}, no: {status: Open}}}}",
        "8:54: questions.q.answers.yes.status: Closed is closed: no case becomes resolved from there, "
        "as Resolved is (name one of New, Open, Waiting, Closed)",
    ),
    "an answer that leads from an outcome's end to the one before": (
        "name: Acme",
        f"name: Acme\n{STATUSES}\noutcomes: {{done: {{ask: q, status: Closed}}}}\n"
        "questions: {q: {text: Well?, answers: {yes: {status: Resolved}}}}",
        "9:54: questions.q.answers.yes.status: Closed is closed: no case becomes resolved from there, "
        "as Resolved is (name one of New, Open, Waiting, Closed)",
    ),
    "a reply that ends a case": (
        "name: Acme", f"name: Acme\n{waiting('reply: Resolved')}",
        "5:36: statuses.Waiting.reply: a reply ends no case, and Resolved is resolved "
        "(name one of New, Open, Waiting, or stays)",
    ),
    "what follows no silence": (
        "name: Acme", f"name: Acme\n{waiting('then: {status: c}')}",
        "5:35: statuses.Waiting.then: follows no silence (give after: a span such as 7d)",
    ),
    "a status that only the customer may choose, and cannot": (
        "name: Acme", f"name: Acme\n{waiting('by: customer')}",
        "5:33: statuses.Waiting.by: no answer of a question leads here "
        "(let an answer of a question have this status, or let others in)",
    ),
    "a clock that neither runs nor stops": (
        "name: Acme", f"name: Acme\n{waiting('clock: slow')}",
        "5:36: statuses.Waiting.clock: should be one of 'runs' or 'stops'",
    ),
    "a question without answers": (
        "name: Acme", "name: Acme\nquestions: {q: {text: Why?}}",
        "2:16: questions.q.answers: is missing (list them, such as answers: [yes, no], or give scale: 5)",
    ),
    "a question without a text": (
        "name: Acme", "name: Acme\nquestions: {q: {answers: [yes, no]}}",
        "2:16: questions.q.text: is missing (write the question)",
    ),
    "variants of a letter that nothing sends": (
        "name: Acme", "name: Acme\nletters: {testimonial: {again: never}}",
        "2:24: letters.testimonial: follows no answer, no silence and no rule"
        " (write letter: testimonial where it is to follow, or take it out)",
    ),
    "a letter that comes again sometimes": (
        "name: Acme",
        "name: Acme\nquestions: {solved: {answers: {yes: {letter: thanks}, no: {}}}}\n"
        "letters: {thanks: {again: sometimes}}",
        "3:27: letters.thanks.again: should be one of 'never'",
    ),
    "a question that bears the name of afterwards": (
        "name: Acme",
        "name: Acme\nquestions: {Afterwards: {text: So?, answers: [y]}}\nescalation: {afterwards: Why?}",
        "3:26: escalation.afterwards: a question of yours has its name"
        " (call your own question otherwise than afterwards)",
    ),
    "a step that asks nobody": (
        "name: Acme", "name: Acme\nquestions: {q: {steps: {browser: {}}}}",
        "2:34: questions.q.steps.browser: asks nobody, or two (write the question, or {team: the question})",
    ),
    "a step for somebody unknown": (
        "name: Acme", "name: Acme\nquestions: {q: {steps: {browser: {crowd: There?}}}}",
        "2:35: questions.q.steps.browser.crowd: unknown key (known here: text, team)",
    ),
    "steps that stop at no answer": (
        "name: Acme", "name: Acme\nquestions: {q: {steps: {browser: There?}, stops at: perhaps}}",
        "2:53: questions.q.stops at: has no answer perhaps (name one of yes, no, cannot try)",
    ),
    "an answer to a step that leads elsewhere": (
        "name: Acme",
        "name: Acme\nquestions: {q: {steps: {browser: There?}, answers: {yes: {status: Open}, no: {}}}}",
        "2:58: questions.q.answers.yes: leads elsewhere than to the next step"
        " (the next step follows it, or the end)",
    ),
    "steps that set no field of the policy": (
        "name: Acme", "name: Acme\nquestions: {q: {steps: {browser: There?}, sets: scope}}",
        "2:49: questions.q.sets: the policy knows no field 'scope' (the policy names no field)",
    ),
    "a field that takes no step's name": (
        "name: Acme",
        "name: Acme\nfields: {scope: number}\nquestions: {q: {steps: {browser: There?}, sets: scope}}",
        "3:49: questions.q.sets: 'browser' is no number for scope (write it as 25 or 2.5)",
    ),
    "what is for steps without steps": (
        "name: Acme", "name: Acme\nquestions: {q: {text: Why?, answers: [yes, no], sets: scope}}",
        "2:55: questions.q.sets: is for a question in steps (write its steps, or take it out)",
    ),
    "words for no answer": (
        "name: Acme", "name: Acme\nquestions: {solved: {words: {perhaps: [hm]}}}",
        "2:39: questions.solved.words.perhaps: is no answer (there is no, yes)",
    ),
    "information that nobody defines": (
        "name: Acme", "name: Acme\nacknowledgement: {asks: [picture]}",
        "2:26: acknowledgement.asks.0: the policy knows no information 'picture' "
        "(the policy names no information)",
    ),
    "a plan that nobody sells": (
        "promises:\n  - {priority: high,", "plans: {basic: email}\npromises:\n  - {plan: gold,",
        "8:12: promises.0.plan: the policy knows no plan 'gold' (use one of basic)",
    ),
    "a label of nothing": (
        "name: Acme", "name: Acme\nlabels: {colour: Farbe}",
        "2:18: labels.colour: the policy knows no field 'colour' (use one of priority, type, resolution)",
    ),
    "a field of no kind": (
        "name: Acme", "name: Acme\nfields: {seats: digits}",
        "2:17: fields.seats: 'digits' is no kind of field "
        "(write text, number, date, yes or no, or [a, list])",
    ),
    "a field called like a key of rules": (
        "name: Acme", "name: Acme\nfields: {team: text}",
        "2:16: fields.team: team means something else where a field is named (choose another name)",
    ),
    "a note on no choice": (
        "name: Acme", "name: Acme\nfields: {mood: {choices: [good, bad], note: sad}}",
        "2:45: fields.mood.note: the policy knows no mood called 'sad' (did you mean bad?)",
    ),
    "a rule with another choice": (
        "name: Acme", "name: Acme\nfields: {f: [a, b]}\nrules: [{name: x, when: {f: c}, then: {f: b}}]",
        "3:29: rules.0.when.f: the policy knows no f called 'c' (use one of a, b)",
    ),
    "a rule that sets no number": (
        "name: Acme", "name: Acme\nfields: {n: number}\nrules: [{name: x, when: {n: 3+}, then: {n: 3+}}]",
        "3:44: rules.0.then.n: '3+' is no number for n (write it as 25 or 2.5)",
    ),
    "a rule that sets no day": (
        "name: Acme", "name: Acme\nfields: {d: date}\nrules: [{name: x, when: {}, then: {d: 3 March}}]",
        "3:39: rules.0.then.d: '3 March' is no day for d (write it as 2026-12-24)",
    ),
    "a rule that sets no field": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {colour: red}}]",
        "2:44: rules.0.then.colour: the policy knows no field 'colour' (the policy names no field)",
    ),
    "a decision misspelt": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {priorty: low}}]",
        "2:45: rules.0.then.priorty: unknown key (did you mean priority?)",
    ),
    "a condition misspelt": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {wrods: down}, then: {priority: low}}]",
        "2:33: rules.0.when.wrods: unknown key (did you mean words?)",
    ),
    "a status that tells an unknown team": (
        "name: Acme", f"name: Acme\n{waiting('tells: [owner, devs]')}",
        "5:44: statuses.Waiting.tells.1: there is no team devs "
        "(there is billing, support, customer, lead, leadership, owner, team; "
        "config.yaml may name it under people.teams)",
    ),
    "a default that its type does not know": (
        "name: Acme", "name: Acme\ndefault_type: Bug\ntypes: {Bug: {priorities: {high: Now.}}}",
        "7:19: default_priority: Bug knows no priority low (it knows high)",
    ),
    "a rule with a priority that its type does not know": (
        "name: Acme",
        "name: Acme\ntypes: {Bug: {priorities: {high: Now.}}}\n"
        "rules: {name: x, when: {type: bug}, then: {priority: low}}",
        "3:54: rules.then.priority: bug knows no priority low (it knows high)",
    ),
    "a choice twice": (
        "name: Acme", "name: Acme\nfields: {mood: [good, Good]}",
        "2:16: fields.mood: there is already a choice good "
        "(accents, letter case and punctuation make no difference)",
    ),
    "requirements of a type that is none": (
        "name: Acme", "name: Acme\ntypes: {Bug: An error.}\nrequirements: {type: wish}",
        "3:22: requirements.type: the policy knows no type 'wish' (use one of Bug)",
    ),
    "requirements that ship into no status": (
        "name: Acme", "name: Acme\nrequirements: {shipped: {status: there}}",
        "2:34: requirements.shipped.status: the policy knows no status 'there' (use one of New, Open, "
        "Waiting for the customer, Resolved, Closed)",
    ),
    "requirements of an unknown team": (
        "name: Acme", "name: Acme\nrequirements: {team: devs}",
        "2:22: requirements.team: there is no team devs "
        "(there is billing, support; config.yaml may name it under people.teams)",
    ),
    "a category of requirements twice": (
        "name: Acme", "name: Acme\nrequirements: {categories: [UI, ui]}",
        "2:28: requirements.categories: there is already a category UI "
        "(accents, letter case and punctuation make no difference)",
    ),
    "an answer twice": (
        "name: Acme", "name: Acme\nquestions: {q: {text: Why?, answers: [yes, Yes]}}",
        "2:38: questions.q.answers: there is already an answer yes "
        "(accents, letter case and punctuation make no difference)",
    ),
    "a question that is there already, spelt otherwise": (
        "name: Acme", "name: Acme\nquestions: {Solved: {text: So?, answers: [yes, no]}}",
        "2:21: questions.Solved: there is already a question solved "
        "(accents, letter case and punctuation make no difference)",
    ),
    "a letter that nobody wrote": (
        "name: Acme", f"name: Acme\n{waiting('after: 7d, then: {status: closed, letter: bye}')}",
        "5:71: statuses.Waiting.then.letter: there is no letter bye "
        "(there is again, thanks; write en/bye.txt into the folder of your own letters)",
    ),
    "a text cut short by a comma": (
        "name: Acme", "name: Acme\noutcomes: {agreed: {means: You agreed, finally}}",
        "2:40: outcomes.agreed.finally: has no value: a comma inside {…} ends the text before it "
        "(put the text on a line of its own)",
    ),
    "a meaning cut short by a comma": (
        "low: Later.", "low: Later, or never.",
        "4:48: priorities.or never.: has no value: a comma inside {…} ends the text before it "
        "(put the text on a line of its own)",
    ),
    "a question cut short by a comma": (
        "name: Acme", "name: Acme\nquestions: {solved: {text: Is it, or not?}}",
        "2:35: questions.solved.or not?: has no value: a comma inside {…} ends the text before it "
        "(put the text on a line of its own)",
    ),
    "an availability that is no share": (
        "name: Acme", "name: Acme\navailability: 99",
        "2:15: availability: should be a share of the time (write it as 99% or 99.5%)",
    ),
    "an availability of more than all": (
        "name: Acme", "name: Acme\navailability: 101%",
        "2:15: availability: should be a share of the time (write it as 99% or 99.5%)",
    ),
    "a colon inside braces": (
        "low: Later.", "low: Later: never.",
        "4:37: is not valid YAML: did not find expected ',' or '}' "
        "(a text with , : ? or { } cannot stand inside {…}: put the text on a line of its own)",
    ),
    "a colon on a line": (
        "name: Acme", "name: Acme: the best",
        "1:11: is not valid YAML: mapping values are not allowed in this context "
        "(put a text with a colon in quotes)",
    ),
}  # fmt: skip


A_CASE = "Case: required case"
FORMS = {
    "a form about no case": (
        "Ask: {fields: {Reason: text}}",
        "2:23: forms.Ask.fields: no line names its case (give it one, such as `Case number: required case`)",
    ),
    "a form about two cases": (
        f"Ask: {{fields: {{{A_CASE}, Other: case}}}}",
        "2:23: forms.Ask.fields: several lines name a case "
        "(give it one, such as `Case number: required case`)",
    ),
    "a line of no kind": (
        f"Ask: {{fields: {{{A_CASE}, When: required day}}}}",
        "2:51: forms.Ask.fields.When: 'required day' is no kind of line "
        "(write case, text, date, number, required case, or [a, list])",
    ),
    "two lines alike": (
        f"Ask: {{fields: {{{A_CASE}, CASE!: text}}}}",
        "2:52: forms.Ask.fields.CASE!: there is already a line Case "
        "(accents, letter case and punctuation make no difference)",
    ),
    "two choices alike": (
        f"Ask: {{fields: {{{A_CASE}, How: [bad, Bad]}}}}",
        "2:50: forms.Ask.fields.How: there is already a choice bad "
        "(accents, letter case and punctuation make no difference)",
    ),
    "a subject within another": (
        f"Ask: {{fields: {{{A_CASE}}}}}, Beg: {{subject: ask more, fields: {{{A_CASE}}}}}",
        "2:62: forms.Beg.subject: a mail with its subject may be Ask too "
        "(give each a subject that no other begins with)",
    ),
    "a letter that there is not": (
        f"Ask: {{fields: {{{A_CASE}}}, then: {{letter: gone}}}}",
        "2:61: forms.Ask.then.letter: there is no letter gone (there is again, thanks; "
        "write en/gone.txt into the folder of your own letters)",
    ),
}
WRONG |= {
    name: ("name: Acme", f"name: Acme\nforms: {{{form}}}", said) for name, (form, said) in FORMS.items()
}

KNOWN = NamedInConfig(teams=frozenset({"support", "billing"}), letters=frozenset({"thanks", "again"}))


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG.keys())
def test_one_thing_wrong_is_one_line(reads_policy: ReadsPolicy, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        reads_policy(changed_policy(old, new), known=KNOWN)
    assert str(told.value) == f"policy.yaml:{said}"


def test_a_mailbox_is_for_a_channel_that_some_plan_has(reads_policy: ReadsPolicy) -> None:
    known = NamedInConfig(channels={"support": "email", "hotline": "phone"})
    with pytest.raises(ConfigError) as told:
        reads_policy(changed_policy("name: Acme", "name: Acme\nplans: {premium: [email, chat]}"), known=known)
    assert str(told.value) == (
        "policy.yaml:2:8: plans: none has the channel phone, which is that of the mailbox hotline "
        "(there is email, chat; config.yaml says it under mailboxes, as channel)"
    )
    for fine in ("plans: {premium: [email, phone]}", "fields: {source: [email, phone]}", "quiet: never"):
        assert reads_policy(changed_policy("name: Acme", f"name: Acme\n{fine}"), known=known)


SUMMARY = "fields: {chat: {choices: [happy, unhappy], note: unhappy}}"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(
            "summaries: {name: Chats, at: 18:00, tells: lead, counts: phone}",
            "summaries.counts: the policy knows no field 'phone' (use one of chat)",
            id="no such field",
        ),
        pytest.param(
            "summaries: {name: Chats, at: 18:60, tells: lead, counts: chat}",
            "summaries.at: '18:60' is no time of day (write \"18:00\")",
            id="no time of day",
        ),
        pytest.param(
            "summaries: {name: Chats, at: 18:00, tells: printers, counts: chat}",
            "summaries.tells: there is no team printers (there is billing, support, lead, leadership; "
            "config.yaml may name it under people.teams)",
            id="no such team",
        ),
        pytest.param(
            "summaries: {name: Chats, at: 18:00, tells: lead, counts: chat, when: {source: chat}}",
            "summaries.when.source: no case keeps how it came (name a field source, which then keeps it)",
            id="no source",
        ),
        pytest.param(
            "summaries: {name: Chats, at: 18:00, tells: lead, counts: chat, when: {chat: sad}}",
            "summaries.when.chat: the policy knows no chat called 'sad' (use one of happy, unhappy)",
            id="no such choice",
        ),
        pytest.param(
            "rules: [{name: x, when: {}, then: {chat: unhappy}}]",
            "rules.0.then.chat: unhappy wants a note with it (add note: with what to keep)",
            id="a choice without its note",
        ),
    ],
)
def test_what_is_wrong_with_counting_by_a_field(reads_policy: ReadsPolicy, lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        reads_policy(changed_policy("name: Acme", f"name: Acme\n{SUMMARY}\n{lines}"), known=KNOWN)
    (problem,) = str(told.value).splitlines()
    assert problem.partition(": ")[2] == said


def test_a_summary_is_about_no_one_case(reads_policy: ReadsPolicy) -> None:
    lines = f"{SUMMARY}\nsummaries: {{name: Chats, at: 18:00, tells: owner, counts: chat}}"
    with pytest.raises(ConfigError) as told:
        reads_policy(changed_policy("name: Acme", f"name: Acme\n{lines}"))
    assert "which alone has an owner (write lead, leadership or the name of a team)" in str(told.value)


def test_a_summary_is_read(reads_policy: ReadsPolicy) -> None:
    lines = f"{SUMMARY}\nsummaries: {{name: Chats, at: 18:00, tells: [lead, support], counts: chat}}"
    (summary,) = reads_policy(changed_policy("name: Acme", f"name: Acme\n{lines}"), known=KNOWN).summaries
    assert (summary.at, summary.tells, summary.counts) == (18 * 60, ("lead", "support"), "chat")


def test_everything_wrong_is_said_at_once(reads_policy: ReadsPolicy) -> None:
    with pytest.raises(ConfigError) as told:
        reads_policy(
            "name: [Acme]\n"
            "calendar: {hours: {mon-fri: 09:00-17:00}}\n"
            "priorities: {high: Soon., low: Later.}\n"
            "default_priority: medium\n"
            "quiet: 3bd\n"
            "promises: {priority: highest, first_response: release}\n"
            "questions: {q: {text: Well, or not?}}\n"
        )
    assert [line.split(": ")[0] + ": " + line.split(": ")[1] for line in str(told.value).splitlines()] == [
        "policy.yaml:1:7: name",
        "policy.yaml:4:19: default_priority",
        "policy.yaml:6:22: promises.priority",
        "policy.yaml:6:47: promises.first_response",
        "policy.yaml:7:29: questions.q.or not?",
    ]


OLD = """\
name: Acme
calendar: {hours: {mon-fri: 09:00-17:00}}
priorities:
  - {name: urgent, means: "Stands still: all of it.", first_response: 2h, warn_before: 30m, resolution: 1bd}
  - {name: low}
default_priority: lowly
statuses: {waiting: Pending Input}
"""


def test_an_old_file_is_told_how_each_thing_is_said_now(reads_policy: ReadsPolicy) -> None:
    with pytest.raises(ConfigError) as told:
        reads_policy(OLD)
    moved = "priorities are names with their meanings, and promises have a table of their own"
    assert str(told.value).splitlines() == [
        f'policy.yaml:4:5: priorities.0: {moved} (write `urgent: "Stands still: all of it."` under '
        "priorities, and "
        "`- {priority: urgent, first_response: 2h, resolution: 1bd, warn_before: 30m}` under promises)",
        f"policy.yaml:5:5: priorities.1: {moved} (write `low: what it means` under priorities)",
        "policy.yaml:6:19: default_priority: the policy knows no priority 'lowly' (did you mean low?)",
        *(
            f"policy.yaml:7:11: statuses: none has the phase {phase} "
            f"(add one, such as `{phase.capitalize()}: {{phase: {phase}}}`)"
            for phase in ("closed", "new", "open", "resolved")
        ),
        "policy.yaml:7:21: statuses.waiting: a status is named first, and has a phase "
        "(write `Pending Input: {phase: waiting}`)",
    ]


def test_names_of_the_configuration_are_not_asked_for_where_there_is_none(reads_policy: ReadsPolicy) -> None:
    text = changed_policy(
        "name: Acme", "name: Acme\ndefault_team: t\nrules: [{name: x, when: {}, then: {team: u}}]"
    )
    assert reads_policy(text).default_team == "t"


def test_no_two_forms_have_one_mailbox(reads_policy: ReadsPolicy) -> None:
    form = f"{{mailbox: m, fields: {{{A_CASE}}}}}"
    with pytest.raises(ConfigError) as told:
        reads_policy(
            changed_policy() + f"forms:\n  Ask: {form}\n  Beg: {form}\n",
            known=NamedInConfig(mailboxes=frozenset({"m"})),
        )
    remedy = "give each form a mailbox of its own"
    assert str(told.value) == f"policy.yaml:10:18: forms.Beg.mailbox: is that of Ask ({remedy})"
