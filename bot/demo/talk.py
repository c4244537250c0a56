"""What else is talked about in the two weeks: the conversations around the story, which a community lives on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.demo.members import Member, Stage


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread: what it is about, who says what, and how long the first answer takes."""

    about: str
    minutes: int
    said: tuple[tuple[str, str], ...]

    @property
    def people(self) -> str:
        """Everybody in it, in the order in which they speak."""
        *most, last = dict(self.said)
        return f"{', '.join(most)} and {last}"


MONDAY_TALK = (
    Conversation(
        "a map of the lakeside posts",
        35,
        (
            ("Rafael", "Does anybody have a newer map of the lakeside posts than the one of May?"),
            ("Valeria", "Yes, from last week's visits. It will be in the shared folder today."),
            ("Paulo", "Please mark the bridge at the mill: trucks can't cross it now."),
            ("Rafael", "Marked. Thank you both!"),
        ),
    ),
    Conversation(
        "soap at the school taps",
        10,
        (
            ("Céline", "How do you keep soap from disappearing at the school taps?"),
            ("Mei", "We hang it in a net above the tap. It has stayed for months."),
            ("Nadia", "And the pupils' committee hands it out: then it is theirs."),
        ),
    ),
)
TUESDAY_TALK = (
    Conversation(
        "fuel for the boat",
        25,
        (
            ("Baraka", "When does the fuel for the outreach boat arrive? We leave on Wednesday."),
            ("Paulo", "It is on tonight's truck, with the papers."),
            ("Baraka", "Asante sana!"),
        ),
    ),
    Conversation(
        "a training in two languages",
        50,
        (
            ("Amina", "Who has run a first aid training in two languages at once?"),
            ("Céline", "I have: two flip charts side by side, and time for both."),
            ("Lucie", "I can look through the French one before you print it."),
            ("Samira", "And slow down, to half of what feels slow."),
        ),
    ),
)
WEDNESDAY_TALK = (
    Conversation(
        "counting doses",
        15,
        (
            ("Valeria", "Do you count the doses in the evening, or at each child?"),
            ("Samira", "At each child, on the tally sheet. In the evening I only compare."),
            ("Rafael", "The same here. The numbers fit since we began that."),
        ),
    ),
    Conversation(
        "a visit from the district",
        40,
        (
            ("Amina", "The district team visits on Friday. What should they see?"),
            ("Hassan", "The temperature log, with the bad day in it."),
            ("Nadia", "A mothers' group. They explain it better than we do."),
            ("Mei", "The new tap at the school."),
        ),
    ),
)
THURSDAY_TALK = (
    Conversation(
        "the boat that came back",
        5,
        (
            ("Baraka", "The boat is back: 64 children, and the cold chain held to the last dose."),
            ("Valeria", "64! Does that close the gap on the east shore?"),
            ("Baraka", "Almost. One village is left."),
            ("Céline", "Bravo à toute l'équipe !"),
        ),
    ),
    Conversation(
        "water filters",
        30,
        (
            ("Mei", "Whose filters need new candles? I order tomorrow."),
            ("Nadia", "Two at Lakeside, please."),
            ("Paulo", "And one in the guest house."),
            ("Samira", "Ours are fine for now."),
        ),
    ),
)


SECOND_MONDAY_TALK = (
    Conversation(
        "three days on the east shore",
        20,
        (
            ("Paulo", "Boats for the east shore leave tomorrow at ten. Who comes along, and with how many boxes?"),
            ("Baraka", "Six of us and eleven boxes. Most of the way there is no signal, so write now."),
            ("Céline", "Nous venons aussi, avec les balances."),
            ("Samira", "Two handlers, and the map with the boat times."),
        ),
    ),
    Conversation(
        "who stays behind",
        15,
        (
            ("Amina", "Who is at a desk from Wednesday to Friday?"),
            ("Valeria", "Nobody at Lakeside: we all count on the east shore."),
            ("Mei", "I am at the tap stands, and look in on Friday."),
        ),
    ),
)


async def talk_goes_on(
    stage: Stage, everybody: Mapping[str, Member], place: str, conversations: tuple[Conversation, ...]
) -> None:
    """Hold these conversations; of each the reader is told who spoke about what."""
    stage.transcript.does(f"Meanwhile, in #{place}:")
    told = []
    for one in conversations:
        (opener, opening), *answers = one.said
        root = await everybody[opener].writes(opening, place, told=False)
        await stage.wait(minutes=one.minutes)
        for name, text in answers:
            await everybody[name].writes(text, place, under=root, told=False)
        first = f"the answer about {one.about}"
        await everybody[opener].sees(first, answers[0][1], place=place, under=root, told="not at all")
        told.append(f"- {one.people} talk about {one.about} ({len(one.said)} messages)")
    stage.transcript.shows(told)
