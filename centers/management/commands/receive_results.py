import signal
import threading

from django.core.management.base import BaseCommand, CommandError, CommandParser

from centers.laboratory import receiving


class Command(BaseCommand):
    help = (
        "Listen for results that analysers send by themselves: HL7 v2 in MLLP, ASTM in its frames. They "
        "wait on the page of the analysers until a reader takes them up. Ends at SIGTERM."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address in the laboratory's network (loopback)"
        )
        parser.add_argument("--hl7", type=int, help="the port for HL7 v2, usually 2575")
        parser.add_argument("--astm", type=int, help="the port for ASTM")

    def handle(self, *, host, hl7, astm, **options) -> None:
        wanted = [(hl7, receiving.speak_mllp), (astm, receiving.speak_astm)]
        servers = []
        try:
            servers = [receiving.Server((host, port), speak) for port, speak in wanted if port]
        except OSError as error:
            raise CommandError(f"This address cannot be listened on: {error.strerror}.") from error
        if not servers:
            raise CommandError("Name a port: --hl7, --astm, or both.")
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_said: ended.set())
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.stdout.write(f"Listening on {host}:{server.server_address[1]}.")
        ended.wait()
        for server in servers:
            server.shutdown()
            server.server_close()
