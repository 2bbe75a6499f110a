"""What a memo must not say, and what it may."""

import pytest

from campaigns.organising.coercion import found


@pytest.mark.parametrize(
    "text",
    [
        "Every officer must give.",
        "All staff must give blood before Friday.",
        "Each member of the unit is required to donate.",
        "Giving blood is mandatory for all ranks.",
        "Units must organise a campaign and every officer has to donate.",
        "Send a list of those who did not give.",
        "A list of those who did not.",
        "Staff who refuse to give will face disciplinary measures.",
        "Il est rappelé l’obligation de donner son sang.",
        "obligation de donner",
        "Tous les fonctionnaires doivent donner leur sang.",
        "Le don de sang est obligatoire.",
        "Les agents sont tenus de donner.",
        "Une liste nominative de ceux qui n’ont pas donné sera transmise.",
        "Tout refus de donner sera suivi de sanctions disciplinaires.",
        "يتعين على كل موظف أن يتبرع",
        "يجب على جميع الموظفين التبرع بالدم.",
        "يَجِبُ عَلَى الْجَمِيعِ التَّبَرُّعُ",
        "التبرع بالدم إلزامي لجميع الرتب.",
        "وجميع الموظفين ملزمون بالتبرع.",
        "موافاتنا بلائحة بأسماء الذين لم يتبرعوا.",
        "كل امتناع عن التبرع يعرض صاحبه لعقوبات تأديبية.",
    ],
)
def test_words_that_oblige_or_threaten_are_found(text):
    assert found("Giving is voluntary.", text)


@pytest.mark.parametrize(
    "text",
    [
        "Giving is voluntary; units must organise.",
        "Units must organise a blood donation campaign by Friday.",
        "Nobody is obliged to give, and no list is made of those who did not give.",
        "Commanders must give donors a rest and count their time as duty time.",
        "Units shall report the number of donors of each day.",
        "People with a fever must not give.",
        "Giving blood is not mandatory.",
        "Le don est volontaire ; les unités doivent organiser une campagne de don de sang.",
        "Nul n’est obligé de donner ; aucune liste de ceux qui n’ont pas donné n’est établie.",
        "Les unités doivent donner suite avant vendredi et donner la date de la campagne.",
        "Sans obligation de donner.",
        "Le don n’est pas obligatoire.",
        "التبرع طوعي؛ يتعين على الوحدات تنظيم حملة للتبرع بالدم.",
        "لا يلزم أحد بالتبرع، ولا تعد لوائح بأسماء من تبرع أو لم يتبرع.",
        "التبرع بالدم ليس إلزاميا.",
        "يجب تمكين المتبرعين من وقت للراحة.",
        "يجب توفير قاعة للتبرع بالدم.",
    ],
)
def test_organising_and_denials_are_no_false_alarm(text):
    assert found(text) == []
