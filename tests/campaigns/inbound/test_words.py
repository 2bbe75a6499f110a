import pytest

from campaigns.inbound import words


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", "Stop svp", "ok stop merci", "arret", "Arrêt", "ARRÊTEZ !", "désabonner", "قف", "قِفْ",
        "توقف", "أوقفوا", "إيقاف", "بركا", "باراكا stop", "baraka", "7bess", "STOP 15", "الغاء من فضلك",
    ],
)  # fmt: skip
def test_stop_is_heard_as_people_write_it(text):
    assert words.read(text).meaning == "stop"


@pytest.mark.parametrize("text", ["don't stop", "ne pas arrêter", "لا توقف", "it will never stop"])
def test_denied_stop_is_read_by_a_person(text):
    assert words.read(text).meaning == "other"


@pytest.mark.parametrize(
    ("text", "hour", "minute", "half"),
    [
        ("oui", None, None, ""), ("Oui 15h", 15, None, ""), ("oui, 15h30", 15, 30, ""), ("نعم 15", 15, None, ""),
        ("نعم ١٥", 15, None, ""), ("yes 3pm", 3, None, "pm"), ("YES 3 PM", 3, None, "pm"), ("ok 9:15", 9, 15, ""),
        ("واخا مع 3 مساءً", 3, None, "pm"), ("oui à 8 h", 8, None, ""), ("d’accord 10.30", 10, 30, ""),
        ("نعم على الساعة 15:30", 15, 30, ""),
    ],
)  # fmt: skip
def test_yes_and_its_time(text, hour, minute, half):
    said = words.read(text)
    assert (said.meaning, said.hour, said.minute, said.half) == ("yes", hour, minute, half)


@pytest.mark.parametrize(
    ("text", "choice", "people"),
    [
        ("2 60", 2, 60),
        ("٢ ٦٠", 2, 60),
        ("2", 2, None),
        ("choix 3 : 120", 3, 120),
        ("يوم 1 40", 1, 40),
    ],
)
def test_choice_of_an_officer(text, choice, people):
    said = words.read(text)
    assert (said.meaning, said.choice, said.people) == ("take", choice, people)


@pytest.mark.parametrize("text", ["non", "Non merci", "لا", "لا شكرا"])
def test_no(text):
    assert words.read(text).meaning == "no"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "؟؟",
        "Je suis en voiture, je vous rappelle plus tard merci",
        "من أنتم",
        "15",
        "non 15",
        "who is this",
    ],
)
def test_anything_else_is_for_a_person(text):
    assert words.read(text).meaning == "other"
