from django.urls import path

from .views import bags, counts, hospitals, issue_rules, patients, requests, transfers

urlpatterns = [
    path("at/<slug:code>/bags/", bags.index, name="bag-list"),
    path("bags/<uuid:public_id>/", bags.detail, name="bag-detail"),
    path("bags/<uuid:public_id>/issue/", bags.issue, name="bag-issue"),
    path("bags/<uuid:public_id>/discard/", bags.discard, name="bag-discard"),
    # Hospital requests, returns and reports
    path("at/<slug:code>/hospitals/", hospitals.hospitals, name="hospital-list"),
    path("at/<slug:code>/hospitals/<int:pk>/", hospitals.hospitals, name="hospital-edit"),
    path("at/<slug:code>/requests/", requests.index, name="request-list"),
    path("at/<slug:code>/requests/new/", requests.new, name="request-new"),
    path("requests/<uuid:public_id>/", requests.detail, name="request-detail"),
    path("requests/<uuid:public_id>/note/", requests.note, name="request-note"),
    path("requests/<uuid:public_id>/reserve/", requests.reserve, name="request-reserve"),
    path("requests/<uuid:public_id>/pick/", requests.pick, name="request-pick"),
    path(
        "requests/<uuid:public_id>/picks/<int:pk>/put-back/",
        requests.put_back,
        name="pick-put-back",
    ),
    path("requests/<uuid:public_id>/issue/", requests.issue, name="request-issue"),
    path("requests/<uuid:public_id>/emergency/", requests.ask_emergency, name="emergency-ask"),
    path(
        "requests/<uuid:public_id>/emergency/<int:pk>/agree/",
        requests.agree_emergency,
        name="emergency-agree",
    ),
    path(
        "requests/<uuid:public_id>/reservations/<int:pk>/give-back/",
        requests.give_back,
        name="reservation-give-back",
    ),
    path("requests/<uuid:public_id>/close/", requests.close, name="request-close"),
    path("at/<slug:code>/away/", hospitals.away, name="bags-away"),
    path("at/<slug:code>/away/return/", hospitals.take_back, name="bag-return"),
    path("at/<slug:code>/away/report/", hospitals.report, name="bag-report"),
    # Patients: samples, readings, crossmatches, needs
    path("at/<slug:code>/patients/", patients.index, name="patient-list"),
    path("at/<slug:code>/issue-rules/", issue_rules.issue_rules, name="issue-rules"),
    path("patients/<uuid:public_id>/", patients.detail, name="patient-detail"),
    path("patients/<uuid:public_id>/sample/", patients.sample, name="patient-sample"),
    path("patients/<uuid:public_id>/read/", patients.read, name="patient-read"),
    path("patients/<uuid:public_id>/crossmatch/", patients.crossmatch, name="patient-crossmatch"),
    path("patients/<uuid:public_id>/require/", patients.require, name="patient-require"),
    path(
        "patients/<uuid:public_id>/needs/<int:pk>/end/", patients.end_need, name="patient-need-end"
    ),
    path(
        "patients/<uuid:public_id>/readings/<int:pk>/end/",
        patients.end_reading,
        name="patient-reading-end",
    ),
    # Transfers between centres
    path("at/<slug:code>/transfers/", transfers.index, name="transfer-list"),
    path("at/<slug:code>/transfers/new/", transfers.new, name="transfer-new"),
    path("transfers/<uuid:public_id>/", transfers.detail, name="transfer-detail"),
    path("transfers/<uuid:public_id>/approve/", transfers.approve, name="transfer-approve"),
    path("transfers/<uuid:public_id>/refuse/", transfers.refuse, name="transfer-refuse"),
    path("transfers/<uuid:public_id>/decline/", transfers.decline, name="transfer-decline"),
    path("transfers/<uuid:public_id>/ask-below/", transfers.ask_below, name="transfer-ask-below"),
    path(
        "transfers/<uuid:public_id>/agree-below/",
        transfers.agree_below,
        name="transfer-agree-below",
    ),
    path("transfers/<uuid:public_id>/withdraw/", transfers.withdraw, name="transfer-withdraw"),
    path("transfers/<uuid:public_id>/put-in/", transfers.put_in, name="transfer-put-in"),
    path("transfers/<uuid:public_id>/unpack/<int:pk>/", transfers.unpack, name="transfer-unpack"),
    path("transfers/<uuid:public_id>/cancel/", transfers.cancel, name="transfer-cancel"),
    path("transfers/<uuid:public_id>/send/", transfers.send, name="transfer-send"),
    path("transfers/<uuid:public_id>/take-out/", transfers.take_out, name="transfer-take-out"),
    path("transfers/<uuid:public_id>/receive/", transfers.receive, name="transfer-receive"),
    path("transfers/<uuid:public_id>/lost/<int:pk>/", transfers.lose, name="transfer-lose"),
    # Stock counts
    path("at/<slug:code>/counts/", counts.index, name="count-list"),
    path("counts/<uuid:public_id>/", counts.detail, name="count-detail"),
    path("counts/<uuid:public_id>/scan/", counts.scan, name="count-scan"),
    path("counts/<uuid:public_id>/finish/", counts.finish, name="count-finish"),
    path("counts/<uuid:public_id>/lost/<uuid:bag>/", counts.lose, name="count-lose"),
]
