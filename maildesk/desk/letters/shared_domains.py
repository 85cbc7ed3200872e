"""Domains where anybody may have an address: many of their people write to a desk in one hour."""

SHARED_DOMAINS = frozenset({
    "126.com", "163.com", "abv.bg", "alice.it", "aol.com", "att.net", "bk.ru", "bol.com.br",
    "btinternet.com", "comcast.net", "cox.net", "daum.net", "email.com", "fastmail.com", "foxmail.com",
    "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "hanmail.net", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de",
    "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "inbox.ru", "interia.pl", "laposte.net",
    "libero.it", "list.ru", "live.co.uk", "live.com", "live.fr", "mac.com", "mail.com", "mail.ru",
    "mailbox.org", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr", "outlook.com",
    "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com",
    "rambler.ru", "rocketmail.com", "sapo.pt", "sbcglobal.net", "seznam.cz", "sfr.fr", "sina.com",
    "sky.com", "sohu.com", "t-online.de", "telefonica.net", "terra.com.br", "tiscali.it", "tuta.com",
    "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "yahoo.ca",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.au", "yahoo.com.br", "yahoo.de", "yahoo.es",
    "yahoo.fr", "yahoo.in", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
})  # fmt: skip
"""Far from all there are. It lets nobody into a case: a domain that is missing is only limited sooner."""
