"""The words by which short replies are read, of seven languages together: nobody says which one is theirs.

A word that means something else in another of them stands where it does least harm: what is not understood is
a reply, and work goes on.
"""

from __future__ import annotations

from typing import Final

from maildesk.desk.policy.whole_words import fold

Phrase = tuple[str, ...]
"""A phrase as its folded words."""


def _phrases(*lines: str) -> frozenset[Phrase]:
    """The phrases of these lines, which commas part."""
    return frozenset(tuple(fold(each).split()) for line in lines for each in line.split(","))


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in fold(line).split())


THANKS: Final = _phrases(
    "thanks, thank you, thanks a lot, thanks so much, many thanks, thank you so much, thank you very much",
    "thanks very much, thanks again, thank you again, thanks once more",
    "thx, thanx, cheers, much appreciated",
    "danke, danke schön, dankeschön, danke sehr, vielen dank, besten dank, herzlichen dank, tausend dank",
    "danke nochmal, danke nochmals, danke noch mal, nochmals danke, nochmals vielen dank, ich danke ihnen",
    "ich danke dir, danke ihnen, danke dir, danke euch, vielen lieben dank, lieben dank, merci vielmals",
    "merci, merci beaucoup, merci bien, merci encore",
    "encore merci, mille mercis, grand merci, un grand merci",
    "gracias, muchas gracias, mil gracias, muchísimas gracias, gracias de nuevo, muchas gracias de nuevo",
    "obrigado, obrigada, muito obrigado, muito obrigada, obg, valeu, obrigado mais uma vez",
    "obrigada mais uma vez, muito obrigado mais uma vez, agradeço, agradecemos, gracias otra vez",
    "grazie, grazie mille, molte grazie, tante grazie",
    "grazie ancora, ancora grazie, grazie tante, vi ringrazio",
    "bedankt, dank je, dank u, dank je wel, dank u wel, dankjewel, hartelijk dank, heel erg bedankt",
    "hartelijk bedankt, alvast bedankt, veel dank, nogmaals bedankt, nogmaals dank",
) - _phrases("alvast bedankt")

THANKED_FOR: Final = _words("for für pour por per voor pelo pela pelos pelas de du des to an en aan")
"""The words after thanks that lead to what somebody is thankful for."""

THE: Final = _words(
    "the your all this that die der das den dem deine deinen ihre ihren eure euren",
    "le la les l votre vos ton ta l",
    "el los las tu su vuestra o a os as sua seu vossa",
    "il lo gli tuo tua suo sua vostro vostra het je jouw uw jullie de",
)
"""Words before what was given already: `Thanks for an early reply` asks for one."""

FOR_THE: Final = _words("du pelo pela pelos pelas")
"""Words that lead to it and stand for those before it, too."""

GIVEN: Final = _words(
    "help support assistance answer reply response update info information effort efforts time patience",
    "service work fix solution team",
    "hilfe unterstützung antwort rückmeldung info information mühe zeit geduld arbeit lösung team",
    "aide assistance réponse retour soutien effort efforts temps patience travail solution équipe",
    "ayuda apoyo respuesta información tiempo paciencia trabajo solución equipo",
    "ajuda apoio resposta informação tempo paciência trabalho solução equipe equipa",
    "aiuto supporto assistenza risposta informazione tempo pazienza lavoro soluzione",
    "hulp ondersteuning antwoord reactie informatie moeite tijd geduld werk oplossing",
)
"""Nouns for which somebody is thankful when it was given."""

GIVEN_ALL: Final = _words("everything all alles alle tout todo tudo tutto everybody everyone beiden")
"""Words for which somebody is thankful, that need none of those before them."""

GIVEN_HOW: Final = _words(
    "quick fast great kind very prompt good excellent amazing wonderful speedy swift friendly and today",
    "so much schnelle schnellen rasche tolle gute super nette freundliche sehr und heute",
    "rapide précieuse excellent excellente bonne bon super et aujourd'hui",
    "rápida rápido gran buena excelente y hoy ótima excelente boa e hoje veloce rapida ottimo grande oggi",
    "snelle goede vriendelijke en vandaag",
)
"""Words that praise what was given."""

WITH: Final = _words("with mit bei avec con com met")
"""Words that lead to the matter of some help: `with the printer`."""

COURTESIES: Final = _phrases(
    "great, perfect, super, excellent, wonderful, awesome, brilliant",
    "cool, ok, okay, fine, nice, top, all good",
    "lovely, fantastic, amazing, no problem, no worries",
    "you too, great job, well done, great help, good job",
    "have a nice day, have a great day, have a good day",
    "have a nice weekend, have a good weekend, good work",
    "prima, klasse, perfekt, wunderbar, toll",
    "spitze, kein problem, alles gut, schönen tag, schönen tag noch",
    "schönes wochenende, einen schönen tag, einen schönen tag noch, sehr gut, alles klar",
    "parfait, génial, excellent, pas de problème, pas de souci, bonne journée, très bien, bon weekend",
    "perfecto, genial, excelente, ningún problema",
    "no hay problema, sin problema, buen día, muy bien, estupendo",
    "perfeito, ótimo, otimo, excelente, sem problema, sem problemas, bom dia, muito bom, maravilha, show",
    "perfetto, ottimo, eccellente, nessun problema, buona giornata, molto bene, benissimo",
    "geweldig, uitstekend, geen probleem, fijne dag, fijn weekend, heel goed, mooi, helemaal goed",
)

GREETINGS: Final = _words(
    "hi hello hey dear hallo guten sehr liebe lieber",
    "moin servus bonjour bonsoir salut cher chère hola buenos",
    "buenas estimado estimada olá ola oi bom boa",
    "prezado prezada ciao buongiorno buonasera gentile dag beste",
    "goedemorgen goedemiddag good",
)

YES: Final = _words("yes yep yeah yup ja jep jawohl oui ouais sí sì sim")
NO: Final = _words("no nope nein nee non não nao")
YES_ALONE: Final = _words("si")
"""Words of yes that mean if, or so, elsewhere: they say it where nothing else stands beside them."""

NEGATORS: Final = _words(
    "not cannot cant never neither nor dont doesnt didnt isnt wasnt wont nothing none",
    "nicht nichts kein keine keinen keiner nie niemals ne pas jamais aucun aucune rien",
    "no nunca ningún ninguna tampoco nada não nao nem non mai nessun nessuna né niet geen nooit niets",
)

TO_SOLVE: Final = _words(
    "work working solve fix resolve lösen beheben marcher résoudre funcionar resolver funzionare werken"
)
"""Words that say of a solution only beside a not: `it does not work`."""

AMISS: Final = _words(
    "unsolved unresolved broken fail fails failing failed failure error errors worse back crashes",
    "ungelöst kaputt defekt fehler abgestürzt panne erreur",
    "cassé échoue falla fallo fallando igual peor roto",
    "falha falhando quebrado erro pior irrisolto guasto rotto errore peggio kapot stuk fout faalt mislukt",
)
"""Words of trouble: what holds one is no mere thanks, nor a score."""

AGAIN: Final = _words(
    "again reopen reopened still offline locked down wieder erneut offen nochmal rouvrir revoilà",
    "otra vez reabrir reabra bloqueado novamente reabram riaprire bloccato opnieuw heropenen weer",
)
"""Words of trouble that came back: below a score they make of it a reply."""

PRAISE_OR_BLAME: Final = _words(
    "good great quick quickly fast excellent perfect super fine nice friendly helpful helped kind polite",
    "clear competent professional happy satisfied prompt promptly brilliant best",
    "slow slowly late bad poor terrible awful rude unhelpful unhappy disappointed disappointing unclear long",
    "gut gute guter gutes schnell schnelle super prima nett freundlich freundliche hilfreich kompetent",
    "zufrieden langsam schlecht unfreundlich enttäuscht lang lange toll",
    "bon bonne rapide rapidement efficace aimable sympa satisfait satisfaite lent lente long mauvais parfait",
    "déçu déçue bien",
    "bueno buena rápido rápida rápidamente amable eficaz satisfecho lento lenta malo mala excelente",
    "bom boa simpático eficiente satisfeito satisfeita mau má ruim demorado ótimo",
    "buono buona veloce rapido rapida gentile efficiente soddisfatto cattivo pessimo ottimo",
    "goed goede snel snelle vriendelijk behulpzaam tevreden traag slecht teleurgesteld fijn",
)
"""Words that may stand beside a score: they say what somebody thinks of our support, and no more."""

BESIDE_PRAISE: Final = _words(
    "it its it's was is were are very too so really quite pretty rather extremely a an the and i i'm we my",
    "our your you service support work job answer response reply team everything all for with help",
    "es war ist sehr zu so wirklich ziemlich und der die das den ich wir ihr ihre euer eure service support",
    "antwort arbeit alles für mit bin team hilfe",
    "c'est c'était était est très trop vraiment et le la les un une je nous votre service réponse travail",
    "tout suis équipe pour aide",
    "es fue muy demasiado y el la los un una su servicio respuesta trabajo todo de por equipo ayuda",
    "é foi muito demais e o a os um uma serviço atendimento resposta trabalho tudo pelo pela ajuda",
    "è stato molto troppo il lo un una servizio risposta lavoro tutto di per aiuto",
    "het was erg heel te zo en de een ik wij jullie uw service antwoord werk alles van voor hulp",
    "not no never nicht nie pas jamais nunca não non mai niet nooit",
)
"""Words that say nothing by themselves, between those."""

SCORING: Final = _words(
    "i we give it you out of stars star points ich wir gebe geben von sterne punkte je nous donne mets sur",
    "étoiles points doy damos estrellas puntos dou estrelas pontos do stelle punti di ik geef van sterren de",
)
"""Words of which a score may consist: `I give 4`, `4 stars`."""

LIMITS: Final = _words(
    "but however still except although though yet unless until if when only almost partly partially mostly",
    "maybe perhaps later tomorrow check try will on need",
    "needs must should want would could first second one",
    "other others another some half",
    "aber jedoch allerdings trotzdem noch außer nur leider obwohl falls wenn bis fast teilweise vielleicht",
    "morgen später teste testen prüfe prüfen werde probiere",
    "um brauche muss soll erste erstes zweite andere",
    "anderen",
    "mais cependant toutefois encore toujours sauf malheureusement quoique seulement presque demain tester",
    "vérifier essayer partiellement plus besoin doit devrait autre premier première",
    "pero embargo aún todavía excepto salvo sino aunque",
    "solo sólo casi mañana probar probaré revisar quizás",
    "quizá sigue necesito debe debería quiero otro otra primero primer",
    "mas porém porem contudo entretanto ainda exceto",
    "menos embora quase amanhã testar verificar talvez continua",
    "preciso deve quero outro outra primeiro",
    "ma però pero tuttavia ancora tranne eccetto",
    "salvo purtroppo quasi domani provare verificare forse parte",
    "devo vorrei altro altra primo",
    "maar echter nog behalve toch helaas alleen bijna",
    "morgen testen proberen misschien tot moet nodig wil eerste",
)
"""The words that take back or put off what stands beside them."""

FILLERS: Final = _words(
    "it it's its is was are were does has been have everything all now the a an my our",
    "your that that's this and we i i'm can be you so very well good just perfectly finally really",
    "es ist sind alles jetzt nun das der die den hat hat's sich hab habe wir ich und gut",
    "sehr so bestens kann werden",
    "c'est tout est le la les maintenant bien et il elle ça je nous très bon a été vous pouvez",
    "todo está esta estan están ya el y ahora muy quedó queda ha sido fue",
    "tudo tá já ja o os bem e agora muito foi certo",
    "tutto è ora il lo adesso molto bene stato",
    "nu het de goed en heel ik wij zo kan worden",
    "det den är er jest już to je už",
)
"""The words that may stand in mere thanks beside those that say it."""

BESIDE_SOLVED: Final = _words(
    "again problem issue ticket case too help support much",
    "wieder problem fall hilfe",
    "problème problema probleem weer",
)
"""Words that may stand beside those of a solution, and never beside a mere yes."""

PLEASE: Final = _words("please bitte")

OURS: Final = _words(
    "the my our your der die das mein meine unser unsere le la les mon ma notre nos el mi nuestro nuestra",
    "o os as meu minha nosso nossa il lo het de mijn ons onze",
)
"""Words before the name of a thing."""

PLEASING: Final = frozenset("👍👌🙏😊🙂😀😁😃😄🎉✅❤♥💯🙌👏😍🤩☺✔😉💪🥳🤗\ufe0f\u200d🏻🏼🏽🏾🏿")
"""Pictures that thank."""
