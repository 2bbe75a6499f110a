from django.urls import path

from .views import answers, appeals, calls, waves

urlpatterns = [
    path("appeals/", appeals.index, name="appeal-list"),
    path("calls/", calls.index, name="call-list"),
    path("calls/<uuid:public_id>/next/", calls.take, name="call-next"),
    path("calls/<uuid:public_id>/", calls.detail, name="call"),
    path("calls/<uuid:public_id>/said/", calls.said, name="call-said"),
    path("appeals/<uuid:public_id>/", appeals.detail, name="appeal-detail"),
    path("appeals/<uuid:public_id>/funnel/", appeals.funnel, name="appeal-funnel"),
    path("appeals/<uuid:public_id>/stop/", appeals.stop, name="appeal-stop"),
    path("appeals/<uuid:public_id>/lift/", appeals.lift, name="appeal-lift"),
    path("appeals/<uuid:public_id>/approve/", waves.approve_all, name="appeal-approve"),
    path("waves/<uuid:public_id>/", waves.detail, name="wave"),
    path("waves/<uuid:public_id>/approve/", waves.approve, name="wave-approve"),
    path("waves/<uuid:public_id>/refuse/", waves.refuse, name="wave-refuse"),
    path("waves/<uuid:public_id>/undo/", waves.undo, name="wave-undo"),
    path("appeal/check/", appeals.verify, name="verify"),
    path("appeal/<uuid:public_id>/", appeals.public, name="appeal-public"),
    # Short, because it is part of an SMS.
    path("a/<str:token>/", answers.answer, name="answer"),
    path("a/<str:token>/book/", answers.book, name="answer-book"),
    path("a/<str:token>/decline/", answers.decline, name="answer-decline"),
    path("a/<str:token>/keep/", answers.keep, name="answer-keep"),
    path("a/<str:token>/keep/not/", answers.unkeep, name="answer-unkeep"),
    path("a/<str:token>/pause/", answers.pause, name="answer-pause"),
    path("stop/<str:token>/", answers.stop_appeals, name="stop-appeals"),
]
