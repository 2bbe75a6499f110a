"""Pages of a centre, in the order in which a bag of blood comes by them."""

from django.urls import path

from .views import (
    bags,
    centers,
    donations,
    joining,
    laboratory,
    questions,
    reception,
    release,
    sessions,
    stock,
    visits,
)

app_name = "centers"

urlpatterns = [
    path("", centers.home, name="home"),
    path("at/<slug:code>/", centers.detail, name="center-detail"),
    # Sessions and arrivals
    path("at/<slug:code>/sessions/plan/", sessions.plan, name="session-plan"),
    path("sessions/<uuid:public_id>/", sessions.board, name="session-board"),
    path("sessions/<uuid:public_id>/arrivals/", sessions.arrivals, name="session-arrivals"),
    path("sessions/<uuid:public_id>/open/", sessions.open_now, name="session-open"),
    path("sessions/<uuid:public_id>/close/", sessions.close, name="session-close"),
    path("sessions/<uuid:public_id>/move/", sessions.move, name="session-move"),
    path("sessions/<uuid:public_id>/cancel/", sessions.cancel, name="session-cancel"),
    # Reception
    path("sessions/<uuid:public_id>/donors/", reception.find, name="donor-find"),
    path("sessions/<uuid:public_id>/register/", reception.register, name="donor-register"),
    path("sessions/<uuid:public_id>/arrive/", reception.arrive, name="donor-arrive"),
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
    path("visits/<uuid:public_id>/defer/", visits.defer, name="visit-defer"),
    path("visits/<uuid:public_id>/leave/", visits.leave, name="visit-leave"),
    path("visits/<uuid:public_id>/donation/", donations.record, name="donation-record"),
    path("donations/<uuid:public_id>/", donations.detail, name="donation-detail"),
    # Two rows that may be one person
    path("at/<slug:code>/duplicates/", joining.listed, name="duplicate-list"),
    path("at/<slug:code>/duplicates/<uuid:public_id>/", joining.compare, name="duplicate-detail"),
    path(
        "at/<slug:code>/duplicates/<uuid:public_id>/settle/",
        joining.settle,
        name="duplicate-settle",
    ),
    path("at/<slug:code>/merges/<uuid:public_id>/part/", joining.part, name="merge-part"),
    # Laboratory
    path("at/<slug:code>/laboratory/", laboratory.worklist, name="result-list"),
    path("donations/<uuid:public_id>/results/", laboratory.results, name="result-detail"),
    path("donations/<uuid:public_id>/results/enter/", laboratory.enter, name="result-enter"),
    path("at/<slug:code>/release/", release.listed, name="release-list"),
    path("donations/<uuid:public_id>/release/", release.release, name="donation-release"),
    # Stock
    path("at/<slug:code>/stock/", stock.shelf, name="stock"),
    path("at/<slug:code>/stock/confirm/", stock.confirm, name="stock-confirm"),
    path("at/<slug:code>/floors/<slug:component>/<str:group>/", stock.set_floor, name="floor-set"),
    path("at/<slug:code>/bags/", bags.listed, name="bag-list"),
    path("bags/<uuid:public_id>/", bags.detail, name="bag-detail"),
    path("bags/<uuid:public_id>/issue/", bags.issue, name="bag-issue"),
    path("bags/<uuid:public_id>/discard/", bags.discard, name="bag-discard"),
]
