"""The pack: forty discussion prompts in eight kinds, which every community's library starts with.

Each can be answered from the field in two minutes on a phone. ``about`` are words to find a prompt by when people
talk about something; nobody reads them. A prompt's ``name`` is what libraries remember it by, so it never changes,
and a name that has been in use is never given to another prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.messages import mark

OWN = "own"
"""The kind of a community's own prompts that fit none of the eight."""

KINDS: dict[str, str] = {
    "warm_up": mark("Warm-up"),
    "share_a_win": mark("Share a win"),
    "what_went_wrong": mark("What went wrong"),
    "case_clinic": mark("Case clinic"),
    "how_do_you": mark("How do you ...?"),
    "debate": mark("Debate"),
    "resource_swap": mark("Resource swap"),
    "look_back": mark("Look back"),
    OWN: mark("A question for you all"),
}
"""The kinds in the order in which they take turns first, with what stands above their prompts."""


@dataclass(frozen=True, slots=True)
class PackPrompt:
    """A prompt of the pack. ``words`` are marked for translation."""

    name: str
    words: str
    about: str

    @property
    def kind(self) -> str:
        """Which of the eight kinds it is of."""
        return self.name.rpartition(".")[0]


_WARM_UP = (
    PackPrompt(
        "warm_up.view",
        mark("What can you see from where you are working today? One line is enough; a photo without people is "
             "welcome."),
        "place site office landscape",
    ),
    PackPrompt(
        "warm_up.object",
        mark("Which thing in your bag or on your desk do you need every single day? Tell us what it saves you from."),
        "equipment tools kit supplies",
    ),
    PackPrompt(
        "warm_up.greeting",
        mark("Which local word or greeting has opened a door for you? Teach it to us, and how to say it."),
        "language culture translation community engagement",
    ),
    PackPrompt(
        "warm_up.teacher",
        mark("Who showed you something useful in your first month on the job, and what was it? No need to name them."),
        "training mentoring onboarding supervision",
    ),
    PackPrompt(
        "warm_up.morning",
        mark("How does your day really begin: tea, a radio call, a queue at the gate? Describe the first half hour."),
        "routine shift clinic opening",
    ),
)  # fmt: skip

_SHARE_A_WIN = (
    PackPrompt(
        "share_a_win.small",
        mark("What went better this week than you had expected? Small counts: a truck on time, a stock card that was "
             "right."),
        "logistics transport stock supply delivery",
    ),
    PackPrompt(
        "share_a_win.hour",
        mark("Which change has saved your team an hour or more? Say what you stopped doing and what you do instead."),
        "workload efficiency reporting paperwork process",
    ),
    PackPrompt(
        "share_a_win.thanks",
        mark("When did a patient, a family or a village elder last thank you? What had you done differently?"),
        "patients care quality community engagement trust",
    ),
    PackPrompt(
        "share_a_win.repair",
        mark("Which broken thing did a colleague get working with whatever was lying around? Describe the fix so that "
             "others can copy it."),
        "repair maintenance water pump generator cold chain fridge vehicle equipment",
    ),
    PackPrompt(
        "share_a_win.meeting",
        mark("Tell us about a meeting that ended with a real decision. What made it different from the others?"),
        "coordination meetings partners cluster management",
    ),
)  # fmt: skip

_WHAT_WENT_WRONG = (
    PackPrompt(
        "what_went_wrong.plan",
        mark("Which plan of yours fell apart on its very first day? What had you put in its place by evening?"),
        "planning campaign assessment project",
    ),
    PackPrompt(
        "what_went_wrong.ran_out",
        mark("Remember a time when you ran out of something that mattered. Which early sign do you watch for now?"),
        "stock supply medicines vaccines fuel logistics stockout pharmacy",
    ),
    PackPrompt(
        "what_went_wrong.misunderstood",
        mark("When was a message or a lesson of yours understood quite differently from what you meant? How did you "
             "find out?"),
        "communication health promotion training rumours risk messages",
    ),
    PackPrompt(
        "what_went_wrong.data",
        mark("A wrong column, an old list, a double count: which slip with numbers cost you the most? What do you "
             "check today because of it?"),
        "data reporting monitoring indicators registration spreadsheet",
    ),
    PackPrompt(
        "what_went_wrong.too_long",
        mark("What did you carry on with for too long although it was not working? Who or what made you stop?"),
        "management decisions evaluation programme",
    ),
)  # fmt: skip

_CASE_CLINIC = (
    PackPrompt(
        "case_clinic.fridge",
        mark("Monday morning, a clinic fridge shows 12 °C, nobody knows since when, and 200 doses are in it. What are "
             "your first three steps?"),
        "cold chain vaccines immunization immunisation fridge temperature pharmacy",
    ),
    PackPrompt(
        "case_clinic.left_off",
        mark("Two mothers say they were left off the distribution list, and people behind them are getting loud. What "
             "do you say and do in the next five minutes?"),
        "distribution food registration targeting complaints crowd protection accountability",
    ),
    PackPrompt(
        "case_clinic.worn_out",
        mark("Your best volunteer has come late four times this month and looks worn out. How do you open the "
             "conversation?"),
        "volunteers staff wellbeing stress burnout mental health supervision",
    ),
    PackPrompt(
        "case_clinic.visit",
        mark("A donor arrives on Thursday and would like to photograph patients. Your nurses are uneasy. What do you "
             "answer, and what do you offer?"),
        "donors consent privacy protection photos dignity ethics visitors",
    ),
    PackPrompt(
        "case_clinic.rain",
        mark("In ten days rain will cut off a health post for a month, and there is room for one more truck. What "
             "goes on it, and what stays behind?"),
        "preparedness floods logistics prepositioning access roads transport rainy season",
    ),
)  # fmt: skip

_HOW_DO_YOU = (
    PackPrompt(
        "how_do_you.hand_over",
        mark("How do you hand over before you go on leave, so that nothing gets lost and nobody has to call you?"),
        "handover turnover documentation staff",
    ),
    PackPrompt(
        "how_do_you.referral",
        mark("How do you explain a referral to somebody who does not read, and make sure that they arrive?"),
        "referral patients literacy maternal health hospital",
    ),
    PackPrompt(
        "how_do_you.count",
        mark("How do you count people in a place where everybody is on the move: a camp, a market, a river landing?"),
        "population estimates assessment displacement registration census camp",
    ),
    PackPrompt(
        "how_do_you.power",
        mark("How do you keep a phone charged and dry through a week without electricity?"),
        "power solar technology devices energy connectivity phones",
    ),
    PackPrompt(
        "how_do_you.complaints",
        mark("How do you learn what people dislike about your service when they are too polite, or too careful, to "
             "complain?"),
        "feedback complaints accountability safeguarding community engagement trust",
    ),
)  # fmt: skip

_DEBATE = (
    PackPrompt(
        "debate.cash",
        mark("Cash or goods: which would you choose for households in your area today? Add one argument against "
             "yourself."),
        "cash transfers vouchers markets food security livelihoods shelter",
    ),
    PackPrompt(
        "debate.gaps",
        mark("Late but complete, or punctual with gaps: which kind of report does less harm? Take a side."),
        "reporting data deadlines donors surveillance",
    ),
    PackPrompt(
        "debate.paid",
        mark("Should community health workers get a salary, or only their costs? Tell us what happened where you saw "
             "one or the other."),
        "community health workers volunteers incentives pay motivation",
    ),
    PackPrompt(
        "debate.experts",
        mark("“No outside expert should stay longer than two weeks.” For or against? Give your strongest reason."),
        "localisation localization partners consultants capacity surge",
    ),
    PackPrompt(
        "debate.train",
        mark("With one training budget: fifty colleagues for a day, or five for two weeks? Defend your pick in three "
             "sentences."),
        "training capacity building learning education budget",
    ),
)  # fmt: skip

_RESOURCE_SWAP = (
    PackPrompt(
        "resource_swap.checklist",
        mark("Which checklist do you use until the paper falls apart? Share it, or type its five best lines."),
        "checklist protocol quality safety infection prevention hygiene",
    ),
    PackPrompt(
        "resource_swap.picture",
        mark("Which drawing, video or song explains good health better than any talk? Post the link, or describe it."),
        "health promotion hygiene nutrition communication materials posters wash",
    ),
    PackPrompt(
        "resource_swap.software",
        mark("Which app or spreadsheet would you give a newcomer to your team? Mention what it cannot do, too."),
        "software tools technology digital data collection mapping",
    ),
    PackPrompt(
        "resource_swap.guidance",
        mark("Whose guidelines do you trust enough to follow? Point us to one page, and what you took from it."),
        "guidelines standards evidence clinical treatment protocol research",
    ),
    PackPrompt(
        "resource_swap.looking_for",
        mark("What have you searched for in vain: a template, a translation, a phone number? Ask here, and offer "
             "something in return."),
        "templates translation contacts suppliers procurement partners",
    ),
)  # fmt: skip

_LOOK_BACK = (
    PackPrompt(
        "look_back.rush",
        mark("Think of the last outbreak, flood or sudden rush. Next time, what will be ready before it starts?"),
        "outbreak cholera measles epidemic emergency preparedness response floods",
    ),
    PackPrompt(
        "look_back.belief",
        mark("What were you sure of a year ago that you doubt now? Name what changed your mind."),
        "learning practice evidence reflection",
    ),
    PackPrompt(
        "look_back.calendar",
        mark("Scroll through your calendar of the past month. Which hours did the most for the people you serve, and "
             "which could go?"),
        "time management workload priorities meetings",
    ),
    PackPrompt(
        "look_back.advice",
        mark("Which advice from this group have you tried out? Report back, also when nothing came of it."),
        "peer learning practice follow up",
    ),
    PackPrompt(
        "look_back.lasting",
        mark("Which project ended long ago and is still doing good? What, do you think, made it last?"),
        "sustainability exit handover project ownership water maintenance",
    ),
)  # fmt: skip

PACK: dict[str, PackPrompt] = {
    one.name: one
    for one in (
        *_WARM_UP,
        *_SHARE_A_WIN,
        *_WHAT_WENT_WRONG,
        *_CASE_CLINIC,
        *_HOW_DO_YOU,
        *_DEBATE,
        *_RESOURCE_SWAP,
        *_LOOK_BACK,
    )
}
