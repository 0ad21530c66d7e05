"""A line between a browser and a server that a test cuts: really nobody listens, and what is open breaks."""

import socket
import threading
from contextlib import suppress


class Line:
    """Listens on a port of its own and passes everything on to ``target``, until it is cut."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.mend()

    @property
    def address(self) -> str:
        """Where the browser finds the server, while the line holds."""
        return f"http://localhost:{self.port}"

    def mend(self) -> None:
        """Listen (again), at the port of before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and every connection is broken, when this returns."""
        with self._lock:
            listener, self._listener = self._listener, None
            broken, self._open = self._open, set()
        for each in [*broken, *([listener] if listener else [])]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            with self._lock:
                is_cut = self._listener is not listener
                if not is_cut:
                    self._open |= {near, far}
            if is_cut:
                near.close()
                far.close()
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            sink.sendall(chunk)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
