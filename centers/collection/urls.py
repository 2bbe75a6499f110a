from django.urls import path

from .views import (
    acceptance,
    afterwards,
    board,
    chair,
    closing,
    donations,
    joining,
    numbers,
    paper,
    questions,
    reception,
    records,
    visits,
)

urlpatterns = [
    path("sessions/<uuid:public_id>/", board.board, name="session-board"),
    path("sessions/<uuid:public_id>/day/", board.day, name="session-day"),
    path("sessions/<uuid:public_id>/arrivals/", board.arrivals, name="session-arrivals"),
    path("sessions/<uuid:public_id>/open/", board.open_now, name="session-open"),
    path("sessions/<uuid:public_id>/close/", board.close, name="session-close"),
    path("sessions/<uuid:public_id>/move/", board.move, name="session-move"),
    path("sessions/<uuid:public_id>/cancel/", board.cancel, name="session-cancel"),
    path("sessions/<uuid:public_id>/scan/", reception.scan, name="session-scan"),
    path("sessions/<uuid:public_id>/people/", reception.people, name="session-people"),
    # Numbers and the closing sheet
    path("sessions/<uuid:public_id>/numbers/", numbers.index, name="number-list"),
    path("sessions/<uuid:public_id>/numbers/give-out/", numbers.give_out, name="number-give-out"),
    path("sessions/<uuid:public_id>/numbers/void/", numbers.void, name="number-void"),
    path(
        "sessions/<uuid:public_id>/numbers/<slug:first>.pdf", numbers.labels, name="number-labels"
    ),
    path("sessions/<uuid:public_id>/closing/", closing.sheet, name="closing"),
    path("sessions/<uuid:public_id>/closing/sign/", closing.sign, name="closing-sign"),
    path(
        "sessions/<uuid:public_id>/closing/countersign/",
        closing.countersign,
        name="closing-countersign",
    ),
    # Reception
    path("sessions/<uuid:public_id>/donors/", reception.find, name="donor-find"),
    path("sessions/<uuid:public_id>/register/", reception.register, name="donor-register"),
    path("sessions/<uuid:public_id>/arrive/", reception.arrive, name="donor-arrive"),
    # Papers of sessions without a network
    path("sessions/<uuid:public_id>/paper/", paper.index, name="paper-list"),
    path("sessions/<uuid:public_id>/paper/begin/", paper.begin, name="paper-begin"),
    path(
        "sessions/<uuid:public_id>/paper/register/",
        reception.register,
        {"paper": True},
        name="paper-register",
    ),
    path("paper/<uuid:public_id>/", paper.key, name="paper-key"),
    path("paper/<uuid:public_id>/drop/", paper.drop, name="paper-drop"),
    # Measures, decision, donation
    path("visits/<uuid:public_id>/", visits.detail, name="visit-detail"),
    path("visits/<uuid:public_id>/ask/", questions.ask, name="visit-ask"),
    path("visits/<uuid:public_id>/clear/", questions.clear, name="visit-clear"),
    path(
        "visits/<uuid:public_id>/deferrals/<int:pk>/end/",
        questions.end_deferral,
        name="deferral-end",
    ),
    path(
        "visits/<uuid:public_id>/deferrals/<int:pk>/ask-to-lift/",
        questions.ask_to_lift,
        name="lift-ask",
    ),
    path("visits/<uuid:public_id>/deferrals/<int:pk>/lift/", questions.lift, name="lift"),
    path("visits/<uuid:public_id>/measure/", visits.measure, name="visit-measure"),
    path("visits/<uuid:public_id>/accept/", visits.accept, name="visit-accept"),
    path("visits/<uuid:public_id>/defer/", visits.defer, name="visit-defer"),
    path("visits/<uuid:public_id>/leave/", visits.leave, name="visit-leave"),
    path("visits/<uuid:public_id>/back/", visits.come_back, name="visit-back"),
    path("visits/<uuid:public_id>/override/", questions.override, name="visit-override"),
    path("visits/<uuid:public_id>/start/", chair.start, name="bleeding-start"),
    path("visits/<uuid:public_id>/end/", chair.end, name="bleeding-end"),
    path("visits/<uuid:public_id>/home/", chair.leave, name="visit-home"),
    path("visits/<uuid:public_id>/reaction/", afterwards.note_reaction, name="reaction-note"),
    path("reactions/<int:pk>/", afterwards.reaction, name="reaction-detail"),
    path("at/<slug:code>/reactions/", afterwards.reactions_open, name="reaction-list"),
    path("at/<slug:code>/acceptance/", acceptance.acceptance, name="acceptance"),
    path("visits/<uuid:public_id>/correct/", afterwards.correct, name="visit-correct"),
    path("donations/<uuid:public_id>/", donations.detail, name="donation-detail"),
    # Records of people, outside a session
    path("at/<slug:code>/people/", records.find, name="record-find"),
    path("at/<slug:code>/people/<uuid:public_id>/why/", records.why, name="record-why"),
    path(
        "at/<slug:code>/people/<uuid:public_id>/correct/<slug:field>/",
        records.correct,
        name="record-correct",
    ),
    path(
        "at/<slug:code>/corrections/<uuid:public_id>/decide/",
        records.decide,
        name="record-decide",
    ),
    # Duplicates
    path("at/<slug:code>/duplicates/", joining.index, name="duplicate-list"),
    path("at/<slug:code>/duplicates/<uuid:public_id>/", joining.compare, name="duplicate-detail"),
    path(
        "at/<slug:code>/duplicates/<uuid:public_id>/settle/",
        joining.settle,
        name="duplicate-settle",
    ),
    path("at/<slug:code>/merges/<uuid:public_id>/part/", joining.part, name="merge-part"),
]
