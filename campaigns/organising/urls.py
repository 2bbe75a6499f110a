from django.urls import path, re_path

from .views import account, answers, drives, memo_links, memo_units, memos, reach, rosters

urlpatterns = [
    # Behind the link in an officer's message
    path("m/<str:token>/", memo_links.show, name="memo-link"),
    path(
        "m/<str:token>/<slug:unit>/acknowledge/",
        memo_links.acknowledge,
        name="memo-link-acknowledge",
    ),
    path("m/<str:token>/<slug:unit>/will/", memo_links.will, name="memo-link-will"),
    path("m/<str:token>/<slug:unit>/cannot/", memo_links.cannot, name="memo-link-cannot"),
    # Pages of officers and administrators
    path("reach/", reach.own, name="reach"),
    path("reach/phone/", reach.phone, name="reach-phone"),
    path("reach/prove/", reach.prove, name="reach-prove"),
    path("reach/away/", reach.away, name="reach-away"),
    path("reach/back/<int:pk>/", reach.back, name="reach-back"),
    path("operations/<uuid:public_id>/memo/", memos.write, name="memo-write"),
    path("operations/<uuid:public_id>/memo/issue/", memos.issue, name="memo-issue"),
    path("memos/", memos.index, name="memo-list"),
    path("memos/<uuid:public_id>/", memos.detail, name="memo-detail"),
    path("memos/<uuid:public_id>/answers/", answers.tree, name="memo-answers"),
    path("memos/<uuid:public_id>/answers/live/", answers.live, name="memo-answers-live"),
    re_path(
        r"^memos/(?P<public_id>[0-9a-f-]{36})/answers\.(?P<ending>csv|xlsx)$",
        answers.sheet,
        name="memo-sheet",
    ),
    path("memos/<uuid:public_id>/account/", account.account, name="memo-account"),
    re_path(
        r"^memos/(?P<public_id>[0-9a-f-]{36})/account\.(?P<ending>csv|xlsx)$",
        account.sheet,
        name="memo-account-sheet",
    ),
    path(
        "memos/<uuid:public_id>/<slug:unit>/acknowledge/",
        memos.acknowledge,
        name="memo-acknowledge",
    ),
    path("memos/<uuid:public_id>/<slug:unit>/will/", memos.will, name="memo-will"),
    path("memos/<uuid:public_id>/<slug:unit>/cannot/", memos.cannot, name="memo-cannot"),
    path("memos/<uuid:public_id>/calls/", memo_units.calls, name="memo-calls"),
    path("memos/<uuid:public_id>/<slug:unit>/", memo_units.detail, name="memo-unit"),
    path("memos/<uuid:public_id>/<slug:unit>/remind/", memo_units.remind, name="memo-remind"),
    path("memos/<uuid:public_id>/<slug:unit>/phone/", memo_units.phone, name="memo-phone"),
    path("memos/<uuid:public_id>/<slug:unit>/forward/", memo_units.forward, name="memo-forward"),
    path("rosters/", rosters.index, name="rosters"),
    path("rosters/<uuid:public_id>/", rosters.detail, name="roster"),
    path("rosters/<uuid:public_id>/state/", rosters.state, name="roster-state"),
    path("rosters/<uuid:public_id>/faults.csv", rosters.faults, name="roster-faults"),
    path("rosters/<uuid:public_id>/apply/", rosters.agree, name="roster-apply"),
    path("rosters/<uuid:public_id>/cancel/", rosters.cancel, name="roster-cancel"),
    path("drives/", drives.index, name="drive-list"),
    path("drives/plan/", drives.plan, name="drive-plan"),
    path("drives/<uuid:public_id>/", drives.detail, name="drive-detail"),
    path("drives/<uuid:public_id>/tell/", drives.tell, name="drive-tell"),
    path("drives/<uuid:public_id>/thank/", drives.thank, name="drive-thank"),
    path("drives/<uuid:public_id>/confirm/", drives.confirm, name="drive-confirm"),
    path("drives/<uuid:public_id>/decline/", drives.decline, name="drive-decline"),
    path("drives/<uuid:public_id>/cancel/", drives.cancel, name="drive-cancel"),
]
