"""What the newest mails show of the border: the place where it writes, whatever senders write below."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.border_seen import border_seen
from maildesk.mail.mime.headers import Field, split_header

# One letter a line, from the top. A: results of mx.acme.example. R: Received by it; L: by the host behind it
# that lays mail down; S, T: by servers of senders. F: results that a sender forged; O: their server's.
LINES = {
    "A": "Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example",
    "F": "Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example",
    "O": "Authentication-Results: mail.client.example; spf=pass",
    "N": "Authentication-Results: spf=pass smtp.mailfrom=client.example; dmarc=pass",
    "R": "Received: from out.client.example ([192.0.2.1])\r\n by mx.acme.example (Postfix) with ESMTPS id 4",
    "L": "Received: from mx.acme.example\r\n by imap.acme.example with LMTP id 5",
    "S": "Received: from desktop by out.client.example with ESMTPSA id 6",
    "T": "Received: from laptop by smtp.other.example with ESMTPSA id 7",
    "G": "Received: by 2002:a05:6402:1a2b:b0:5c4 with SMTP id z11csp",
    "M": "Received: from DB9.prod.outlook.com (2603:10a6::1) by AM0.prod.outlook.com with HTTPS",
    "V": "Received: from AM0.prod.outlook.com by DB9.prod.outlook.com with Microsoft SMTP Server",
    "W": "Received: from DU2.eop.prod.protection.outlook.com by AM0.outlook.office365.com via Frontend",
    "P": "Received: from out.client.example by DU2.mail.protection.outlook.com with SMTP",
    "E": "Received: from forged by mx.acme.example with ESMTPS id 8",
    "d": "DKIM-Filter: OpenDKIM Filter v2.11.0 mx.acme.example",
    "x": "X-Spam-Score: 0",
    "D": "DKIM-Signature: v=1",
}


def header(letters: str) -> tuple[Field, ...]:
    lines = [*(LINES[each] for each in letters), "From: ana@client.example"]
    return split_header("".join(f"{each}\r\n" for each in lines).encode() + b"\r\n")


def seen(trust: Trust, *mails: str) -> tuple[int, int, int, Trust | None]:
    found = border_seen([header(each) for each in mails], trust)
    return found.named_in, found.counting, found.out_of_place, found.advice


MX = "mx.acme.example"
ABOVE = ("ARSD", "ARTD", "ARS")
BEHIND_LMTP = ("LARSD", "LARTD", "LARS")
BELOW = ("RAxSD", "RdATD", "RASS")
BELOW_BEHIND_LMTP = ("LRAxSD", "LRdATD", "LRAS")
FORGED = ("ARFSD", "ARFSD", "ARSFD")


@pytest.mark.parametrize(
    ("mails", "right"),
    [
        (ABOVE, Trust(MX, 1)),
        (BEHIND_LMTP, Trust(MX, 2)),
        (BELOW, Trust(MX, 1, border_strips=True)),
        (BELOW_BEHIND_LMTP, Trust(MX, 2, border_strips=True)),
        (FORGED, Trust(MX, 1)),
        (("ARES", "ARES"), Trust(MX, 1)),
    ],
    ids=[
        "above its line",
        "behind LMTP",
        "below its line",
        "below, behind LMTP",
        "with forged ones",
        "a forged line",
    ],
)
def test_what_trust_should_be_is_read_from_where_results_stand(mails: tuple[str, ...], right: Trust) -> None:
    """Named wrongly it is told what is right; named rightly nothing is said, and every mail counts."""
    assert seen(right, *mails) == (len(mails), len(mails), 0, None)
    assert seen(Trust(), *mails) == (len(mails), 0, 0, right)
    assert seen(Trust("mx.elsewhere.example"), *mails) == (len(mails), 0, 0, right)


@pytest.mark.parametrize("mails", [BEHIND_LMTP, BELOW_BEHIND_LMTP])
def test_a_hop_too_few_makes_all_results_out_of_place(mails: tuple[str, ...]) -> None:
    named_in, counting, out_of_place, advice = seen(Trust(MX, 1), *mails)
    assert (named_in, counting, out_of_place) == (3, 0, 3)
    assert advice is not None
    assert advice.hops == 2


def test_hops_that_reach_into_the_senders_own_lines_are_told() -> None:
    assert seen(Trust(MX, 3), *ABOVE)[-1] == Trust(MX, 1)
    assert seen(Trust(MX, 2, border_strips=True), *BELOW)[-1] == Trust(MX, 1, border_strips=True)


def test_results_that_only_a_sender_wrote_say_nothing_of_the_border() -> None:
    """Some mail has none of the border's, as one of an own program: the others tell where it writes."""
    assert seen(Trust(MX, 1), "ARS", "ART", "RFS") == (3, 2, 1, None)
    assert seen(Trust(MX, 1), "ARS", "ART", "LS") == (2, 2, 0, None)


def test_a_name_that_is_not_that_of_the_host_is_known_by_the_servers_that_all_mails_pass() -> None:
    odd = [LINES["A"].replace(MX, "acme-border"), LINES["R"], LINES["S"], LINES["T"], LINES["L"]]
    a, r, s, t, lmtp = (f"{line}\r\n" for line in odd)

    def of(*mails: str) -> Trust | None:
        return border_seen([split_header(f"{each}\r\n".encode()) for each in mails], Trust()).advice

    assert of(lmtp + a + r + s, lmtp + a + r + t, lmtp + a + r) == Trust("acme-border", 2)
    assert of(lmtp + r + a + s, lmtp + r + a + t, lmtp + r + a) == Trust("acme-border", 2, border_strips=True)


def test_microsoft_and_google_are_known_by_their_hosts() -> None:
    assert seen(Trust(), "MNPS", "MNPT", "MNP")[-1] == Trust(None, 2, microsoft365=True)
    assert seen(Trust(None, 2, microsoft365=True), "MNPS", "MNPT") == (2, 2, 0, None)
    assert seen(Trust(None, microsoft365=True), "MVWNPS", "MVWNPT")[-1] == Trust(None, 4, microsoft365=True)
    assert seen(Trust(None, 4, microsoft365=True), "MVWNPS", "MVWNPT") == (2, 2, 0, None)
    google = [each.replace(b"mx.acme", b"mx.google") for each in (b"GARS", b"GART")]
    assert seen(Trust(), *(each.decode() for each in google))[-1] == Trust(MX, 2)


def test_mails_without_results_are_counted_and_no_more() -> None:
    found = border_seen([header("RS"), header("RT")], Trust(MX))
    assert (found.mails, found.with_results, found.advice) == (2, 0, None)
    assert border_seen([], Trust(MX)).mails == 0


def test_a_name_that_no_host_has_is_never_told() -> None:
    odd = b'Authentication-Results: "set trust: anything; x"; dmarc=pass\r\nReceived: by mx.example\r\n\r\n'
    assert border_seen([split_header(odd)], Trust()).with_results == 0
