from django.urls import path

from .views import (
    analysers,
    extended,
    group_doubts,
    groups,
    labels,
    laboratory,
    plates,
    release,
    separation,
)

urlpatterns = [
    # Readings and release
    path("at/<slug:code>/laboratory/", laboratory.worklist, name="result-list"),
    path("donations/<uuid:public_id>/results/", laboratory.results, name="result-detail"),
    path("donations/<uuid:public_id>/results/enter/", laboratory.enter, name="result-enter"),
    path("donations/<uuid:public_id>/results/repeat/", laboratory.repeat, name="result-repeat"),
    path("donations/<uuid:public_id>/extended/", extended.enter, name="extended-enter"),
    path("donations/<uuid:public_id>/group/", groups.correct, name="group-correct"),
    path("donations/<uuid:public_id>/group/anew/", groups.read_anew, name="group-anew"),
    path("groups-in-doubt/<uuid:public_id>/", group_doubts.detail, name="group-doubt"),
    path(
        "groups-in-doubt/<uuid:public_id>/bags/<uuid:bag>/relabel/",
        group_doubts.relabel,
        name="group-doubt-relabel",
    ),
    path(
        "groups-in-doubt/<uuid:public_id>/bags/<uuid:bag>/discard/",
        group_doubts.discard,
        name="group-doubt-discard",
    ),
    path("at/<slug:code>/plates/", plates.index, name="plate-list"),
    path("plates/<uuid:public_id>/", plates.plate, name="plate"),
    path("at/<slug:code>/analysers/", analysers.index, name="analyser-list"),
    path("at/<slug:code>/analysers/new/", analysers.edit, name="analyser-new"),
    path("at/<slug:code>/analysers/<int:pk>/", analysers.edit, name="analyser-edit"),
    path("analyser-files/<uuid:public_id>/", analysers.file, name="analyser-file"),
    path("analyser-files/<uuid:public_id>/apply/", analysers.apply, name="analyser-file-apply"),
    path(
        "analyser-files/<uuid:public_id>/take-up/", analysers.take_up, name="analyser-file-take-up"
    ),
    path("at/<slug:code>/analysers/held/", analysers.held, name="held-list"),
    path("held-readings/<uuid:public_id>/settle/", analysers.settle, name="held-settle"),
    path("analyser-files/<uuid:public_id>/drop/", analysers.drop, name="analyser-file-drop"),
    path("at/<slug:code>/release/", release.index, name="release-list"),
    path("donations/<uuid:public_id>/release/", release.release, name="donation-release"),
    # Labels
    path("at/<slug:code>/labels/", labels.index, name="label-list"),
    path("at/<slug:code>/labels/print/", labels.print_several, name="label-print"),
    path("at/<slug:code>/labels/read/", labels.read, name="label-read"),
    path("bags/<uuid:public_id>/label/", labels.reprint, name="bag-label"),
    # Separation
    path("at/<slug:code>/separation/", separation.index, name="separation-list"),
    path("at/<slug:code>/pooling/", separation.pool, name="pool"),
    path("bags/<uuid:public_id>/separation/", separation.choose, name="separation"),
    path("bags/<uuid:public_id>/make/<slug:recipe>/", separation.make, name="bag-make"),
    path("bags/<uuid:public_id>/undo/", separation.undo, name="bag-undo"),
    path("bags/<uuid:public_id>/open/", separation.open_bag, name="bag-open"),
]
