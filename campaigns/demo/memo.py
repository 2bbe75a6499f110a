"""The operation, the urgent memo and what the units answered."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from campaigns.models import Addressee, Memo, Operation
from donors.models import Province, Unit, User

from .places import moment

STRICKEN = ("MA-HAO", "MA-MAR", "MA-TAR", "MA-CHI", "MA-AZI", "MA-OUA")
SILENT = ("DP-HAO", "DP-CHI", "DP-TAR", "DP-ZAG", "DI-CAS-ERRAHMA", "CP-TRG", "CP-EMR", "DP-BOD")
SEEN = ("PP-MAR", "DP-AZI", "CP-TIN", "DP-SIF")
CANNOT = {
    "DP-TAT": "لا توجد قاعة مجهزة قرب وحدتنا؛ سيلتحق الراغبون بالحملة المنظمة بأكادير.",
    "DP-ESM": "أقرب مركز لتحاقن الدم بالعيون، وسنشارك في حملة ولاية الأمن هناك.",
    "CP-BBA": "سيتم التبرع ضمن حملة الأمن الجهوي بالحسيمة.",
    "DP-JRA": "سنشارك في حملة ولاية الأمن بوجدة.",
}
SUBJECT = "حملة وطنية عاجلة للتبرع بالدم لفائدة ضحايا زلزال الحوز"
BODY = """نص معاد تركيبه لأغراض العرض: المذكرة الأصلية غير منشورة، وتواريخ هذا العرض محسوبة انطلاقا من اليوم.

من المدير العام للأمن الوطني
إلى السيدات والسادة ولاة الأمن ورؤساء الأمن الجهوي والإقليمي والمناطق ومفوضيات الشرطة

الموضوع: {subject}

على إثر الزلزال الذي ضرب إقليم الحوز ليلة 8 شتنبر 2023، وبالنظر إلى الخصاص المسجل في مخزون الدم، خصوصا بمركزي تحاقن الدم بمراكش وأكادير، يطلب منكم:

1. تنظيم حملة للتبرع بالدم لفائدة موظفات وموظفي الأمن الوطني من جميع الرتب وأسرهم، مع إعطاء الأولوية للمناطق المتضررة والأقاليم المجاورة لها.
2. التنسيق مع أقرب مركز لتحاقن الدم ومع مفتشية مصالح الصحة، وضبط القاعة والأيام وعدد المتبرعين في اليوم باتفاق مع المركز، دون تجاوز طاقته الاستيعابية.
3. تمكين المتبرعين من وقت الراحة ووجبة خفيفة واحتساب مدة التبرع ضمن أوقات العمل.
4. موافاتنا بتاريخ الحملة والعدد المنتظر من المتبرعين وبالصعوبات المحتملة قبل انتهاء الأجل المحدد.

ويذكر أن التبرع بالدم عمل تطوعي ومجاني طبقا للقانون 03.94. تأمر هذه المذكرة بالتنظيم وليس بالتبرع: لا يلزم به أحد، ولا تعد لوائح بأسماء من تبرع أو لم يتبرع، ولا ترفع إلينا إلا الأعداد.

والسلام."""  # noqa: E501

SUBJECT_FR = "Campagne nationale urgente de don de sang pour les victimes du séisme d’Al Haouz"
BODY_FR = """Texte reconstitué pour la démonstration : la note originale n’est pas publiée.

À la suite du séisme d’Al Haouz et vu l’insuffisance du stock de sang, il vous est demandé d’organiser une campagne de don de sang avec le centre de transfusion le plus proche, sans dépasser sa capacité, et de nous en indiquer la date, le nombre de donneurs attendus et les difficultés éventuelles avant l’échéance.

Le don de sang est volontaire et gratuit (loi 03-94). Cette note ordonne l’organisation, non le don."""  # noqa: E501


def open_operation(*, by: User, now: datetime) -> Operation:
    operation = Operation.objects.create(
        name_ar="زلزال الحوز",
        name_fr="Séisme d’Al Haouz",
        name_en="Al Haouz earthquake",
        kind=Operation.Kind.EARTHQUAKE,
        began_on="2023-09-08",
        opened_at=now - timedelta(days=6),
        opened_by=by,
    )
    operation.provinces.set(Province.objects.filter(code__in=STRICKEN))
    return operation


def issue(*, operation: Operation, by: User, now: datetime) -> Memo:
    """Issued to the whole tree; the answer is due tomorrow evening, so that a visitor may still
    give it."""
    today = timezone.localdate(now)
    top = Unit.objects.get(code="DGSN")
    memo = Memo.objects.create(
        operation=operation,
        reference="م.م/2023/0908 (إعادة تركيب)",
        issuer=top,
        subject_ar=SUBJECT,
        body_ar=BODY.format(subject=SUBJECT),
        subject_fr=SUBJECT_FR,
        body_fr=BODY_FR,
        reports=Memo.Report.values,
        issued_at=moment(today - timedelta(days=5), 10),
        issued_by=by,
        deadline_at=moment(today + timedelta(days=1), 18),
    )
    units = Unit.objects.below(top).exclude(pk=top.pk)
    Addressee.objects.bulk_create(
        Addressee(memo=memo, unit=unit, sent_at=memo.issued_at) for unit in units
    )
    return memo


def answer(
    *,
    memo: Memo,
    officers: dict[str, User],
    planned: dict[str, date],
    dice: random.Random,
    now: datetime,
) -> None:
    """Most units will organise, a few cannot, some do not answer.

    ``planned`` are the days of the units whose campaign is described in full.
    """
    today = timezone.localdate(now)
    changed = []
    for addressee in memo.addressees.select_related("unit"):
        code = addressee.unit.code
        if code in SILENT:
            continue
        chosen = today + timedelta(days=dice.randrange(-2, 12))
        day = planned.get(code, chosen)
        pace = 0.05 if day < today else 1  # a campaign that is over was answered early
        addressee.seen_at = memo.issued_at + timedelta(hours=dice.uniform(0.3, 30) * pace)
        if code not in SEEN or code == "PP-MAR":
            read_at = addressee.seen_at + timedelta(minutes=dice.randrange(2, 90))
            addressee.acknowledged_at = read_at
            addressee.acknowledged_by = officers[code]
        if code not in SEEN:
            hours = dice.uniform(1, 40) * pace
            addressee.answered_at = read_at + timedelta(hours=hours)
            addressee.answered_by = officers[code]
            if code in CANNOT:
                addressee.answer = Addressee.Answer.CANNOT
                addressee.because = CANNOT[code]
            else:
                addressee.answer = Addressee.Answer.WILL
                addressee.planned_on = day
                addressee.expected_donors = dice.randrange(20, 160, 5)
        changed.append(addressee)
    Addressee.objects.bulk_update(
        changed,
        ["seen_at", "acknowledged_at", "acknowledged_by", "answer", "answered_at", "answered_by"]
        + ["because", "planned_on", "expected_donors"],
    )
