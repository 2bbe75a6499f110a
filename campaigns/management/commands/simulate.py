from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.simulator import chart, keeping, many, report
from campaigns.simulator.policies import WAYS
from campaigns.simulator.scenarios import ALL, BY_NAME


class Command(BaseCommand):
    help = "Simulate ways of asking for blood: goals, tables and charts, mean and 90 % band."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--runs", type=int, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scenario", default=",".join(s.name for s in ALL))
        parser.add_argument("--policies", default="none,A,A+,B,C,greedy,ours")
        parser.add_argument("--jobs", type=int, default=1)
        parser.add_argument("--out", type=Path, help="directory for SVG, table and results")
        parser.add_argument("--only-report", action="store_true", help="of results kept in --out")

    def handle(self, *, scenario: str, policies: str, out: Path | None, **options) -> None:
        scenarios, ways = scenario.split(","), policies.split(",")
        unknown = [s for s in scenarios if s not in BY_NAME] + [p for p in ways if p not in WAYS]
        if unknown or options["runs"] < 1 or (options["only_report"] and out is None):
            known = f"Scenarios: {', '.join(BY_NAME)}. Policies: {', '.join(WAYS)}."
            raise CommandError(f"{known} At least one run; --only-report reads --out.")
        found = keeping.read(out) if options["only_report"] else []
        if not options["only_report"]:
            for result in many.results(
                scenarios=scenarios,
                policies=ways,
                runs=options["runs"],
                seed=options["seed"],
                jobs=options["jobs"],
            ):
                found.append(result)
                keeping.add(out, result)
        found = many.complete(found)
        runs = {s: len({r.seed for r in found if r.scenario == s}) for s in scenarios}
        text = report.whole(many.table(found), runs)
        self.stdout.write(text)
        if out:
            (out / "table.md").write_text(text, encoding="utf-8")
            for name in scenarios:
                title = f"{BY_NAME[name].title}: days of cover, {runs[name]} runs"
                svg = chart.cover(many.weekly(found, name), title=title, names=report.names())
                (out / f"simulation-{name}.svg").write_text(svg, encoding="utf-8")
