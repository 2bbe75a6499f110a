from django.urls import path

from .views import alarms, equipment, floors, look_backs, lots, recalls, stock, trace

urlpatterns = [
    # Stock
    path("at/<slug:code>/stock/", stock.shelf, name="stock"),
    path("at/<slug:code>/stock/confirm/", stock.confirm, name="stock-confirm"),
    path(
        "at/<slug:code>/shelf-checks/<slug:component>/answer/", floors.answer, name="shelf-answer"
    ),
    # Floors
    path("at/<slug:code>/floors/", floors.index, name="floor-list"),
    path("at/<slug:code>/floors/stale/", floors.set_stale, name="stale-set"),
    path("at/<slug:code>/floors/<slug:component>/<str:group>/", floors.set_floor, name="floor-set"),
    path(
        "at/<slug:code>/floors/<slug:component>/<str:group>/none/",
        floors.leave_out,
        name="floor-none",
    ),
    # Lots
    path("at/<slug:code>/lots/", lots.index, name="lot-list"),
    path("lots/<uuid:public_id>/", lots.detail, name="lot-detail"),
    path("lots/<uuid:public_id>/recall/", lots.recall, name="lot-recall"),
    # Equipment and temperatures
    path("at/<slug:code>/equipment/", equipment.index, name="equipment-list"),
    path("at/<slug:code>/equipment/new/", equipment.edit, name="equipment-new"),
    path("at/<slug:code>/equipment/<uuid:public_id>/", equipment.edit, name="equipment-edit"),
    path("equipment/<uuid:public_id>/", equipment.detail, name="equipment-detail"),
    path("equipment/<uuid:public_id>/check/", equipment.check, name="equipment-check"),
    path("equipment/<uuid:public_id>/out/", equipment.take_out, name="equipment-out"),
    path("equipment/<uuid:public_id>/back/", equipment.bring_back, name="equipment-back"),
    path("equipment/<uuid:public_id>/put-in/", equipment.put_in, name="equipment-put-in"),
    path("equipment/<uuid:public_id>/temperature/", equipment.note, name="temperature-note"),
    path("equipment/<uuid:public_id>/logger/", equipment.hand_in, name="temperature-file"),
    path("temperature-alarms/<uuid:public_id>/", equipment.alarm, name="temperature-alarm"),
    # Alarms about bags
    path("at/<slug:code>/alarms/", alarms.index, name="alarm-list"),
    path("at/<slug:code>/alarms/answer/", alarms.answer, name="alarm-answer"),
    path("bags/<uuid:public_id>/found/", alarms.found, name="bag-found"),
    # Recalls, look-backs and tracing: a doctor's pages
    path("at/<slug:code>/look-backs/", look_backs.index, name="look-back-list"),
    path("look-backs/<int:pk>/", look_backs.detail, name="look-back"),
    path("look-backs/<int:pk>/recall/", look_backs.recall_earlier, name="look-back-recall"),
    path("look-backs/<int:pk>/step/", look_backs.step, name="look-back-step"),
    path("look-backs/<int:pk>/letter/", look_backs.letter, name="look-back-letter"),
    path("look-backs/<int:pk>/letters/", look_backs.letters, name="look-back-letters"),
    path("look-backs/<int:pk>/close/", look_backs.close, name="look-back-close"),
    path("at/<slug:code>/recalls/", recalls.index, name="recall-list"),
    path("donations/<uuid:public_id>/recall/", recalls.begin, name="recall-begin"),
    path("recalls/<uuid:public_id>/", recalls.detail, name="recall-detail"),
    path("recalls/<uuid:public_id>/steps/<uuid:bag>/", recalls.step, name="recall-step"),
    path("recalls/<uuid:public_id>/close/", recalls.close, name="recall-close"),
    path("visits/<uuid:public_id>/trace/", trace.forward, name="trace-forward"),
    path("bags/<uuid:public_id>/trace/", trace.back, name="trace-back"),
]
