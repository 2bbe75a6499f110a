from django.urls import path

from .views import entrance, me, me_questions, records

urlpatterns = [
    path("me/", me.home, name="me"),
    path("me/enter/", entrance.enter, name="me-enter"),
    path("me/code/<uuid:public_id>/", entrance.code, name="me-code"),
    path("me/keep/not/", me.unkeep, name="me-unkeep"),
    path("me/history/", me.history, name="me-history"),
    path("me/withhold/", me.withhold, name="me-withhold"),
    path("me/card/", me.card, name="me-card"),
    path("me/card.svg", me.card_code, name="me-card-code"),
    path("me/questions/", me_questions.ask, name="me-questions"),
    path("me/wishes/", me.wishes, name="me-wishes"),
    path("me/addresses/add/", entrance.add_address, name="me-add-address"),
    path("me/addresses/<int:pk>/drop/", me.drop_address, name="me-drop-address"),
    path("me/addresses/<int:pk>/prefer/", me.prefer_address, name="me-prefer-address"),
    path("me/sent/", me.sent, name="me-sent"),
    path("me/push/", me.push, name="me-push"),
    path("me/data/", me.data, name="me-data"),
    path("me/erase/", me.erase, name="me-erase"),
    # A record as staff of a centre read it
    path("at/<slug:code>/people/<uuid:public_id>/", records.record, name="record"),
    path(
        "at/<slug:code>/people/<uuid:public_id>/certificate/",
        records.certificate,
        name="record-certificate",
    ),
    path("at/<slug:code>/people/<uuid:public_id>/data.json", records.export, name="record-export"),
    path("me/data.json", me.export, name="me-export"),
]
