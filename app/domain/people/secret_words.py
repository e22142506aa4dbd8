"""A secret of 128 bits as sixteen words that can be read aloud, written down and typed again.

Each word stands for a byte. No two share their first four letters, and none is longer than seven.
"""

from __future__ import annotations

import re
import secrets

from app.domain.errors import BadInput

_WORDS = """
acorn album alley amber anchor angle apple april arch arena armor arrow artist atlas attic august autumn avenue
award bacon badge bagel baker balcony bamboo banana barrel basket beach beaver bench berry bicycle birch biscuit
blanket blossom boat bottle bowl branch bread breeze brick bridge bronze brush bucket butter cabin cactus camel
canal candle canoe carbon carpet castle cedar cello cereal chair cherry chess chimney circle citrus clay cliff
clock cloud clover coast cobalt coffee comet copper coral corner cotton cousin cradle crane crayon cricket crown
crystal cube curtain cushion daisy dancer denim desert diamond dinner dolphin donkey door dragon drawer drum
dune eagle earth easel echo eclipse elbow elder ember emerald engine evening fabric falcon family farmer feather
fence fern ferry fiddle field finger flag flame flute focus forest fossil frost fruit galaxy garden garlic gate
ghost giant ginger glacier glass globe glove goat golden grape gravel guitar hammer harbor harvest hazel helmet
heron hill honey horizon hotel hour human igloo image indigo iron island ivory jacket january jasmine jelly
jewel journey judge juice jungle kayak kettle kitchen kite koala ladder lagoon lake lamp lantern laurel lemon
letter lily linen lion lobster lotus lunar magnet mango maple marble market meadow melody meteor mirror mitten
monkey moon morning mosaic moss museum napkin nectar needle nephew night noodle north novel nutmeg oasis ocean
october olive onion orange orbit orchid otter oven oxygen oyster paddle palace panda paper parrot pasture peach
pearl pebble pencil pepper piano pigeon pillow planet plum pocket polar pony poplar potato prairie pumpkin
puzzle
"""
WORDS = tuple(_WORDS.split())
SECRET_BYTES = 16
_NUMBERS = {word: number for number, word in enumerate(WORDS)}
_LETTERS = re.compile(r"[a-z]+")
_LONGEST_TOLD = 20


def new_words() -> str:
    """A new secret, its words parted by spaces."""
    return " ".join(WORDS[byte] for byte in secrets.token_bytes(SECRET_BYTES))


def as_typed(text: str) -> str:
    """The words of a text as `new_words` writes them, whatever case they are in and whatever stands between them.

    Raises BadInput, which names the first word that is none of ours, or says how many there are.
    """
    words = _LETTERS.findall(text.lower())
    for word in words:
        if word not in _NUMBERS:
            raise BadInput(
                f"“{word[:_LONGEST_TOLD]}” is none of the words that are used here. Look at how it is spelled."
            )
    if len(words) != SECRET_BYTES:
        raise BadInput(f"There are {len(words)} words; it takes all {SECRET_BYTES}, in their order.")
    return " ".join(words)
