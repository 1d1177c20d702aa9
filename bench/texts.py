"""Made-up comments: clauses put together at random from word lists, by a seeded generator.

They make little sense, but they have the lengths of what people write and compress about as well, rather a little
better (brotli 5: three times), which the figure of wire bytes depends on.
"""

from __future__ import annotations

import random

NAMES = (
    *("Ada Linden", "Bruno Castell", "Chidi Obiora", "Dana Weiss", "Elif Aksoy", "Farid Nasser", "Greta Holm"),
    *("Hiro Tanabe", "Ines Duarte", "Jonas Pike", "Kaveh Rostami", "Leila Haddad", "Marek Dvorak", "Nadia Petrenko"),
    *("Oskar Lund", "Priya Raman", "Quentin Moreau", "Rosa Giuliani", "Samir Patel", "Tuula Niemi", "Ugo Ferrante"),
    *("Vera Stankovic", "Wanda Kowal", "Yusuf Demir", "Zoe Hartley"),
)


def _listed(words: str) -> list[str]:
    return words.split()


_NOUNS = _listed(
    "recipe starter oven article chart photograph example argument paragraph crust dough garden bicycle train "
    "timetable library museum neighbourhood bridge kitchen notebook battery keyboard camera landlord harvest "
    "orchard weather flour butter onion soup kettle window staircase translation footnote headline interview "
    "statistic survey council budget speech lawsuit contract deadline meeting database backup browser password "
    "server script function compiler telescope comet eclipse glacier river harbour ferry lighthouse violin "
    "rehearsal concert melody rhythm goalkeeper referee season injury marathon bakery market grocer tailor tenant "
    "invoice receipt pension insurance newsletter grandmother neighbour editor cousin teacher doctor plumber "
    "daughter gardener engineer musician volunteer sailor farmer librarian cyclist colleague flatmate uncle "
    "carpenter question answer reason mistake habit winter morning afternoon century village island mountain "
    "forest blackbird spider hedgehog rabbit pigeon tomato lemon chestnut blanket umbrella sweater button pocket "
    "suitcase passport ticket platform tunnel corridor basement attic chimney philosophy chemistry algebra "
    "grammar vocabulary dictionary poem novel biography festival parade election committee"
)
_VERBS = _listed(
    "tried borrowed measured ignored repaired explained abandoned recommended rewrote doubted memorised misread "
    "painted carried compared questioned copied cancelled postponed tasted weighed sharpened planted recorded "
    "archived inherited sketched predicted returned counted admired sold found lost bought described needed broke "
    "improved forgot noticed remembered replaced opened followed wanted blamed published watched studied defended "
    "invented mentioned praised"
)
_SUCH = _listed(
    "surprising obvious wonderful misleading overrated delicious fragile expensive charming unfair accurate dull "
    "thorough premature generous confusing brilliant harmless tedious remarkable outdated honest clumsy "
    "convincing ridiculous elegant risky familiar inevitable cheerful complicated sensible ancient enormous tiny "
    "local foreign wooden plastic second-hand quiet noisy yellow purple cold warm heavy anonymous official rural "
    "digital famous broken forgotten"
)
_WHOSE = ("the", "the", "the", "a", "my", "our", "your", "this", "that", "every", "no", "some", "her", "his", "another")
_WHERE = ("in", "with", "for", "from", "behind", "without", "after", "before", "near", "about", "under", "instead of")
_THEN = (", and", ", but", " because", ", so", " while", " until", "; then", ", although", " unless", " when", ":")
_FIRST = (
    "Actually,",
    "Sorry, but",
    "Thank you!",
    "Here in Ghent",
    "As I said,",
    "Frankly,",
    "Last year",
    "Hm.",
    "Wow,",
)
_LAST = (
    "",
    "",
    "",
    "",
    " again",
    " twice",
    " yesterday",
    " by hand",
    " on Tuesday",
    " badly",
    " for years",
    " I think",
)
_ENDS = "....!?…"


def make_text(chance: random.Random) -> str:
    """A comment of one to nine sentences, some in two paragraphs: about 200 characters in the middle."""
    sentences = [_sentence(chance) for _ in range(min(9, 1 + int(chance.expovariate(0.3))))]
    if len(sentences) > 4:
        sentences[2] += "\n\n" + sentences.pop(3)
    return " ".join(sentences)


def _sentence(chance: random.Random) -> str:
    text = _clause(chance)
    if chance.random() < 0.4:
        text += f"{chance.choice(_THEN)} {_clause(chance)}"
    text += chance.choice(_LAST) + chance.choice(_ENDS)
    if chance.random() < 0.2:
        return f"{chance.choice(_FIRST)} {text}"
    return text[0].upper() + text[1:]


def _clause(chance: random.Random) -> str:
    who = chance.choice(("I", "we", "they", "you", _thing(chance), _thing(chance)))
    what = (
        f"turned out {chance.choice(_SUCH)}" if chance.random() < 0.2 else f"{chance.choice(_VERBS)} {_thing(chance)}"
    )
    where = f" {chance.choice(_WHERE)} {_thing(chance)}" if chance.random() < 0.4 else ""
    return f"{who} {what}{where}"


def _thing(chance: random.Random) -> str:
    such = f"{chance.choice(_SUCH)} " if chance.random() < 0.3 else ""
    return f"{chance.choice(_WHOSE)} {such}{chance.choice(_NOUNS)}"
