"""Prometheus text at METRICS_ADDR: the pool, the workers, the requests."""

import asyncio
import contextlib
import resource

from rehearsal.application.database import Database
from rehearsal.application.gate import Gate
from rehearsal.application.workers import Workers


class Metrics:
    """Serves /metrics, whatever else is asked for."""

    def __init__(self, database: Database, workers: Workers, gate: Gate) -> None:
        self._database, self._workers, self._gate = database, workers, gate
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        """Listen; a port that is taken leaves the application without metrics, and says so."""
        try:
            self._server = await asyncio.start_server(self._answer, "127.0.0.1", port)
        except OSError as error:
            print(f'{{"event": "no metrics", "reason": "{error.strerror}"}}', flush=True)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(5):
                await reader.readuntil(b"\r\n\r\n")
                body = self.text().encode()
                head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    def text(self) -> str:
        """Every figure, as lines."""
        workers = self._workers
        lines = [f"bee_worker_concurrency_capacity {workers.size}"]
        lines += [f"bee_worker_concurrent_tasks {workers.busy}"]
        lines += [f"bee_jobs_running_tasks {workers.busy}"]
        for name, value in self._database.figures().items():
            lines.append(f"bee_db_pool_{name} {value}")
        for (job, status), count in workers.done.items():
            labels = f'{{job_id="{job}",task_status="{status}"}}'
            lines.append(f"bee_worker_task_total{labels} {count}")
        for status, total in workers.milliseconds.items():
            lines.append(f'bee_worker_task_duration_ms_sum{{task_status="{status}"}} {total}')
        for job, total in workers.waited.items():
            lines.append(f'bee_worker_task_queue_wait_ms_sum{{job_id="{job}"}} {total}')
        failed = sum(count for (_, status), count in workers.done.items() if status == "failed")
        lines.append(f"bee_worker_task_failures_total {failed}")
        for (method, code), (count, seconds) in self._gate.seen.items():
            labels = f'{{http_request_method="{method}",http_response_status_code="{code}"}}'
            lines.append(f"http_server_request_duration_seconds_count{labels} {count}")
            lines.append(f"http_server_request_duration_seconds_sum{labels} {seconds:.6f}")
        used = resource.getrusage(resource.RUSAGE_SELF)
        lines.append(f"process_cpu_seconds_total {used.ru_utime + used.ru_stime:.3f}")
        lines.append(f"process_resident_memory_bytes {used.ru_maxrss * 1024}")
        return "\n".join(lines) + "\n"
